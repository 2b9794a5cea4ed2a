"""How a long operation reports its progress."""

from collections.abc import Callable

type ProgressCallback = Callable[[int, int], None]
"""Called regularly with the numbers of records or offsets that are done, and in total."""


def ignore_progress(done: int, total: int) -> None:
    """Ignore the progress."""
