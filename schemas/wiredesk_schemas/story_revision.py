"""Revisions: what an event says of the story's earlier versions at the same page.

A page's content has a hash of its own, `revision` of every event, which changes with every byte. A revision of the
story is another thing: it begins where headline or text say something else than before.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wiredesk_schemas.event import DerivedEvent, Since

MAX_CORRECTION = 500
"""Characters of a correction that an event quotes, at most."""


class RevisionKind(StrEnum):
    """What a revision is to the one before it."""

    CREATED = "created"  # there is none, or the article was withdrawn before
    UPDATED = "updated"
    CORRECTED = "corrected"  # it states a correction that the one before did not state


class ChangedPart(StrEnum):
    """A part of an article that differs from the revision before."""

    HEADLINE = "headline"
    TEXT = "text"
    TIMES = "times"  # published_at or modified_at; alone they make no revision


class RevisedEvent(DerivedEvent):
    """An event about one revision of a story. Before the stage `revisions` all of its fields are null."""

    revision_number: Annotated[int | None, Since("1.6")] = Field(
        default=None, ge=1, description="of the story at this page, from 1; a withdrawal has a number, too"
    )
    revision_event_id: Annotated[str | None, Since("1.6")] = Field(
        default=None, description="event id of this revision in articles.revised; later stages keep it"
    )
    previous_event_id: Annotated[str | None, Since("1.6")] = Field(
        default=None, description="the `revision_event_id` of the revision before; null of the first one"
    )
    first_seen: Annotated[datetime | None, Since("1.6")] = Field(
        default=None, description="when the story was fetched at this page for the first time (UTC)"
    )


class RevisedArticle(RevisedEvent):
    """An article as a revision of its story."""

    revision_kind: Annotated[RevisionKind | None, Since("1.6")] = Field(
        default=None, description="what it is to the revision before"
    )
    returned: Annotated[bool, Since("1.6")] = Field(
        default=False, description="the revision before is a withdrawal: the article is there again"
    )
    changed: Annotated[tuple[ChangedPart, ...], Since("1.6")] = Field(
        default=(), description="what differs from the newest revision that was no withdrawal", examples=[["text"]]
    )
    change: Annotated[float | None, Since("1.6")] = Field(
        default=None,
        ge=0,
        le=1,
        description="share of the words of both texts that only one of them has; null of the first revision",
    )
    correction: Annotated[str | None, Since("1.6")] = Field(
        default=None,
        max_length=MAX_CORRECTION,
        description="the correction that the article states, as it is written; the newest one, perhaps cut",
        examples=["Correction: An earlier version of this story misspelled the name of the mayor."],
    )
