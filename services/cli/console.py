"""Output: tables and colour on a terminal, plain lines in a pipe. rich respects `NO_COLOR` and `TERM=dumb` itself."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Return text that can do nothing to a terminal: pages and headers are hostile, and may hold escape sequences."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def plain(text: str) -> None:
    """Print text as it is, without mark-up, and without control characters."""
    if out.is_terminal:
        out.print(printable(text), markup=False, emoji=False)
    else:
        out.file.write(f"{printable(text)}\n")  # rich would expand tabs, which separate cells in a pipe
        out.file.flush()


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
        shown.add_row(*("" if cell is None else escape(printable(str(cell))) for cell in row))
    out.print(shown)
