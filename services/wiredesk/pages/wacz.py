"""WACZ: a ZIP with web archives in it. Nothing is written to the disk, so that paths in it do no harm."""

import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from wiredesk.pages.compression import OVERSPENT, Budget, inflated
from wiredesk.pages.source import CHUNK_BYTES, Chunk, Damage, Source

MAX_DIRECTORY_BYTES = 4 << 20
"""Maximum size of the directory of a ZIP. Those of web archives have tens of files."""

MAX_END_BYTES = 22 + 0xFFFF
"""Maximum size of the end of the directory: its fields, and a comment."""

SUFFIXES = (".warc", ".arc", ".wet", ".wacz")
"""Suffixes of web archives, also before a suffix of a compression."""

LOCAL_SIGNATURE = b"PK\x03\x04"
"""The first bytes of the header before the content of a file."""

LOCAL_HEADER = struct.Struct("<26xHH")
"""This header: the lengths of name and extra field, which follow it."""

OPEN_ERRORS = (
    OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error, OverflowError,
)  # fmt: skip
"""What `zipfile` raises where the directory is damaged."""

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_ENCRYPTED = 0x1
"""Bit of the flags of a file that is encrypted."""


class DamagedZipError(Exception):
    """The directory of a ZIP cannot be read."""


class Wacz:
    """The files of a WACZ.

    Args:
        stream: can be read at any place.

    Raises:
        DamagedZipError: the directory cannot be read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        try:
            _check_directory(stream)
            self._files = [info for info in zipfile.ZipFile(stream).infolist() if not info.is_dir()]
        except OPEN_ERRORS as error:
            raise DamagedZipError(str(error)) from error
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        if any(self._local_header(info) is None for info in self.archives()):
            raise DamagedZipError("the place of a file in it is wrong")

    def archives(self) -> list[zipfile.ZipInfo]:
        """Return the web archives in it, in the order of its directory: also other WACZ, as a collection has them."""
        return [info for info in self._files if _is_archive(info.filename)]

    def other_files(self) -> int:
        """Return how many other files it has: indexes, lists of pages, logs."""
        return len(self._files) - len(self.archives())

    def __len__(self) -> int:
        """Return how many files it has."""
        return len(self._files)

    def read(self, info: zipfile.ZipInfo, budget: Budget) -> Iterator[Chunk]:
        """Yield the content of a file; where it cannot be read, it is damaged.

        `zipfile` is not used for this: it drops what precedes a damage.

        Args:
            budget: of the ZIP. Packed bytes count, too: files may have the same place in it.
        """
        if info.flag_bits & _ENCRYPTED:
            yield Damage("it is encrypted")
        elif info.compress_type == zipfile.ZIP_STORED:
            yield from self._packed(info, budget)
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            yield from inflated(Source(self._packed(info, budget)), budget, info.CRC)
        else:
            yield Damage(f"its compression method is {info.compress_type}, and only stored and deflated files are read")

    def _packed(self, info: zipfile.ZipInfo, budget: Budget) -> Iterator[Chunk]:
        """Yield the bytes of a file as the ZIP has them."""
        name_bytes, extra_bytes = LOCAL_HEADER.unpack(self._local_header(info) or bytes(LOCAL_HEADER.size))
        start = info.header_offset + LOCAL_HEADER.size + name_bytes + extra_bytes
        end = start + info.compress_size
        while start < end:
            self._stream.seek(start)
            chunk = self._stream.read(min(CHUNK_BYTES, end - start))
            if not chunk:
                yield Damage("the ZIP is cut off")
                return
            start += len(chunk)
            if not budget.spend(len(chunk)):
                yield Damage(OVERSPENT)
                return
            yield chunk

    def _local_header(self, info: zipfile.ZipInfo) -> bytes | None:
        """Return the header before the content of a file; None if there is none in that place."""
        if not 0 <= info.header_offset <= self._size - LOCAL_HEADER.size:
            return None
        self._stream.seek(info.header_offset)
        header = self._stream.read(LOCAL_HEADER.size)
        return header if header.startswith(LOCAL_SIGNATURE) and len(header) == LOCAL_HEADER.size else None


def _is_archive(name: str) -> bool:
    return any(suffix.lower() in SUFFIXES for suffix in PurePosixPath(name).suffixes)


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a directory that is too large to be held in memory.

    Raises:
        BadZipFile: it is.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - MAX_END_BYTES - 1024))
    tail = stream.read()
    ends = [struct.unpack_from("<L", tail, at + 12)[0] for at in _places(_END, tail, 16)]
    ends_64 = [struct.unpack_from("<Q", tail, at + 40)[0] for at in _places(_END_64, tail, 48)]
    sizes = [value for value in (*ends, *ends_64) if value not in (0xFFFFFFFF, 0)]
    if max(sizes, default=0) > min(size, MAX_DIRECTORY_BYTES):
        raise zipfile.BadZipFile(f"its directory has {max(sizes)} bytes, and {MAX_DIRECTORY_BYTES} are read at most")


def _places(signature: bytes, tail: bytes, size: int) -> Iterator[int]:
    """Yield where a signature stands with the given number of bytes from it on."""
    at = tail.find(signature)
    while at >= 0 and at + size <= len(tail):
        yield at
        at = tail.find(signature, at + 1)
