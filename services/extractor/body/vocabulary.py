"""Words that tell what a piece of a page is, in class names and in what readers see: those of `vocabulary.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

type Groups = Mapping[str, Sequence[str]]


def _numbered(groups: Groups) -> Mapping[str, tuple[int, ...]]:
    """Return the numbers of the groups that each word belongs to."""
    found: dict[str, tuple[int, ...]] = {}
    for number, lines in enumerate(groups.values()):
        for word in " ".join(lines).split():
            found[word] = (*found.get(word, ()), number)
    return found


_stored: Mapping[str, Groups] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

CLASS_GROUPS = tuple(_stored["class_names"])
TEXT_GROUPS = tuple(_stored["texts"])
GROUPS_OF_CLASS_NAME = _numbered(_stored["class_names"])
GROUPS_OF_WORD = _numbered(_stored["texts"])
"""Words and the numbers of their groups, which are places in the tuples above."""
