"""What a terminal shows for the bytes that a command writes: lines, and which of them it had to wrap."""

import re
from dataclasses import dataclass, field

from rich.cells import get_character_cell_size

_CONTROL = re.compile(r"\x1b\[(?P<arguments>[0-9;?]*)(?P<final>[A-Za-z])")
_LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")


class UnexpectedSequenceError(Exception):
    """A sequence that no command should write."""


@dataclass
class Screen:
    """A terminal that keeps every line that was scrolled out.

    Attributes:
        rows: physical lines of characters; a wide character takes two cells, the second of them empty.
        wrapped: numbers of rows that continue on the next one because they were longer than the terminal.
    """

    columns: int
    height: int
    rows: list[list[str]] = field(default_factory=lambda: [[]])
    wrapped: set[int] = field(default_factory=set)
    row: int = 0
    column: int = 0

    def feed(self, text: str) -> "Screen":
        position = 0
        while position < len(text):
            if match := _CONTROL.match(text, position) or _LINK.match(text, position):
                self._control(match)
                position = match.end()
                continue
            self._character(text[position])
            position += 1
        return self

    def text(self) -> str:
        """Return what is shown, with wrapped lines joined again."""
        lines = []
        for number, cells in enumerate(self.rows):
            lines.append("".join(cells) if number in self.wrapped else "".join(cells).rstrip() + "\n")
        return "".join(lines)

    def overlong(self) -> list[str]:
        """Return the complete lines that the terminal had to wrap."""
        rows, current = [], ""
        for number, cells in enumerate(self.rows):
            current += "".join(cells)
            if number not in self.wrapped:
                if number - 1 in self.wrapped:
                    rows.append(current)
                current = ""
        return rows

    def _control(self, match: "re.Match[str]") -> None:
        if match.re is _LINK:
            return
        arguments, final = match["arguments"], match["final"]
        number = int(arguments) if arguments.isdigit() else 1
        if final == "m" or (final in "hl" and arguments == "?25"):
            return
        if final == "A":
            self.row = max(0, len(self.rows) - self.height, self.row - number)
        elif final == "K" and arguments == "2":
            self.rows[self.row] = []
            self.wrapped.discard(self.row)
        else:
            raise UnexpectedSequenceError(match[0])

    def _character(self, character: str) -> None:
        if character == "\n":
            self._new_line()
        elif character == "\r":
            self.column = 0
        elif character < " " or "\x7f" <= character < "\xa0":
            raise UnexpectedSequenceError(repr(character))
        else:
            self._put(character, get_character_cell_size(character))

    def _put(self, character: str, size: int) -> None:
        cells = self.rows[self.row]
        if size == 0 and cells:
            cells[min(self.column, len(cells)) - 1] += character
            return
        if self.column + size > self.columns:
            self.wrapped.add(self.row)
            self._new_line()
            self.column = 0
            cells = self.rows[self.row]
        cells.extend(" " * (self.column - len(cells)))
        cells[self.column : self.column + size] = [character, *[""] * (size - 1)]
        self.column += size

    def _new_line(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([])
