"""Layout of rows for a terminal of any width: a table if it fits, or else one record per row. Nothing is cut."""

import re
from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

GAP = 2
"""Width of the gap between two columns of a table, in cells."""

INDENT = 2
"""Indentation of each field of a record, in cells."""

MIN_FOLDED = 20
"""Minimum width, in cells, of a column whose words may be split, in a table of few columns."""

FEW_COLUMNS = 3
"""A table with at most this number of columns stays a table, and splits the words of its widest column; others become
records."""

_NUMBER = re.compile(r"[-+]?[0-9][0-9,.]*%?")

type Cells = Sequence[Text]


def rows_view(title: Text, columns: Sequence[str], rows: Sequence[Cells], width: int) -> RenderableType:
    """Lay out rows as a table, or as records if a table would have to cut or split a word.

    Args:
        title: printed above; may be empty.
        columns: headings.
        rows: a cell for each column; all are safe to show.
        width: width of the terminal, in cells.
    """
    shown = [Text(title.plain, style="bold")] if title.plain else []
    widths = column_widths(columns, rows, width)
    return Group(*shown, _records(columns, rows, width) if widths is None else _table(columns, rows, widths))


def column_widths(columns: Sequence[str], rows: Sequence[Cells], width: int) -> list[int] | None:
    """Return the width of each column, in cells, so that a table fits; None if records are better.

    The widest columns are narrowed first, and never below their longest word.
    """
    texts = [[name, *(row[number].plain for row in rows)] for number, name in enumerate(columns)]
    natural = [max(map(cell_len, column)) for column in texts]
    least = [max(map(longest_word, column)) for column in texts]
    available = width - GAP * (len(columns) - 1)
    if sum(natural) <= available:
        return natural
    if sum(least) > available:
        widest = max(range(len(columns)), key=lambda number: least[number])
        rest = available - (sum(least) - least[widest])
        if len(columns) > FEW_COLUMNS or rest < MIN_FOLDED:
            return None
        least[widest] = rest
    return _narrowed(natural, least, available)


def _narrowed(natural: Sequence[int], least: Sequence[int], available: int) -> list[int]:
    """Take cells from the widest columns, one by one, until all fit."""
    widths = list(natural)
    while sum(widths) > available:
        widest = max(
            (number for number in range(len(widths)) if widths[number] > least[number]),
            key=lambda number: widths[number],
        )
        widths[widest] -= 1
    return widths


def longest_word(text: str) -> int:
    """Return the width, in cells, of the longest part to keep on one line; wide characters may be split anywhere."""
    return max((_unsplit(word) for word in text.split()), default=0)


def _unsplit(word: str) -> int:
    if cell_len(word) == len(word):
        return len(word)
    longest = current = 0
    for character in word:
        size = cell_len(character)
        current = current + size if size <= 1 else 0
        longest = max(longest, current, size)
    return longest


def _table(columns: Sequence[str], rows: Sequence[Cells], widths: Sequence[int]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold")
    for number, (name, width) in enumerate(zip(columns, widths, strict=True)):
        is_number = bool(rows) and all(_NUMBER.fullmatch(row[number].plain or "0") for row in rows)
        table.add_column(name, width=width, overflow="fold", justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _records(columns: Sequence[str], rows: Sequence[Cells], width: int) -> RenderableType:
    """Lay out each row as lines of a column's name and its value; values that are too long are split."""
    names = min(max(map(cell_len, columns)), width // 3)
    values = max(1, width - INDENT - names - GAP)
    grid = Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
    grid.add_column(width=names + INDENT, overflow="fold")
    grid.add_column(width=values, overflow="fold")
    for row in rows:
        for number, (name, cell) in enumerate(zip(columns, row, strict=True)):
            prefix = "- " if number == 0 else "  "
            grid.add_row(Text(f"{prefix}{name}", style="bold"), cell)
    return grid
