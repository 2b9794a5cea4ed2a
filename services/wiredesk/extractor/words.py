"""Words, sentences and whitespace, in any script."""

import re
from collections.abc import Callable

from wiredesk_schemas.storable_text import WINDOWS_1252

LATIN_LETTERS_PER_DENSE_CHARACTER = 2.5
"""Latin letters that say as much as one Chinese or Japanese character, or one Korean syllable."""

_SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts written without spaces, where each character counts as a word: Han, kana, Thai, Lao, Khmer, Burmese."""

_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+(?:['’.\u200c\u200d-][^\W\u3040-\u9fff]+)*")
"""A word when words are counted: `mother-in-law's` is one."""

_WORD_PART = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")
"""A word when texts are compared: `mother-in-law's` is four."""

_FOLDED_WORD = re.compile(r"\w+")
"""A word in the form in which texts are compared."""

_SPACELESS_LETTER = re.compile(rf"[{_SPACELESS}]")
"""One character of a script that is written without spaces."""

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
"""One character of a script that says more with each character than Latin does."""

_JOINED = r"\u0600-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefe"
"""Scripts whose letters join or combine, from Arabic to Mongolian."""

_NON_JOINER = "\u200c"
"""The zero-width non-joiner. In scripts whose letters join it is part of the spelling."""

_EMOJI = r"\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
"""Characters that a zero-width joiner joins to one picture."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060-\u2064\u206a-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff]"
    rf"|[\ufff9-\ufffb\ufffe\uffff]|{_NON_JOINER}(?![{_JOINED}])|(?<![{_JOINED}]){_NON_JOINER}"
    rf"|(?<![{_JOINED}{_EMOJI}])\u200d"
)
"""Control characters, soft hyphens, zero-width characters, and what is no character. Joiners are kept where they are
part of the spelling."""

_ASTRAL = re.compile(r"[\U00010000-\U0010ffff]")
"""A character beyond the first plane."""

_INVISIBLE_ASTRAL = re.compile(
    r"(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0001\U000e0020-\U000e007f]{1,1000}|["
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)
"""Tag characters, with which text can be hidden in text, but for those after a black flag, which make it the flag of a
region; and what is no character."""

_DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks of the direction of writing."""

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""A letter that is written from right to left. Without one, marks of direction have no use."""

CLOSING_MARKS = "\"'”’“‘»«›‹)]）」』】》〉"
"""Quotation marks and brackets that close. Which mark closes depends on the language: in German and Czech it is the one
that opens in English, in Danish the one that opens in French."""

_SENTENCE_END = re.compile(rf"[.!?…。！？।؟:][{re.escape(CLOSING_MARKS)}\s]*$")
"""The end of a sentence in any script; a colon counts: it announces one. French has a space before its marks."""

_NOT_WESTERN = re.compile("[^\x00-\xff‘’“”–—…]")
"""A character that texts in languages of Western Europe do not have."""

_APOSTROPHE = "’"
"""The only character of western texts beyond Latin-1 that is not like a space between words: it may join them."""


def _bytes_to(form: Callable[[str], str]) -> bytes:
    """Return a table from each byte of Latin-1 to that of another character."""
    return "".join(form(chr(code)) for code in range(256)).encode("latin-1")


_LOWER_WORDS = _bytes_to(lambda c: c.lower() if _FOLDED_WORD.match(c) else " ")
"""For each byte: the character in lower case if it is one of a word, and a space for others."""

_WORD_KINDS = _bytes_to(lambda c: "w" if _FOLDED_WORD.match(c) else "-" if c in "'.-" else " ")
"""For each byte: `w` for a character of words, `-` for one that may join words, a space for others."""


def _encoded(text: str) -> bytes | None:
    """Return a western text with a byte for each character; None if the text is none."""
    if text.isascii():
        return text.encode()
    if _NOT_WESTERN.search(text):
        return None
    return text.replace(_APOSTROPHE, "'").encode("latin-1", "replace")


def split(text: str) -> list[str]:
    """Return the words of a text in lower case. Hyphens and apostrophes separate words."""
    encoded = _encoded(text)
    if encoded is None:
        return _WORD_PART.findall(text.lower().replace(_NON_JOINER, ""))
    return encoded.translate(_LOWER_WORDS).decode("latin-1").split()


def count(text: str) -> int:
    """Return the number of words."""
    encoded = _encoded(text)
    if encoded is None:
        return len(_WORD.findall(text))
    # A word begins after a space, or after a joining character that does not follow a word itself.
    kinds = b" " + encoded.translate(_WORD_KINDS)
    return kinds.count(b" w") + kinds.count(b" -w") + kinds.count(b"--w")


def length(text: str) -> float:
    """Return the length of a text in Latin letters, so that one threshold serves dense scripts, too."""
    if text.isascii():
        return len(text)
    return len(text) + (LATIN_LETTERS_PER_DENSE_CHARACTER - 1) * len(_DENSE.findall(text))


def is_spaceless(text: str) -> bool:
    """Return whether a text has characters of a script that is written without spaces."""
    return not text.isascii() and _SPACELESS_LETTER.search(text) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, or with a colon, in any script."""
    return _SENTENCE_END.search(text[-4:]) is not None


def clean(text: str) -> str:
    """Return a text on one line, with single spaces and without invisible characters."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_visible(text).split())


def _visible(text: str) -> str:
    text = _INVISIBLE.sub(lambda match: WINDOWS_1252.get(match[0], ""), text)
    if _ASTRAL.search(text):
        text = _INVISIBLE_ASTRAL.sub("", text)
    return _DIRECTIONS.sub("", text) if _DIRECTIONS.search(text) and not _RIGHT_TO_LEFT.search(text) else text


def fold(text: str) -> str:
    """Return a text in the form in which texts are compared: letters and digits only, case folded."""
    # Spaces are single in a folded text in any case: what is printable has nothing else to clean.
    line = text if text.isprintable() else clean(text)
    encoded = _encoded(line)
    if encoded is None:
        return " ".join(_FOLDED_WORD.findall(line.casefold().replace(_NON_JOINER, "")))
    folded = " ".join(encoded.translate(_LOWER_WORDS).decode("latin-1").split())
    return folded if line.isascii() else folded.casefold()
