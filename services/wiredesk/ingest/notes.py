"""The notes of one page: collected on the way, bounded, safe to print."""

from wiredesk_schemas import IngestNote, IngestNoteKind
from wiredesk_schemas.headers import attribute_text
from wiredesk_schemas.ingest_note import MAX_DETAIL_CHARACTERS, MAX_NOTES


class Notes:
    """Collects what is mended on a page, or not believed.

    Args:
        notes: those that the raw page already has.
    """

    def __init__(self, notes: tuple[IngestNote, ...] = ()) -> None:
        self._notes = dict.fromkeys(notes[:MAX_NOTES])

    def add(self, kind: IngestNoteKind, detail: str = "") -> None:
        """Add a note, unless it is there already, or there are too many."""
        if len(self._notes) < MAX_NOTES:
            text = attribute_text(detail[:MAX_DETAIL_CHARACTERS]).encode("utf-8", "replace").decode()
            self._notes.setdefault(IngestNote(kind=kind, detail=text))

    def collected(self) -> tuple[IngestNote, ...]:
        """Return the notes, in the order in which they were added."""
        return tuple(self._notes)
