"""Events as records, as the stage before would have written them."""

from wiredesk.runtime.records import Record
from wiredesk_schemas import DerivedEvent, Event
from wiredesk_schemas import headers as names


def as_record(event: Event, *, offset: int = 0, time_ms: int = 0) -> Record:
    """Return an event as the record in which a stage reads it.

    Args:
        time_ms: when the record was written, in milliseconds since 1970.
    """
    key = event.key.encode() if isinstance(event, DerivedEvent) else None
    return Record("input", 0, offset, time_ms, key, event.to_json(), tuple(event_headers(event)))


def event_headers(event: Event | bytes) -> list[tuple[str, bytes]]:
    """Return the headers that the stage before would have written; none for bytes and for raw pages."""
    if not isinstance(event, DerivedEvent):
        return []
    return [
        (names.SPEC_VERSION, b"1.0"),
        (names.EVENT_ID, event.event_id.encode()),
        (names.EVENT_TYPE, event.TYPE.encode()),
        (names.SUBJECT, event.canonical_url.encode()),
        (names.CONTENT_TYPE, b"application/json"),
    ]
