"""Beginnings of bylines that are no fixed phrase: the reporter's place, labels without a colon, titles of clergy."""

import re

from wiredesk.extractor.metadata.authors.names import Trust, is_name, is_uncased
from wiredesk.extractor.metadata.authors.spaceless_names import without_place_of_report
from wiredesk.extractor.metadata.authors.vocabulary import LABEL_WORDS, phrases
from wiredesk.extractor.words import fold

_WIDE = str.maketrans("：／＝（），；｜［］【】＠　–—՝", ":/=(),;|[]()@ \u2013\u2013:")
"""Wide punctuation of Chinese and Japanese texts, the Armenian sign after a label, and what these are in others."""

_PLACE_FIRST = re.compile(r"^\s?[^\W\d_]{2,20} [-–] (?=[^\W\d_]+ [^\W\d_])")
"""A place before a whole name, with a dash."""

_REPORTS_FROM = re.compile(r"aus\s[^,|¦:\d]{2,40}?\sberichte[nt]\s(?=[^\W\d_])", re.IGNORECASE)
"""A German byline with the place first: `Aus Rom berichtet Ida Lund`."""

_PLACE_BEFORE_SIGN = re.compile(
    r"(?:^|(?<=[(\[]))\s?([\u3040-\u9fff\uac00-\ud7af]{1,10})\s?=\s?(?=[\u3040-\u9fff\uac00-\ud7af]{2})"
)
"""A place, or a paper, before the name of its reporter in Japanese and Korean bylines: `런던=김하늘 기자`."""

_STATIONED = re.compile(r"(?:本[报報网刊社])?驻[\u4e00-\u9fff]{1,8}?(?=(?:特派|首席)?(?:记者|記者))")
"""Where a Chinese paper has its reporter: `本报驻英国记者 林晓燕`."""

_CONJOINED = re.compile(
    r"(?<=[\u05d0-\u05ea] [\u05d0-\u05ea]{2})([\u05d0-\u05ea]*) ו(?=[\u05d0-\u05ea]{2,} [\u05d0-\u05ea]{2})"
)
"""The Hebrew `and`, which is written with the name after it."""

_LABELS = frozenset(phrases("spaceless", "spaceless_others"))
"""What stands before such a sign, and is no place."""


_TITLES = ("Rev", "Very Rev", "Most Rev", "Right Rev", "Hon")
"""Titles that stand after an article."""


def with_plain_beginning(text: str) -> str:
    """Return a byline with narrow punctuation, without the place from which somebody reports."""
    if text.isascii():
        return _REPORTS_FROM.sub("von ", text, count=1) if text[:4].lower() == "aus " else text
    text = text.translate(_WIDE)
    if "=" in text:
        text = _PLACE_BEFORE_SIGN.sub(_without_place, text)
    if "驻" in text:
        text = _STATIONED.sub("", text)
    if " ו" in text:
        text = _CONJOINED.sub(r"\1, ", text)
    text = _REPORTS_FROM.sub("von ", text, count=1) if text[:4].lower() == "aus " else text
    return _PLACE_FIRST.sub(_name_after_place, without_place_of_report(text))


def _without_place(before: re.Match[str]) -> str:
    return before[0] if before[1] in _LABELS else ""


def _name_after_place(first: re.Match[str]) -> str:
    """Return nothing instead of a place before a whole name in a script without capitals: `القاهرة - أحمد علي`."""
    return "" if is_uncased(first[0]) else first[0]


def without_label(text: str) -> str:
    """Return a text without the label that begins it, if a clear name follows: `Tekst Jan de Vries`."""
    label, _, rest = text.partition(" ")
    if rest and fold(label) in LABEL_WORDS and is_name(rest, Trust.BARE):
        return rest
    return rest if label == "the" and rest.startswith(_TITLES) else text
