"""Which articles carry the same text: a group of copies, as it is now."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from wiredesk_schemas.event import DerivedEvent, Part
from wiredesk_schemas.timestamp import Timestamp
from wiredesk_schemas.withdrawal import WithdrawalReason


class CopyKind(StrEnum):
    """What a copy has of the text that it is compared with."""

    WHOLE = "whole"  # all of it, under the same headline or without one
    REHEADLINED = "reheadlined"  # all of it, under another headline
    ABRIDGED = "abridged"  # a part of it, and little else
    QUOTED = "quoted"  # one of the two has a passage of the other within a story of its own


class OriginalEvidence(StrEnum):
    """What shows that an article is the likely original of a group."""

    DECLARED = "declared"  # a copy declares its URL as canonical
    AGENCY = "agency"  # it is on the site of the agency that copies credit
    PUBLISHED_FIRST = "published_first"  # its time of publication is the earliest
    SEEN_FIRST = "seen_first"  # it came first


class GroupedArticle(Part):
    """An article of a group."""

    page_id: str
    url: str = Field(description="the canonical URL")
    event_id: str = Field(description="of the article: of its newest revision")
    title: str | None = None
    source: str | None = Field(default=None, description="the publication")
    language: str | None = Field(default=None, description="BCP 47")
    agencies: tuple[str, ...] = Field(default=(), description="news agencies that it credits")
    published_at: Timestamp | None = None
    first_seen: Timestamp | None = None


class Copy(GroupedArticle):
    """An article that has text in common with the original, or with another copy."""

    kind: CopyKind
    compared_with: str = Field(
        description="page id of the article that kind and shares refer to: the original, unless it has too little in "
        "common with it"
    )
    share_of_other: float = Field(ge=0, le=1, description="share of the other article's text that is in this one")
    share_of_own: float = Field(ge=0, le=1, description="share of this article's text that is in the other one")
    shared_fingerprints: int = Field(ge=0, description="evidence: fingerprints that both have")
    has_same_title: bool | None = Field(default=None, description="null where one of the two has no headline")


class WithdrawnCopy(GroupedArticle):
    """An article that was in a group and is gone. Of its text nothing is compared any more."""

    reason: WithdrawalReason | None = Field(default=None, description="what shows that it is gone")
    was_original: bool = Field(default=False, description="it was the likely original: look at all of its copies")


class ArticleCopies(DerivedEvent):
    """A group of articles that carry the same text. A later event of the same group replaces an earlier one.

    The identifiers of the event (`page_id`, `url` and so on) are those of the likely original. Its key is the group's
    id; a record of this key without value says that the group has no article any more.
    """

    TYPE: ClassVar[str] = "wiredesk.article.copies.v1"
    KEY: ClassVar[str] = "the id of the group"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    group_id: str = Field(description="UUID that stays the same as long as the group has articles; the record's key")
    merged_into: str | None = Field(
        default=None, description="id of the group that this one became part of; null while it exists"
    )
    merged_groups: tuple[str, ...] = Field(default=(), description="ids of groups that just became part of this one")
    original: GroupedArticle = Field(description="the likely original among the articles that came")
    original_evidence: tuple[OriginalEvidence, ...] = Field(description="what shows that it is, the strongest first")
    credited_agency: str | None = Field(
        default=None, description="the agency that most articles credit; its own copy need not have come"
    )
    copies: tuple[Copy, ...] = Field(default=(), description="the others, in the order in which they came; at most 100")
    copy_count: int = Field(default=0, ge=0, description="of all others, listed or not")

    withdrawn: tuple[WithdrawnCopy, ...] = Field(
        default=(),
        description="articles that were in the group and are gone, in this order; at most 100. Their copies may still "
        "be there: a notice of an agency concerns all of them",
    )

    @property
    def key(self) -> str:
        """The key of the event's record."""
        return self.group_id
