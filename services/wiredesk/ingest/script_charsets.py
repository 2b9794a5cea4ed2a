"""Detection of charsets of other scripts than Latin, by how often each letter occurs.

Bytes are decoded in every charset. In the right one the letters have the frequencies of a language; in a wrong one they
are rare letters, capitals within words, or symbols.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from wiredesk.ingest.letters import ALPHABETS, SYLLABLES

SAMPLE_BYTES = 64 * 1024
"""Bytes at the beginning of a page, without its markup, that are read."""

ALPHABET_SIMILARITY = 0.6
"""Similarity, from 0 to 1, from which text of an alphabet is likely in its language. Pages have 0.8 and more, a
headline 0.65; wrong charsets have less than 0.6."""

SYLLABLE_SIMILARITY = 0.07
"""The same for scripts with thousands of characters. Pages have 0.2 and more, a headline 0.1; wrong charsets have
hardly any."""

_CYRILLIC = ("russian", "ukrainian", "bulgarian", "serbian", "macedonian", "belarusian")
_ASIAN_CYRILLIC = ("kazakh", "kyrgyz", "tatar", "bashkir", "uzbek", "mongolian", "azerbaijani")

ALPHABET_CHARSETS: Mapping[str, tuple[str, ...]] = {
    "cp1251": _CYRILLIC, "koi8-r": ("russian",), "koi8-u": _CYRILLIC, "iso8859-5": _CYRILLIC, "cp866": _CYRILLIC,
    "mac-cyrillic": _CYRILLIC, "cp1253": ("greek",), "iso8859-7": ("greek",), "cp1255": ("hebrew", "yiddish"),
    "iso8859-8": ("hebrew",), "cp1256": ("arabic", "persian", "urdu"), "iso8859-6": ("arabic",), "cp874": ("thai",),
    "ptcp154": _ASIAN_CYRILLIC, "kz1048": ("kazakh",), "koi8-t": ("tajik",),
}  # fmt: skip
"""Charsets of one byte a character, the likely ones first, with the languages that are written in them."""

SYLLABLE_CHARSETS = {
    "cp932": "japanese", "euc_jp": "japanese", "gb18030": "simplified_chinese", "big5hkscs": "traditional_chinese",
    "cp949": "korean",
}  # fmt: skip
"""Charsets of several bytes a character, with their language."""

FURTHER_LANGUAGES = {
    "gb18030": ("traditional_chinese",), "big5hkscs": ("japanese",), "cp949": ("japanese",),
}  # fmt: skip
"""Languages in which pages of a charset may be beside its own, if the charset is stated."""

CAPITALS_SHARE = 0.8
"""Share of capitals from which a text may be in capitals throughout. KOI8-R has as many, read as windows-1251."""

CAPITALS_FACTOR = 0.95
"""How likely such text is, beside text in small letters."""

CLOSE = 0.05
"""Two charsets whose likelihoods differ by less have nearly the same letters."""

LAST_OF_ASCII = 0x7F
"""The last code point of ASCII."""

_USUAL = frozenset("“”„‘’«»–—…·\xa0№")
"""Punctuation that texts of alphabets have beside letters."""

_MARKS = frozenset(
    "\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc\u05bf\u05c1\u05c2、。「」『』・，：；！？（）《》〈〉ー々ั่้ิีืึุู็์ํًٌٍَُِّْ๊๋"
)
"""Marks above letters, and the punctuation of East Asia."""

_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_WINDOWS = re.compile(rb"(?:\A|[.!?>]) {0,3}[\xc0-\xdf][\xe0-\xff]|[\xe0-\xfe]\xff")
"""In windows-1251, a capital letter at the beginning of a sentence, or a small letter before the last one of the
alphabet."""

_MAC = re.compile(rb"(?:\A|[.!?>]) {0,3}[\x80-\x9f][\xe0-\xff]|[\xe0-\xfe]\xdf")
"""The same in the charset of the Mac."""

_FREQUENT = 8
"""Rank at which letters are half as frequent as the first one; with more letters in a language, later."""


def detect_script(content: bytes) -> str | None:
    """Return the charset of a page in another script than Latin; None if none is similar to a language."""
    sample = _sample(content)
    likely = {codec: _alphabet_likelihood(sample, codec) for codec in ALPHABET_CHARSETS}
    for codec, language in SYLLABLE_CHARSETS.items():
        likely[codec] = _syllable_likelihood(sample.decode(codec, "replace"), (language,))
    best = max(likely, key=lambda codec: likely[codec])  # of equal ones the first
    if likely[best] < 1:
        return None
    is_close = abs(likely["cp1251"] - likely["mac-cyrillic"]) < CLOSE
    return _of_windows_or_mac(content) if is_close and best in ("cp1251", "mac-cyrillic") else best


def is_of_script(content: bytes, codec: str) -> bool:
    """Return whether a page in a charset of another script than Latin has the letters of one of its languages."""
    sample = _sample(content)
    if codec in ALPHABET_CHARSETS:
        return _alphabet_likelihood(sample, codec) >= 1
    return is_of_syllables(sample.decode(codec, "replace"), codec)


def is_of_syllables(text: str, codec: str) -> bool:
    """Return whether decoded text has the characters of one of the languages of a charset of East Asia."""
    languages = (SYLLABLE_CHARSETS[codec], *FURTHER_LANGUAGES.get(codec, ()))
    return _syllable_likelihood(text[:SAMPLE_BYTES], languages) >= 1


def is_likelier(content: bytes, codec: str, other: str, factor: float) -> bool:
    """Return whether a page is more likely in one charset of an alphabet than in another one, by a factor."""
    sample = _sample(content)
    return _alphabet_likelihood(sample, codec) > factor * _alphabet_likelihood(sample, other)


def _alphabet_likelihood(sample: bytes, codec: str) -> float:
    counts = _characters(_bytes_beyond_ascii(sample), codec)
    capitals = sum(number for character, number in counts.items() if character.isupper())
    letters = [ALPHABETS[language] for language in ALPHABET_CHARSETS[codec]]
    likelihood = _similarity(counts, letters) / ALPHABET_SIMILARITY
    if capitals < CAPITALS_SHARE * sum(counts.values()) or not capitals:
        return likelihood
    small = Counter[str]()
    for character, number in counts.items():
        small[character.lower()] += number
    return max(likelihood, CAPITALS_FACTOR * _similarity(small, letters) / ALPHABET_SIMILARITY)


def _syllable_likelihood(text: str, languages: Sequence[str]) -> float:
    counts = Counter(character for character in text if ord(character) > LAST_OF_ASCII)
    return _similarity(counts, [SYLLABLES[language] for language in languages]) / SYLLABLE_SIMILARITY


def _sample(content: bytes) -> bytes:
    return _MARKUP.sub(b" ", content[: 4 * SAMPLE_BYTES])[:SAMPLE_BYTES]


def _bytes_beyond_ascii(sample: bytes) -> dict[int, int]:
    return {byte: number for byte, number in Counter(sample).items() if byte > LAST_OF_ASCII}


def _of_windows_or_mac(content: bytes) -> str:
    """Return which of two charsets a text is in that differ in their capitals and in one small letter."""
    sample = content[:SAMPLE_BYTES]
    is_mac = len(_MAC.findall(sample)) > len(_WINDOWS.findall(sample))
    return "mac-cyrillic" if is_mac else "cp1251"


def _characters(numbers: Mapping[int, int], codec: str) -> Counter[str]:
    counts = Counter[str]()
    for byte, number in numbers.items():
        counts[bytes([byte]).decode(codec, "replace")] += number
    return counts


def _similarity(counts: Counter[str], languages: Sequence[str]) -> float:
    """Return how similar the characters of a text are to those of the most similar of some languages.

    It is the cosine of the angle between the frequencies, less the share of what is no small letter.
    """
    total = sum(counts.values())
    if not total:
        return 0.0
    norm = math.sqrt(sum(number * number for number in counts.values()))
    cosine = max(_dot(counts, letters) for letters in languages) / norm
    return cosine * (1 - min(1.0, sum(_oddness(one) * number for one, number in counts.items()) / total))


def _oddness(character: str) -> float:
    """Return how much a character speaks against a charset: replaced and control characters do most."""
    if character == "\ufffd" or character < "\xa0":
        return 5
    if character.isupper() or character in _USUAL:
        return 0.5
    return 0 if character.isalpha() or character in _MARKS else 1


def _dot(counts: Counter[str], letters: str) -> float:
    weights = _weights(letters)
    return sum(number * weights.get(letter, 0.0) for letter, number in counts.items())


@cache
def _weights(letters: str) -> Mapping[str, float]:
    """Return the relative frequencies of the letters of a language, as a vector of length 1."""
    frequent = max(_FREQUENT, len(letters) // 8)
    weights = [frequent / (frequent + rank) for rank in range(len(letters))]
    norm = math.sqrt(sum(weight * weight for weight in weights))
    return {letter: weight / norm for letter, weight in zip(letters, weights, strict=True)}
