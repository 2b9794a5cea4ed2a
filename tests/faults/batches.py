"""Record batches of Kafka's format 2, encoded by hand: a client library would refuse to write what others may send.

Only batches that the broker accepts matter: it rejects a wrong CRC, a null header name, a payload that cannot be
decompressed.
"""

import asyncio
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from aiokafka.codec import gzip_encode, lz4_encode, snappy_encode, zstd_encode
from aiokafka.record.util import calc_crc32c

from tests.waiting import until

type RawHeader = tuple[bytes | None, bytes | None]
"""Name and value, each of any bytes; None is written as a length of -1."""

PRODUCE, PRODUCE_VERSION = 0, 7
CLIENT_ID = b"hostile"
TIMEOUT_MS = 30_000
NOT_LEADER = 6


class Codec(IntEnum):
    """The codec of a batch, as in its attributes."""

    NONE = 0
    GZIP = 1
    SNAPPY = 2
    LZ4 = 3
    ZSTD = 4
    UNKNOWN = 5


_PACK: Mapping[Codec, Callable[[bytes], bytes]] = {
    Codec.GZIP: gzip_encode,
    Codec.SNAPPY: snappy_encode,
    Codec.LZ4: lz4_encode,
    Codec.ZSTD: zstd_encode,
}


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as it is written, byte for byte.

    Attributes:
        timestamp: milliseconds since 1970; None: now.
    """

    key: bytes | None
    value: bytes | None
    headers: Sequence[RawHeader] = ()
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class RawBatch:
    """A batch.

    Attributes:
        codec: codec of the records, which the batch names.
        payload: any bytes, written in place of the compressed records.
    """

    records: Sequence[RawRecord] = field(default_factory=tuple)
    codec: Codec = Codec.NONE
    payload: bytes | None = None

    def encoded(self) -> bytes:
        """Return the batch's bytes."""
        now = int(time.time() * 1000)
        times = [now if one.timestamp is None else one.timestamp for one in self.records]
        packed = self.payload
        if packed is None:
            plain = b"".join(
                _record(one, offset, at - times[0])
                for offset, (one, at) in enumerate(zip(self.records, times, strict=True))
            )
            packed = _PACK.get(self.codec, bytes)(plain)
        count = len(self.records)
        # attributes, last offset delta, first and largest timestamp, no producer, records
        checked = struct.pack(">hiqqqhii", self.codec, count - 1, times[0], max(times), -1, -1, -1, count) + packed
        after_length = struct.pack(">ibI", -1, 2, calc_crc32c(checked)) + checked
        return struct.pack(">qi", 0, len(after_length)) + after_length


def _record(record: RawRecord, offset: int, after: int) -> bytes:
    body = b"\x00" + varint(after) + varint(offset) + _bytes(record.key) + _bytes(record.value)
    body += varint(len(record.headers)) + b"".join(_bytes(name) + _bytes(value) for name, value in record.headers)
    return varint(len(body)) + body


def _bytes(value: bytes | None) -> bytes:
    return varint(-1) if value is None else varint(len(value)) + value


def varint(number: int) -> bytes:
    """Return a 64-bit number as in Kafka's records: zigzag, seven bits per byte, the lowest first."""
    left = (number << 1) ^ (number >> 63)
    encoded = bytearray()
    while left > 0x7F:
        encoded.append(0x80 | (left & 0x7F))
        left >>= 7
    encoded.append(left)
    return bytes(encoded)


class RawProducer:
    """Sends batches to one broker, which leads every partition, as an async context manager."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._host, _, port = bootstrap_servers.partition(":")
        self._port = int(port)
        self._sent = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, topic: str, partition: int, batch: RawBatch) -> tuple[int, int]:
        """Send a batch; return the error code (0: accepted) and the offset of its first record."""
        answers: list[tuple[int, int]] = []

        async def is_led() -> bool:
            answers.append(await self._send_once(topic, partition, batch))
            return answers[-1][0] != NOT_LEADER

        await until(is_led, f"{topic}, which is new, has a leader")
        return answers[-1]

    async def _send_once(self, topic: str, partition: int, batch: RawBatch) -> tuple[int, int]:
        self._sent += 1
        name, records = topic.encode(), batch.encoded()
        request = struct.pack(">hhih", PRODUCE, PRODUCE_VERSION, self._sent, len(CLIENT_ID)) + CLIENT_ID
        request += struct.pack(">hhiih", -1, -1, TIMEOUT_MS, 1, len(name)) + name
        request += struct.pack(">iii", 1, partition, len(records)) + records
        self._writer.write(struct.pack(">i", len(request)) + request)
        await self._writer.drain()
        size = struct.unpack(">i", await self._reader.readexactly(4))[0]
        answer = await self._reader.readexactly(size)
        at = 4 + 4 + 2 + len(name) + 4 + 4  # correlation id, topics, name, partitions, partition
        error, base = struct.unpack_from(">hq", answer, at)
        return int(error), int(base)
