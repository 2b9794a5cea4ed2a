"""Which row of a table of vectors a word has, as spaCy stores it: a MessagePack map of 700,000 integers to integers.

Nearly all entries have the same length, so they are read as an array; as a dictionary they take four times as long.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

type Words = npt.NDArray[np.uint64]
type Rows = npt.NDArray[np.int32]

COMMON_ENTRY = np.dtype([("word_type", "u1"), ("word", ">u8"), ("row_type", "u1"), ("row", ">u2")])
"""An integer of 64 bits (0xCF), and one of 16 bits (0xCD)."""

BYTES_OF_TYPE = {0xCF: 8, 0xCE: 4, 0xCD: 2, 0xCC: 1}
"""Bytes of an integer after the byte that states its type. Any other first byte is the integer itself."""

_HEADER = re.compile(rb"[\x80-\x8f]|\xde..|\xdf.{4}", re.DOTALL)
_COMMON_ENTRIES = re.compile(rb"(?:\xcf.{8}\xcd..)*+", re.DOTALL)
_OTHER_ENTRIES = re.compile(
    rb"(?:(?!\xcf.{8}\xcd)(?:\xcf.{8}|\xce.{4}|\xcd..|\xcc.|[\x00-\x7f])(?:\xce.{4}|\xcd..|\xcc.|[\x00-\x7f]))*+",
    re.DOTALL,
)


def read_rows(stored: bytes) -> tuple[Words, Rows]:
    """Return the words, by spaCy's hash, and the row of each.

    Args:
        stored: spaCy's file `key2row`.

    Raises:
        ValueError: it is no map of integers to integers.
    """
    common, others = _entries(stored)
    entries = np.frombuffer(common, COMMON_ENTRY)
    integers = list(_integers(others))
    words = np.array(integers[::2], dtype=np.uint64)
    rows = np.array(integers[1::2], dtype=np.int32)
    return (
        np.concatenate([entries["word"].astype(words.dtype), words]),
        np.concatenate([entries["row"].astype(rows.dtype), rows]),
    )


def _entries(stored: bytes) -> tuple[bytes, bytes]:
    """Return the entries of the common length, and all others."""
    header = _HEADER.match(stored)
    place = header.end() if header else 0
    common, others = list[bytes](), list[bytes]()
    while place < len(stored):
        same = _matched(_COMMON_ENTRIES, stored, place)
        other = _matched(_OTHER_ENTRIES, stored, place + len(same))
        if header is None or not (same or other):
            raise ValueError(f"no map of integers to integers, at byte {place}")
        common.append(same)
        others.append(other)
        place += len(same) + len(other)
    return b"".join(common), b"".join(others)


def _matched(entries: re.Pattern[bytes], stored: bytes, place: int) -> bytes:
    match = entries.match(stored, place)
    return match[0] if match else b""


def _integers(stored: bytes) -> Iterator[int]:
    place = 0
    while place < len(stored):
        size = BYTES_OF_TYPE.get(stored[place], 0)
        yield int.from_bytes(stored[place + 1 : place + 1 + size], "big") if size else stored[place]
        place += 1 + size
