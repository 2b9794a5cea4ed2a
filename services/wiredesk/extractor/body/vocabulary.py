"""Words that tell what a piece of a page is, in class names and in what readers see: those of `vocabulary.toml`."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wiredesk.extractor import words

type Groups = Mapping[str, Sequence[str]]
type Opening = tuple[tuple[str, ...], int]


def _numbered(groups: Groups) -> Mapping[str, tuple[int, ...]]:
    """Return the numbers of the groups that each word belongs to."""
    found: dict[str, tuple[int, ...]] = {}
    for number, lines in enumerate(groups.values()):
        for word in " ".join(lines).split():
            found[word] = (*found.get(word, ()), number)
    return found


def _by_first_word(groups: Groups) -> Mapping[str, Sequence[Opening]]:
    """Return the openings that begin with each word: their other words, and the number of their group."""
    found: dict[str, list[Opening]] = defaultdict(list)
    for number, lines in enumerate(groups.values()):
        for phrase in "|".join(lines).split("|"):
            first, *rest = words.split(phrase)
            found[first].append((tuple(rest), number))
    return found


_stored: Mapping[str, Groups] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

CLASS_GROUPS = tuple(_stored["class_names"])
TEXT_GROUPS = tuple(_stored["texts"])
OPENING_GROUPS = tuple(_stored["openings"])
GROUPS_OF_CLASS_NAME = _numbered(_stored["class_names"])
GROUPS_OF_WORD = _numbered(_stored["texts"])
"""Words and the numbers of their groups, which are places in the tuples above."""

_OPENINGS = _by_first_word(_stored["openings"])
_SPACELESS = [
    (TEXT_GROUPS.index(group), re.compile("|".join(map(re.escape, " ".join(lines).split()))))
    for group, lines in _stored["spaceless"].items()
]


def openings(text: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the groups of openings with which a text, as words, begins."""
    for rest, number in _OPENINGS.get(text[0], ()) if text else ():
        if tuple(text[1 : 1 + len(rest)]) == rest:
            yield number


def said_without_spaces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the groups whose words stand in a text of a script without spaces, and how often."""
    for number, pattern in _SPACELESS:
        count = len(pattern.findall(text))
        if count:
            yield number, count
