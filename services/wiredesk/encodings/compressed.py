"""Compressed bytes: gzip, zlib, deflate, br, zstd, bzip2 and xz, as far as they go and up to a size.

The size of the output is the bound: a decoder stops at the first byte beyond it, so that time and memory are bounded,
too. There is no bound on the ratio. It would refuse pages that are mostly white space, and prevent nothing else.
"""

import bz2
import lzma
import re
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import brotli
from isal import isal_zlib

from wiredesk.encodings.outcome import End, Outcome

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 64 * 1024
"""Compressed bytes that a decoder is given at once. It copies what follows the end of a stream."""

MAX_MEMBERS = 1024
"""The most members of a gzip stream, or frames of a zstd stream. Block-wise writers make one for 64 KiB of a page; each
costs some microseconds, even if it is empty."""

BROTLI_OUTPUT_BYTES = 1 << 20
"""Output that the decoder of br may buffer at once; it takes up to twice as much."""

BROTLI_STEPS = (1 << 16, 1 << 12, 1 << 8, 1 << 4, 1)
"""Bytes that are read at once to find the end of a br stream: its decoder refuses bytes after the end, and does not say
where that is."""

MIN_ZSTD_WINDOW_BITS = 23
"""Windows of zstd up to 8 MiB are read, which RFC 9659 allows in HTTP, or up to the size of a page if that is more."""

MAX_XZ_MEMORY = 128 << 20
"""Memory that the decoder of xz may take. Its highest preset needs half of it."""

_BZIP2_MAGICS = tuple(b"BZh%d" % size + start for size in range(1, 10) for start in (b"1AY&SY", b"\x17rE8P\x90"))
"""The first bytes of a file of bzip2: the size of its blocks, and the beginning of a block or of the end."""

_XZ_MAGIC = b"\xfd7zXZ\0"
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGICS = (b"\x28\xb5\x2f\xfd", *(bytes((low, 0x2A, 0x4D, 0x18)) for low in range(0x50, 0x60)))
_RAW_DEFLATE_BITS = -15
_GZIP_TRAILER = struct.Struct("<II")
_ZLIB_TRAILER = struct.Struct(">I")
_PADDING = re.compile(rb"\0*")

_GZIP_HAS_CHECKSUM, _GZIP_HAS_EXTRA, _GZIP_HAS_NAME, _GZIP_HAS_COMMENT = 0x02, 0x04, 0x08, 0x10
_GZIP_HEADER_BYTES = 10
_ZLIB_HEADER_BYTES = 2
_ZLIB_HAS_DICTIONARY = 0x20
_ZLIB_METHOD = 0x8F  # with the highest bit of the window's size, which is 0 up to the largest window
_ZLIB_CHECK = 31

_IsalError: type[Exception] = isal_zlib.error  # type: ignore[assignment] # its stub says that it is an instance
_ERRORS = (_IsalError, brotli.error, zstd.ZstdError, lzma.LZMAError, OSError)
"""What the decoders raise; bzip2's an `OSError`."""


class TooLargeError(ValueError):
    """The output exceeds its bound."""


class _Stream(Protocol):
    """A decoder of one stream: deflate data, a frame of zstd."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """Bytes after its end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return the output of more compressed bytes, or the first `max_length` bytes of it."""


@dataclass(frozen=True, slots=True)
class Compression:
    """A compressed format.

    Attributes:
        magics: what a member begins with; empty if any bytes may be the beginning.
        header: position of the stream after the header that begins at a position; None if the header is cut off.
        stream: a new decoder; the argument is the bound of the output.
        trailer: position after the trailer that begins at a position, and what is wrong with it.
    """

    name: str
    magics: tuple[bytes, ...]
    stream: Callable[[int], _Stream]
    header: Callable[[bytes, int], int | None] = lambda _content, at: at
    trailer: Callable[[bytes, int, bytes], tuple[int, str]] = lambda _content, at, _output: (at, "")

    def decode(self, content: bytes, limit: int) -> Outcome:
        """Decode members up to the last one, or as far as they go.

        Raises:
            TooLargeError: there are more bytes than the limit.
        """
        output: list[bytes] = []
        at, room, faults = 0, limit, dict[str, None]()
        for _ in range(MAX_MEMBERS):
            start = self.header(content, at)
            if start is None:
                return Outcome(b"".join(output), End.CUT)
            member, at = _read_stream(self.stream(room), content, start, room)
            output.append(member.content)
            room -= len(member.content)
            if room < 0:
                raise TooLargeError(f"more than {limit} bytes within {self.name}")
            if member.end is not End.WHOLE:
                return Outcome(b"".join(output), member.end, fault=member.fault)
            at, fault = self.trailer(content, at, member.content)
            if fault:
                faults.setdefault(fault)
            following = self._next_member(content, at)
            if following is None:
                return Outcome(b"".join(output), End.WHOLE, trailing=len(content) - at, fault="; ".join(faults))
            at = following
        return Outcome(b"", End.DAMAGED, fault=f"it has more than {MAX_MEMBERS} members")

    def _next_member(self, content: bytes, at: int) -> int | None:
        """Return where the next member begins, if one does. Writers of blocks pad with NULs."""
        padding = _PADDING.match(content, at) if self.magics else None
        following = padding.end() if padding else at
        return following if self.magics and content.startswith(self.magics, following) else None


def _read_stream(stream: _Stream, content: bytes, at: int, room: int) -> tuple[Outcome, int]:
    """Return the output of a stream, or a little more than there is room for, and the position after its end."""
    output: list[bytes] = []
    while at < len(content):
        piece = content[at : at + PIECE_BYTES]
        try:
            output.append(stream.decompress(piece, room + 1))
        except _ERRORS as error:
            return Outcome(b"".join(output), End.DAMAGED, fault=str(error)), at
        at += len(piece)
        room -= len(output[-1])
        if room < 0:
            break
        if stream.eof:
            return Outcome(b"".join(output), End.WHOLE), at - len(stream.unused_data)
    return Outcome(b"".join(output), End.CUT), at


def _gzip_header(content: bytes, at: int) -> int | None:
    """Return where the deflate data of a gzip member begin (RFC 1952)."""
    end = at + _GZIP_HEADER_BYTES
    flags = content[at + 3] if end <= len(content) else 0
    if flags & _GZIP_HAS_EXTRA:
        end += 2 + int.from_bytes(content[end : end + 2], "little")
    for flag in (_GZIP_HAS_NAME, _GZIP_HAS_COMMENT):
        if flags & flag:
            end = content.find(b"\0", end) + 1 or len(content) + 1
    if flags & _GZIP_HAS_CHECKSUM:
        end += 2
    return end if end <= len(content) else None


def _gzip_trailer(content: bytes, at: int, output: bytes) -> tuple[int, str]:
    """Compare checksum and size. Scripts that compress by hand leave them out, and browsers ignore them."""
    end = at + _GZIP_TRAILER.size
    if end > len(content):
        return len(content), "its checksum is missing"
    checksum, size = _GZIP_TRAILER.unpack_from(content, at)
    matches = checksum == isal_zlib.crc32(output) and size == len(output) & 0xFFFFFFFF
    return end, "" if matches else "its checksum is another one"


def _zlib_trailer(content: bytes, at: int, output: bytes) -> tuple[int, str]:
    end = at + _ZLIB_TRAILER.size
    if end > len(content):
        return len(content), "its checksum is missing"
    (checksum,) = _ZLIB_TRAILER.unpack_from(content, at)
    return end, "" if checksum == zlib.adler32(output) else "its checksum is another one"


def _inflate(_limit: int) -> _Stream:
    stream: _Stream = isal_zlib.decompressobj(_RAW_DEFLATE_BITS)
    return stream


def _zstd_frame(limit: int) -> _Stream:
    window_bits = max(MIN_ZSTD_WINDOW_BITS, limit.bit_length())
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: window_bits})


class _BrotliStream:
    """A decoder of br with the interface of the others, and with bounded output."""

    unused_data = b""

    def __init__(self, _limit: int) -> None:
        self._decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        output = [self._decoder.process(data, output_buffer_limit=BROTLI_OUTPUT_BYTES)]
        room = max_length - len(output[0])
        while room > 0 and not self.eof:  # it holds output back, whether or not it accepts more data
            output.append(self._decoder.process(b"", output_buffer_limit=BROTLI_OUTPUT_BYTES))
            room -= len(output[-1])
            if not output[-1] and self._decoder.can_accept_more_data():
                break
        return b"".join(output)


GZIP = Compression("gzip", (_GZIP_MAGIC,), _inflate, _gzip_header, _gzip_trailer)
"""gzip (RFC 1952), of one or several members."""

ZSTD = Compression("zstd", _ZSTD_MAGICS, _zstd_frame)
"""zstd (RFC 8878), of one or several frames. A skippable frame counts as an empty one."""

BZIP2 = Compression("bzip2", _BZIP2_MAGICS, lambda _limit: bz2.BZ2Decompressor())
"""bzip2, of one or several streams."""

XZ = Compression("xz", (_XZ_MAGIC,), lambda _limit: lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_XZ_MEMORY))
"""xz, of one or several streams."""

_BROTLI = Compression("br", (), _BrotliStream)
_ZLIB = Compression("deflate", (), _inflate, lambda _content, at: at + _ZLIB_HEADER_BYTES, _zlib_trailer)
_RAW_DEFLATE = Compression("deflate", (), _inflate)


def decode_deflate(content: bytes, limit: int) -> Outcome:
    """Decode `deflate`: in zlib's format, as the standard says, or without it, as some servers send it.

    Raises:
        TooLargeError: there are more bytes than the limit.
    """
    zlib_outcome = _ZLIB.decode(content, limit) if has_zlib_header(content) else None
    if zlib_outcome is not None and zlib_outcome.end is End.WHOLE:
        return zlib_outcome
    raw_outcome = _RAW_DEFLATE.decode(content, limit)
    return raw_outcome if zlib_outcome is None or raw_outcome.end is End.WHOLE else zlib_outcome


def decode_brotli(content: bytes, limit: int) -> Outcome:
    """Decode `br`, which has no signature and no checksum, with or without bytes after its end.

    Raises:
        TooLargeError: there are more bytes than the limit.
    """
    outcome = _BROTLI.decode(content, limit)
    if outcome.end is not End.DAMAGED:
        return outcome
    end = _end_of_brotli(content, limit)
    if end is None:
        return outcome
    return Outcome(_BROTLI.decode(content[:end], limit).content, End.WHOLE, trailing=len(content) - end)


def has_zlib_header(content: bytes) -> bool:
    """Return whether bytes begin as zlib's format does (RFC 1950), without a preset dictionary."""
    if len(content) < _ZLIB_HEADER_BYTES:
        return False
    method, flags = content[0], content[1]
    is_deflate = method & _ZLIB_METHOD == zlib.DEFLATED
    return is_deflate and (method << 8 | flags) % _ZLIB_CHECK == 0 and not flags & _ZLIB_HAS_DICTIONARY


def _end_of_brotli(content: bytes, limit: int) -> int | None:
    """Return where a br stream ends that bytes follow; None if it is damaged. Smaller and smaller pieces are read."""
    good = 0
    for step in BROTLI_STEPS:
        stream = _BrotliStream(limit)
        if good:
            stream.decompress(content[:good], limit + 1)
        while good < len(content):
            try:
                stream.decompress(content[good : good + step], limit + 1)
            except brotli.error:
                break
            good += step
            if stream.eof:
                return good
    return None
