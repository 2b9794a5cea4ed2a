"""Which letters and words languages are written with, from `letters.toml`, which says where they come from."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_FILE: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "letters.toml").read_text(encoding="utf-8")
)


def _letters(name: str) -> Mapping[str, str]:
    return MappingProxyType({language: "".join(letters.split()) for language, letters in _FILE[name].items()})


LATIN = _letters("latin")
"""The letters beyond ASCII of each language of Latin script."""

WORDS: Mapping[str, frozenset[bytes]] = MappingProxyType(
    {language: frozenset(words.encode().split()) for language, words in _FILE["words"].items()}
)
"""Frequent words of these languages that are written in ASCII."""

ALPHABETS = _letters("alphabets")
"""The letters of languages in other alphabets, the frequent ones first."""

SYLLABLES = _letters("syllables")
"""The frequent characters of languages of East Asia, the most frequent ones first."""
