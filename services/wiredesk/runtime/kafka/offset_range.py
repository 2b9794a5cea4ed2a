"""A range of offsets of one partition."""

from typing import NamedTuple

NO_END = 2**63 - 1
"""The exclusive end of a range that goes on to the end of its partition: the largest offset of Kafka's protocol."""


class OffsetRange(NamedTuple):
    """Offsets of a partition from `start` (inclusive) to `stop` (exclusive).

    It is a tuple, so that it is stored as `[start, stop]` in JSON, and can be unpacked.
    """

    start: int
    stop: int

    @property
    def size(self) -> int:
        """The number of offsets in the range. Not every offset has a record: transaction markers have offsets, too."""
        return max(0, self.stop - self.start)

    def __contains__(self, offset: object) -> bool:
        """Whether an offset is in the range."""
        return isinstance(offset, int) and self.start <= offset < self.stop

    def intersection(self, start: int, stop: int | None = None) -> "OffsetRange":
        """Return the offsets that are in this range and in another one; an empty range if there are none.

        Args:
            start: the first offset of the other range.
            stop: the exclusive end offset of the other range; None: it has no end.
        """
        first = min(max(self.start, start), self.stop)
        return OffsetRange(first, max(first, self.stop if stop is None else min(self.stop, stop)))


NOTHING = OffsetRange(0, 0)
"""The range of a partition that is not read."""
