"""Output: tables and colour on a terminal, plain lines in a pipe. rich respects `NO_COLOR` and `TERM=dumb` itself."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def plain(line: str) -> None:
    """Print a line as it is, whatever characters are in it."""
    out.print(line, markup=False, emoji=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows: as a table on a terminal, as tab-separated lines in a pipe."""
    if not out.is_terminal:
        for row in rows:
            plain("\t".join("" if cell is None else str(cell) for cell in row))
        return
    shown = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        shown.add_column(column)
    for row in rows:
        shown.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    out.print(shown)
