"""The open pages: those that have not been accounted for, one byte for each. It knows no Kafka, and no clock."""

from collections import Counter
from collections.abc import Mapping
from enum import Enum, auto

UNKNOWN = 0
"""The value of a page about which nothing is known yet. The numbers after it are those of outcomes."""

MISSING = 0xFD
"""The value of a page that has no outcome, though every stage has committed it."""

UNSETTLED = 0xFE
"""The value of a page of which nobody can know any more what became of it."""

ABSENT = 0xFF
"""The value of an offset without a page: of a transaction marker, for example."""


class End(Enum):
    """What a record of a terminal topic is to its page."""

    FIRST = auto()
    """Its outcome."""

    AGAIN = auto()
    """A further outcome: the page had one."""

    OTHER = auto()
    """The outcome of a page that is not in this audit, or not yet."""


class _Partition:
    """A partition of raw pages.

    Attributes:
        began: the first offset that this process has audited.
        start: the first open page; all before it are closed.
        marks: what is known of each offset from there on.
    """

    __slots__ = ("began", "marks", "start")

    def __init__(self, start: int) -> None:
        self.began = start
        self.start = start
        self.marks = bytearray()

    @property
    def stop(self) -> int:
        return self.start + len(self.marks)


class OpenPages:
    """The raw pages from the mark of each partition to its end, as far as they are known. A million take a megabyte."""

    def __init__(self) -> None:
        self._partitions: dict[int, _Partition] = {}

    def __len__(self) -> int:
        """The number of open offsets."""
        return sum(len(partition.marks) for partition in self._partitions.values())

    @property
    def marks(self) -> Mapping[int, int]:
        """The first open offset of each partition."""
        return {number: partition.start for number, partition in self._partitions.items()}

    @property
    def ends(self) -> Mapping[int, int]:
        """The offset after the last open one of each partition."""
        return {number: partition.stop for number, partition in self._partitions.items()}

    def begin(self, partition: int, start: int) -> None:
        """Begin a partition at an offset, also again: what was known of it is forgotten."""
        self._partitions[partition] = _Partition(start)

    def extend(self, partition: int, stop: int) -> None:
        """Open the pages up to an offset."""
        part = self._partitions[partition]
        part.marks.extend(bytes(max(0, stop - part.stop)))

    def ended(self, partition: int, offset: int, outcome: int) -> End:
        """Note an outcome; return what it is to its page."""
        part = self._partitions.get(partition)
        if part is None or not part.began <= offset < part.stop:
            return End.OTHER
        if offset < part.start:
            return End.AGAIN
        index = offset - part.start
        if part.marks[index] == UNKNOWN:
            part.marks[index] = outcome
            return End.FIRST
        return End.AGAIN

    def set(self, partition: int, offset: int, value: int) -> None:
        """Note what an offset is, or that nothing is known of it after all; ignored if it is not open."""
        part = self._partitions.get(partition)
        if part is not None and part.start <= offset < part.stop:
            part.marks[offset - part.start] = value

    def unknown(self, partition: int, stop: int, most: int) -> list[int]:
        """Return the first offsets before `stop` about which nothing is known, at most some number of them."""
        part, offsets = self._partitions[partition], list[int]()
        index = part.marks.find(UNKNOWN, 0, max(0, stop - part.start))
        while index >= 0 and len(offsets) < most:
            offsets.append(part.start + index)
            index = part.marks.find(UNKNOWN, index + 1, max(0, stop - part.start))
        return offsets

    def close(self, partition: int, stop: int) -> Counter[int]:
        """Close the pages before the first unknown one, or before `stop`; return how many had each value."""
        part = self._partitions[partition]
        size = max(0, min(stop - part.start, len(part.marks)))
        first = part.marks.find(UNKNOWN, 0, size)
        return self._take(part, size if first < 0 else first)

    def give_up(self, partition: int, start: int) -> None:
        """Note that nobody can know any more what the unknown offsets before `start` were."""
        part = self._partitions[partition]
        size = max(0, min(start - part.start, len(part.marks)))
        part.marks[:size] = part.marks[:size].replace(bytes([UNKNOWN]), bytes([UNSETTLED]))

    def shed(self, most: int) -> Counter[int]:
        """Close the oldest pages of the longest partitions until at most some number are open.

        Returns:
            How many were closed, by partition.
        """
        taken = Counter[int]()
        while (over := len(self) - most) > 0:
            number, part = max(self._partitions.items(), key=lambda one: len(one[1].marks))
            # Half of it at most, so that all partitions are cut, and in a few steps.
            taken[number] += self._take(part, min(over, (len(part.marks) + 1) // 2)).total()
        return taken

    def _take(self, part: _Partition, size: int) -> Counter[int]:
        taken = Counter(part.marks[:size])
        del part.marks[:size]
        part.start += size
        return taken
