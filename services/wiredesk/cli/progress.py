"""A progress bar on stderr, where that is a terminal."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wiredesk.cli import console
from wiredesk.operations.progress import ProgressCallback

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


def bar(*columns: "ProgressColumn") -> "Progress":
    """Return a progress display with some columns; it shows nothing where stderr is not a terminal."""
    from rich.progress import Progress

    return Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal)


@contextlib.contextmanager
def progress_bar(label: str) -> Iterator[ProgressCallback]:
    """Show a progress bar for the length of a block; yields the callback that moves it."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    with bar(TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as display:
        task = display.add_task("records", total=None)
        yield lambda done, total: display.update(task, completed=done, total=total)
