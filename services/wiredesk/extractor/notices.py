"""Notices: texts in which a site speaks to its reader, instead of a story. `notices.toml` lists their words.

An error page apologises, and a consent wall asks. A story about either has the same words, but it tells of others, and
it has sentences beside them. So a notice is recognised by two signs together: its subject, and that it speaks to its
reader outside of quotations. What is left of a body without its notices is the story.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import IntEnum
from itertools import chain
from pathlib import Path
from typing import Any

from wiredesk.extractor import words
from wiredesk.languages.alternation import alternation

MAX_NOTICE = 2000
"""Characters of a text that are read."""

MAX_TITLE = 300
"""Characters of a title that are read."""

MAX_SITE_NAME = 6
"""Words of a site's name beside an error in the title of a window."""

MIN_TECHNICAL = 2
"""Different technical words of an apology."""

MIN_ASIDE = 2
"""Different words beside the subject from which a text is about consent without naming it."""

MAX_BUTTON = 40
"""Characters of a label on a button."""

_SEPARATOR = re.compile(r"\s[|\-–—·•»«>/]+\s|\s?[|｜_]\s?|::")
"""What separates an error from the name of its site in a title."""

_QUOTED = re.compile(r"“[^”]{0,500}”|«[^»]{0,500}»|„[^“”]{0,500}[“”]|\"[^\"]{0,500}\"|「[^」]{0,500}」|‘[^’]{0,500}’")
"""A quotation."""

_CASED_WORD = re.compile(r"\w+")
"""A word as it is written."""


class ErrorTitle(IntEnum):
    """How much of a title names an error of a server."""

    NONE = 0
    BESIDE_SITE = 1
    ALL = 2


class Phrases:
    """Words of all languages together; those of scripts without spaces are found wherever they stand.

    Args:
        words: in lower case, by language.
        spaceless: phrases as they stand, by language.
    """

    def __init__(self, words_of: Mapping[str, str], spaceless: Mapping[str, Sequence[str]]) -> None:
        self.words = frozenset(" ".join(words_of.values()).split())
        phrases = sorted(set(chain.from_iterable(spaceless.values())), key=len, reverse=True)
        self.spaceless = re.compile(alternation(phrases, " "))

    def found(self, text: str, text_words: Sequence[str]) -> frozenset[str]:
        """Return which of the words are in a text."""
        by_word = self.words.intersection(text_words)
        return by_word if text.isascii() else by_word.union(self.spaceless.findall(text))


_stored: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_ERROR_CORE = frozenset(" ".join(_stored["error"]["core"].values()).split())
"""Words of which an error's title has one."""

_ERROR_BESIDE = frozenset(" ".join(_stored["error"]["beside"].values()).split())
"""Words that may stand beside these."""

_ERROR_SPACELESS = Phrases({}, _stored["error"]["spaceless"]).spaceless
"""Errors in scripts without spaces."""

_APOLOGY = Phrases(_stored["apology"], _stored["apology_spaceless"])
_CONSENT = Phrases(_stored["consent"], _stored["consent_spaceless"])
_CONSENT_ASIDE = Phrases(_stored["consent_aside"], _stored["consent_aside_spaceless"])
_SPEECH = Phrases(_stored["speech"], _stored["speech_spaceless"])
_SPEECH_WITH_CAPITAL = frozenset(" ".join(_stored["speech_with_capital"].values()).split())
_BUTTONS = re.compile(rf"\b(?:{alternation(_stored['buttons']['words'], ' ')})", re.IGNORECASE)


def error_title(title: str) -> ErrorTitle:
    """Return how much of a title names an error: `Page not found | Courier` does beside the site's name.

    `Not found guilty` does not, because it has a word that errors have not.
    """
    title = title[:MAX_TITLE]
    if _is_error(title):
        return ErrorTitle.ALL
    parts = [part for part in _SEPARATOR.split(title) if part.strip()]
    rest = [part for part in parts if not _is_error(part)]
    beside = sum(len(words.split(part)) for part in rest)
    return ErrorTitle.BESIDE_SITE if len(rest) < len(parts) and beside <= MAX_SITE_NAME else ErrorTitle.NONE


def is_apology(text: str) -> bool:
    """Return whether a text apologises to its reader for a page that is not there."""
    text, text_words = _spoken(text)
    return len(_APOLOGY.found(text, text_words)) >= MIN_TECHNICAL and _speaks_to_reader(text, text_words)


def asks_consent(text: str) -> bool:
    """Return whether a text asks its reader for consent."""
    text, text_words = _spoken(text)
    is_subject = _CONSENT.found(text, text_words) or len(_CONSENT_ASIDE.found(text, text_words)) >= MIN_ASIDE
    return bool(is_subject) and _speaks_to_reader(text, text_words)


def is_consent_button(label: str) -> bool:
    """Return whether a label is that of a button with which a reader agrees or declines."""
    return len(label) <= MAX_BUTTON and _BUTTONS.search(label) is not None


def _is_error(title: str) -> bool:
    """Return whether a title consists of an error and nothing else."""
    rest = _ERROR_SPACELESS.sub(" ", title)
    left = set(words.split(rest))
    return left <= _ERROR_CORE | _ERROR_BESIDE and (rest != title or not left.isdisjoint(_ERROR_CORE))


def _spoken(text: str) -> tuple[str, list[str]]:
    """Return a text without its quotations, and its words."""
    text = _QUOTED.sub(" ", text[:MAX_NOTICE])
    return text, words.split(text)


def _speaks_to_reader(text: str, text_words: Sequence[str]) -> bool:
    if _SPEECH.found(text, text_words):
        return True
    return not _SPEECH_WITH_CAPITAL.isdisjoint(_CASED_WORD.findall(text))
