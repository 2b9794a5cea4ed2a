"""The script of a text: what its letters show of its language."""

from collections import Counter
from enum import StrEnum
from functools import lru_cache

SAMPLE_CHARACTERS = 400
"""Characters of a text that are examined."""

REMEMBERED_LETTERS = 4096
"""Letters whose script is kept: a text has few different ones."""


class Script(StrEnum):
    """A script in which news is written."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    GREEK = "Greek"
    HEBREW = "Hebrew"
    ARABIC = "Arabic"
    DEVANAGARI = "Devanagari"
    THAI = "Thai"
    HANGUL = "Hangul"
    KANA = "Kana"
    HAN = "Han"
    OTHER = "other"


RANGES: tuple[tuple[int, int, Script], ...] = (
    (0x41, 0x24F, Script.LATIN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0xFF21, 0xFF5A, Script.LATIN),
    (0x370, 0x3FF, Script.GREEK),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x400, 0x52F, Script.CYRILLIC),
    (0x590, 0x5FF, Script.HEBREW),
    (0x600, 0x6FF, Script.ARABIC),
    (0x750, 0x77F, Script.ARABIC),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFF, Script.ARABIC),
    (0x900, 0x97F, Script.DEVANAGARI),
    (0xE00, 0xE7F, Script.THAI),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x3130, 0x318F, Script.HANGUL),
    (0xAC00, 0xD7AF, Script.HANGUL),
    (0x3040, 0x30FF, Script.KANA),
    (0x31F0, 0x31FF, Script.KANA),
    (0xFF66, 0xFF9F, Script.KANA),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xF900, 0xFAFF, Script.HAN),
    (0x20000, 0x323AF, Script.HAN),
)
"""First and last code point of the blocks of each script."""

DEFAULT_LANGUAGE = {
    Script.GREEK: "el",
    Script.HEBREW: "he",
    Script.THAI: "th",
    Script.HANGUL: "ko",
    Script.KANA: "ja",
}
"""The language of a text in a script that only one language of the news uses."""


@lru_cache(maxsize=REMEMBERED_LETTERS)
def script_of_letter(letter: str) -> Script:
    """Return the script of a letter; `OTHER` for one of a script that is not listed."""
    point = ord(letter)
    return next((script for first, last, script in RANGES if first <= point <= last), Script.OTHER)


def letters_by_script(text: str) -> Counter[Script]:
    """Return how many letters of a text's beginning each script has."""
    letters = Counter(text[:SAMPLE_CHARACTERS])
    counts: Counter[Script] = Counter()
    for letter, count in letters.items():
        if letter.isalpha():
            counts[script_of_letter(letter)] += count
    return counts


def main_script(text: str) -> Script | None:
    """Return the script of most letters of a text's beginning; None where there are none.

    Japanese is written in kana and Han together: kana counts for it from one letter in ten.
    """
    beginning = text[:SAMPLE_CHARACTERS]
    if beginning.isascii():
        return Script.LATIN if any(map(str.isalpha, beginning)) else None
    counts = letters_by_script(beginning)
    if not counts:
        return None
    if counts[Script.KANA] * 10 >= counts.total():
        return Script.KANA
    return min(counts, key=lambda script: (-counts[script], script))
