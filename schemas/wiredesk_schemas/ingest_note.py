"""What ingest mended on a page, or did not believe: notes on its event."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from wiredesk_schemas.event import Part
from wiredesk_schemas.storable_text import storable

MAX_NOTES = 32
"""Notes of one page, at most: a hostile page must not make every later event larger."""

MAX_DETAIL_CHARACTERS = 200
"""Characters of a note's detail, at most."""


class IngestNoteKind(StrEnum):
    """What a note is about."""

    BYTES_REPLACED = "bytes_replaced"  # bytes that are not valid in the page's charset became U+FFFD
    BODY_TRUNCATED = "body_truncated"  # the body ends before its end: what came of it is read
    EVENT_REPAIRED = "event_repaired"  # the record's value, or its envelope, was not of the form of the contract
    FIELD_REPAIRED = "field_repaired"  # a field of the raw page was read in another form than that of the contract
    FIELD_IGNORED = "field_ignored"  # an optional field of the raw page could not be read: it counts as absent
    CONTROLS_REMOVED = "controls_removed"  # control characters and noncharacters were removed from the body
    CHARSET_NOT_BELIEVED = "charset_not_believed"  # the bytes of the page are not in the charset that is stated
    CHARSET_GUESSED = "charset_guessed"  # no charset is stated, and a few bytes hardly show it
    CANONICAL_NOT_BELIEVED = "canonical_not_believed"  # the page declares another URL, which is not that of this page
    MOJIBAKE = "mojibake"  # the page itself has text that was decoded wrongly before: it is left as it is
    ENCODING_UNSTATED = "encoding_unstated"  # the body was compressed or chunked, which no header states
    ENCODING_UNKNOWN = "encoding_unknown"  # a header names an encoding that is not known: the bytes decided
    ENCODING_MENDED = "encoding_mended"  # of a compressed or chunked body, checksum, sizes or end were wrong
    RIGHTS_NOT_READ = "rights_not_read"  # a statement about rights has a value that is not understood


class IngestNote(Part):
    """Something that was mended on the way from raw page to text, or stated there and not believed."""

    kind: IngestNoteKind
    detail: Annotated[str, Field(max_length=MAX_DETAIL_CHARACTERS)] = Field(
        default="", description="for people: the field, what it said, and what was made of it"
    )

    @classmethod
    def of(cls, kind: IngestNoteKind, detail: str) -> "IngestNote":
        """Return a note whose detail is cut where it is too long, on one line, and without unstorable characters."""
        text = " ".join(storable(detail[:MAX_DETAIL_CHARACTERS]).split())
        return cls(kind=kind, detail=text[:MAX_DETAIL_CHARACTERS])


class Notes:
    """Collects the notes of one page: each once, and not too many.

    Args:
        notes: those that the page already has.
    """

    def __init__(self, notes: tuple[IngestNote, ...] = ()) -> None:
        self._notes = dict.fromkeys(notes[:MAX_NOTES])

    def add(self, kind: IngestNoteKind, detail: str = "") -> None:
        """Add a note, unless it is there already, or there are too many."""
        if len(self._notes) < MAX_NOTES:
            self._notes.setdefault(IngestNote.of(kind, detail))

    def collected(self) -> tuple[IngestNote, ...]:
        """Return the notes, in the order in which they were added."""
        return tuple(self._notes)
