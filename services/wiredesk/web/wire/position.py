"""Positions: how far a reader has read the topic, as an offset for each partition.

A position is the id of a server-sent event: a reader that comes back names the last one that it has, and gets what came
after it, from any process that serves the page. `3f2a9c10.0-12.1-40` is: of the topic whose id begins with 3f2a9c10,
partition 0 from offset 12, partition 1 from offset 40.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from wiredesk.runtime.records import MAX_INT32
from wiredesk_schemas.headers import MAX_NUMBER

MAX_PARTITIONS = 1000
"""Maximum number of partitions in a position: more cannot be in a header of a request."""

TOPIC_CHARACTERS = 8
"""Characters of the topic's id that a position has: of the 64 of base64 for URLs, thus with `-` and `_`."""

_POSITION = re.compile(
    rf"([0-9a-zA-Z_-]{{1,{TOPIC_CHARACTERS}}})((?:\.[0-9]{{1,10}}-[0-9]{{1,19}}){{1,{MAX_PARTITIONS}}})"
)


@dataclass(slots=True)
class Position:
    """A position, which moves as its reader reads.

    Attributes:
        topic: the beginning of the id of the topic: after the topic was created again, offsets mean other records.
        offsets: by partition, the offset of the next record.
    """

    topic: str
    offsets: dict[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """Return the position that a text names; None if it names none."""
        match = _POSITION.fullmatch(text.strip()[: 40 * MAX_PARTITIONS])
        if match is None:
            return None
        pairs = (pair.split("-") for pair in match[2].split(".") if pair)
        offsets = {int(partition): int(offset) for partition, offset in pairs}
        if any(number > MAX_INT32 for number in offsets) or any(one > MAX_NUMBER for one in offsets.values()):
            return None
        return cls(match[1], offsets)

    def __str__(self) -> str:
        return "".join((self.topic, *(f".{number}-{offset}" for number, offset in sorted(self.offsets.items()))))

    def has_passed(self, partition: int, offset: int) -> bool:
        """Whether the reader has had a record."""
        return offset < self.offsets.get(partition, 0)

    def move(self, partition: int, offset: int) -> None:
        """Move past a record."""
        self.offsets[partition] = max(self.offsets.get(partition, 0), offset + 1)

    def skip_to(self, offsets: Mapping[int, int]) -> None:
        """Move to offsets, where they are later."""
        for partition, offset in offsets.items():
            self.offsets[partition] = max(self.offsets.get(partition, 0), offset)
