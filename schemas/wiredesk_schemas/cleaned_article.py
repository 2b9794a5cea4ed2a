"""A cleaned article: the story of a page, without anything else that was on it."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from wiredesk_schemas.canonical_evidence import CanonicalEvidence
from wiredesk_schemas.event import Part, Since
from wiredesk_schemas.ingest_note import IngestNote
from wiredesk_schemas.page_type import PageType
from wiredesk_schemas.rights import Rights
from wiredesk_schemas.story_revision import RevisedArticle
from wiredesk_schemas.timestamp import Timestamp


class BlockKind(StrEnum):
    """The kind of a block of the body."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    PREFORMATTED = "preformatted"


class Block(Part):
    """A block of the body: one paragraph, sub-heading, quotation, item of a list, or row of a table."""

    text: str = Field(min_length=1)
    kind: BlockKind = BlockKind.PARAGRAPH
    language: Annotated[str | None, Since("1.4")] = Field(
        default=None, description="BCP 47, if it differs from the article's", examples=["de"]
    )


class Caption(Part):
    """The caption of a picture; it is not part of the body."""

    text: str = Field(min_length=1)
    credit: str | None = Field(default=None, description="photographer or agency, without brackets")


class Image(Part):
    """A picture of the page."""

    url: str = Field(description="absolute")


class Evidence(StrEnum):
    """Where a field was read from."""

    JSON_LD = "json-ld"
    META = "meta"
    DOM = "dom"
    TEXT = "text"
    PUBLISHER = "publisher"  # stated in the raw page's event
    URL = "url"
    DETECTED = "detected"  # by a model, from the story


class Extraction(Part):
    """How the article was read from its page, and how reliable the result is."""

    method: str = Field(examples=["html", "flattened-text"])
    version: str = Field(description="of the extractor")
    confidence: float = Field(ge=0, le=1, description="confidence that the body is the whole story and nothing else")
    evidence: dict[str, Evidence] = Field(default_factory=dict, description="by name of the field")


class CleanedArticle(RevisedArticle):
    """An article: headline, byline, times and body, read from a page."""

    TYPE: ClassVar[str] = "wiredesk.article.cleaned.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    page_type: Annotated[PageType, Since("1.1")] = Field(
        default=PageType.ARTICLE, description="the type of the page: an article, or another page with a story"
    )
    page_type_confidence: Annotated[float | None, Since("1.1")] = Field(
        default=None, ge=0, le=1, description="probability that the page is an article"
    )
    title: str | None = Field(default=None, description="the story's own headline, without the site's name")
    declared_title: Annotated[str | None, Since("1.4")] = Field(
        default=None, description="the headline that the page declares to machines, if it differs from the title"
    )
    shown_title: Annotated[str | None, Since("1.4")] = Field(
        default=None, description="the headline that the page shows its readers, if it differs from the title"
    )
    subtitle: str | None = Field(default=None, description="standfirst or deck, where the page has one")
    authors: tuple[str, ...] = Field(default=(), description="from the byline; without 'By' and roles")
    agencies: Annotated[tuple[str, ...], Since("1.1")] = Field(
        default=(), description="news agencies and newsrooms that the byline names", examples=[["dpa"]]
    )
    published_at: Timestamp | None = None
    modified_at: Timestamp | None = None
    source: str | None = Field(default=None, description="the publication", examples=["China Daily"])
    section: str | None = Field(
        default=None, description="the section, as the publication names it", examples=["Business"]
    )
    language: str | None = Field(
        default=None,
        description="BCP 47: what the page or its publisher states, unless the story is in another language",
    )
    keywords: tuple[str, ...] = ()
    paragraphs: tuple[Block, ...] = Field(min_length=1, description="the body, in reading order")
    captions: tuple[Caption, ...] = ()
    lead_image: Image | None = None
    is_paywalled: Annotated[bool | None, Since("1.1")] = Field(
        default=None, description="as the page says; null where it does not"
    )
    is_truncated: Annotated[bool, Since("1.1")] = Field(
        default=False,
        description="the page shows less than the whole story, or says that there is more; what it shows is complete",
    )
    omitted_words: Annotated[int, Since("1.4")] = Field(
        default=0,
        ge=0,
        description="words of likely prose that the page shows among the story's own and the body lacks; 0 if few",
    )
    word_count: int = Field(ge=0, description="words of the body; a run of Han, kana or Thai counts each character")
    declared_corrections: Annotated[tuple[str, ...], Since("1.7")] = Field(
        default=(),
        description="corrections of the story that the page states to machines, in the order of the page",
        examples=[["An earlier version of this story misspelled the name of the mayor."]],
    )
    rights: Annotated[Rights | None, Since("1.5")] = Field(
        default=None, description="what the page, its response and its publisher state; null where they state nothing"
    )
    canonical_evidence: Annotated[CanonicalEvidence, Since("1.5")] = Field(
        default=CanonicalEvidence.URL, description="what the canonical URL was read from"
    )
    ingest_notes: Annotated[tuple[IngestNote, ...], Since("1.5")] = Field(
        default=(), description="what ingest mended on the page, or did not believe"
    )
    extraction: Extraction
