"""Words and whitespace, in any script."""

import re

_SPACELESS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts written without spaces, of which each character counts: Han, kana, Thai, Lao, Khmer, Burmese."""

_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+(?:['’.-][^\W\u3040-\u9fff]+)*")
_SPACELESS_LETTER = re.compile(rf"[{_SPACELESS}]")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u2060\ufeff]")

_ENDS_SENTENCE = re.compile(r"[.!?…。！？।؟:][\"'”’»)\]」』]*$")

DENSITY = 2.5
"""Letters of a Latin script that say as much as one Chinese or Japanese character, or one Korean syllable."""


_PART = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")


def split(text: str) -> list[str]:
    """Return the words of a text, in lower case, those that a hyphen or an apostrophe joins apart."""
    return _PART.findall(text.lower())


def count(text: str) -> int:
    """Return the number of words."""
    return sum(1 for _ in _WORD.finditer(text))


def length(text: str) -> float:
    """Return the length of a text in Latin letters' worth: thresholds on it hold for dense scripts, too."""
    return len(text) if text.isascii() else len(text) + (DENSITY - 1) * len(_DENSE.findall(text))


def is_spaceless(text: str) -> bool:
    """Whether a text is written without spaces, in part at least."""
    return not text.isascii() and _SPACELESS_LETTER.search(text) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence does, in any script; with a colon, too, which announces one."""
    return _ENDS_SENTENCE.search(text[-4:]) is not None


def clean(text: str) -> str:
    """Return text on one line: whitespace folded, soft hyphens and zero-width characters removed."""
    return " ".join(_INVISIBLE.sub("", text).split())


def fold(text: str) -> str:
    """Return text as it is compared: letters and digits only, case folded."""
    return " ".join(re.findall(r"\w+", clean(text).casefold()))
