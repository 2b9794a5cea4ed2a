"""The content of a page: checked for size, rejected if it is not text."""

import re

from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import IngestNoteKind
from wiredesk_schemas.ingest_note import Notes
from wiredesk_schemas.storable_text import SEPARATORS, WINDOWS_1252, storable_and_encoded, well_formed

SIGNATURES = {
    b"%PDF-": "a PDF",
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"PK\x03\x04": "a ZIP archive",
    b"\x7fELF": "a program",
    b"RIFF": "RIFF media",
    b"wOF": "a font",
    b"OggS": "Ogg media",
    b"\x1aE\xdf\xa3": "Matroska media",
    b"ID3": "an MP3",
    b"\x00\x00\x01\x00": "an icon",
}
"""First bytes of files that crawlers fetch by mistake, from each format's specification."""

BINARY_TYPES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip")
"""Beginnings of media types that a page never has."""

_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}<(?:!doctype\s{1,9}html|html|head|body)\b", re.IGNORECASE)
"""How an HTML page begins."""

_CONTROLS = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F))
"""Control characters of ASCII, which make up a good part of binary data."""

MIN_CONTROLS = 10
"""So many control characters a short text may have by accident."""

MAX_CONTROL_SHARE = 0.01
"""Above this share of control characters, decoded bytes are not text. Pages have none, or a few by accident."""


def check_size(size: int, limit: int, unit: str) -> None:
    """Reject a page that is too large.

    Raises:
        RejectedError: `too_large`.
    """
    if size > limit:
        raise RejectedError("too_large", f"body: {size} {unit}, {limit} are allowed (WIREDESK_MAX_PAGE_BYTES)")


def refuse_binary(content: bytes, media_type: str) -> None:
    """Reject what is not text, by its first bytes, or by its media type if it is not HTML.

    Raises:
        RejectedError: `binary`.
    """
    if media_type.startswith(BINARY_TYPES) and not is_html(content):
        raise RejectedError("binary", f"content_type: {media_type[:100]} is not the media type of a page")
    for signature, what in SIGNATURES.items():
        if content.startswith(signature):
            raise RejectedError("binary", f"body: {what}, not a page")


def is_html(content: bytes) -> bool:
    """Return whether bytes begin as an HTML page does."""
    return _HTML.match(content) is not None


def remove_control_characters(text: str, notes: Notes, encoded: bytes | None = None) -> tuple[str, bytes]:
    """Return decoded text without stray control characters, which break parsers and databases, and its UTF-8.

    C1 controls become the characters that browsers show in their place.

    Args:
        text: of the page.
        notes: are extended if it has such characters.
        encoded: its UTF-8, where that is known.

    Raises:
        RejectedError: `binary`, where there are too many of them; `empty`, where nothing else is left.
    """
    clean, encoded = storable_and_encoded(text, encoded)
    controls = 0 if clean is text else _controls_in(text)
    is_accident = controls <= MIN_CONTROLS and controls * 2 < len(text)
    if controls > MAX_CONTROL_SHARE * len(text) and not is_accident:
        raise RejectedError("binary", f"body: {controls} of {len(text)} characters are control characters")
    if not clean or clean.isspace():
        raise RejectedError("empty", f"body: {len(text)} characters, but no text")
    if clean is not text and (done := _done(text, clean)):
        notes.add(IngestNoteKind.CONTROLS_REMOVED, f"body: control characters, {done}")
    return clean, encoded


def _done(text: str, clean: str) -> str:
    """Return what was done with the control characters of a text; empty, if it had none."""
    numbers = {
        "removed": len(well_formed(text)) - len(clean),
        "read as line ends or spaces": sum(map(text.count, SEPARATORS)),
        "read as windows-1252": sum(text.count(control) for control, shown in WINDOWS_1252.items() if shown),
    }
    return ", ".join(f"{number} {what}" for what, number in numbers.items() if number)


def _controls_in(text: str) -> int:
    encoded = text.encode("utf-8", "replace")
    return len(encoded) - len(encoded.translate(None, _CONTROLS))
