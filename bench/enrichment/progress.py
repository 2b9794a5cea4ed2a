"""Progress of a benchmark, on standard error."""

import sys
from collections.abc import Iterator, Sequence


def with_progress[T](title: str, items: Sequence[T]) -> Iterator[T]:
    """Yield the items; say on standard error how many are done, in one line on a terminal."""
    rewrites = sys.stderr.isatty()
    for number, item in enumerate(items, 1):
        yield item
        if rewrites and (number % 10 == 0 or number == len(items)):
            end = "\n" if number == len(items) else ""
            print(f"\r  {title}: {number} of {len(items)}", end=end, file=sys.stderr, flush=True)
    if not rewrites:
        print(f"  {title}: {len(items)}", file=sys.stderr, flush=True)
