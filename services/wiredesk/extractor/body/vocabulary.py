"""Words in class names and texts that show what a piece of a page is. `vocabulary.toml` lists them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wiredesk.extractor import words

type Groups = Mapping[str, Sequence[str]]
"""Lines of words, by the name of their group."""

type Opening = tuple[tuple[str, ...], int]
"""The words of an opening after its first, and the number of its group."""


def _numbered(groups: Groups) -> Mapping[str, tuple[int, ...]]:
    """Return the numbers of the groups that each word belongs to."""
    numbers: dict[str, tuple[int, ...]] = {}
    for number, lines in enumerate(groups.values()):
        for word in " ".join(lines).split():
            numbers[word] = (*numbers.get(word, ()), number)
    return numbers


def _by_first_word(groups: Groups) -> Mapping[str, Sequence[Opening]]:
    """Return the openings that begin with each word."""
    openings_of: dict[str, list[Opening]] = defaultdict(list)
    for number, lines in enumerate(groups.values()):
        for phrase in "|".join(lines).split("|"):
            first, *rest = words.split(phrase)
            openings_of[first].append((tuple(rest), number))
    return openings_of


_stored: Mapping[str, Groups] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

CLASS_GROUPS = tuple(_stored["class_names"])
"""Names of the groups of class names."""

TEXT_GROUPS = tuple(_stored["texts"])
"""Names of the groups of words in texts."""

OPENING_GROUPS = tuple(_stored["openings"])
"""Names of the groups of openings."""

GROUPS_OF_CLASS_NAME = _numbered(_stored["class_names"])
"""For each word of class names, the numbers of its groups: positions in `CLASS_GROUPS`."""

GROUPS_OF_WORD = _numbered(_stored["texts"])
"""For each word of texts, the numbers of its groups: positions in `TEXT_GROUPS`."""

_OPENINGS = _by_first_word(_stored["openings"])
"""Openings by their first word."""

FIRST_WORDS_OF_OPENINGS = frozenset(_OPENINGS)
"""The words with which openings begin."""

_SPACELESS = [
    (TEXT_GROUPS.index(group), re.compile("|".join(map(re.escape, " ".join(lines).split()))))
    for group, lines in _stored["spaceless"].items()
]
"""For scripts without spaces, the number of each group and a pattern of its words."""


def openings(text: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the groups of openings with which a text begins.

    Args:
        text: its words.
    """
    for rest, number in _OPENINGS.get(text[0], ()) if text else ():
        if tuple(text[1 : 1 + len(rest)]) == rest:
            yield number


def count_without_spaces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the groups whose words occur in a text of a script without spaces: the group's number, and how often."""
    for number, pattern in _SPACELESS:
        count = len(pattern.findall(text))
        if count:
            yield number, count
