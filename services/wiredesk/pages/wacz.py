"""WACZ: a ZIP with web archives in it. Nothing is written to the disk, so that paths in it do no harm."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from wiredesk.pages.source import Chunk, Damage, chunks_of

MAX_DIRECTORY_BYTES = 4 << 20
"""Maximum size of the directory of a ZIP. Those of web archives have tens of files."""

MAX_END_BYTES = 22 + 0xFFFF
"""Maximum size of the end of the directory: its fields, and a comment."""

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Compressions of files in a ZIP that are read in bounded memory."""

SUFFIXES = (".warc", ".arc", ".wet")
"""Suffixes of web archives, also before a suffix of a compression."""

READ_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises where a file in a ZIP is damaged, encrypted, or of an unknown kind."""

OPEN_ERRORS = (*READ_ERRORS, struct.error, UnicodeError, OverflowError)
"""What it raises where the directory is damaged."""

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
            self._zip = zipfile.ZipFile(stream)
        except OPEN_ERRORS as error:
            raise DamagedZipError(str(error)) from error

    def archives(self) -> list[zipfile.ZipInfo]:
        """Return the web archives in it, in the order of its directory."""
        return [info for info in self._zip.infolist() if _is_archive(info.filename)]

    def other_files(self) -> int:
        """Return how many other files it has: indexes, lists of pages, logs."""
        return sum(not info.is_dir() and not _is_archive(info.filename) for info in self._zip.infolist())

    def read(self, info: zipfile.ZipInfo) -> Iterator[Chunk]:
        """Yield the content of a file; where it cannot be read, it is damaged."""
        if info.flag_bits & _ENCRYPTED:
            yield Damage("it is encrypted")
        elif info.compress_type not in METHODS:
            yield Damage(f"its compression method is {info.compress_type}, and only stored and deflated files are read")
        else:
            try:
                with self._zip.open(info) as member:
                    yield from chunks_of(member, READ_ERRORS)
            except READ_ERRORS as error:
                yield Damage(str(error))


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
