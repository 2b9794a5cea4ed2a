"""Borders of characters as readers see them: a letter with its combining marks is not cut."""

import unicodedata

JOINER = "\u200d"
"""Joins the characters on both sides to one: in emoji, and in scripts of India."""

EXTENDING = frozenset({JOINER, "\u200c", *map(chr, range(0x1F3FB, 0x1F400)), *map(chr, range(0x1160, 0x1200))})
"""Characters besides marks that continue the one before: joiners, skin tones of emoji, vowels and finals of decomposed
Korean syllables."""

MAX_MARKS = 64
"""Marks on one letter that are followed: more are noise."""


def is_inside(text: str, offset: int) -> bool:
    """Whether an offset lies within a letter and its marks."""
    return 0 < offset < len(text) and (_extends(text[offset]) or text[offset - 1] == JOINER)


def whole_characters(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span that cuts no character: it begins after one that is cut at its start, and has the whole last one.

    Args:
        text: the whole text.
        start: offset of the first character, in code points.
        end: offset after the last one. Both may be equal in the result, where nothing is left.
    """
    while start < end and is_inside(text, start):
        start += 1
    if start == end:
        return start, start
    limit = min(len(text), end + MAX_MARKS)
    while end < limit and is_inside(text, end):
        end += 1
    while end > start and is_inside(text, end):  # more marks than a letter has
        end -= 1
    return start, end


def _extends(character: str) -> bool:
    return character in EXTENDING or unicodedata.category(character)[0] == "M"
