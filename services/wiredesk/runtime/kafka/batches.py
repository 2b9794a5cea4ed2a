"""Record batches as a broker sends them, parsed so that nothing in them can stop the consumer.

aiokafka parses batches in C, and raises at the first thing that it does not expect: a header name that is not UTF-8, a
stream that cannot be decompressed. Then no record of the same response can be read, again and again. Here, a problem of
a batch, or of one of its records, becomes the defect of that record, and all other records are read. Sound batches are
still parsed in C.

The format is "Record Batch" (magic 2) of Kafka's protocol guide.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.default_records import DefaultRecordBatch

from wiredesk.runtime.kafka.damaged import UNREADABLE, OneByOne, has_too_many_headers
from wiredesk.runtime.kafka.unpacking import NONE, UnpackingError, unpack
from wiredesk.runtime.records import Defect, Record

_BATCH = struct.Struct(">qiibIhiqqqhii")
"""Base offset, length, leader epoch, magic, CRC, attributes, last offset delta, first and largest timestamp, producer's
id and epoch, base sequence, number of records."""

_PREFIX = struct.Struct(">qi")
"""Base offset, and the length of what follows."""

_MAGIC_AT = 16
"""Index of the magic byte."""

_ATTRIBUTES_AT = 21
"""Index of the attributes."""

_MAGIC = 2
"""The format of batches that is parsed here."""

MAX_RECORD_BYTES = 90 << 20
"""The largest decompressed record that is processed: a dead-letter topic accepts it with any codec."""

_CODEC_MASK, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20
"""Bits of the attributes."""


class Batches:
    """The batches in a broker's response; the last one may be incomplete, and is then left out.

    It replaces a class of aiokafka, and has the methods of it that aiokafka calls.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def has_next(self) -> bool:
        """Whether there is a complete batch."""
        if len(self._data) < _PREFIX.size:
            return False
        length: int = _PREFIX.unpack_from(self._data)[1]
        return 0 < length <= len(self._data) - _PREFIX.size

    def size_in_bytes(self) -> int:
        """Bytes of the response."""
        return len(self._data)

    def __iter__(self) -> Iterator["Batch"]:
        view, at = memoryview(self._data), 0
        while len(view) - at >= _PREFIX.size:
            _, length = _PREFIX.unpack_from(view, at)
            end = at + _PREFIX.size + length
            if length <= 0 or end > len(view):
                return
            following = _PREFIX.unpack_from(view, end)[0] if len(view) - end >= _PREFIX.size else None
            yield Batch(view[at:end], following)
            at = end


@dataclass(slots=True)
class Batch:
    """A batch.

    Args:
        data: its bytes.
        following: base offset of the next batch, if it is known.

    Attributes:
        next_offset: the offset after the last record of the batch, which may have been compacted away.
        producer_id: -1 where its producer is neither idempotent nor transactional.
        problem: what is wrong with the whole batch; None if nothing is.
    """

    data: memoryview
    following: int | None = None
    base_offset: int = field(init=False)
    next_offset: int = field(init=False)
    leader_epoch: int = field(init=False, default=-1)
    producer_id: int = field(init=False, default=-1)
    problem: str | None = field(init=False, default=None)
    _attributes: int = field(init=False, default=0)
    _times: tuple[int, int] = field(init=False, default=(-1, -1))
    _count: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.base_offset, _ = _PREFIX.unpack_from(self.data)
        if self.following is not None and self.following <= self.base_offset:
            self.following = None  # no checksum covers it: if it is damaged, this batch must still be read
        self.next_offset = self.base_offset + 1 if self.following is None else self.following
        magic = self.data[_MAGIC_AT] if len(self.data) > _MAGIC_AT else None
        if magic is not None and magic != _MAGIC:  # brokers write no other since Kafka 3.0
            self.problem = f"unknown batch format: magic {magic}"
        elif len(self.data) < _BATCH.size:
            self.problem = f"{len(self.data)} bytes are too short for a batch"
        else:
            self._read_head()

    def _read_head(self) -> None:
        (
            _,
            _,
            self.leader_epoch,
            _,
            _,
            self._attributes,
            last,
            first_time,
            largest_time,
            self.producer_id,
            _,
            _,
            self._count,
        ) = _BATCH.unpack_from(self.data)
        self._times = (first_time, largest_time)
        if last >= 0:
            after = self.base_offset + last + 1
            self.next_offset = after if self.following is None else min(after, self.following)
        if not DefaultRecordBatch(self.data).validate_crc():
            self.problem = "its checksum (CRC) does not match its bytes"

    @property
    def is_transactional(self) -> bool:
        """Whether it is part of a transaction; False for a damaged batch, whose attributes are not known."""
        return self.problem is None and bool(self._attributes & _TRANSACTIONAL)

    @property
    def is_control(self) -> bool:
        """Whether it is a control batch: a transaction marker, and no record of a publisher."""
        return self.problem is None and bool(self._attributes & _CONTROL)

    @property
    def is_abort(self) -> bool:
        """Whether it is the marker of an aborted transaction."""
        if not self.is_control:
            return False
        try:
            marker = ControlRecord.parse(next(iter(DefaultRecordBatch(self.data))).key or b"")
        except (StopIteration, TypeError, struct.error, *UNREADABLE):
            return False
        return bool(marker == ABORT_MARKER)

    def records(self, topic: str, partition: int, start: int) -> Iterator[Record]:
        """Yield the records from an offset on, in order; a record that cannot be read has a defect."""
        if self.problem is not None:
            yield self._whole(topic, partition, start, self.problem)
        else:
            yield from self._current(topic, partition, start)

    def _current(self, topic: str, partition: int, start: int) -> Iterator[Record]:
        packed = self.data[_BATCH.size :]
        codec = self._attributes & _CODEC_MASK
        try:
            unpacked = self.data if codec == NONE else self._with_payload(unpack(codec, packed))
        except UnpackingError as error:
            yield self._whole(topic, partition, start, str(error))
            return
        nexts = start
        read, after = 0, self.base_offset
        all_fit = len(unpacked) <= MAX_RECORD_BYTES
        try:
            if has_too_many_headers(unpacked, _BATCH.size, self._count):
                raise ValueError("headers")
            for record in DefaultRecordBatch(unpacked):
                if record.offset >= self.next_offset:
                    raise ValueError(record.offset)
                read, after = read + 1, max(after, record.offset + 1)
                if record.offset >= nexts:
                    nexts = record.offset + 1
                    parsed = Record(
                        topic,
                        partition,
                        record.offset,
                        record.timestamp,
                        record.key,
                        record.value,
                        tuple(record.headers),
                        None,
                        self.leader_epoch,
                    )
                    yield parsed if all_fit else self._fitting(parsed)
            is_sound = True
        except UNREADABLE:
            is_sound = False
        if not is_sound:  # skip what has been read: the offsets within a batch ascend
            reader = OneByOne(topic, partition, self.base_offset, self.next_offset, self.leader_epoch, self._time)
            payload = bytes(unpacked[_BATCH.size :])
            yield from (
                self._fitting(record)
                for record in reader.records(payload, self._count, skip=read, start=after)
                if record.offset >= nexts
            )

    def _with_payload(self, payload: bytes) -> bytes:
        """Return the batch with decompressed records."""
        head = bytearray(self.data[: _BATCH.size])
        head[_ATTRIBUTES_AT : _ATTRIBUTES_AT + 2] = (self._attributes & ~_CODEC_MASK & 0xFFFF).to_bytes(2)
        return b"".join((head, payload))

    def _fitting(self, record: Record) -> Record:
        """Return a record or, if it is too large to be written again, a record with its compressed batch."""
        raw = None if record.defect is None else record.defect.headers  # a dead letter carries both
        if record.size + len(raw or b"") <= MAX_RECORD_BYTES:
            return record
        problem = f"it has {record.size >> 20} MiB, more than can be written again; this is its compressed batch"
        defect = Defect("oversized_record", problem)
        return replace(record, key=None, value=bytes(self.data), headers=(), defect=defect)

    def _whole(self, topic: str, partition: int, start: int, problem: str) -> Record:
        """Return the batch as one record, whose value is the batch's bytes."""
        offset = max(start, self.base_offset)
        self.next_offset = max(self.next_offset, offset + 1)
        defect = Defect("unreadable_batch", problem, batch_offset=self.base_offset, next_offset=self.next_offset)
        return Record(topic, partition, offset, max(-1, self._times[1]), None, bytes(self.data), (), defect)

    def _time(self, delta: int) -> int:
        first, largest = self._times
        return largest if self._attributes & _LOG_APPEND_TIME else first + delta
