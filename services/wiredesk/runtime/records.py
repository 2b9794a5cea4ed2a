"""Records, outputs and failures: what a stage reads and writes. Only the handler knows what the bytes mean."""

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
"""Memory that a header takes in addition to its name and value: an empty one has two bytes on the wire."""

_COORDINATES = re.compile(r"(.+)/([0-9]{1,10})/([0-9]{1,19})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a record cannot be read.

    Attributes:
        reason: `unreadable_record`; `unreadable_batch`: it represents all records of its batch; or `oversized_record`:
            its value is its compressed batch.
        message: one line for a person.
        headers: the bytes of the record's headers, where key and value could be read. None: nothing could be read, and
            the record's value is the bytes of the record or of the batch.
        batch_offset: base offset of its batch, where it represents the whole batch; the record's own offset is the one
            from which the batch was read, which may be later.
        next_offset: the offset after the batch, if it represents the whole batch.
    """

    reason: str
    message: str
    headers: bytes | None = None
    batch_offset: int | None = None
    next_offset: int | None = None


@dataclass(frozen=True, init=False)  # without slots: the cached properties need a dictionary
class Record:
    """A record of a partition.

    Attributes:
        topic: name on the cluster, prefix included.
        timestamp: milliseconds since 1970; in topics of wiredesk, LogAppendTime.
        defect: why it cannot be read; None if it can. A record with a defect is never given to a handler.
        leader_epoch: epoch of the leader that wrote it; -1 if it is not known.
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
        # The `__init__` that `dataclass` generates for a frozen class takes four times as long, twice for each record.
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
        """`<topic>/<partition>/<offset>`: identifies the record."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def next_offset(self) -> int:
        """The offset after the record: one that represents its batch covers all offsets of the batch."""
        after_batch = None if self.defect is None else self.defect.next_offset
        return self.offset + 1 if after_batch is None else after_batch

    @cached_property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        size = len(self.key or b"") + len(self.value or b"")
        for name, value in self.headers:
            size += len(name) + len(value or b"")
        return size

    @cached_property
    def memory(self) -> int:
        """Bytes that its key, value and headers take in memory."""
        raw = None if self.defect is None else self.defect.headers
        return self.size + HEADER_BYTES * len(self.headers) + len(raw or b"")


def parse_coordinates(coordinates: str) -> tuple[str, int, int] | None:
    """Return topic, partition and offset from a record's coordinates; None if the text is something else."""
    match = _COORDINATES.fullmatch(coordinates)
    if match is None:
        return None
    topic, partition, offset = match[1], int(match[2]), int(match[3])
    return (topic, partition, offset) if partition <= MAX_INT32 and offset <= MAX_NUMBER else None


def instant(milliseconds: int) -> datetime | None:
    """Return a record's timestamp as a datetime; None if it is outside the calendar: it may be any 64-bit number."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Output(NamedTuple):
    """A record to be written. `topic` is the name in the topology, without prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()


class ChangelogRecord(NamedTuple):
    """A change of the state, as it is written: to the partition that it is of, with the time of the input.

    `topic` is the name in the topology, without prefix.
    """

    topic: str
    key: bytes
    value: bytes | None
    partition: int
    time_ms: int
    headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record could not be processed.

    Attributes:
        reason: a code for counting: one of the handler's, or `error`, `timeout`, `memory`, `crash`, `output_too_large`.
        message: one line for a person.
        stack: the end of the stack trace, if there is one.
    """

    reason: str
    message: str
    stack: str | None = None


type Written = Output | ChangelogRecord
"""What is written in a transaction."""

Outcome = tuple[Written, ...] | Failure
"""What the processing of a record results in."""


class Handler(Protocol):
    """What a stage does: a pure function from a record to its outputs.

    It runs in a child process, one record at a time. It may raise `RejectedError` for a record that can never be
    processed; any other exception is an error of that record only. It may be called again for the same record, and must
    then return the same outputs.

    Attributes:
        version: changes with every change of the outputs for the same record.
    """

    version: str

    def __call__(self, record: Record) -> Sequence[Output]:
        """Return the outputs of a record, in order."""
