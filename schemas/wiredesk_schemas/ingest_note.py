"""What ingest mended on a page, or did not believe: notes on its event."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wiredesk_schemas.event import Part

MAX_NOTES = 32
"""Notes of one page, at most: a hostile page must not make every later event larger."""

MAX_DETAIL_CHARACTERS = 200
"""Characters of a note's detail, at most."""


class IngestNoteKind(StrEnum):
    """What a note is about."""

    BYTES_REPLACED = "bytes_replaced"  # bytes that are not valid in the page's charset became U+FFFD
    BODY_TRUNCATED = "body_truncated"  # the body ends before its end: what came of it is read


class IngestNote(Part):
    """Something that was mended on the way from raw page to text, or stated there and not believed."""

    kind: IngestNoteKind
    detail: Annotated[str, Field(max_length=MAX_DETAIL_CHARACTERS)] = Field(
        default="", description="for people: the field, what it said, and what was made of it"
    )
