"""The IPTC Media Topics: codes, names in thirteen languages, and the tree."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

VERSION = "2023-10-24"

_NAMES_BY_LANGUAGE = {"en": "en-GB", "pt": "pt-PT", "no": "no-NB", "nb": "no-NB", "nn": "no-NN", "zh": "zh-Hans",
                      "da": "dk", "sv": "se"}  # fmt: skip
"""ISO 639 codes, and the keys under which IPTC's file has the names."""


@dataclass(frozen=True, slots=True)
class MediaTopic:
    """A term of the taxonomy that is in use.

    Attributes:
        path: codes from the top-level topic down to this one.
    """

    code: str
    path: tuple[str, ...]
    names: dict[str, str]
    definition: str

    @property
    def root(self) -> str:
        """The top-level topic above, or itself."""
        return self.path[0]

    def name(self, language: str | None = None) -> str:
        """Return its name in a language, or in English where IPTC has none."""
        key = _NAMES_BY_LANGUAGE.get(language or "en", language or "en")
        return self.names.get(key) or self.names["en-GB"]


@cache
def media_topics() -> dict[str, MediaTopic]:
    """Return all topics in use, by code."""
    lines = files("wiredesk.enrichment").joinpath("data", "media-topics.jsonl").read_bytes().splitlines()
    rows = {row["code"]: row for row in map(orjson.loads, lines)}

    def path(code: str) -> tuple[str, ...]:
        parent = rows[code]["parent"]
        return (*path(parent), code) if parent in rows else (code,)

    return {code: MediaTopic(code, path(code), row["name"], row["definition"] or "") for code, row in rows.items()}
