"""Output: tables and colour on a terminal, plain lines in a pipe. rich respects `NO_COLOR` and `TERM=dumb` itself.

All that a command prints goes through here, where it is made safe to show: pages, headers and keys are hostile.
"""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.printable import html_text, json_text, one_line, printable

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

INDENT = "    "
"""Before each line of a text of several lines that stands among lines of ours: it cannot pass for one of them."""


def bear_any_text() -> None:
    """Write escapes for what the encoding of the output cannot say."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def plain(text: str, *, style: str = "") -> None:
    """Print text of one or several lines, without mark-up."""
    if out.is_terminal:
        out.print(Text(printable(text), style=style))
    else:
        _write(printable(text))  # rich would expand tabs


def line(text: str, *, style: str = "") -> None:
    """Print one line, whatever is in the text."""
    plain(one_line(text), style=style)


def indented(text: str) -> None:
    """Print text of several lines, each indented."""
    for one in text.split("\n"):
        line(INDENT + one)


def spans(*parts: str | tuple[str, str]) -> None:
    """Print one line of parts, each with its style on a terminal: `("text", "bold")`."""
    told = [(part, "") if isinstance(part, str) else part for part in parts]
    if out.is_terminal:
        out.print(Text.assemble(*((one_line(text), style) for text, style in told)))
    else:
        _write("".join(one_line(text) for text, _ in told))


def json(value: object, *, indent: bool = False) -> None:
    """Print a value as JSON, on a line of its own unless it is to be indented."""
    is_unicode = out.encoding.startswith("utf")
    text = json_text(value, indent=indent, ascii_only=not is_unicode)
    if out.is_terminal:
        out.print(Text(text))
    else:
        _write(text)


def html(page: str) -> None:
    """Print an HTML page."""
    _write(html_text(page))


def row(cells: Sequence[object]) -> None:
    """Print cells of a pipe: a line, separated by tabs."""
    _write("\t".join("" if cell is None else one_line(str(cell)) for cell in cells))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows: as a table on a terminal, as tab-separated lines in a pipe."""
    if not out.is_terminal:
        for cells in rows:
            row(cells)
        return
    shown = Table(title=Text(one_line(title)), title_justify="left", header_style="bold")
    for column in columns:
        shown.add_column(column)
    for cells in rows:
        shown.add_row(*("" if cell is None else Text(one_line(str(cell))) for cell in cells))
    out.print(shown)


def show(shape: Text | Panel | Group) -> None:
    """Print what has been built of safe text."""
    out.print(shape)


def rule(text: str) -> None:
    """Print a rule across the terminal, with text in it."""
    out.rule(Text(one_line(text)), align="left")


def note(text: str, *, style: str = "dim") -> None:
    """Print a line on stderr, beside the output."""
    err.print(Text(one_line(text), style=style))


def markup(text: str) -> str:
    """Return text for a place where rich reads mark-up, such as a column of a progress bar."""
    return escape(one_line(text))


def _write(text: str) -> None:
    try:
        out.file.write(f"{text}\n")
        out.file.flush()
    except BrokenPipeError:  # the reader of our output has seen enough, which is no failure
        _write_no_more()
        raise typer.Exit(0) from None
    except OSError as error:  # a full disk
        _write_no_more()
        raise UnavailableError(f"the output cannot be written: {error.strerror or error}") from error


def _write_no_more() -> None:
    """Send what is still buffered to nowhere, so that the interpreter does not fail on it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), out.file.fileno())
