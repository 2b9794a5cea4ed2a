"""The ledger: where each record of the entry topic has ended, one byte for each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

UNKNOWN = 0
IN_FLIGHT = 0x20
TWICE = 0x40
ABSENT = 0x80
"""Above the number of the end topic, which takes the lower bits; 0: none. A record that is absent does not exist: its
offset belongs to a marker at the end of a publisher's transaction, or was compacted away."""

_END = 0x1F
_DUPLICATED = tuple(mark for mark in range(256) if mark & TWICE)


@dataclass(frozen=True, slots=True)
class Range:
    """Offsets of a partition: from `start` up to, and without, `end`."""

    start: int
    end: int


class Ledger:
    """The records of the entry topic, by partition and offset.

    A million records take a megabyte, whatever they hold and wherever they went.

    Args:
        entered: what is to be accounted for, by partition.
    """

    def __init__(self, entered: Mapping[int, Range]) -> None:
        self._ranges = entered
        self._marks = {number: bytearray(r.end - r.start) for number, r in entered.items()}

    def ended(self, partition: int, offset: int, end: int) -> None:
        """Note that a record has ended in the end topic of a number, from 1 to 31."""
        marks, index = self._find(partition, offset)
        if marks is not None:
            marks[index] = marks[index] | TWICE if marks[index] & _END else marks[index] | end

    def in_flight(self, partition: int, offset: int) -> None:
        """Note that a stage has this record still before it."""
        marks, index = self._find(partition, offset)
        if marks is not None:
            marks[index] |= IN_FLIGHT

    def absent(self, partition: int, offset: int) -> None:
        """Note that there is no record at an offset; one that has ended was there."""
        marks, index = self._find(partition, offset)
        if marks is not None and not marks[index] & _END:
            marks[index] |= ABSENT

    def count(self, end: int) -> int:
        """Return how many records have ended in an end topic, each once."""
        return sum(self._count(end | flags) for flags in (0, IN_FLIGHT, TWICE, IN_FLIGHT | TWICE))

    @property
    def count_in_flight(self) -> int:
        """How many have not ended and have a stage before them."""
        return self._count(IN_FLIGHT)

    @property
    def count_missing(self) -> int:
        """How many have neither ended nor a stage before them."""
        return self._count(UNKNOWN)

    @property
    def count_duplicated(self) -> int:
        """How many have ended more than once."""
        return sum(self._count(mark) for mark in _DUPLICATED)

    def missing_range(self, partition: int) -> Range | None:
        """Return the part of a partition in which records are missing."""
        marks, start = self._marks[partition], self._ranges[partition].start
        first = marks.find(UNKNOWN)
        return None if first < 0 else Range(start + first, start + marks.rfind(UNKNOWN) + 1)

    def missing(self) -> Iterator[tuple[int, int]]:
        """Yield partition and offset of the records that are missing."""
        return self._marked(UNKNOWN)

    def duplicated(self) -> Iterator[tuple[int, int]]:
        """Yield partition and offset of the records that have ended more than once."""
        for mark in _DUPLICATED:
            yield from self._marked(mark)

    def _marked(self, mark: int) -> Iterator[tuple[int, int]]:
        for number, marks in self._marks.items():
            index = marks.find(mark)
            while index >= 0:
                yield number, self._ranges[number].start + index
                index = marks.find(mark, index + 1)

    def _count(self, value: int) -> int:
        return sum(marks.count(value) for marks in self._marks.values())

    def _find(self, partition: int, offset: int) -> tuple[bytearray | None, int]:
        covered = self._ranges.get(partition)
        if covered is None or not covered.start <= offset < covered.end:
            return None, 0
        return self._marks[partition], offset - covered.start
