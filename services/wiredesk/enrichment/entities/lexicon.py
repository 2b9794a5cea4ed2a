"""The words that names are read with: titles, offices, company forms. They stand in `lexicon.toml`."""

import tomllib
from importlib.resources import files

_WORDS = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8"))


def words(name: str) -> frozenset[str]:
    """Return one of the lists."""
    return frozenset(_WORDS[name])
