"""The names and signs of news agencies. `agencies.toml` lists them."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

type Groups = Mapping[str, Mapping[str, Sequence[str]]]
"""Rows of names of one agency each, by group."""

STORED: Groups = MappingProxyType(tomllib.loads((Path(__file__).parent / "agencies.toml").read_text(encoding="utf-8")))
"""The list, as it is in the file."""


def listed() -> Iterator[tuple[str, str, bool]]:
    """Yield each name of each agency, the agency's own name, and whether the name is also an ordinary word."""
    for rows in (group["agencies"] for group in STORED.values() if "agencies" in group):
        for names in (row.split("|") for row in rows):
            yield from ((name.removesuffix("?"), names[0].removesuffix("?"), name.endswith("?")) for name in names)


OWN_NAME: Mapping[str, str] = MappingProxyType({name: own for name, own, _ in reversed(list(listed()))})
"""The agency's own name, by each name as it is written."""

_FOLDED = {" ".join(name.casefold().split()): own for name, own, _ in reversed(list(listed()))}
"""The agency's own name, by each name in lower case."""


def credited(names: Iterable[str]) -> list[str]:
    """Return the agencies that names of agencies stand for, each once; a name that is not listed stands for itself."""
    return list(dict.fromkeys(_FOLDED.get(" ".join(name.casefold().split()), name) for name in names))
