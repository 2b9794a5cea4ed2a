"""What a stage works on: a record in, outputs or a failure out. What the bytes mean is the handler's business."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple, Protocol

from wiredesk_schemas.headers import MAX_NUMBER, Header

MAX_INT32 = 2**31 - 1
"""The largest partition number of Kafka's protocol: a client cannot ask for a larger one."""

HEADER_BYTES = 64
"""What a header takes in memory beside its name and value: an empty one has two bytes on the wire, or none, packed."""

_COORDINATES = re.compile(r"(.+)/([0-9]{1,10})/([0-9]{1,19})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a record cannot be read as its publisher meant it.

    Attributes:
        reason: `unreadable_record`; `unreadable_batch`: it stands for all records of its batch; or `oversized_record`:
            its value is the batch that it came in.
        message: one line for a reader.
        headers: the bytes of the record's headers as they came, where key and value could be read. None: nothing could
            be, and the record's value is the bytes of the record or of the batch.
        batch_offset: where its batch begins, where it stands for all of it; it stands at the offset from which the
            batch was read, which may be a later one.
        next_offset: where the next batch begins, in that case.
    """

    reason: str
    message: str
    headers: bytes | None = None
    batch_offset: int | None = None
    next_offset: int | None = None


@dataclass(frozen=True, init=False)  # without slots: the size is counted once, and kept
class Record:
    """A record as it stands on a partition.

    Attributes:
        topic: name on the cluster, prefix included.
        timestamp: milliseconds since 1970, by the topic's rule (time of append, in our topics).
        defect: why it cannot be read, if it cannot. It is never given to a handler.
        leader_epoch: of the leader that wrote it; -1 where that is not known.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()
    defect: Defect | None = None
    leader_epoch: int = -1

    def __init__(  # noqa: PLR0913 - a record has so many fields
        self,
        topic: str,
        partition: int,
        offset: int,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: tuple[Header, ...] = (),
        defect: Defect | None = None,
        leader_epoch: int = -1,
    ) -> None:
        # What `dataclass` generates for a frozen class takes four times as long, for each record twice.
        fields = self.__dict__
        fields["topic"] = topic
        fields["partition"] = partition
        fields["offset"] = offset
        fields["timestamp"] = timestamp
        fields["key"] = key
        fields["value"] = value
        fields["headers"] = headers
        fields["defect"] = defect
        fields["leader_epoch"] = leader_epoch

    @property
    def coordinates(self) -> str:
        """`<topic>/<partition>/<offset>`: names the record for good."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def next_offset(self) -> int:
        """The offset from which to read on: a record that stands for its batch takes all offsets of it."""
        after = None if self.defect is None else self.defect.next_offset
        return self.offset + 1 if after is None else after

    @cached_property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        size = len(self.key or b"") + len(self.value or b"")
        for name, value in self.headers:
            size += len(name) + len(value or b"")
        return size

    @cached_property
    def memory(self) -> int:
        """Bytes that it holds in memory, as far as its publisher determines them."""
        raw = None if self.defect is None else self.defect.headers
        return self.size + HEADER_BYTES * len(self.headers) + len(raw or b"")


def parse_coordinates(coordinates: str) -> tuple[str, int, int] | None:
    """Return topic, partition and offset of a record's coordinates; None where they are none."""
    match = _COORDINATES.fullmatch(coordinates)
    if match is None:
        return None
    topic, partition, offset = match[1], int(match[2]), int(match[3])
    return (topic, partition, offset) if partition <= MAX_INT32 and offset <= MAX_NUMBER else None


def instant(milliseconds: int) -> datetime | None:
    """Return a record's timestamp as a time; None where it is no time: a publisher may write any 64 bits there."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Output(NamedTuple):
    """A record to be written. `topic` is the name in the topology, without the prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record could not be processed.

    Attributes:
        reason: a code to count by: a handler's own, or `error`, `timeout`, `memory`, `crash`, `output_too_large`.
        message: one line for a reader.
        stack: the end of the stack trace, where there is one.
    """

    reason: str
    message: str
    stack: str | None = None


Outcome = tuple[Output, ...] | Failure


class Handler(Protocol):
    """A stage's work: a pure function from a record to its outputs.

    It runs in a process of its own, one record at a time. It may raise `RejectedError` for a record that can never be
    processed; any other exception counts as an error of that record alone. It may be called again for the same record
    and must then return the same outputs.
    """

    version: str

    def __call__(self, record: Record) -> Sequence[Output]:
        """Return what is to be written for the record, in order."""
