"""Encodings of bodies, as servers apply them."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable
from functools import partial

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(content: bytes) -> bytes:
    return zlib.compress(content)[2:-4]


def br(content: bytes) -> bytes:
    compressed: bytes = brotli.compress(content, quality=5)  # type: ignore[no-untyped-call]
    return compressed


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, mtime=0),  # without the time, which would make examples differ
    "deflate": zlib.compress,
    "br": br,
    "zstd": zstd.compress,
    "bzip2": partial(bz2.compress, compresslevel=1),  # in blocks of 100 kB: a block is read as a whole
    "xz": partial(lzma.compress, preset=0),
}
"""Content encodings, by name."""


def encoded(layers: Iterable[str], content: bytes) -> bytes:
    """Return content in encodings, the innermost first."""
    for name in layers:
        content = COMPRESS[name](content)
    return content


def chunks(content: bytes, size: int = 1000, line_end: bytes = b"\r\n", last: bytes = b"0\r\n\r\n") -> bytes:
    """Return content in chunks."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return b"".join(b"%x" % len(piece) + line_end + piece + line_end for piece in pieces) + last
