"""The words of bylines, in every language: `bylines.toml` lists them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from wiredesk.extractor.words import fold
from wiredesk.languages.alternation import alternation

type Rows = Mapping[str, str]
"""Phrases between `|`, by language."""

_stored: Mapping[str, Rows] = tomllib.loads((Path(__file__).parent / "bylines.toml").read_text(encoding="utf-8"))


def phrases(*groups: str) -> list[str]:
    """Return the phrases of groups in all languages, the longest first."""
    texts = {phrase for group in groups for row in _stored[group].values() for phrase in row.split("|")}
    return sorted(texts, key=lambda text: (-len(text), text))


def _words(group: str, *rows: str) -> frozenset[str]:
    """Return the folded words of a group, or of some of its rows."""
    return frozenset(fold(word) for row in rows or _stored[group] for word in _stored[group][row].split())


ROLES = _words("roles")
"""Words of professions, ranks and degrees, folded."""

DEGREES = _words("degrees")
"""Degrees and orders, folded."""

ROLE_MODIFIERS = _words("role_modifiers")
"""Words that stand before a role, folded: political, chief."""

NEWSROOM_WORDS = _words("newsrooms", "words")
"""Words that name a newsroom, folded."""

ACCOUNTS = _words("newsrooms", "alone")
"""Words of accounts that name nobody, folded: admin."""

GENERIC = _words("newsrooms", "generic")
"""Words that name nobody if they are alone, folded: staff."""

BRAND_WORDS = _words("brands")
"""Words that begin the name of a newsroom, folded: Sky, Daily."""

NO_NAMES = _words("no_names")
"""Words of sentences and menus, which are in no name, folded."""

INTERFACE_WORDS = (NO_NAMES | _words("interface")) - {"will"}
"""Words of sentences, menus and buttons, folded: what has no other word is no name. Will Page is one."""

SPACELESS_NEWSROOM = re.compile(_stored["newsrooms"]["spaceless"])
"""Names of newsrooms in scripts without capitals, or of several words."""

TIME_WORDS = frozenset(word for phrase in phrases("times") for word in fold(phrase).split())
"""Words for the time of a story, folded."""

PARTICLES = frozenset(_stored["particles"]["all"].split())
"""Words in lower case within names."""

AUTHOR_FOLDERS = frozenset(_stored["author_folders"]["all"].split())
"""Folders of the pages of authors, in addresses."""

CALENDAR = _words("calendar")
"""Days of the week and months, folded."""

MENUS = re.compile(alternation(phrases("menus")))
"""Words of menus in scripts without capitals."""

_PLAIN_INTRODUCTIONS = frozenset({"by", "von", "par", "por", "nga"})
"""Short introductions that begin no names."""

WEAK_INTRODUCTIONS = tuple(
    text
    for text in phrases("introductions")
    if len(text) <= 3 and text not in _PLAIN_INTRODUCTIONS and text != text.upper()  # noqa: PLR2004 - letters
)
"""Introductions that are common words or given names, too: `de`, `av`, `Per`. A given and a family name follow.

Scripts without capitals have none: nothing there shows that a name follows.
"""

STRONG_INTRODUCTIONS = tuple(text for text in phrases("introductions") if text not in WEAK_INTRODUCTIONS)
"""Introductions that are rarely anything else."""


def _by_first_word(texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    by_word: dict[str, tuple[str, ...]] = {}
    for text in texts:
        by_word[text.split()[0]] = (*by_word.get(text.split()[0], ()), text)
    return by_word


LABEL_WORDS = frozenset(fold(phrase) for phrase in phrases("labels") if " " not in phrase)
"""Labels of one word, folded."""

OPENINGS = _by_first_word([*phrases("introductions", "labels"), "aus"])
"""Introductions and labels by their first word."""
