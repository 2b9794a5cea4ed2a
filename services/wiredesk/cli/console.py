"""Output: tables and colour on a terminal, plain lines in a pipe.

All output of commands goes through this module, which makes it safe to show (pages, headers and keys may be hostile)
and to encode (in ASCII, other characters are escaped). On a terminal nothing is cut: prose wraps at words, and a table
that does not fit becomes one record per row. `NO_COLOR` turns off colour and animation, `TERM=dumb` all escape
sequences.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.text import Text

from wiredesk.cli.layout import longest_word, rows_view
from wiredesk.runtime.printable import html_text, json_text, one_line, printable

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

_STILL = False if os.environ.get("NO_COLOR") else None
"""Whether the consoles are interactive: never with NO_COLOR, because people who set it do not want animation either."""

out = Console(highlight=False, soft_wrap=True, force_interactive=_STILL)
err = Console(stderr=True, highlight=False, soft_wrap=True, force_interactive=_STILL)

INDENT = "    "
"""Indentation of each line of a multi-line text, so that it cannot be mistaken for a line of ours."""


def plain(text: str, *, style: str = "") -> None:
    """Print text of one or several lines unchanged: without mark-up, and not wrapped, so that it can be copied."""
    if out.is_terminal:
        out.print(Text(_encodable(printable(text)), style=style))
    else:
        _write(printable(text))  # rich would expand tabs


def line(text: str, *, style: str = "") -> None:
    """Print text as one line; line feeds are escaped. On a terminal it wraps at words."""
    if out.is_terminal:
        _print_wrapped(out, Text(safe(text), style=style))
    else:
        _write(one_line(text))


def paragraph(text: str, *, style: str = "") -> None:
    """Print text of one or several lines. On a terminal each wraps at words."""
    for part in text.split("\n"):
        line(part, style=style)


def indented(text: str) -> None:
    """Print text of several lines, each indented, also where it wraps."""
    for part in text.split("\n"):
        indented_spans(part)


def indented_spans(*parts: str | tuple[str, str]) -> None:
    """Print one line of parts, each with its style on a terminal; indented, also where it wraps."""
    if not out.is_terminal:
        _write(INDENT + "".join(one_line(text) for text, _ in _styled(parts)))
        return
    width = max(1, out.width - len(INDENT))
    for piece in _assembled(parts).wrap(out, width, overflow="fold"):
        out.print(Text(INDENT) + piece)


def spans(*parts: str | tuple[str, str]) -> None:
    """Print one line of parts, each with its style on a terminal: `("text", "bold")`."""
    if out.is_terminal:
        _print_wrapped(out, _assembled(parts))
    else:
        _write("".join(one_line(text) for text, _ in _styled(parts)))


def lines(texts: Sequence[Text]) -> None:
    """Print lines that have been laid out, of safe text."""
    out.print(Text("\n").join(texts), soft_wrap=True)


def json(value: object, *, indent: bool = False) -> None:
    """Print a value as JSON, on one line unless it is indented."""
    text = json_text(value, indent=indent, ascii_only=not _is_unicode(out))
    if out.is_terminal:
        out.print(Text(text))
    else:
        _write(text)


def html(page: str) -> None:
    """Print an HTML page."""
    _write(html_text(page))


def row(cells: Sequence[object]) -> None:
    """Print the cells of a row for a pipe: one line, separated by tabs."""
    _write("\t".join("" if cell is None else one_line(str(cell)) for cell in cells))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows: as a table or as records on a terminal, as tab-separated lines without headings in a pipe."""
    if out.is_terminal:
        show(table_view(title, columns, rows))
    else:
        for cells in rows:
            row(cells)


def record(title: str, fields: Sequence[tuple[str, object]]) -> None:
    """Print the fields of one item: names and values."""
    table(title, ("field", "value"), fields)


def table_view(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> RenderableType:
    """Return rows laid out for the current size of the terminal, for `show` and `live`."""
    cells = [[Text("" if cell is None else safe(str(cell))) for cell in cells] for cells in rows]
    return rows_view(Text(safe(title)), columns, cells, out.width)


def show(view: RenderableType) -> None:
    """Print a view that was built from safe text."""
    out.print(view, soft_wrap=not out.is_terminal)


def rule(text: str) -> None:
    """Print a heading between items: a rule across the terminal with text in it, or a long text alone."""
    heading = safe(text)
    if cell_len(heading) + 4 > out.width:
        _print_wrapped(out, Text(heading, style="bold"))
    else:
        out.rule(Text(heading), align="left")


def note(text: str, *, style: str = "dim") -> None:
    """Print a line on stderr, separate from the output."""
    safe = Text(one_line(text) if _is_unicode(err) else _ascii(one_line(text)), style=style)
    if err.is_terminal:
        _print_wrapped(err, safe)
    else:
        err.print(safe)


def safe(text: str) -> str:
    """Return text as a line or a cell shows it: safe to show and to encode, before its width is measured."""
    return _encodable(one_line(text))


def markup(text: str) -> str:
    """Return text with escaped mark-up, for places where rich parses mark-up, such as a column of a progress bar."""
    return escape(safe(text))


def is_animated() -> bool:
    """Whether the output can be redrawn: it is a terminal, `TERM` is not dumb, and `NO_COLOR` is not set."""
    return out.is_interactive


@contextlib.contextmanager
def live() -> Iterator[Callable[[RenderableType], None] | None]:
    """Yield a function that redraws a view in place; None if the output is not animated.

    A view that is higher than the terminal is printed below the last one instead: nothing is cut.
    """
    if not is_animated():
        yield None
        return
    from rich.live import Live

    with Live(console=out, auto_refresh=False) as display:

        def redraw(view: RenderableType) -> None:
            if len(out.render_lines(view, pad=False)) < out.height:
                display.update(view, refresh=True)
            else:
                display.update("", refresh=True)
                show(view)

        yield redraw


def progress_bar(*columns: "str | ProgressColumn") -> "Progress":
    """Return a progress display on stderr, a context manager; it shows nothing if the output is not animated."""
    from rich.progress import Progress

    return Progress(*columns, console=err, transient=True, disable=not err.is_interactive)


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show progress on stderr during a block; yield a function of the records done and the total (None: unknown)."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    with progress_bar(TextColumn(markup(what)), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _styled(parts: Sequence[str | tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return [(part, "") if isinstance(part, str) else part for part in parts]


def _assembled(parts: Sequence[str | tuple[str, str]]) -> Text:
    return Text.assemble(*((safe(text), style) for text, style in _styled(parts)))


def _print_wrapped(console: Console, text: Text) -> None:
    """Print a line that wraps at words.

    If a word is longer than the terminal, such as a URL, the terminal itself wraps the line, so that it can be copied.
    """
    console.print(text, soft_wrap=longest_word(text.plain) > console.width)


def _encodable(text: str) -> str:
    """Return text with escapes for characters that the output's encoding lacks, before its width is measured."""
    return text if _is_unicode(out) else _ascii(text)


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _is_unicode(console: Console) -> bool:
    return console.encoding.startswith("utf")


def _write(text: str) -> None:
    out.file.write(f"{text}\n")
    out.file.flush()
