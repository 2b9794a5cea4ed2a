"""An entry of `wiredesk.forgotten`: a page or a host that is to be forgotten, since when, by whom, and why."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from wiredesk_schemas.event import Event


class ForgottenKind(StrEnum):
    """What is to be forgotten."""

    PAGE = "page"
    HOST = "host"


class ForgottenEntry(Event):
    """A page, or all pages of a host, are to be forgotten: delete all that you have of them.

    The key of its record is the id of the page or of the host, from which no URL can be read. The topic is compacted: a
    record without value takes its key off the list. These records have no headers.
    """

    TYPE: ClassVar[str] = "wiredesk.forgotten.v1"
    KEY: ClassVar[str] = "the id of the page, or of the host: UUIDv5 of the canonical URL, or of the name of the host"
    """What the key of the event's record is, for readers."""

    schema_version: str = Field(
        default="1.7", pattern=r"^1\.\d+$", description="major.minor; this reader understands major 1"
    )
    kind: ForgottenKind
    request: str = Field(
        description="id of the page or host that was named when it was entered: a URL may have several pages"
    )
    reason: str = Field(default="", description="as the operator wrote it; empty if not", examples=["request 4711"])
    since: datetime = Field(description="when it was entered")
    by: str = Field(default="", description="who entered it")
