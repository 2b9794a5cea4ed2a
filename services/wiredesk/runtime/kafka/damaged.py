"""Parsing the records of a batch one by one, where aiokafka fails at one of them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from aiokafka.errors import KafkaError
from aiokafka.record import util

from wiredesk.runtime.records import Defect, Record
from wiredesk_schemas.headers import Header

UNREADABLE = (KafkaError, ValueError, IndexError, OverflowError, AssertionError, MemoryError)
"""The exceptions of aiokafka for records that it cannot parse; Unicode errors are ValueErrors."""

REASON = "unreadable_record"
"""The reason in the defects of these records."""

MAX_HEADERS = 1 << 19
"""The most headers of a record. Empty headers compress to almost nothing, but millions of them take gigabytes of
memory."""

_MIN_HEADER_BYTES = 2
"""Size of an empty header before compression."""

decode_varint: Callable[[bytes | memoryview, int], tuple[int, int]] = util.decode_varint  # type: ignore[assignment] # takes bytes, too
"""Returns the number at an index in the bytes, and the index after it."""


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Parses the records of a batch.

    Args:
        base_offset: of the batch.
        next_offset: the offset after the last record of the batch.
        time: returns a record's timestamp from its timestamp delta.
    """

    topic: str
    partition: int
    base_offset: int
    next_offset: int
    leader_epoch: int
    time: Callable[[int], int]

    def records(self, payload: bytes, count: int, *, skip: int, start: int) -> Iterator[Record]:
        """Yield the records, in order; a record that cannot be read has its defect.

        Args:
            payload: the records, decompressed.
            count: number of records that the batch states.
            skip: number of records at the beginning that were read already; they are skipped by their lengths.
            start: the offset after the skipped records.
        """
        at, expected = 0, start
        for _ in range(skip):
            length, begin = decode_varint(payload, at)
            at = begin + length
        for number in range(skip, max(count, 0)):
            if expected >= self.next_offset:
                return  # no offset is left: the following bytes are not a record of this batch
            try:
                length, begin = decode_varint(payload, at)
                if length < 0 or begin + length > len(payload):
                    _refuse(f"its length is {length} bytes, but only {len(payload) - begin} follow")
            except UNREADABLE as error:
                problem = f"record {number} of its batch, and all after it: {error}"
                yield self._unreadable(expected, self.time(0), payload[at:], problem)
                return
            record = self._record(payload[begin : begin + length], number, expected)
            expected, at = record.offset + 1, begin + length
            yield record
        if at < len(payload) and expected < self.next_offset:
            yield self._unreadable(expected, self.time(0), payload[at:], "bytes after the last record of its batch")

    def _record(self, body: bytes, number: int, expected: int) -> Record:
        """Parse one record from its bytes.

        Args:
            number: index of the record in its batch.
            expected: its offset, if the record does not state one.
        """
        offset, time = expected, self.time(0)
        try:
            _, at = decode_varint(body, 0)  # attributes: none is in use
            delta, at = decode_varint(body, at)
            time = self.time(delta)
            delta, at = decode_varint(body, at)
            if not expected <= self.base_offset + delta < self.next_offset:
                _refuse(f"its offset is {self.base_offset + delta}, and the next offset is {expected}")
            offset = self.base_offset + delta
            key, at = _bytes(body, at, "key")
            value, at = _bytes(body, at, "value")
            headers, problem = _headers(body, at)
        except UNREADABLE as error:
            return self._unreadable(offset, time, body, f"record {number} of its batch: {error}")
        defect = None if problem is None else Defect(REASON, problem, body[at:])
        return Record(self.topic, self.partition, offset, time, key, value, headers, defect, self.leader_epoch)

    def _unreadable(self, offset: int, time: int, raw: bytes, problem: str) -> Record:
        defect = Defect(REASON, problem)
        return Record(self.topic, self.partition, offset, time, None, raw, (), defect, self.leader_epoch)


def has_too_many_headers(payload: bytes | memoryview, begin: int, count: int) -> bool:
    """Return whether a record states more headers than are allowed; False if this cannot be read.

    Args:
        payload: bytes that end with the decompressed records.
        begin: index at which they begin.
        count: number of records that the batch states.
    """
    at = begin
    with contextlib.suppress(*UNREADABLE):
        for _ in range(max(count, 0) if len(payload) - at > _MIN_HEADER_BYTES * MAX_HEADERS else 0):
            length, first = decode_varint(payload, at)
            at = first + length
            if length > _MIN_HEADER_BYTES * MAX_HEADERS and _count_headers(payload[first:at]) > MAX_HEADERS:
                return True
    return False


def _count_headers(body: bytes | memoryview) -> int:
    at = 0
    for _ in ("attributes", "time", "offset"):
        _, at = decode_varint(body, at)
    for _ in ("key", "value"):
        length, at = decode_varint(body, at)
        at += max(length, 0)
    return decode_varint(body, at)[0]


def _bytes(body: bytes, at: int, what: str) -> tuple[bytes | None, int]:
    length, at = decode_varint(body, at)
    if length < 0:
        return None, at
    if at + length > len(body):
        _refuse(f"the length of its {what} is {length} bytes, but only {len(body) - at} follow")
    return body[at : at + length], at + length


def _headers(body: bytes, at: int) -> tuple[tuple[Header, ...], str | None]:
    """Return the headers, and the problem with their names, if any; a name that is not UTF-8 is escaped."""
    count, at = decode_varint(body, at)
    if not 0 <= count <= min(len(body), MAX_HEADERS):
        _refuse(f"it states {count} headers")
    headers: list[Header] = []
    problem = None
    for number in range(count):
        raw, at = _bytes(body, at, f"name of header {number}")
        value, at = _bytes(body, at, f"header {number}")
        name = b"" if raw is None else raw
        try:
            headers.append((name.decode("utf-8"), value))
        except UnicodeDecodeError:
            headers.append((name.decode("utf-8", "backslashreplace"), value))
            problem = problem or f"the name of header {number} is not UTF-8: {headers[-1][0][:100]}"
        if raw is None:
            problem = problem or f"header {number} has no name"
    if at != len(body):
        _refuse(f"{len(body) - at} bytes follow its last header")
    return tuple(headers), problem


def _refuse(problem: str) -> NoReturn:
    raise ValueError(problem)
