"""Which letters languages are written with, from `letters.toml`, which says where they come from."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType


def _read() -> dict[str, Mapping[str, str]]:
    tables = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))
    return {
        name: MappingProxyType({language: "".join(letters.split()) for language, letters in table.items()})
        for name, table in tables.items()
    }


_TABLES = _read()

LATIN = _TABLES["latin"]
"""The letters beyond ASCII of each language of Latin script."""

ALPHABETS = _TABLES["alphabets"]
"""The letters of languages in other alphabets, the frequent ones first."""

SYLLABLES = _TABLES["syllables"]
"""The frequent characters of languages of East Asia, the most frequent ones first."""
