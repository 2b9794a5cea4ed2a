"""An accepted page: checked, decoded, and under its canonical URL; the input of extraction."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wiredesk_schemas.canonical_evidence import CanonicalEvidence
from wiredesk_schemas.event import DerivedEvent, Part, Since
from wiredesk_schemas.ingest_note import IngestNote
from wiredesk_schemas.rights import Rights


class CharsetEvidence(StrEnum):
    """What a page's charset was read from, the most trusted first."""

    TEXT = "text"  # the event held text: nothing had to be decoded
    HEADER = "header"
    BOM = "bom"
    META = "meta"
    DETECTED = "detected"


class Charset(Part):
    """How the body was decoded."""

    name: str = Field(description="the label of the encoding, as Python's codecs name it", examples=["gb18030"])
    evidence: CharsetEvidence
    replaced: int = Field(default=0, ge=0, description="bytes that are not valid in the charset, replaced by U+FFFD")


class AcceptedPage(DerivedEvent):
    """A valid page: text with a media type, under a canonical URL."""

    TYPE: ClassVar[str] = "wiredesk.page.accepted.v1"

    schema_version: str = Field(default="1.7", pattern=r"^1\.\d+$")
    media_type: Literal["text/html", "application/xhtml+xml", "text/plain"]
    body: str = Field(description="the whole page, decoded")
    charset: Charset
    fetched_at: datetime | None = Field(default=None, description="with offset")
    http_status: int | None = None
    source: str | None = Field(default=None, description="the publication, where the crawler knew it")
    language: str | None = Field(default=None, description="BCP 47, where the crawler or the response stated it")
    is_truncated: Annotated[bool, Since("1.5")] = Field(
        default=False, description="the body ends before its end, as its encoding, length or archive shows"
    )
    http_headers: Annotated[dict[str, str], Since("1.5")] = Field(
        default_factory=dict,
        description="headers of the response that later stages and readers may need, by name in lower case",
        examples=[{"etag": '"33a64df5"', "last-modified": "Wed, 21 Oct 2026 07:28:00 GMT"}],
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
