"""The form in which dates are read: one case, ASCII digits, no accents. So one pattern reads every script."""

import re
import unicodedata

_SCRIPTS = 0x20000
"""The first code point after the planes of scripts; later ones hold Han characters and none of their digits."""

_DIGITS = {
    point: str(digit) for point in range(128, _SCRIPTS) if (digit := unicodedata.decimal(chr(point), None)) is not None
}
"""ASCII digits for the decimal digits of every script."""

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
"""A digit that is not one of ASCII."""

_DROPPED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Soft hyphens, joiners, and marks of direction: dates in Arabic and Hebrew have them between numbers."""

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u093c\u09bc\u0a3c\u0abc\u0b3c]")
"""Accents, points of vowels, and nuktas: writers leave them out. Signs of vowels in scripts of India stay."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2013\u2014", "-"),
        **dict.fromkeys("\u2019\u2018\u02bc", "'"),
        "\u0131": "i",  # of Turkish, without a dot
        **dict.fromkeys("\u06cc\u0649\u06d2", "\u064a"),  # yeh of Persian and Urdu, and at the end of words
        "\u06a9": "\u0643",  # kaf of Persian
        **dict.fromkeys("\u06c1\u06d5\u0629", "\u0647"),  # heh of Urdu and Kurdish, and the feminine ending
    }
)
"""One spelling for signs and letters that writers take for one another."""


def fold_date(text: str) -> str:
    """Return a text in lower case, with ASCII digits, without accents and other marks on letters."""
    if text.isascii():
        return text.lower()
    text = _DROPPED.sub("", text)
    if _OTHER_DIGIT.search(text):
        text = text.translate(_DIGITS)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # Composed again: Korean syllables are decomposed, too.
    folded = unicodedata.normalize("NFKC", _MARKS.sub("", decomposed))
    return folded if folded.isascii() else folded.translate(_SAME)
