"""The IPTC Media Topics in use: codes, names, definitions, the tree; and what takes the place of retired codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from wiredesk.enrichment.topics.release import ENGLISH, Concept, shipped_release

VERSION = "2026-07-02"
"""Date of IPTC's release."""

_KEYS = {
    "ar": ("ar",),
    "da": ("da", "dk"),
    "de": ("de",),
    "en": ("en-GB",),
    "en-us": ("en-US",),
    "es": ("es",),
    "fr": ("fr",),
    "nb": ("no-NB",),
    "nn": ("no-NN", "no-NB"),
    "no": ("no-NB",),
    "pt": ("pt-PT", "pt-BR"),
    "pt-br": ("pt-BR",),
    "sv": ("sv", "se"),
    "zh": ("zh-Hans",),
}
"""IPTC's language keys, the first one preferred, by ISO 639-1 code, and by code and region where IPTC has names of the
region. IPTC's `se` and `dk` are countries: in ISO 639, `se` is Northern Sami."""


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
    names: Mapping[str, str]
    definition: str

    @property
    def root(self) -> str:
        """Code of the top-level topic above this one, or of this one."""
        return self.path[0]

    def name(self, language: str | None = None) -> str:
        """Return the name in a language, or in English where IPTC has none.

        Args:
            language: ISO 639-1 code or BCP 47 tag (`pt`, `pt-BR`, `zh-Hant-TW`); None for English.
        """
        for key in _keys(language or "en"):
            if self.names.get(key):
                return self.names[key]
        return self.names[ENGLISH]


@cache
def taxonomy() -> dict[str, TaxonomyTerm]:
    """Return all media topics in use, by code."""
    release = shipped_release()
    return {
        code: TaxonomyTerm(code, release.path(code), concept.names, concept.definition)
        for code, concept in release.in_use().items()
    }


@cache
def retired_topics() -> dict[str, Concept]:
    """Return all media topics that were retired, by code."""
    return {code: concept for code, concept in shipped_release().concepts.items() if concept.retired is not None}


def successors(code: str) -> tuple[str, ...]:
    """Return the topics in use that take the place of a topic.

    They are the topic itself, if it is in use; those that IPTC names in place of a retired one; and where IPTC names
    none, the nearest one above it.

    Raises:
        KeyError: there is no such topic, and there never was.
    """
    return tuple(dict.fromkeys(_successors(code, frozenset({code}))))


def replacement(code: str) -> str:
    """Return the one topic in use to which everything belongs that had a code.

    It is the only successor, or the narrowest topic above all of them.

    Raises:
        KeyError: there is no such topic, and there never was.
    """
    first, *others = (taxonomy()[successor].path for successor in successors(code))
    shared = [topic for topic in first if all(topic in path for path in others)]
    return shared[-1] if shared else _topic_above(code)


def naming_language(stated: str | None, language: str) -> str:
    """Return the language of the names of an article's topics: with the region that the page states, if it has one.

    Args:
        stated: BCP 47 tag of the page, which may be wrong.
        language: ISO 639-1 code of the language in which the article was read.
    """
    return stated if stated and stated.replace("_", "-").partition("-")[0].lower() == language else language


def _successors(code: str, passed: frozenset[str]) -> list[str]:
    if code in taxonomy():
        return [code]
    known = shipped_release().concepts.keys()
    named = [name for name in retired_topics()[code].successors if name in known and name not in passed]
    in_use = [topic for name in named for topic in _successors(name, passed | {name})]
    return in_use or [_topic_above(code)]


def _topic_above(code: str) -> str:
    """Return the nearest topic in use above a retired one."""
    return next(above for above in reversed(shipped_release().path(code)) if above in taxonomy())


@lru_cache(maxsize=256)
def _keys(language: str) -> tuple[str, ...]:
    """Return IPTC's keys of a language: those of its region, then of the language."""
    primary, *subtags = language.replace("_", "-").lower().split("-")
    regional = (key for subtag in subtags for key in _KEYS.get(f"{primary}-{subtag}", ()))
    return (*regional, *_KEYS.get(primary, ()))
