"""Content encodings of a request's body, undone as the body arrives, with bounds on what comes out of each piece.

The encodings of pages within a body are left to ingest.
"""

import sys
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

import brotli

from wiredesk.intake.problems import ProblemError, ProblemKind

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 1 << 18
"""The most bytes that a decoder yields at a time."""

MAX_RATIO = 200
"""Maximum ratio of decoded to encoded bytes of a body. Real pages reach 50; with deflate, zeros reach 1,032."""

RATIO_FREE_BYTES = 1 << 20
"""Bytes of a body for which the ratio is not looked at: a small body may be repetitive, and does no harm."""

ZSTD_WINDOW_LOG = 23
"""Windows of Zstandard up to 8 MiB are read, which RFC 9659 allows in HTTP."""

MAX_ENCODINGS = 3
"""Maximum number of encodings on top of each other."""

_IDENTITY = ("", "identity")


class Decoder(Protocol):
    """Undoes one encoding, piece by piece."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes out of a piece of the body, in pieces of a limited size."""

    def finish(self) -> bool:
        """Return whether the encoding is complete."""


class _Deflate:
    """gzip, of several members, or deflate, with or without its zlib header."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._members = 0
        self._stream: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data := self._begun(data):
            is_full = True
            while is_full and not self._stream.eof:  # a full piece may not be all that comes out of the data
                piece = self._stream.decompress(data, PIECE_BYTES)
                data, is_full = self._stream.unconsumed_tail, len(piece) == PIECE_BYTES
                yield piece
            if not self._stream.eof:
                return
            data, self._stream = self._stream.unused_data, None
            self._members += 1

    def finish(self) -> bool:
        return self._stream is None

    def _begun(self, data: bytes) -> bytes:
        """Begin a stream if there is none; return the data without what is only padding after the previous one."""
        if self._stream is None and self._members:
            data = data.lstrip(b"\0") if self._is_gzip else b""
        if self._stream is None and data:
            is_zlib = data[0] & 0x0F == 8  # noqa: PLR2004 - the compression method in a zlib header
            wbits = zlib.MAX_WBITS | 16 if self._is_gzip else zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS
            self._stream = zlib.decompressobj(wbits)
        return data


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while piece := self._stream.process(data, output_buffer_limit=PIECE_BYTES):
            yield piece
            data = b""
            if self._stream.is_finished():
                return

    def finish(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstandard:
    """Frames of Zstandard, one after the other."""

    def __init__(self) -> None:
        self._stream: zstd.ZstdDecompressor | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data or (self._stream is not None and not self._stream.needs_input):
            if self._stream is None:
                self._stream = zstd.ZstdDecompressor(
                    options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
                )
            yield self._stream.decompress(data, PIECE_BYTES)
            data = b""
            if self._stream.eof:
                data, self._stream = self._stream.unused_data, None

    def finish(self) -> bool:
        return self._stream is None


class BodyDecoder:
    """Undoes the encodings of a body.

    Args:
        header: the value of `Content-Encoding`.

    Raises:
        ProblemError: an encoding is not supported, or there are too many.
    """

    def __init__(self, header: str) -> None:
        self.names = tuple(
            name for name in (part.strip().lower() for part in header.split(",")) if name not in _IDENTITY
        )
        if len(self.names) > MAX_ENCODINGS:
            raise ProblemError(
                ProblemKind.UNSUPPORTED, f"Content-Encoding: {len(self.names)} encodings, not {MAX_ENCODINGS}"
            )
        self._decoders = [_decoder(name) for name in reversed(self.names)]
        self._received = 0
        self._decoded = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes out of a piece of the body.

        Raises:
            ProblemError: the body is damaged, or expands too much.
        """
        if not self._decoders:
            yield data
            return
        self._received += len(data)
        try:
            for piece in _through(self._decoders, data):
                self._decoded += len(piece)
                if self._decoded > max(RATIO_FREE_BYTES, MAX_RATIO * self._received):
                    raise ProblemError(
                        ProblemKind.TOO_LARGE,
                        f"Content-Encoding: {self._received} bytes became {self._decoded}: more than {MAX_RATIO} times",
                    )
                if piece:
                    yield piece
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise ProblemError(
                ProblemKind.INVALID_REQUEST,
                f"Content-Encoding: the body is not {', '.join(self.names)}: {error}",
            ) from error

    def finish(self) -> None:
        """Check that the body is complete.

        Raises:
            ProblemError: it ends too early.
        """
        if self._received and not all(decoder.finish() for decoder in self._decoders):
            raise ProblemError(
                ProblemKind.INVALID_REQUEST, f"Content-Encoding: the body ends within its {', '.join(self.names)}"
            )


def _decoder(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return _Deflate(is_gzip=True)
    if name == "deflate":
        return _Deflate(is_gzip=False)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstandard()
    raise ProblemError(
        ProblemKind.UNSUPPORTED,
        f"Content-Encoding {name[:40]!r} is none of gzip, deflate, br, zstd",
        headers={"Accept-Encoding": "gzip, deflate, br, zstd"},
    )


def _through(decoders: list[Decoder], data: bytes) -> Iterator[bytes]:
    """Yield what comes out of the last decoder."""
    if not decoders:
        yield data
        return
    for piece in decoders[0].feed(data):
        yield from _through(decoders[1:], piece)
