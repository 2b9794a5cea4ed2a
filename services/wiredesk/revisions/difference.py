"""How much of two texts differs: a measure that needs only a few hundred bytes of the older one.

A text is cut into *pieces*: runs of words that end at two words whose hash is a multiple of a power of two, the
smallest one with which there are no more than `MAX_PIECES`. Where a piece ends depends on its words alone, so a
sentence that is added, changed or moved leaves all other pieces as they were. A short text has a piece for each word,
one of 500 words a piece for 16 or so. Of each piece a hash and the number of its words are kept.

The measure is the share of the words of both texts that are in pieces which only one of them has: 0 for the same
pieces, 1 for nothing in common. A figure that changes in a report of 500 words is about 0.03.
"""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import add, mul

from wiredesk.revisions.folding import MARKS

MAX_PIECES = 64
"""Pieces of a text, so that what is kept of a page has a bound: 6 bytes for each."""

MAX_SHIFT = 24
"""The power of two from which the rest of a text is one piece: reached by texts that repeat a few words for ever."""

MAX_LENGTH = 0xFFFF
"""Words of a piece that count, at most: two bytes."""

MIXER = 0x9E3779B1
"""Factor of a word's hash in that of two words. One word alone would end pieces at each `the`, or at none."""

LEAST_CHANGE = 0.0001
"""The measure of texts that differ in the order of their pieces, or in signs that are no words."""

MAX_KNOWN_WORDS = 16_384
"""Words whose hashes are remembered: most words of most texts are among them. They take some 4 MB, and are found out
again once there are as many."""

MAX_KNOWN_LENGTH = 24
"""Characters of such a word, at most: longer ones are rare."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts written without spaces, where each character counts as a word: Thai, Lao, Burmese, Khmer, kana, Han."""

_LETTER = rf"(?:[^\W{_UNSPACED}]|[{MARKS}])"

_WORD = re.compile(rf"[{_UNSPACED}\U00020000-\U0003ffff]|{_LETTER}+(?:[.,:'-]{_LETTER}+)*|[%$€£¥₹°]")
"""A word; figures with their separators, as 1,200.50 and 10:15, are one."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text, cut into pieces.

    Attributes:
        shift: a piece ends at two words whose hash is a multiple of two to the power of this.
        items: of each piece in turn the hash and the number of words.
    """

    shift: int
    items: tuple[tuple[int, int], ...]

    @property
    def words(self) -> int:
        """The number of words of the text."""
        return sum(length for _, length in self.items)


class _WordHashes(dict[str, tuple[int, ...]]):
    """The hashes of the words between two spaces, found out once for most of them."""

    def __missing__(self, written: str) -> tuple[int, ...]:
        hashes = tuple([zlib.crc32(word.encode("utf-8", "replace")) for word in _WORD.findall(written)])
        if len(written) <= MAX_KNOWN_LENGTH:
            if len(self) >= MAX_KNOWN_WORDS:
                self.clear()
            self[written] = hashes
        return hashes


_HASHES = _WordHashes()


def word_hashes(folded: str) -> list[int]:
    """Return the hash of each word of a folded text."""
    return list(chain.from_iterable(map(_HASHES.__getitem__, folded.split(" "))))


def cut(hashes: Sequence[int]) -> Pieces:
    """Return a text in at most `MAX_PIECES` pieces."""
    mixed = _mixed(hashes)
    shift = max(0, (len(hashes) // MAX_PIECES).bit_length() - 1)
    while shift < MAX_SHIFT and _number_of_pieces(mixed, shift) > MAX_PIECES:
        shift += 1
    return _cut(hashes, mixed, shift)


def cut_at(hashes: Sequence[int], shift: int) -> Pieces:
    """Return a text in pieces of a given shift, to compare it with another text."""
    return _cut(hashes, _mixed(hashes), shift)


def _mixed(hashes: Sequence[int]) -> list[int]:
    """Return the hash of each word and the one before it."""
    return list(map(add, map(mul, chain((0,), hashes), repeat(MIXER)), hashes))


def _mask(shift: int) -> int:
    """Return the bits of the hash of two words that are 0 where a piece ends."""
    return ((1 << shift) - 1) << 8


def _number_of_pieces(mixed: Sequence[int], shift: int) -> int:
    if not shift:
        return len(mixed)
    mask = _mask(shift)
    return len([None for two in mixed if not two & mask]) + bool(mixed and mixed[-1] & mask)


def _cut(hashes: Sequence[int], mixed: Sequence[int], shift: int) -> Pieces:
    if shift >= MAX_SHIFT:
        return _whole(hashes)
    mask = _mask(shift)
    items: list[tuple[int, int]] = []
    piece, length = 0, 0
    for value, two in zip(hashes, mixed, strict=True):
        piece = (piece * 31 + value) & 0xFFFFFFFF
        length += 1
        if not two & mask:
            items.append((piece, min(length, MAX_LENGTH)))
            piece = length = 0
    if length:
        items.append((piece, min(length, MAX_LENGTH)))
    return Pieces(shift, tuple(items))


def _whole(hashes: Sequence[int]) -> Pieces:
    piece = zlib.crc32(b"".join(value.to_bytes(4, "big") for value in hashes))
    return Pieces(MAX_SHIFT, ((piece, min(len(hashes), MAX_LENGTH)),))


def change(old: Pieces, new: Pieces) -> float:
    """Return the share of the words of two texts, cut in the same way, that only one of them has: 0 to 1."""
    total = old.words + new.words
    return round(1 - 2 * _common(old.items, new.items) / total, 4) if total else 0.0


def _common(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> int:
    """Return the words of the pieces that two texts have in common."""
    ones, others = set(one), set(other)
    if len(ones) == len(one) and len(others) == len(other):
        return sum(length for _, length in ones & others)
    common = Counter(one) & Counter(other)
    return sum(length * times for (_, length), times in common.items())
