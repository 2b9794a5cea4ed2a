"""Detection of charsets of Latin script, by the letters that languages write with.

In such text most letters are ASCII, and hardly any accented ones stand together. A charset is likely where nearly all
characters beyond ASCII are letters of one language: the same bytes are é and ê in French, and é and ź in a charset of
the Baltic.
"""

import re
from collections import Counter
from collections.abc import Sequence

from wiredesk.ingest.letters import LATIN

SAMPLE_BYTES = 256 * 1024
"""Bytes at the beginning of a page that are read."""

SHORT_RUN = 2
"""Bytes beyond ASCII in a row that text of Latin script has; three of them are rare."""

SHORT_SHARE = 0.5
"""Share of the bytes beyond ASCII that are in such runs in text of Latin script. In other alphabets few are."""

FITTING_SHARE = 0.9
"""Share of the characters beyond ASCII that a likely charset turns into letters of one language or into punctuation."""

_WESTERN = (
    "french", "german", "spanish", "portuguese", "italian", "dutch", "nordic", "icelandic", "catalan", "finnish",
    "estonian", "irish", "welsh", "afrikaans", "albanian", "english",
)  # fmt: skip
_CENTRAL = ("polish", "czech", "slovak", "hungarian", "croatian", "romanian", "german", "albanian", "turkmen")
_TURKISH = ("turkish", "azerbaijani")
_BALTIC = ("lithuanian", "latvian", "estonian", "polish")

LANGUAGES = {
    "cp1252": _WESTERN, "cp1250": _CENTRAL, "cp1254": _TURKISH, "cp1257": _BALTIC, "iso8859-2": _CENTRAL,
    "iso8859-13": _BALTIC, "iso8859-4": _BALTIC, "iso8859-15": _WESTERN, "mac-roman": _WESTERN, "cp850": _WESTERN,
    "cp437": _WESTERN, "cp852": _CENTRAL, "mac-latin2": _CENTRAL,
}  # fmt: skip
"""The charsets, the likely ones first, with the languages that are written in them."""

BY_CODE = {
    "pl": "polish", "cs": "czech", "sk": "slovak", "hu": "hungarian", "hr": "croatian", "sl": "croatian",
    "bs": "croatian", "sr": "croatian", "ro": "romanian", "sq": "albanian", "tk": "turkmen", "tr": "turkish",
    "az": "azerbaijani", "lt": "lithuanian", "lv": "latvian", "et": "estonian",
}  # fmt: skip
"""Languages, by their codes of ISO 639-1, whose pages are likely in another charset than windows-1252."""

_PUNCTUATION = frozenset("“”„‟‘’‚«»‹›–—…•·€£¥§°©®™¡¿ \u00ad½¼¾²³µ×±º†‡´\u00a0")
"""Characters that any language has beside its letters."""

_JOINING = frozenset("\u00a0\u00ad’–—")
"""Punctuation that stands between two small letters without spaces."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_BETWEEN_LETTERS = re.compile(rb"(?<=[a-z])[\x80-\xff](?=[a-z])")


def detect_latin(content: bytes, language: str = "") -> str | None:
    """Return the charset of a page of Latin script; None if it is of another script, or no charset fits.

    Args:
        content: the page.
        language: the code of the language that the page states; a charset of this language is preferred.
    """
    sample = content[:SAMPLE_BYTES]
    if not is_latin(sample):
        return None
    counts = Counter(b"".join(_BEYOND_ASCII.findall(sample)))
    total = sum(counts.values())
    within = Counter(b"".join(_BETWEEN_LETTERS.findall(sample)))
    stated = BY_CODE.get(language, "")
    for choice in ([stated] if stated else [], None):
        fits = {name: _fit(name, counts, within, choice) for name in LANGUAGES}
        best = max(LANGUAGES, key=lambda name: fits[name])  # of equal ones the first
        if fits[best] >= FITTING_SHARE * total:
            return best
    return None


def is_latin(content: bytes) -> bool:
    """Return whether the bytes beyond ASCII of a page stand as those of Latin script do; if there are any."""
    runs = Counter(map(len, _BEYOND_ASCII.findall(content[:SAMPLE_BYTES])))
    total = sum(length * number for length, number in runs.items())
    short = sum(length * runs[length] for length in range(1, SHORT_RUN + 1))
    return total > 0 and short >= SHORT_SHARE * total


def _fit(codec: str, counts: Counter[int], within: Counter[int], among: Sequence[str] | None) -> float:
    """Return how many bytes are characters that text of a language of the charset has: of any, or of those given.

    Between two small letters a text has no capital letter, and no punctuation but what joins words or parts of them.
    """
    decoded = {byte: bytes([byte]).decode(codec, "replace") for byte in counts}
    best = 0.0
    for language in LANGUAGES[codec]:
        if among is not None and language not in among:
            continue
        letters, fit = LATIN[language], 0.0
        for byte, number in counts.items():
            character = decoded[byte]
            if character.lower() in letters or character in letters:
                fit += number - within[byte] * character.isupper() * 2
            elif character in _PUNCTUATION:
                fit += number - within[byte] * (character not in _JOINING) * 2
            else:
                fit -= number
        best = max(best, fit)
    return best
