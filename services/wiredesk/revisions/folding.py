"""One form for all ways to write the same: a text is compared without its typography.

Sites and their tools change quotation marks, dashes, spaces, digits of another script and the case of headlines, and
nothing is said by that. Letters, figures, their order and their signs stay: `-5` is not `5`.
"""

import re
import unicodedata

MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    r"\u0900-\u0963\u0971-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
"""Signs that are part of words and no letters to Python: vowels of Indic scripts, accents, points. For patterns."""

_INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})
"""Categories of characters that are spaces or not seen."""

_QUOTES = "«»“”„‟‹›″〝〞〟「」『』＂❝❞"
"""Quotation marks; those of East Asia among them."""

_APOSTROPHES = "‘’‚‛′‵`´ʹʻʼʽˈ׳＇❛❜\ua78c"
"""Apostrophes and single quotation marks, and what typewriters had in their place."""

_DASHES = "−⁃﹘﹣－־"
"""Signs that are dashes to readers, beside those that Unicode calls so."""

_SPELLINGS = {"ي": "ی", "ى": "ی", "ك": "ک", "ھ": "ه", "״": '"'}
"""Letters of Arabic script with two code points, and the Hebrew mark that is typed as a quotation mark."""

_SIGNS = dict.fromkeys(_QUOTES, '"') | dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_DASHES, "-") | _SPELLINGS
"""All of these."""

_UNSEEN = frozenset("ـ" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""The line that lengthens an Arabic word for its look, and signs that say how an emoji is drawn."""

_DASH_RUN = re.compile("-{2,}")
"""A dash as typewriters have it."""

_DOTTED_I = "i\u0307"
"""What casefolding makes of the capital of a Turkish i."""

_GRAVE = "`"
"""An apostrophe of typewriters, and doubled a quotation mark of agencies: ``...''."""


class _Folds(dict[int, str]):
    """What a character is folded to, found out once for each that occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category in _INVISIBLE or character in _UNSEEN:
        return " " if character.isspace() else ""
    # A ligature may hold such a letter, and so may the small form of a capital.
    parts = unicodedata.normalize("NFKC", character.casefold())
    return _SIGNS.get(character) or "".join(_SIGNS.get(part, part) for part in parts if part not in _UNSEEN)


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Return a text in the form in which it is compared, with single spaces."""
    if text.isascii():
        folded = text.lower().replace(_GRAVE, "'")
    else:
        # Composed before and after: casefolding may decompose a letter.
        folded = unicodedata.normalize("NFKC", text.translate(_FOLDS)).casefold()
        folded = unicodedata.normalize("NFKC", folded).replace(_DOTTED_I, "i")
    folded = folded.replace("''", '"')
    if "--" in folded:
        folded = _DASH_RUN.sub("-", folded)
    return " ".join(folded.split())


def without_spaces(text: str) -> str:
    """Return a folded text without spaces: line breaks within words of unspaced scripts, and around dashes, differ."""
    return text.replace(" ", "")
