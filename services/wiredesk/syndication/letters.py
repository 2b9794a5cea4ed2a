"""The letters and digits of a text, in the form in which copies of it agree: without case, accents and typography."""

import unicodedata
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 200_000
"""Characters of a text that are read. A copy of a longer one is found by its beginning."""


class Kind(IntEnum):
    """What a character is to the words of a text."""

    SEPARATOR = 0
    WORD = 1  # a letter of a script with spaces, or a digit
    HAN_OR_KANA = 2  # of a script without spaces: as much as half a word
    SPACELESS = 3  # of one whose words have four letters or five: Thai, Lao, Khmer, Burmese
    MARK = 4  # an accent, a vowel sign, or invisible: some copies lack it
    APOSTROPHE = 5  # some copies write don't, others dont
    FULL_STOP = 6  # U.S. and US; 1.000 and 1000
    NUMBER_MARK = 7  # 1,000 and 10:30


SCRIPTS_WITHOUT_SPACES = (
    (Kind.HAN_OR_KANA, ((0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF))),
    (Kind.SPACELESS, ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0xAA60, 0xAA7F))),
)
"""First and last code points of the blocks of scripts without spaces, as Unicode 16 names them."""

ASTRAL_HAN = (0x20000, 0x3FFFF)
"""First and last code point of the planes of rare Chinese characters."""

LAST_OF_FIRST_PLANE = 0xFFFF
"""The last code point of the plane that has almost all characters."""

_SIGNS = (
    (Kind.MARK, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0640"),  # soft hyphen, zero-width characters, tatweel
    (Kind.APOSTROPHE, "'’‘ʼ`´ʹ"),
    (Kind.FULL_STOP, "."),
    (Kind.NUMBER_MARK, ",:٬٫\u00a0\u2009\u202f"),
)
"""Signs that belong to a word or number only between its characters, or not at all."""


def letters(text: str) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the characters of a text in the form in which copies agree, as code points, and the kind of each."""
    encoded = _folded(text[:MAX_CHARACTERS])[:MAX_CHARACTERS].encode("utf-32-le", "replace")
    points = np.frombuffer(encoded, dtype=np.uint32)
    kinds = _kinds()[np.minimum(points, LAST_OF_FIRST_PLANE)]
    if points.size and points.max() > LAST_OF_FIRST_PLANE:
        kinds = _with_astral(points, kinds)
    points, kinds = _without(kinds == Kind.MARK, points, kinds)
    points, kinds = _without(_joins(points, kinds), points, kinds)
    return points, np.where(kinds > Kind.SPACELESS, np.uint8(Kind.SEPARATOR), kinds)


def _folded(text: str) -> str:
    """Return a text in lower case, with accents as characters of their own."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKD", text).casefold()


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return the kind of each character of the first plane."""
    characters = [chr(point) for point in range(LAST_OF_FIRST_PLANE + 1)]
    kinds = np.array([_kind(character) for character in characters], dtype=np.uint8)
    for kind, blocks in SCRIPTS_WITHOUT_SPACES:
        for first, last in blocks:
            block = kinds[first : last + 1]
            block[block == Kind.WORD] = kind
    for kind, signs in _SIGNS:
        kinds[[ord(sign) for sign in signs]] = kind
    return kinds


def _kind(character: str) -> Kind:
    if character.isalnum():
        return Kind.WORD
    return Kind.MARK if unicodedata.category(character) == "Mn" else Kind.SEPARATOR


def _with_astral(points: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return kinds with those of characters beyond the first plane."""
    for point in np.unique(points[points > LAST_OF_FIRST_PLANE]).tolist():
        is_han = ASTRAL_HAN[0] <= point <= ASTRAL_HAN[1]
        kinds[points == point] = Kind.HAN_OR_KANA if is_han else _kind(chr(point))
    return kinds


def _without(
    dropped: NDArray[np.bool_], points: NDArray[np.uint32], kinds: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    if not dropped.any():
        return points, kinds
    kept = ~dropped
    return points[kept], kinds[kept]


def _joins(points: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which signs stand within a word, a number or an abbreviation, which some copies write without them."""
    word = kinds == Kind.WORD
    digit = word & (points >= ord("0")) & (points <= ord("9"))
    alone = word & ~_previous(word) & ~_next(word)
    between_words = _previous(word) & _next(word)
    between_digits = _previous(digit) & _next(digit)
    between_initials = _previous(alone) & _next(alone)
    joins: NDArray[np.bool_] = (kinds == Kind.APOSTROPHE) & between_words
    joins |= (kinds == Kind.FULL_STOP) & (between_digits | between_initials)
    joins |= (kinds == Kind.NUMBER_MARK) & between_digits
    return joins


def _previous(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which characters follow a marked one."""
    return np.concatenate((np.zeros(1, dtype=np.bool_), marked[:-1]))[: marked.size]


def _next(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which characters precede a marked one."""
    return np.concatenate((marked[1:], np.zeros(1, dtype=np.bool_)))[: marked.size]
