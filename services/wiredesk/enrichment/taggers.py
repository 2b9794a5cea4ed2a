"""The taggers of a deployment: which one reads which language."""

from collections.abc import Mapping
from types import MappingProxyType

from wiredesk.enrichment.interfaces import Tagger
from wiredesk.enrichment.settings import ANY_LANGUAGE
from wiredesk.languages.codes import canonical


class Taggers:
    """A map from language to tagger.

    Args:
        by_language: taggers by ISO 639 code, or by `*` for all languages without an entry; None is a language without
            a tagger. An entry for `*` is used for the languages that its tagger reads.
        fallbacks: taggers by ISO 639 code for languages that no entry reads. They find less, and the event says so.

    Attributes:
        version: names the taggers and the languages that they are used for. It is part of the enricher's version: with
            the same models and another map, an article may have other entities.
    """

    def __init__(
        self, by_language: Mapping[str, Tagger | None], fallbacks: Mapping[str, Tagger] = MappingProxyType({})
    ) -> None:
        self._by_language = dict(by_language)
        self._fallbacks = dict(fallbacks)
        used = {**self._fallbacks, **self._by_language}
        self.version = "/".join(
            f"entities:{language}={tagger.model.name}@{tagger.model.version}" if tagger else f"entities:{language}="
            for language, tagger in sorted(used.items())
        )

    def of(self, language: str | None) -> Tagger | None:
        """Return the tagger of a language; None where there is none, or where the language is not known."""
        if language is None:
            return None
        if language in self._by_language:
            return self._by_language[language]
        tagger = self._by_language.get(ANY_LANGUAGE)
        return tagger if tagger is not None and reads(tagger, language) else self._fallbacks.get(language)

    def falls_back(self, language: str | None) -> bool:
        """Whether a language is read by a fallback."""
        fallback = self._fallbacks.get(language) if language is not None else None
        return fallback is not None and self.of(language) is fallback


def reads(tagger: Tagger, language: str) -> bool:
    """Whether a tagger reads a language."""
    return ANY_LANGUAGE in tagger.languages or canonical(language) in map(canonical, tagger.languages)
