"""`--help` of every command: sections of names and what they mean, at any width, with nothing cut.

typer's own help cuts long names on a narrow terminal, draws boxes in a pipe, and imports a Markdown parser for it.

Paragraphs of a docstring are wrapped to the width; indented lines, such as examples, are shown as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from wiredesk.cli import console
from wiredesk.cli.layout import longest_word

if TYPE_CHECKING:
    from typer import Context

MAX_NAMES = 30
"""Widest column of names, in cells. The text beside a longer name begins on the next line."""

MIN_TEXTS = 30
"""Cells that texts have at least, or as many as their longest word: on a narrow terminal names get fewer."""

INDENT = 2
"""Cells before a name, and between the names and their texts."""

NAME, HEADING = "cyan", "bold"
"""Styles on a terminal."""

type Entry = tuple[str, str]
"""A name and what it means."""


class Command(TyperCommand):
    """A command with this help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - printed at once, in place of formatted
        """Print the help."""
        _print(self, ctx)


class Group(TyperGroup):
    """A command of sub-commands with this help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - see above
        """Print the help."""
        _print(self, ctx)


def _print(command: TyperCommand | TyperGroup, context: "Context") -> None:
    width = console.out.width
    lines = [*_wrapped(_usage(command, context), width, hanging=len("Usage: "))]
    for paragraph in paragraphs(command.help or ""):
        lines += [Text(""), *(piece for line in paragraph for piece in _wrapped_line(line, width))]
    for heading, entries in _sections(command, context):
        lines += [Text(""), Text(f"{heading}:", style=HEADING), *_entries(entries, width)]
    if command.epilog:
        lines += [Text(""), *_wrapped(command.epilog, width)]
    console.lines(lines)


def paragraphs(docstring: str) -> list[list[str]]:
    """Return the paragraphs of a docstring, each as lines: sentences joined to one line, indented lines as they are."""
    blocks = []
    for block in docstring.strip().split("\n\n"):
        lines: list[str] = []
        for line in block.strip("\n").split("\n"):
            if lines and not line.startswith(" ") and not lines[-1].startswith(" "):
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        blocks.append(lines)
    return blocks


def _usage(command: TyperCommand | TyperGroup, context: "Context") -> str:
    arguments = [
        _argument_name(one) if one.required else f"[{_argument_name(one)}]"
        for one in command.get_params(context)
        if isinstance(one, TyperArgument)
    ]
    below = [command.subcommand_metavar] if isinstance(command, TyperGroup) else []
    return " ".join(["Usage:", context.command_path, "[OPTIONS]", *arguments, *below])


def _sections(command: TyperCommand | TyperGroup, context: "Context") -> Iterator[tuple[str, list[Entry]]]:
    """Yield headings with their entries; an option that names no panel is one of the `Options`."""
    if isinstance(command, TyperGroup):
        yield "Commands", [_command_entry(command, context, name) for name in command.list_commands(context)]
    sections: dict[str, list[Entry]] = {"Arguments": [], "Options": []}
    for parameter in command.get_params(context):
        if isinstance(parameter, TyperArgument):
            sections["Arguments"].append((_argument_name(parameter), parameter.help or ""))
        elif isinstance(parameter, TyperOption) and (entry := parameter.get_help_record(context)) is not None:
            sections.setdefault(parameter.rich_help_panel or "Options", []).append(entry)
    yield from ((heading, entries) for heading, entries in sections.items() if entries)


def _argument_name(argument: TyperArgument) -> str:
    return argument.metavar or str(argument.name).upper()


def _command_entry(group: TyperGroup, context: "Context", name: str) -> Entry:
    command = group.get_command(context, name)
    summary = paragraphs((command.short_help or command.help or "") if command is not None else "")
    return name, summary[0][0]


def _entries(entries: Sequence[Entry], width: int) -> Iterator[Text]:
    """Yield the lines of entries: names on the left, texts beside them, or below a name that is too long."""
    shown = [(Text(console.safe(name)), console.safe(" ".join(text.split()))) for name, text in entries]
    texts_least = max(MIN_TEXTS, *(longest_word(text) for _, text in shown))
    most = max(1, min(MAX_NAMES, width - texts_least - 2 * INDENT))
    column = max((name.cell_len for name, _ in shown if name.cell_len <= most), default=most)
    for name, text in shown:
        name.stylize(NAME)
        beside = column + 2 * INDENT
        texts = _wrapped(text, max(1, width - beside))
        if name.cell_len <= column:
            first = Text(" " * INDENT) + name + Text(" " * (beside - INDENT - name.cell_len))
            yield first + next(texts, Text(""))
        else:
            yield from (Text(" " * INDENT) + piece for piece in _pieces(name, width - INDENT))
        yield from (Text(" " * beside) + piece for piece in texts)


def _wrapped_line(line: str, width: int) -> Iterable[Text]:
    """Return an indented line, such as a command to copy, as it is; any other wrapped at words."""
    return [Text(console.safe(line))] if line.startswith(" ") else _wrapped(line, width)


def _wrapped(text: str, width: int, hanging: int = 0) -> Iterator[Text]:
    for number, piece in enumerate(_pieces(Text(console.safe(text)), width - hanging)):
        yield Text(" " * (hanging if number else 0)) + piece


def _pieces(text: Text, width: int) -> Iterable[Text]:
    pieces = text.wrap(console.out, max(1, width), overflow="fold")
    for piece in pieces:
        piece.rstrip()
    return pieces
