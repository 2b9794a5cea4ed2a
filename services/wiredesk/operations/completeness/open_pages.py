"""The open pages: those that have not been accounted for, one byte for each. It knows no Kafka, and no clock."""

from collections import Counter
from collections.abc import Collection, Mapping
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
        began: the first offset of which this process knows every outcome.
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

    def cut(self, partition: int, stop: int) -> None:
        """Forget the offsets from `stop` on: other pages will be there."""
        part = self._partitions[partition]
        del part.marks[max(0, stop - part.start) :]
        part.start = min(part.start, stop)
        part.began = min(part.began, stop)

    def extend(self, partition: int, stop: int) -> None:
        """Open the pages up to an offset."""
        part = self._partitions[partition]
        part.marks.extend(bytes(max(0, stop - part.stop)))

    def open(self, kept: Mapping[int, tuple[int, int]], most: int) -> Mapping[int, Counter[int]]:
        """Open the pages that have come, but at most some number in all; close older ones, and those that were deleted.

        Only these are opened at all: what is too much takes no memory.

        Args:
            kept: the offsets of each partition that are not deleted.
            most: the most pages that are open.

        Returns:
            How many had each value of those that were closed, by partition.
        """
        begins = dict[int, int]()
        for number, (start, stop) in kept.items():
            part = self._partitions.setdefault(number, _Partition(start))
            if stop < part.stop:  # an unclean leader election cut the log back
                self.cut(number, stop)
            begins[number] = start if start > part.stop else part.start
        share = _share([stop - begins[number] for number, (_, stop) in kept.items()], most)
        closed = dict[int, Counter[int]]()
        for number, (_, stop) in kept.items():
            closed[number] = self._skip(self._partitions[number], max(begins[number], stop - share))
            self.extend(number, stop)
        return closed

    def ended(self, partition: int, offset: int, outcome: int) -> End:
        """Note an outcome; return what it is to its page."""
        part = self._partitions.get(partition)
        if part is None or not part.began <= offset < part.stop:
            return End.OTHER
        if offset < part.start:
            return End.AGAIN
        index = offset - part.start
        if part.marks[index] in (UNKNOWN, UNSETTLED):
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

    def _skip(self, part: _Partition, start: int) -> Counter[int]:
        """Close all pages before `start`, also those that are not open yet: what is not known of them is unsettled."""
        unseen = max(0, start - part.stop)
        closed = self._take(part, min(start - part.start, len(part.marks)))
        closed[UNSETTLED] += closed.pop(UNKNOWN, 0) + unseen
        part.start = start
        if closed[UNSETTLED]:
            part.began = start
        return closed

    def _take(self, part: _Partition, size: int) -> Counter[int]:
        taken = Counter(part.marks[:size])
        unsettled = part.marks.rfind(UNSETTLED, 0, size)
        if unsettled >= 0:  # an outcome of it that comes yet is no second one
            part.began = part.start + unsettled + 1
        del part.marks[:size]
        part.start += size
        return taken


def _share(sizes: Collection[int], most: int) -> int:
    """Return the largest size to which all must be cut, so that their sum is `most` at most."""
    for number, size in enumerate(sorted(sizes)):
        share = most // (len(sizes) - number)
        if size > share:
            return share
        most -= size
    return max(sizes, default=0)
