"""The words of a page's address, which often repeat its headline."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MAX_URL = 2000
"""Maximum characters of an address that are read."""

MIN_WORDS = 3
"""Minimum words in the longest part of an address that repeats the headline; others have numbers or sections."""

MOST_OF_ADDRESS = 0.9
"""Share of an address's words from which a text is the headline that the address repeats."""

MIN_WORD, STEM = 4, 6
"""Minimum letters of words that are compared, and letters at their beginning that are."""

_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
"""The ending of an address that says what kind of file it is."""

_WORD = re.compile(r"[^\W\d_]{1,60}")
"""A word of an address or of a headline."""

_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that are no letter with an accent, as addresses write them."""

_IN_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""Letters that the addresses of some languages write as two."""


@dataclass(frozen=True, slots=True)
class AddressWords:
    """The words of the longest part of an address, by their beginnings; none if it has too few.

    Attributes:
        stems: of the words.
    """

    stems: frozenset[str]

    @classmethod
    def of(cls, url: str) -> "AddressWords":
        """Read the words of an address."""
        try:
            path = unquote(urlsplit(url[:MAX_URL]).path)
        except ValueError:
            path = ""
        longest = _ENDING.sub("", max(path.split("/"), key=len, default=""))
        stems = frozenset(_stems(_without_accents(longest.lower())))
        return cls(stems if len(stems) >= MIN_WORDS else frozenset())

    def share_in(self, text: str) -> float:
        """Return the share of the address's words that a text has, in any way in which an address may write them."""
        if not self.stems:
            return 0.0
        lower = unicodedata.normalize("NFC", text.lower())
        forms = {lower} if lower.isascii() else {lower, lower.translate(_IN_TWO)}
        own = {stem for form in forms for stem in _stems(_without_accents(form))}
        return len(self.stems & own) / len(self.stems)


def _stems(lower: str) -> Iterator[str]:
    """Yield the beginnings of a text's longer words."""
    return (word[:STEM] for word in _WORD.findall(lower) if len(word) >= MIN_WORD)


def _without_accents(lower: str) -> str:
    if lower.isascii():
        return lower
    decomposed = unicodedata.normalize("NFKD", lower.translate(_PLAIN))
    # Vowel signs of India are marks, too: what is left of a word is its consonants, on both sides.
    return "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
