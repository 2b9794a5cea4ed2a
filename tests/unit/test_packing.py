"""The client library compresses gzip with our function, and any gzip can read the result."""

import gzip
from collections.abc import Iterator

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime.kafka import clients, packing
from wiredesk.runtime.settings import KafkaSettings

HEAD_BYTES = 61


@pytest.fixture(autouse=True)
def _ours() -> Iterator[None]:
    packing.install()
    yield
    packing.install()


def batch(values: list[bytes]) -> bytes:
    builder = DefaultRecordBatchBuilder(2, DefaultRecordBatch.CODEC_GZIP, False, -1, -1, 0, 1 << 20)  # noqa: FBT003
    for number, value in enumerate(values):
        assert builder.append(number, 1000, b"k", value, [("h", b"x")]) is not None
    return bytes(builder.build())


def test_the_client_library_packs_with_our_function() -> None:
    packed: list[bytes] = []

    def watched(payload: bytes) -> bytes:
        packed.append(packing.gzip(payload))
        return packed[-1]

    packing.install(watched)
    written = batch([b"some text " * 100] * 10)
    assert written[HEAD_BYTES:] == packed[0]
    packing.install()
    assert batch([b"some text " * 100] * 10) == written


async def test_producers_pack_with_it_from_the_start() -> None:
    packing.install(gzip.compress)
    producer = clients.producer(KafkaSettings(), "test")
    producer._closed = True  # it was never started
    assert batch([b"x" * 1000])[HEAD_BYTES:] == packing.gzip(gzip.decompress(batch([b"x" * 1000])[HEAD_BYTES:]))


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=20))
def test_any_reader_of_gzip_reads_it(values: list[bytes]) -> None:
    written = batch(values)
    assert [record.value for record in DefaultRecordBatch(written)] == values
    if DefaultRecordBatch(written).compression_type:  # the library leaves a batch as it is that would grow
        unpacked = gzip.decompress(written[HEAD_BYTES:])
        assert all(value in unpacked for value in values)
