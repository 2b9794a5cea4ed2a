"""How a long operation tells how far it has come."""

from collections.abc import Callable

type ProgressCallback = Callable[[int, int], None]
"""Is called now and then with what is done and what there is in all, in records or offsets."""


def ignore_progress(done: int, total: int) -> None:
    """Ignore how far an operation has come."""
