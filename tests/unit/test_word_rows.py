"""The rows of words, as spaCy stores them."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wiredesk.enrichment.entities.word_rows import read_rows

srsly: Any = import_module("srsly")  # as spaCy writes the file; it has no types

HASHES = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 2**33), st.integers(0, 300))
ROWS = st.one_of(st.integers(256, 2**16 - 1), st.integers(0, 2**31 - 1), st.integers(0, 300))


def read(stored: bytes) -> dict[int, int]:
    words, rows = read_rows(stored)
    assert words.dtype == np.dtype(np.uint64)
    assert rows.dtype == np.dtype(np.int32)
    return dict(zip(words.tolist(), rows.tolist(), strict=True))


@given(st.dictionaries(HASHES, ROWS, max_size=60))
@example({2**63 + number: 256 + number for number in range(20)})
@example({2**63 + number: number for number in range(120, 300)} | {2**63 - number: number for number in range(20)})
@example({0xCFCFCFCF_CFCFCFCF: 0xCDCD, 0xCF: 0xCD, 0xCDCD: 0xCF, 2**64 - 1: 0xCFCF})
def test_rows_are_those_of_the_map(row_of_word: dict[int, int]) -> None:
    assert read(srsly.msgpack_dumps(row_of_word)) == row_of_word


@given(st.dictionaries(HASHES, ROWS, min_size=1, max_size=9))
def test_a_map_of_many_entries_has_another_header(row_of_word: dict[int, int]) -> None:
    entries = srsly.msgpack_dumps(row_of_word)[1:]
    assert read(b"\xdf" + len(row_of_word).to_bytes(4, "big") + entries) == row_of_word


def test_a_map_of_less_than_65536_entries_has_a_third_header() -> None:
    rows = {word: word for word in range(1000)}
    assert read(srsly.msgpack_dumps(rows)) == rows


@pytest.mark.parametrize(
    "stored", [b"\x90", b"\xa1x", b"\x81\xa1x\x01", b"\x81\xcf\x00", b"\x82" + b"\xcf" + bytes(8) + b"\xcd\x01\x00\xc1"]
)
def test_anything_else_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="no map of integers to integers"):
        read_rows(stored)
