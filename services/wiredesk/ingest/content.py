"""A page's bytes: unpacked, sized, and refused when they are no page."""

import re
import zlib

from wiredesk.runtime.errors import RejectedError

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
"""First bytes of what a crawler fetches by mistake; from each format's specification."""

NO_PAGES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip")

GZIP = b"\x1f\x8b"

MAX_CONTROLS = 0.01
"""Share of control characters above which decoded text is no text. Pages have none, or a few by accident."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""C0 controls that no text needs, and DEL. Tab, line feed, form feed, carriage return stay; so does escape, which
starts the shifts of ISO-2022-JP where it was not decoded as such."""


def unpacked(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """Return the page as its server meant it: without the compression of the transfer.

    Args:
        content_encoding: header of the response. Crawlers that unpack often leave it standing, so it counts only
            where the bytes bear it out.
        limit: bytes that the result may have; a bomb is given up there, not unpacked.

    Raises:
        RejectedError: `undecodable` or `too_large`.
    """
    encoding = (content_encoding or "").strip().lower()
    if body.startswith(GZIP):
        body = _inflated(body, limit, zlib.MAX_WBITS | 16)
    elif encoding == "deflate" and body[:1] == b"\x78":
        body = _inflated(body, limit, zlib.MAX_WBITS)
    if len(body) > limit:
        raise RejectedError("too_large", f"body: {len(body)} bytes, {limit} are allowed (WIREDESK_MAX_PAGE_BYTES)")
    return body


def _inflated(body: bytes, limit: int, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise RejectedError("undecodable", f"body: compressed, and broken: {error}") from error
    if len(plain) <= limit and not inflater.eof:
        raise RejectedError("undecodable", f"body: compressed, and cut off after {len(plain)} bytes of the page")
    return plain


def refuse_binary(body: bytes, media_type: str) -> None:
    """Refuse what is no text by its media type or its first bytes.

    Raises:
        RejectedError: `binary`.
    """
    if media_type.startswith(NO_PAGES):
        raise RejectedError("binary", f"content_type: {media_type[:100]} is no page")
    for signature, what in SIGNATURES.items():
        if body.startswith(signature):
            raise RejectedError("binary", f"body: {what}, not a page")


def text_only(text: str) -> str:
    """Return decoded text without stray control characters, of which parsers and databases choke.

    Raises:
        RejectedError: `binary`, when there are so many that this is no text; `empty`, when nothing is left.
    """
    clean = _CONTROLS.sub("", text)
    removed = len(text) - len(clean)
    if removed > MAX_CONTROLS * len(text):
        raise RejectedError("binary", f"body: {removed} of {len(text)} characters are control characters")
    if not clean or clean.isspace():
        raise RejectedError("empty", f"body: {len(text)} characters, and no text")
    return clean
