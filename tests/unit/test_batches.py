"""Record batches: sound ones, damaged ones, and hostile ones. Nothing stops the reader, and undamaged records are read."""

import asyncio
import inspect
import struct
from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiokafka.codec
import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c, encode_varint
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime.kafka import fetching, unpacking
from wiredesk.runtime.kafka.batches import Batches
from wiredesk.runtime.kafka.damaged import OneByOne, has_too_many_headers
from wiredesk.runtime.kafka.unpacking import UnpackingError, unpack
from wiredesk.runtime.records import Record

PACK: dict[int, Callable[[bytes], bytes]] = {
    unpacking.NONE: bytes,
    unpacking.GZIP: aiokafka.codec.gzip_encode,
    unpacking.SNAPPY: aiokafka.codec.snappy_encode,
    unpacking.LZ4: aiokafka.codec.lz4_encode,
    unpacking.ZSTD: aiokafka.codec.zstd_encode,
}
HEAD = struct.Struct(">qiibIhiqqqhii")
type Name = bytes | None


def varint(value: int) -> bytes:
    out = bytearray()
    encode_varint(value, out.append)
    return bytes(out)


def field(value: bytes | None) -> bytes:
    return varint(-1) if value is None else varint(len(value)) + value


def encoded(
    number: int, value: bytes | None, headers: list[tuple[Name, bytes | None]], key: bytes | None = b"k"
) -> bytes:
    body = b"\0" + varint(0) + varint(number) + field(key) + field(value) + varint(len(headers))
    body += b"".join(field(name) + field(content) for name, content in headers)
    return varint(len(body)) + body


def batch(
    payload: bytes, count: int, *, base: int = 0, codec: int = 0, last: int | None = None, packed: bytes | None = None
) -> bytes:
    """Return a batch around records; `packed` replaces the codec's output."""
    records = packed if packed is not None else PACK[codec](payload)
    tail = struct.pack(">hiqqqhii", codec, count - 1 if last is None else last, 1000, 1000, -1, -1, -1, count) + records
    return struct.pack(">qiibI", base, len(tail) + 9, 0, 2, calc_crc32c(tail)) + tail


def sound(base: int, count: int, codec: int = 0) -> bytes:
    return batch(
        b"".join(encoded(n, b"v%d" % (base + n), [(b"h", b"x")]) for n in range(count)), count, base=base, codec=codec
    )


def read(data: bytes, start: int = 0) -> list[Record]:
    nexts, records = start, []
    for one in Batches(data):
        for record in one.records("t", 0, nexts):
            nexts = record.offset + 1
            records.append(record)
        nexts = max(nexts, one.next_offset)
    return records


def values(records: list[Record]) -> list[bytes | None]:
    return [record.value for record in records if record.defect is None]


@pytest.mark.parametrize("codec", PACK)
def test_sound_batches_are_read(codec: int) -> None:
    records = read(sound(0, 3, codec) + sound(5, 2, codec))
    assert [(r.offset, r.value, r.headers, r.defect) for r in records] == [
        (n, b"v%d" % n, (("h", b"x"),), None) for n in (0, 1, 2, 5, 6)
    ]
    assert [r.offset for r in read(sound(0, 3, codec), start=2)] == [2], "from the middle of a batch"


@pytest.mark.parametrize("codec", PACK)
@pytest.mark.parametrize(
    ("name", "shown", "problem"),
    [(b"tr\xff\xfeace", "tr\\xff\\xfeace", "not UTF-8: tr\\xff"), (None, "", "has no name")],
)
def test_a_header_name_that_is_none_costs_its_record_alone(codec: int, name: Name, shown: str, problem: str) -> None:
    headers: list[tuple[Name, bytes | None]] = [(b"fine", b"1"), (name, b"2"), (b"", None)]
    payload = encoded(0, b"before", []) + encoded(1, b"hostile", headers) + encoded(2, b"after", [])
    records = read(batch(payload, 3, codec=codec) + sound(3, 1))
    assert values(records) == [b"before", b"after", b"v3"]
    hostile = records[1]
    assert (hostile.offset, hostile.key, hostile.value) == (1, b"k", b"hostile")
    assert hostile.headers == (("fine", b"1"), (shown, b"2"), ("", None))
    assert hostile.defect is not None
    assert hostile.defect.reason == "unreadable_record"
    assert problem in hostile.defect.message
    assert hostile.defect.headers == varint(3) + b"".join(field(n) + field(v) for n, v in headers), "as they came"


def test_odd_headers_that_are_allowed_are_no_defect() -> None:
    headers: list[tuple[Name, bytes | None]] = [(b"", b""), (b"n" * 100_000, None), *((b"x", b"y"),) * 50_000]
    (record,) = read(batch(encoded(0, b"v", headers), 1))
    assert record.defect is None
    assert len(record.headers) == 50_002


@pytest.mark.parametrize("codec", [unpacking.NONE, unpacking.ZSTD])
def test_a_record_of_too_many_headers_is_kept_as_bytes(codec: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of empty headers compress to almost nothing, and take gigabytes as objects: these are never created."""
    monkeypatch.setattr("wiredesk.runtime.kafka.damaged.MAX_HEADERS", 1000)
    headers: list[tuple[Name, bytes | None]] = [(b"", None)] * 1001
    hostile = encoded(1, b"v", headers)
    payload = encoded(0, b"before", headers[1:]) + hostile + encoded(2, b"after", [])
    records = read(batch(payload, 3, codec=codec))
    assert values(records) == [b"before", b"after"]
    assert len(records[0].headers) == 1000
    assert records[0].memory > 1000 * 64 > records[0].size, "what is in flight is bounded by memory"
    assert records[1].value == hostile[len(hostile) - len(records[1].value or b"") :]
    assert records[1].defect is not None
    assert "1001 headers" in records[1].defect.message
    assert has_too_many_headers(payload, 0, 3)
    assert not has_too_many_headers(payload[: len(payload) // 2], 0, 3)


async def test_an_answer_is_read_as_far_as_there_is_memory_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes of a response may hold gigabytes: the part that was not read is fetched again."""
    monkeypatch.setattr(fetching, "ANSWER_BYTES", 3 << 20)
    large = b"".join(encoded(n, bytes(1 << 20), []) for n in range(4))
    data = batch(large, 4, codec=unpacking.ZSTD) + batch(large, 4, base=4, codec=unpacking.ZSTD)
    start, offsets = 0, list[list[int]]()
    while start < 8:
        make: Any = fetching.PartitionRecords
        answer = make(TopicPartition("t", 0), Batches(data), [], start, None, None, check_crcs=False, isolation_level=1)
        offsets.append([record.offset for record in answer])
        start = answer.next_fetch_offset
    assert offsets == [[0, 1, 2], [3, 4, 5], [6, 7]]


async def test_an_answer_that_cannot_be_read_costs_no_record_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory may be short for a short time. Records that were read from other responses before count as read by then."""
    fetching.install()
    first, second = TopicPartition("t", 0), TopicPartition("t", 1)
    unpacked = unpack

    def unpack_or_fail(codec: int, packed: memoryview) -> bytes:
        if codec == unpacking.ZSTD:
            raise OSError(12, "Cannot allocate memory")
        return unpacked(codec, packed)

    monkeypatch.setattr("wiredesk.runtime.kafka.batches.unpack", unpack_or_fail)
    positions = {first: 0, second: 0}

    def state(tp: TopicPartition) -> Any:
        return SimpleNamespace(
            paused=False, position=positions[tp], consumed_to=lambda position: positions.__setitem__(tp, position)
        )

    library: Any = fetcher.Fetcher.__new__(fetcher.Fetcher)
    library._subscriptions = SimpleNamespace(reassignment_in_progress=False)
    library._wait_consume_future = None
    library._fetch_task = asyncio.get_running_loop().create_future()
    library._records = OrderedDict()
    assignment: Any = SimpleNamespace(active=True, state_value=state)

    def answer(tp: TopicPartition, data: bytes) -> None:
        make: Any = fetching.PartitionRecords
        records = make(tp, Batches(data), [], positions[tp], None, None, check_crcs=False, isolation_level=1)
        make = fetcher.FetchResult
        library._records[tp] = make(tp, assignment=assignment, partition_records=records, backoff=0)

    async def getmany(*partitions: TopicPartition, timeout_ms: int, max_records: int | None) -> Any:
        return await library.fetched_records(partitions, timeout_ms / 1000, max_records)

    consumer: Any = SimpleNamespace(_fetcher=library, _coordinator=None, getmany=getmany)
    answer(first, sound(0, 2, unpacking.GZIP) + sound(2, 2, unpacking.ZSTD))
    answer(second, sound(0, 2, unpacking.ZSTD))
    fetched = await fetching.poll(consumer, timeout_ms=0)
    assert {tp: [record.offset for record in records] for tp, records in fetched.items()} == {first: [0, 1]}
    assert positions == {first: 2, second: 0}, "the rest is fetched again"
    answer(second, sound(0, 2, unpacking.ZSTD))
    with pytest.raises(OSError, match="allocate"):
        await fetching.poll(consumer, timeout_ms=0)
    assert positions == {first: 2, second: 0}


def test_records_before_a_damaged_one_are_not_read_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed, a million of them are a small batch: read one by one they would block the worker for seconds."""
    read_alone: list[int] = []
    one = OneByOne._record

    def noted(self: OneByOne, body: bytes, number: int, expected: int) -> Record:
        read_alone.append(number)
        return one(self, body, number, expected)

    monkeypatch.setattr(OneByOne, "_record", noted)
    payload = b"".join(encoded(n, b"v%d" % n, []) for n in range(100))
    payload += encoded(100, b"hostile", [(b"\xff", b"")]) + encoded(101, b"after", [])
    records = read(batch(payload, 102))
    assert [record.offset for record in records] == list(range(102))
    assert [record.offset for record in records if record.defect] == [100]
    assert read_alone == [100, 101]


def test_a_wrong_checksum_costs_its_batch_alone() -> None:
    damaged = bytearray(sound(3, 4))
    damaged[-1] ^= 0xFF
    records = read(sound(0, 3) + bytes(damaged) + sound(7, 1))
    assert values(records) == [b"v0", b"v1", b"v2", b"v7"]
    assert [(r.offset, r.value, r.defect and r.defect.reason) for r in records if r.defect] == [
        (3, bytes(damaged), "unreadable_batch")
    ]


def test_a_damaged_batch_is_passed_as_a_whole() -> None:
    """A consumer that commits the offset after it, and starts there again, does not read it again."""
    damaged = bytearray(sound(3, 4))
    damaged[-1] ^= 0xFF
    (record,) = read(bytes(damaged))
    assert (record.offset, record.next_offset) == (3, 7)
    (again,) = read(bytes(damaged), start=5)
    assert (again.offset, again.next_offset) == (5, 7)
    assert again.defect is not None
    assert again.defect.batch_offset == 3
    assert [record.next_offset for record in read(sound(0, 2))] == [1, 2]


@pytest.mark.parametrize("offset", [0, 2, -5])
def test_a_damaged_offset_costs_no_record_of_the_batch_before(offset: int) -> None:
    damaged = struct.pack(">q", offset) + sound(5, 2)[8:]
    assert values(read(sound(2, 3) + damaged))[:3] == [b"v2", b"v3", b"v4"]


@pytest.mark.parametrize(
    ("codec", "packed", "problem"),
    [
        (6, b"whatever", "unknown compression codec 6"),
        (unpacking.GZIP, b"no gzip at all", "gzip: "),
        (unpacking.GZIP, aiokafka.codec.gzip_encode(b"x" * 999)[:-9], "gzip: the stream is cut off"),
        (unpacking.SNAPPY, b"\xff" * 20, "snappy: "),
        (unpacking.SNAPPY, b"\x82SNAPPY\x00\0\0\0\1\0\0\0\1\x7f\xff\xff\xffx", "snappy: a block is cut off"),
        (unpacking.LZ4, b"no frame", "lz4: "),
        (unpacking.ZSTD, aiokafka.codec.zstd_encode(b"x" * 999)[:-3], "zstd: "),
    ],
    ids=("no codec", "no gzip", "gzip cut off", "no snappy", "snappy cut off", "no lz4", "zstd cut off"),
)
def test_what_does_not_unpack_costs_its_batch_alone(codec: int, packed: bytes, problem: str) -> None:
    hostile = batch(b"", 2, base=3, codec=codec, packed=packed)
    records = read(sound(0, 3) + hostile + sound(5, 1))
    assert values(records) == [b"v0", b"v1", b"v2", b"v5"]
    (unreadable,) = [r for r in records if r.defect]
    assert unreadable.defect is not None
    assert problem in unreadable.defect.message
    assert unreadable.value == hostile


@pytest.mark.parametrize("codec", [c for c in PACK if c])
def test_a_bomb_is_not_unpacked(codec: int) -> None:
    bomb = PACK[codec](bytes(40 << 20))
    with pytest.raises(UnpackingError, match="holds more than 32 MiB"):
        unpack(codec, memoryview(bomb), 32 << 20)
    assert unpack(codec, memoryview(bomb), 48 << 20) == bytes(40 << 20)


@pytest.mark.parametrize("codec", [c for c in PACK if c])
@pytest.mark.parametrize("size", [0, 1, 100_000, 5 << 20])
def test_what_was_packed_is_unpacked(codec: int, size: int) -> None:
    data = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    assert unpack(codec, memoryview(PACK[codec](data))) == data


def test_several_gzip_members_are_one_stream_and_what_follows_is_none() -> None:
    packed = aiokafka.codec.gzip_encode(b"one ") + aiokafka.codec.gzip_encode(b"two") + b"padding"
    assert unpack(unpacking.GZIP, memoryview(packed)) == b"one two"


def test_a_stream_of_many_empty_gzip_members_takes_no_time() -> None:
    """Each member costs a copy of what follows it: a million of them, of 20 bytes, would copy terabytes."""
    empty = aiokafka.codec.gzip_encode(b"")
    assert unpack(unpacking.GZIP, memoryview(aiokafka.codec.gzip_encode(b"x") + empty * 60)) == b"x"
    with pytest.raises(UnpackingError, match="gzip: it has more than 64 members"):
        unpack(unpacking.GZIP, memoryview(empty * 1_000_000))


def test_a_record_of_a_wrong_length_costs_itself_or_what_follows() -> None:
    first, last = encoded(0, b"first", []), encoded(2, b"last", [])
    broken = varint(8) + b"\0\0\2" + varint(500) + b"abc"  # a key of 500 bytes in a record of 8
    records = read(batch(first + broken + last, 3))
    assert values(records) == [b"first", b"last"]
    assert records[1].value == broken[1:]
    overlong = varint(9000) + b"abc"
    records = read(batch(first + overlong + last, 3) + sound(3, 1))
    assert values(records) == [b"first", b"v3"]
    assert records[1].value == overlong + last


def test_offsets_outside_of_the_batch_are_not_believed() -> None:
    far = encoded(5_000_000, b"far", [])
    records = read(batch(encoded(0, b"first", []) + far, 2) + sound(2, 1))
    assert [(r.offset, r.value) for r in records if not r.defect] == [(0, b"first"), (2, b"v2")]
    assert [(r.offset, r.value) for r in records if r.defect] == [(1, far[1:])]


def test_what_stands_after_the_last_record_is_kept() -> None:
    records = read(batch(encoded(0, b"first", []) + b"left over", 1, last=1) + sound(2, 1))
    assert [(r.offset, r.value, bool(r.defect)) for r in records] == [
        (0, b"first", False),
        (1, b"left over", True),
        (2, b"v2", False),
    ]


def test_a_batch_of_an_unknown_format_is_kept_whole() -> None:
    future = bytearray(sound(0, 2))
    future[16] = 9
    records = read(bytes(future) + sound(2, 1))
    assert [(r.offset, r.defect and r.defect.message) for r in records] == [
        (0, "unknown batch format: magic 9"),
        (2, None),
    ]


@given(
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    codec=st.sampled_from([*PACK]),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    fits=st.booleans(),
)
def test_bytes_changed_anywhere_stop_nothing(
    *, counts: list[int], codec: int, changes: list[tuple[int, int]], fits: bool
) -> None:
    """The first and the last batch are sound; between them bytes are changed, with a checksum that fits or not."""
    middle = bytearray()
    base = 2
    for count in counts:
        one = bytearray(sound(base, count, codec))
        for place, value in changes:
            at = 12 + place % (len(one) - 12)  # the offset and the length are the broker's own
            one[at] = value
        if fits:
            one[17:21] = struct.pack(">I", calc_crc32c(bytes(one[21:])))
        middle += one
        base += count
    records = read(sound(0, 2) + bytes(middle) + sound(base, 2))
    offsets = [record.offset for record in records]
    assert offsets == sorted(set(offsets)), "each once, and in order"
    assert [r.value for r in records if r.offset < 2] == [b"v0", b"v1"]
    assert [r.value for r in records if r.offset >= base] == [b"v%d" % base, b"v%d" % (base + 1)]


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(data: bytes) -> None:
    read(data)
    Batches(data).has_next()


def test_our_reading_equals_the_library_s_own() -> None:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    for n in range(5):
        builder.append(n, 100 + n, b"k%d" % n, b"v", [("h", None)])
    assert [(r.offset, r.timestamp, r.key, r.headers) for r in read(bytes(builder.build()))] == [
        (n, 100 + n, b"k%d" % n, (("h", None),)) for n in range(5)
    ]


def test_the_names_that_are_replaced_in_the_library_are_there() -> None:
    names = fetcher.Fetcher._proc_fetch_request.__code__.co_names
    assert {"MemoryRecords", "PartitionRecords"} <= set(names)
    fetching.install()
    assert fetcher.PartitionRecords is fetching.PartitionRecords


def test_an_idle_consumer_asks_less_often_until_something_is_to_be_read() -> None:
    now = 0.0
    paused: set[int] = set()
    library: Any = SimpleNamespace(_fetcher=SimpleNamespace(_fetch_max_wait_ms=100), paused=lambda: paused)
    pace = fetching.FetchPace(library, lambda: now)
    waits = []
    for at, records, held in [
        (0, True, ()),
        (4.9, False, ()),
        (5, False, ()),
        (9, False, (1,)),
        (13.9, False, ()),
        (14, False, ()),
        (15, True, ()),
    ]:
        now, paused = at, set(held)
        pace.polled(records=records)
        waits.append(library._fetcher._fetch_max_wait_ms)
    assert waits == [100, 100, fetching.IDLE_WAIT_MS, 100, 100, fetching.IDLE_WAIT_MS, 100]


def test_the_client_library_reads_that_wait_for_each_fetch() -> None:
    assert "self._fetch_max_wait_ms," in inspect.getsource(fetcher.Fetcher._get_actions_per_node)
