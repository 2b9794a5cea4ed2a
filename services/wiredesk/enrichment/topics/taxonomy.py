"""The IPTC Media Topics: codes, names in thirteen languages, definitions, and the tree."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

VERSION = "2023-10-24"
"""Date of IPTC's release."""

_IPTC_LANGUAGES = {"en": "en-GB", "pt": "pt-PT", "no": "no-NB", "nb": "no-NB", "nn": "no-NN", "zh": "zh-Hans",
                   "da": "dk", "sv": "se"}  # fmt: skip
"""IPTC's language keys by ISO 639-1 code, where the two differ."""


@dataclass(frozen=True, slots=True)
class TaxonomyTerm:
    """A media topic that is in use.

    Attributes:
        code: `medtop:` and eight digits.
        path: codes from the top-level topic down to this one.
        names: by IPTC's language key.
        definition: in English.
    """

    code: str
    path: tuple[str, ...]
    names: dict[str, str]
    definition: str

    @property
    def root(self) -> str:
        """Code of the top-level topic above this one, or of this one."""
        return self.path[0]

    def name(self, language: str | None = None) -> str:
        """Return the name in a language (ISO 639-1), or in English where IPTC has none."""
        key = _IPTC_LANGUAGES.get(language or "en", language or "en")
        return self.names.get(key) or self.names["en-GB"]


@cache
def taxonomy() -> dict[str, TaxonomyTerm]:
    """Return all media topics in use, by code."""
    lines = files("wiredesk.enrichment").joinpath("data", "media-topics.jsonl").read_bytes().splitlines()
    rows = {row["code"]: row for row in map(orjson.loads, lines)}

    def path(code: str) -> tuple[str, ...]:
        parent = rows[code]["parent"]
        return (*path(parent), code) if parent in rows else (code,)

    return {code: TaxonomyTerm(code, path(code), row["name"], row["definition"] or "") for code, row in rows.items()}
