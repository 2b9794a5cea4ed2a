"""The notes of one raw page, and the error of a field that cannot be read."""

from typing import Any

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.ingest_note import IngestNote, IngestNoteKind, Notes

MAX_QUOTED = 60
"""Characters of a value that a note or an error quotes."""

_TYPES = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
"""The types of JSON, as a message names them."""


class Mending:
    """Collects what is mended while one raw page is read.

    Attributes:
        subject: of the CloudEvent, where its data have a URL of their own.
        has_stray_bytes: bytes of the value were not in its encoding, and were replaced by U+FFFD.
    """

    def __init__(self) -> None:
        self._notes = Notes()
        self.subject: str | None = None
        self.has_stray_bytes = False

    @property
    def notes(self) -> tuple[IngestNote, ...]:
        """The notes, in the order in which they were added."""
        return self._notes.collected()

    def event(self, detail: str) -> None:
        """Note what was mended on the record's value, or on its envelope."""
        self._notes.add(IngestNoteKind.EVENT_REPAIRED, detail)

    def field(self, name: str, detail: str) -> None:
        """Note that a field was read in another form than that of the contract."""
        self._notes.add(IngestNoteKind.FIELD_REPAIRED, f"{name}: {detail}")

    def ignored(self, name: str, value: Any, expected: str) -> None:
        """Note that an optional field cannot be read, and is taken for absent."""
        self._notes.add(IngestNoteKind.FIELD_IGNORED, f"{name}: {shown(value)} is ignored, expected {expected}")


def refused(name: str, value: Any, expected: str) -> InvalidEventError:
    """Return the error of a field whose meaning is not clear: what was expected, and what was given."""
    return InvalidEventError(f"{name}: expected {expected}, got {shown(value)}")


def shown(value: Any) -> str:
    """Return the beginning of a value for a message; of a list or an object only what it is."""
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return _TYPES[type(value)]
    text = value if isinstance(value, str) else _number(value)
    return repr(text[:MAX_QUOTED] + ("…" if len(text) > MAX_QUOTED else ""))


def json_type(value: Any) -> str:
    """Return the type of JSON that a value has, for a message."""
    return "null" if value is None else _TYPES[type(value)]


def _number(value: Any) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a number of thousands of digits"
