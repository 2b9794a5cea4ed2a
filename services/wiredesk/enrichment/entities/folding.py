"""Folding: names without the differences in writing that do not distinguish names."""

import re
import unicodedata
from functools import lru_cache

from wiredesk.enrichment.entities.lexicon import Lexicon

CYRILLIC_AND_LATIN = "hr"
"""Rules of the languages that are written in both scripts. Their Cyrillic letters are folded to Latin ones."""

REMEMBERED_TEXTS = 4096
"""Texts, which are names, whose folded form is kept: an article folds each of its names several times."""

# Accents, Hebrew points, Arabic vowels and hamzas, the Arabic filler, and joiners.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u200b-\u200f]")

_SMALL_PREFIX = re.compile(r"\b[a-z]{1,8}(?=[A-Z][a-z])")

# Letters that differ from others by a stroke or are written in two ways; Unicode does not decompose them.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ə": "a",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ٱ": "ا",
        "’": "'",
        "‘": "'",
        "`": "'",
        "ʼ": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "־": "-",
    }
)

_SERBIAN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgddezzijklmnoprstcufhccs", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dz"}
)


def fold(text: str, lexicon: Lexicon) -> str:
    """Return a text without case, widths, and the marks and kinds of letters that do not distinguish names."""
    return _fold(text, lexicon.keeps_marks, lexicon.language == CYRILLIC_AND_LATIN)


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _fold(text: str, keeps_marks: bool, is_serbian: bool) -> str:  # noqa: FBT001 - by place, for the cache
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    if not keeps_marks:
        folded = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", folded)))
    return folded.translate(_SERBIAN) if is_serbian else folded


def fold_name(name: str, lexicon: Lexicon) -> str:
    """Return a folded name without full stops, and with spaces for hyphens.

    In a language without word lists, small letters before a capital are a prefix: `uSokhela`, `eThekwini`.
    """
    if not lexicon.language:
        name = _SMALL_PREFIX.sub("", name)
    return " ".join(fold(name, lexicon).replace(".", "").replace("-", " ").split())
