"""A page that is valid, but no article: where it ended, and why."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from wiredesk_schemas.event import DerivedEvent, Since
from wiredesk_schemas.page_type import PageType


class SkipReason(StrEnum):
    """Why a page is no article."""

    HTTP_ERROR = "http_error"  # the server answered with no page
    ERROR_PAGE = "error_page"  # the page says itself that there is nothing here
    CONSENT_WALL = "consent_wall"
    INDEX_PAGE = "index_page"
    GALLERY = "gallery"
    VIDEO = "video"
    NO_ARTICLE = "no_article"  # a product, a listing, a discussion, a manual, a company's own page
    TOO_SHORT = "too_short"  # no text worth calling a story


class SkippedPage(DerivedEvent):
    """A page that a stage set aside."""

    TYPE: ClassVar[str] = "wiredesk.page.skipped.v1"

    schema_version: str = Field(default="1.1", pattern=r"^1\.\d+$")
    stage: str = Field(description="the stage that set it aside", examples=["extractor"])
    reason: SkipReason
    detail: str = Field(description="for a reader: what on the page says so")
    page_type: Annotated[PageType | None, Since("1.1")] = Field(
        default=None, description="what the page is instead, where that is known"
    )
    confidence: Annotated[float | None, Since("1.1")] = Field(
        default=None, ge=0, le=1, description="that it is no article"
    )
