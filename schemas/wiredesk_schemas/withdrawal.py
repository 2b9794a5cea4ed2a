"""Withdrawals: a page that is gone, and the article that goes with it."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from wiredesk_schemas.canonical_evidence import CanonicalEvidence
from wiredesk_schemas.event import DerivedEvent
from wiredesk_schemas.ingest_note import IngestNote
from wiredesk_schemas.page_type import PageType
from wiredesk_schemas.rights import Rights
from wiredesk_schemas.skipped_page import SkippedPage, SkipReason
from wiredesk_schemas.story_revision import RevisedEvent


class WithdrawalReason(StrEnum):
    """What shows that a page is gone."""

    NOT_FOUND = "not_found"  # status 404
    GONE = "gone"  # status 410
    TOMBSTONE = "tombstone"  # the raw page has no value: its publisher withdraws it
    EXPIRED = "expired"  # it was fetched after the time until which it may be shown
    REMOVED = "removed"  # the page itself says that the story is not there any more
    NOTICE = "notice"  # an agency or a publisher withdraws the story: KILL, WITHDRAWN, RETRACTED


class WithdrawnPage(DerivedEvent):
    """A page that is gone. Whether an article goes with it, the stage `revisions` knows.

    Where a notice names another page's story, page id and URLs are those of the other page.
    """

    TYPE: ClassVar[str] = "wiredesk.page.withdrawn.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    stage: str = Field(description="the stage that found it", examples=["ingest"])
    reason: WithdrawalReason
    skip_reason: SkipReason = Field(description="why the page is skipped, if there is no article of it")
    detail: str = Field(description="for people: what shows the reason")
    http_status: int | None = None
    page_type: PageType | None = Field(default=None, description="the type of the page, if known")
    confidence: float | None = Field(default=None, ge=0, le=1, description="probability that the page is no article")
    rights: Rights | None = Field(
        default=None, description="what the page, its response and its publisher state; null where they state nothing"
    )
    canonical_evidence: CanonicalEvidence = Field(
        default=CanonicalEvidence.URL, description="what the canonical URL was read from"
    )
    ingest_notes: tuple[IngestNote, ...] = Field(
        default=(), description="what ingest mended on the page, or did not believe"
    )

    def skipped_page(self) -> SkippedPage:
        """Return the page as it is skipped if there is no article of it."""
        fields = {name: getattr(self, name) for name in SkippedPage.model_fields if name != "reason"}
        return SkippedPage(**fields, reason=self.skip_reason)


class ArticleWithdrawn(RevisedEvent):
    """An article that is gone: delete it, or mark it. The page id names it, and `previous_event_id` its last event."""

    TYPE: ClassVar[str] = "wiredesk.article.withdrawn.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    reason: WithdrawalReason
    detail: str = Field(description="for people: what shows the reason")
    http_status: int | None = None
    canonical_evidence: CanonicalEvidence = Field(
        default=CanonicalEvidence.URL, description="what the canonical URL was read from"
    )
    ingest_notes: tuple[IngestNote, ...] = Field(
        default=(), description="what ingest mended on the page, or did not believe"
    )
