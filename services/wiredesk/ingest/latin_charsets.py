"""Detection of charsets of Latin script, by the letters that languages write with.

In such text most letters are ASCII, and hardly any accented ones stand together. A charset is likely where nearly all
characters beyond ASCII are letters of one language: the same bytes are é and ê in French, and é and ź in a charset of
the Baltic. Where several charsets are likely, that of the language is taken which the page states, or whose frequent
words it has.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from wiredesk.ingest.letters import LATIN, WORDS

SAMPLE_BYTES = 256 * 1024
"""Bytes at the beginning of a page that are read."""

WORDS_BYTES = 64 * 1024
"""Bytes at the beginning of a page whose words are counted."""

MIN_LETTERS = 3
"""Bytes beyond ASCII from which a page is in a charset of the language that it states, and not in the stated one."""

MIN_WORDS = 3
"""Frequent words of a language from which a text may be in it."""

MIN_WORDS_ALONE = 2
"""The same for a text with none of another language of the charset that it states, and with few of its letters."""

SHORT_RUN = 2
"""Bytes beyond ASCII in a row that text of Latin script has; three of them are rare."""

SHORT_SHARE = 0.5
"""Share of the bytes beyond ASCII that are in such runs in text of Latin script. In other alphabets few are."""

FITTING_SHARE = 0.9
"""Share of the characters beyond ASCII that a likely charset turns into letters of one language or into punctuation."""

POSSIBLE_SHARE = 0.75
"""The same for a charset that is stated: pages name people and places of other languages."""

FOREIGN_SHARE = 0.5
"""The same up to which a page is in no language of the charset that it states. Signs in wrong places lower it, also
below zero."""

_WESTERN = (
    "french", "german", "spanish", "portuguese", "italian", "dutch", "nordic", "icelandic", "catalan", "finnish",
    "estonian", "irish", "afrikaans", "albanian", "english", "faroese", "luxembourgish", "occitan", "galician",
    "walloon", "breton", "greenlandic",
)  # fmt: skip
_CENTRAL = (
    "polish", "czech", "slovak", "hungarian", "croatian", "slovenian", "romanian", "german", "albanian", "turkmen",
    "sorbian",
)  # fmt: skip
_TURKISH = ("turkish", "azerbaijani", "kurdish", "crimean_tatar")
_BALTIC = ("lithuanian", "latvian", "estonian", "polish")

LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "cp1252": _WESTERN, "cp1250": _CENTRAL, "cp1254": _TURKISH, "cp1257": _BALTIC, "iso8859-2": _CENTRAL,
    "iso8859-13": _BALTIC, "iso8859-4": (*_BALTIC, "sami", "greenlandic"), "iso8859-15": _WESTERN,
    "mac-roman": _WESTERN, "cp850": _WESTERN, "cp437": _WESTERN, "cp852": _CENTRAL, "mac-latin2": _CENTRAL,
    "iso8859-16": ("romanian", "polish", "hungarian", "croatian", "slovenian"),
    "iso8859-3": ("maltese", "esperanto", "turkish"),
    "iso8859-14": ("welsh", "dotted_irish", "irish", "breton"), "iso8859-10": ("sami", "icelandic", "lithuanian"),
    "cp1258": ("vietnamese",),
}  # fmt: skip
"""The charsets, the likely ones first, with the languages that are written in them."""

CODES: Mapping[str, str] = {
    "french": "fr", "german": "de", "spanish": "es", "portuguese": "pt", "italian": "it rm sc", "dutch": "nl fy",
    "nordic": "sv da nb nn no", "icelandic": "is", "catalan": "ca", "finnish": "fi", "estonian": "et", "irish": "ga",
    "dotted_irish": "ga", "welsh": "cy", "breton": "br", "faroese": "fo", "luxembourgish": "lb", "occitan": "oc",
    "galician": "gl eu", "walloon": "wa", "afrikaans": "af", "albanian": "sq", "english": "en gd", "polish": "pl",
    "czech": "cs", "slovak": "sk", "hungarian": "hu", "croatian": "hr bs sr sh cnr me", "slovenian": "sl",
    "romanian": "ro mo",
    "sorbian": "hsb dsb", "turkish": "tr", "azerbaijani": "az", "turkmen": "tk", "kurdish": "ku kmr",
    "crimean_tatar": "crh gag", "maltese": "mt", "esperanto": "eo", "sami": "se sma smj smn sms", "greenlandic": "kl",
    "vietnamese": "vi", "lithuanian": "lt", "latvian": "lv ltg",
}  # fmt: skip
"""The languages, with their codes of ISO 639."""

BY_CODE: Mapping[str, tuple[str, ...]] = {
    code: tuple(language for language in CODES if code in CODES[language].split())
    for codes in CODES.values()
    for code in codes.split()
}
"""The languages of each code."""

_PUNCTUATION = frozenset("“”„‟‘’‚«»‹›–—…•·€£¥§°©®™¡¿ \u00ad½¼¾²³µ×±º†‡´\u00a0")
"""Characters that any language has beside its letters."""

_BEFORE_WORDS = frozenset("¡¿±×µ£¥§¼½¾")
"""Signs that stand before a word or a number, or alone, and never directly after a small letter."""

_JOINING = frozenset("\u00a0\u00ad’–—")
"""Punctuation that stands between two small letters without spaces."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_BETWEEN_LETTERS = re.compile(rb"(?<=[a-z])[\x80-\xff](?=[a-z])")
_LAST_IN_WORD = re.compile(rb"(?<=[a-z])[\x80-\xff](?![a-z\x80-\xff])")
_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[a-z]{1,12}(?![A-Za-z\x80-\xff])")
_MARKUP = re.compile(rb"<(?:script|style)\b.{0,20000}?</(?:script|style)|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)


class LatinPage:
    """The bytes of a page, as text of Latin script.

    Attributes:
        total: number of bytes beyond ASCII in its sample.
    """

    def __init__(self, content: bytes) -> None:
        sample = content[:SAMPLE_BYTES]
        self._content = content
        self._counts = Counter(b"".join(_BEYOND_ASCII.findall(sample)))
        self._within = Counter(b"".join(_BETWEEN_LETTERS.findall(sample)))
        self._last = Counter(b"".join(_LAST_IN_WORD.findall(sample)))
        self.total = sum(self._counts.values())

    def share(self, codec: str, among: Sequence[str] | None = None) -> float:
        """Return which share of the bytes are characters of a language of a charset: of any, or of those given."""
        return max((self._fit(codec, one) for one in LANGUAGES[codec] if among is None or one in among), default=0.0)

    def charset(self, languages: Iterable[str]) -> str | None:
        """Return the likely charset: of one of these languages, the first that fits, or else of any."""
        for language in languages:
            written = [codec for codec in LANGUAGES if language in LANGUAGES[codec]]
            best = max(written, key=lambda codec: self.share(codec, (language,)), default=None)
            if best is not None and self.share(best, (language,)) >= FITTING_SHARE:
                return best
        best = max(LANGUAGES, key=self.share)  # of equal ones the first
        return best if self.share(best) >= FITTING_SHARE else None

    def languages(self) -> list[str]:
        """Return the language whose frequent words the page has most of, if it has several."""
        hits = self.hits()
        best = max(hits, key=lambda language: hits[language])
        return [best] if hits[best] >= MIN_WORDS else []

    def hits(self) -> dict[str, int]:
        """Return how many frequent words of each language the page has."""
        frequencies = Counter(_WORD.findall(_MARKUP.sub(b" ", self._content[:WORDS_BYTES])))
        return {language: sum(frequencies[word] for word in words) for language, words in WORDS.items()}

    def _fit(self, codec: str, language: str) -> float:
        """Return the share of the bytes that are characters of a language.

        Between two small letters a text has no capital letter, and no punctuation but what joins words or parts of
        them; after the last letter of a word, neither a capital letter nor a sign that stands before words.
        """
        if not self.total:
            return 0.0
        weights = _weights(codec, language)
        fit = sum(weights[byte][0] * number for byte, number in self._counts.items())
        fit -= sum(weights[byte][1] * number for byte, number in self._within.items())
        return (fit - sum(weights[byte][2] * number for byte, number in self._last.items())) / self.total


@cache
def _weights(codec: str, language: str) -> Sequence[tuple[int, int, int]]:
    """Return for each byte whether it is a character of a language, and its cost within and at the end of words."""
    letters = LATIN[language]
    return [_weight(bytes((byte,)).decode(codec, "replace"), letters) for byte in range(256)]


def _weight(character: str, letters: str) -> tuple[int, int, int]:
    if character in letters or character.lower() in letters:
        return 1, 2 * character.isupper(), 2 * character.isupper()
    if character in _PUNCTUATION:
        return 1, 2 * (character not in _JOINING), 2 * (character in _BEFORE_WORDS)
    return -1, 0, 0


def detect_latin(content: bytes, codes: Iterable[str] = ()) -> str | None:
    """Return the charset of a page of Latin script; None if it is of another script, or no charset fits.

    Args:
        content: the page.
        codes: of the languages that the page may be in by what is stated, the likeliest first.
    """
    if not is_latin(content):
        return None
    page = LatinPage(content)
    return page.charset(_likely_languages(page, codes))


def _likely_languages(page: LatinPage, codes: Iterable[str]) -> Iterator[str]:
    stated, *others = [*codes, ""]
    yield from BY_CODE.get(stated, ())
    yield from page.languages()
    for code in others:
        yield from BY_CODE.get(code, ())


def usual_charset(code: str) -> str | None:
    """Return the charset that is most often used for a language of Latin script."""
    return next((codec for codec, languages in LANGUAGES.items() if {*BY_CODE.get(code, ())} & {*languages}), None)


def has_letters_of(content: bytes, codec: str) -> bool:
    """Return whether a page may be in a charset of Latin script.

    For a Western one, which servers state for every page, the language counts whose frequent words the page has: ő of
    Hungarian is õ in it, a letter of Portuguese.
    """
    if not is_latin(content):
        return False
    page = LatinPage(content)
    language = page.languages() if LANGUAGES[codec] == _WESTERN else []
    is_foreign = bool(language) and language[0] not in _WESTERN
    return page.share(codec, language if is_foreign else None) >= POSSIBLE_SHARE


def is_short_in_another(content: bytes, codec: str) -> bool:
    """Return whether a page with few bytes beyond ASCII is in a language that is not of the Western charset it states.

    It has words of that language, few or none of those of the charset, and its letters in another charset; or its
    letters are of no language of the charset, and those of the language that it has most words of are in another.
    """
    if LANGUAGES.get(codec) != _WESTERN or not is_latin(content):
        return False
    page = LatinPage(content)
    hits = page.hits()
    most, western = max(hits.values()), max(hits[language] for language in _WESTERN)
    if page.total < MIN_LETTERS or most < MIN_WORDS_ALONE:
        return False
    share = page.share(codec)
    if share > FOREIGN_SHARE:
        is_sure = most >= MIN_WORDS or (not western and share < POSSIBLE_SHARE)
        if not is_sure or most < 2 * western:
            return False
    likely = [one for one in hits if hits[one] == most and (share <= 0 or one not in _WESTERN)]
    return any(_is_of(page, language, codec) for language in likely)


def _is_of(page: LatinPage, language: str, codec: str) -> bool:
    """Whether the letters of a page are those of a language in another charset than this one."""
    others = (other for other, languages in LANGUAGES.items() if language in languages and other != codec)
    return page.share(codec, (language,)) < POSSIBLE_SHARE and any(
        page.share(other, (language,)) >= FITTING_SHARE for other in others
    )


def is_of_language_in_another(content: bytes, codec: str, code: str) -> bool:
    """Return whether the letters of a page are those of its language in another charset than the stated one.

    Args:
        content: the page.
        codec: of the stated charset.
        code: of the language that the page states. English is no evidence: its letters beyond ASCII are of names.
    """
    languages = BY_CODE.get(code, ())
    if code == "en" or not languages or not is_latin(content):
        return False
    page = LatinPage(content)
    if page.total < MIN_LETTERS or (codec in LANGUAGES and page.share(codec, languages) >= FITTING_SHARE):
        return False
    return any(page.share(other, languages) >= FITTING_SHARE for other in LANGUAGES if other != codec)


def is_latin(content: bytes) -> bool:
    """Return whether the bytes beyond ASCII of a page stand as those of Latin script do; if there are any."""
    runs = Counter(map(len, _BEYOND_ASCII.findall(content[:SAMPLE_BYTES])))
    total = sum(length * number for length, number in runs.items())
    short = sum(length * runs[length] for length in range(1, SHORT_RUN + 1))
    return total > 0 and short >= SHORT_SHARE * total
