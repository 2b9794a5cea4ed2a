"""The ledger of a reconciliation: what became of each record of a topic, one byte for each."""

from collections.abc import Iterator, Mapping

from wiredesk.runtime.kafka.offset_range import OffsetRange

UNKNOWN = 0
"""The value of a record about which nothing is known."""

IN_FLIGHT = 0x20
"""The flag of a record that a stage has not committed yet."""

DUPLICATED = 0x40
"""The flag of a record that has ended more than once."""

ABSENT = 0x80
"""The flag of an offset without a record: of a transaction marker, or of a record that was compacted away."""

_END = 0x1F
"""Mask of the lower bits: the number of the topic in which a record has ended; 0: it has not."""

_DUPLICATED_MARKS = tuple(mark for mark in range(256) if mark & DUPLICATED)


class Ledger:
    """The records of a topic, by partition and offset.

    A million records take one megabyte.

    Args:
        ranges: the offsets that are reconciled, by partition.
        all_present: True: there is a record at each offset unless `absent` is called; False: only where `present` is
            called.
    """

    def __init__(self, ranges: Mapping[int, OffsetRange], *, all_present: bool = True) -> None:
        self._ranges = ranges
        fill = bytes([UNKNOWN if all_present else ABSENT])
        self._marks = {number: bytearray(fill * offsets.size) for number, offsets in ranges.items()}

    def ended(self, partition: int, offset: int, end: int) -> bool:
        """Record that a record has ended in the topic with a number from 1 to 31; then it was there.

        Returns:
            Whether this is its first end.
        """
        marks, index = self._find(partition, offset)
        if marks is None:
            return False
        is_first = not marks[index] & _END
        marks[index] = (marks[index] & ~ABSENT) | end if is_first else marks[index] | DUPLICATED
        return is_first

    def in_flight(self, partition: int, offset: int) -> None:
        """Record that a stage has not committed a record yet."""
        marks, index = self._find(partition, offset)
        if marks is not None:
            marks[index] |= IN_FLIGHT

    def absent(self, partition: int, offset: int) -> None:
        """Record that there is no record at an offset; ignored if a record with this offset has ended."""
        marks, index = self._find(partition, offset)
        if marks is not None and not marks[index] & _END:
            marks[index] |= ABSENT

    def present(self, partition: int, offset: int) -> None:
        """Record that there is a record at an offset."""
        marks, index = self._find(partition, offset)
        if marks is not None:
            marks[index] &= ~ABSENT

    def is_absent(self, partition: int, offset: int) -> bool:
        """Return whether there is no record at an offset, and none was counted as in flight."""
        marks, index = self._find(partition, offset)
        return marks is not None and bool(marks[index] & ABSENT) and not marks[index] & IN_FLIGHT

    def count(self, end: int) -> int:
        """Return how many records have ended in the topic with a number, each counted once."""
        return sum(self._count(end | flags) for flags in (0, IN_FLIGHT, DUPLICATED, IN_FLIGHT | DUPLICATED))

    @property
    def count_in_flight(self) -> int:
        """How many records have not ended, and are in flight."""
        return self._count(IN_FLIGHT)

    @property
    def count_missing(self) -> int:
        """How many records have neither ended nor are in flight."""
        return self._count(UNKNOWN)

    @property
    def count_duplicated(self) -> int:
        """How many records have ended more than once."""
        return sum(self._count(mark) for mark in _DUPLICATED_MARKS)

    def missing_range(self, partition: int) -> OffsetRange | None:
        """Return the smallest range of a partition that holds all its missing records; None if none is missing."""
        marks, start = self._marks[partition], self._ranges[partition].start
        first = marks.find(UNKNOWN)
        return None if first < 0 else OffsetRange(start + first, start + marks.rfind(UNKNOWN) + 1)

    def missing(self) -> Iterator[tuple[int, int]]:
        """Yield partition and offset of each missing record."""
        return self._marked(UNKNOWN)

    def duplicated(self) -> Iterator[tuple[int, int]]:
        """Yield partition and offset of each record that has ended more than once."""
        for mark in _DUPLICATED_MARKS:
            yield from self._marked(mark)

    def _marked(self, mark: int) -> Iterator[tuple[int, int]]:
        for number, marks in self._marks.items():
            index = marks.find(mark)
            while index >= 0:
                yield number, self._ranges[number].start + index
                index = marks.find(mark, index + 1)

    def _count(self, mark: int) -> int:
        return sum(marks.count(mark) for marks in self._marks.values())

    def _find(self, partition: int, offset: int) -> tuple[bytearray | None, int]:
        offsets = self._ranges.get(partition)
        if offsets is None or not offsets.start <= offset < offsets.stop:
            return None, 0
        return self._marks[partition], offset - offsets.start
