"""Decompressing the records of a batch, up to a limit: a publisher may send a decompression bomb, or garbage."""

import contextlib
import functools
import mmap
import struct
from typing import Any

import cramjam
from isal import isal_zlib

MAX_UNPACKED_BYTES = 256 << 20
"""Eight times the largest compressed batch of a topic of wiredesk. aiokafka itself has no limit."""

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
"""The codecs, as numbered in the attributes of a batch."""

NAMES = {GZIP: "gzip", SNAPPY: "snappy", LZ4: "lz4", ZSTD: "zstd"}
"""The names of the codecs, for messages."""

_GzipError: type[Exception] = isal_zlib.error  # type: ignore[assignment] # its stub says that it is an instance
_GZIP_WBITS = 31  # zlib's parameter: a gzip header is expected
_GZIP_MAGIC = b"\x1f\x8b"

MAX_GZIP_MEMBERS = 64
"""The most members of a gzip stream. Each member costs a copy of everything after it, so millions of empty members
would take hours. No client writes more than one."""

# Java's snappy library writes this header, then two version numbers of 4 bytes each, then the blocks.
_XERIAL_MAGIC = b"\x82SNAPPY\x00"
_XERIAL_HEADER_BYTES = 16
_SCRATCH_BYTES = 4 << 20  # most batches fit
_BLOCK_LENGTH = struct.Struct(">i")


class UnpackingError(ValueError):
    """A compressed batch cannot be read; the message says why."""


def unpack(codec: int, packed: memoryview, limit: int = MAX_UNPACKED_BYTES) -> bytes:
    """Return the records of a batch, decompressed.

    Args:
        codec: number of the codec in the batch's attributes.
        limit: the most bytes of decompressed records.

    Raises:
        UnpackingError: the codec is unknown, the stream is damaged, or it has more bytes than the limit.
    """
    if codec == NONE:
        return bytes(packed)
    name = NAMES.get(codec)
    if name is None:
        raise UnpackingError(f"unknown compression codec {codec}")
    try:
        unpacked = _UNPACK[codec](packed, limit)
    except (cramjam.DecompressionError, _GzipError, struct.error, ValueError) as error:
        raise UnpackingError(f"{name}: {error}") from error
    if unpacked is None:
        raise UnpackingError(f"{name}: holds more than {limit >> 20} MiB")
    return unpacked


def _gzip(packed: memoryview, limit: int) -> bytes | None:
    members: list[bytes] = []
    room = limit
    left: bytes | memoryview = packed
    for _ in range(MAX_GZIP_MEMBERS):
        member = isal_zlib.decompressobj(_GZIP_WBITS)
        members.append(member.decompress(left, room + 1))
        room -= len(members[-1])
        if room < 0:
            return None
        if not member.eof:
            raise ValueError("the stream is cut off")
        left = member.unused_data
        if not left.startswith(_GZIP_MAGIC):  # Kafka's Java client also ignores trailing bytes
            return members[0] if len(members) == 1 else b"".join(members)
    raise ValueError(f"it has more than {MAX_GZIP_MEMBERS} members")


def _snappy(packed: memoryview, limit: int) -> bytes | None:
    if bytes(packed[: len(_XERIAL_MAGIC)]) != _XERIAL_MAGIC:
        return _snappy_block(packed, limit)
    unpacked = bytearray()
    at = _XERIAL_HEADER_BYTES
    while at < len(packed):
        (length,) = _BLOCK_LENGTH.unpack_from(packed, at)
        at += _BLOCK_LENGTH.size
        if length < 0 or at + length > len(packed):
            raise ValueError("a block is cut off")
        block = _snappy_block(packed[at : at + length], limit - len(unpacked))
        if block is None:
            return None
        unpacked += block
        at += length
    return bytes(unpacked)


def _snappy_block(packed: memoryview, limit: int) -> bytes | None:
    block = bytes(packed)
    if cramjam.snappy.decompress_raw_len(block) > limit:
        return None
    return bytes(cramjam.snappy.decompress_raw(block))


def _lz4(packed: memoryview, limit: int) -> bytes:
    return _bounded(cramjam.lz4, packed, limit)


def _zstd(packed: memoryview, limit: int) -> bytes:
    return _bounded(cramjam.zstd, packed, limit)


def _bounded(codec: Any, packed: memoryview, limit: int) -> bytes:
    if (unpacked := _in_scratch(codec, packed, limit)) is not None:
        return unpacked
    # The kernel allocates only those pages that are written.
    with mmap.mmap(-1, limit, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as space:
        try:
            size = codec.decompress_into(bytes(packed), space)
        except cramjam.DecompressionError as error:  # it has no exception type for a full destination
            raise ValueError(f"it is damaged, or holds more than {limit >> 20} MiB: {error}") from error
        return space[:size]


def _in_scratch(codec: Any, packed: memoryview, limit: int) -> bytes | None:
    """Decompress into reused memory, because new memory costs more than the decompression; return None if it fails."""
    if limit >= _SCRATCH_BYTES:
        with contextlib.suppress(cramjam.DecompressionError):
            size = codec.decompress_into(bytes(packed), _scratch())
            return bytes(memoryview(_scratch())[:size])
    return None


@functools.cache
def _scratch() -> bytearray:
    return bytearray(_SCRATCH_BYTES)


_UNPACK = {GZIP: _gzip, SNAPPY: _snappy, LZ4: _lz4, ZSTD: _zstd}
