"""A page that is valid, but not an article: which stage skipped it, and why."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from wiredesk_schemas.canonical_evidence import CanonicalEvidence
from wiredesk_schemas.event import DerivedEvent, Since
from wiredesk_schemas.ingest_note import IngestNote
from wiredesk_schemas.page_type import PageType
from wiredesk_schemas.rights import Rights


class SkipReason(StrEnum):
    """Why a page is not an article."""

    HTTP_ERROR = "http_error"  # the server did not answer with a page
    WITHDRAWN = "withdrawn"  # its publisher withdraws the page, of which there is no article
    ERROR_PAGE = "error_page"  # the page itself says that there is nothing here
    CONSENT_WALL = "consent_wall"
    INDEX_PAGE = "index_page"
    GALLERY = "gallery"
    VIDEO = "video"
    NO_ARTICLE = "no_article"  # a product, a listing, a discussion, a manual, a company's own page
    RIGHTS_RESERVED = "rights_reserved"  # its rights are reserved, and the policy of ingest honours that
    TOO_SHORT = "too_short"  # no text that is long enough to be a story
    UNCHANGED = "unchanged"  # the article that was published before: headline and text say the same
    SUPERSEDED = "superseded"  # a newer fetch of the page came before it
    FORGOTTEN = "forgotten"  # the page is to be forgotten


class SkippedPage(DerivedEvent):
    """A page that a stage skipped."""

    TYPE: ClassVar[str] = "wiredesk.page.skipped.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    stage: str = Field(description="the stage that skipped it", examples=["extractor"])
    reason: SkipReason
    detail: str = Field(description="for people: what on the page shows the reason")
    page_type: Annotated[PageType | None, Since("1.1")] = Field(
        default=None, description="the type of the page, if known"
    )
    confidence: Annotated[float | None, Since("1.1")] = Field(
        default=None, ge=0, le=1, description="probability that the page is not an article"
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
