"""An enriched article: a cleaned one with its language, topics and entities."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from wiredesk_schemas.cleaned_article import CleanedArticle
from wiredesk_schemas.event import Part, Since


class MediaTopic(Part):
    """A subject of the article: a term of the IPTC Media Topics."""

    model_config = ConfigDict(title="Topic")
    """The name in the JSON Schema since its first release; `Topic` in the code is a Kafka topic."""

    code: str = Field(pattern=r"^medtop:\d{8}$", examples=["medtop:20000086"])
    name: str = Field(description="in the article's language where IPTC has it, or else in English")
    path: tuple[str, ...] = Field(min_length=1, description="codes from the top-level topic down to this one")
    score: float = Field(ge=0, le=1)


class EntityType(StrEnum):
    """The type of a named entity."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    EVENT = "event"
    WORK = "work"
    NATIONALITY = "nationality"
    DATE = "date"
    AMOUNT = "amount"


class Mention(Part):
    """A place in the article where an entity is named."""

    field: str = Field(
        description="JSON Pointer (RFC 6901) to the string in this event", examples=["/title", "/paragraphs/3/text"]
    )
    start: int = Field(ge=0, description="in Unicode code points")
    end: int = Field(ge=0, description="exclusive, in Unicode code points")
    surface: str = Field(min_length=1, description="the text between start and end")


class Coordinates(Part):
    """A point on Earth, in degrees (WGS 84)."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class Entity(Part):
    """A person, organisation, place or other thing that the article names, with all its mentions."""

    type: EntityType
    name: str = Field(min_length=1, description="the canonical name", examples=["Loretta E. Lynch", "United States"])
    mentions: tuple[Mention, ...] = Field(min_length=1)
    count: Annotated[int | None, Since("1.2")] = Field(default=None, ge=1, description="how many mentions there are")
    salience: float = Field(ge=0, le=1, description="1: the story is about it; near 0: mentioned in passing")
    role: str | None = Field(default=None, description="as stated", examples=["US Attorney General"])
    wikidata: str | None = Field(default=None, pattern=r"^Q\d+$", description="if the match is certain")
    country: Annotated[str | None, Since("1.2")] = Field(
        default=None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2: of a country, or where a place lies"
    )
    coordinates: Annotated[Coordinates | None, Since("1.2")] = Field(default=None, description="of a place, if known")


class LanguageGuess(Part):
    """The language of the body, as detected."""

    code: str = Field(description="ISO 639-1 or, where there is none, 639-3", examples=["en"])
    confidence: float = Field(ge=0, le=1)


class Model(Part):
    """A model that contributed to the result."""

    task: str = Field(examples=["entities", "topics", "language"])
    name: str
    version: str


class Enrichment(Part):
    """What produced the topics and entities, and what could not be done."""

    version: str = Field(description="of the stage")
    models: tuple[Model, ...]
    vocabulary: Annotated[str | None, Since("1.3")] = Field(
        default=None,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="date of the release of the IPTC Media Topics that the topics' codes, names and paths are from",
        examples=["2026-07-02"],
    )
    notes: tuple[str, ...] = Field(default=(), description="what was left out, and why", examples=[["no-ner-for:ja"]])


class EnrichedArticle(CleanedArticle):
    """A cleaned article, complete, with its language, topics and entities."""

    TYPE: ClassVar[str] = "wiredesk.article.enriched.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    detected_language: LanguageGuess | None = None
    topics: tuple[MediaTopic, ...] = Field(default=(), description="the main one first")
    entities: tuple[Entity, ...] = Field(default=(), description="the most salient first")
    enrichment: Enrichment
