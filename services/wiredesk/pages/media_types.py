"""What a response of an archive is, by its media type and its first bytes: a page, or a kind that is passed over.

Nothing that may be a page is passed over: a type that says nothing, or a wrong one on HTML, is left to ingest.
"""

import re

from wiredesk.encodings.body import undo_encodings
from wiredesk.encodings.stated import StatedEncodings
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas.http_response import HttpResponse

PAGE_TYPES = frozenset(
    {
        "application/xhtml+xml",
        "application/vnd.wap.xhtml+xml",
        "application/x-httpd-php",
        "application/html",
        "application/http",
        "application/unknown",
        "application/x-unknown",
        "application/x-unknown-content-type",
    }
)
"""Media types of pages, and those that say nothing, that begin as others do which no page has."""

OTHER_TYPES = ("application/", "audio/", "chemical/", "font/", "image/", "message/", "model/", "multipart/", "video/")
"""Beginnings of media types that a page does not have, unless it is one of `PAGE_TYPES`."""

KINDS = {
    "image/": "image",
    "audio/": "audio file",
    "video/": "video",
    "font/": "font",
    "model/": "model",
    "application/font": "font",
    "application/x-font": "font",
    "application/vnd.ms-fontobject": "font",
    "text/css": "stylesheet",
    "text/javascript": "script",
    "text/ecmascript": "script",
    "text/jscript": "script",
    "text/x-javascript": "script",
    "application/javascript": "script",
    "application/x-javascript": "script",
    "application/ecmascript": "script",
    "application/wasm": "script",
    "application/pdf": "PDF document",
    "application/x-pdf": "PDF document",
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/feed+json": "feed",
    "application/json": "JSON document",
    "application/ld+json": "JSON document",
    "application/manifest+json": "JSON document",
    "application/x-json": "JSON document",
    "text/json": "JSON document",
    "text/cache-manifest": "cache manifest",
    "text/calendar": "calendar",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "text/dns": "DNS record",
    "text/event-stream": "event stream",
    "text/vcard": "business card",
    "text/vtt": "subtitle file",
    "text/x-component": "script",
    "text/x-vcard": "business card",
    "text/xsl": "stylesheet",
}
"""What a response is called, by the beginning of its media type. Other types of text may be pages."""

XML_TYPES = ("text/xml", "application/xml")
"""Media types of any XML: XHTML among it."""

UNSPECIFIC_TYPES = ("application/octet-stream", "binary/octet-stream", "application/binary")
"""Media types of any bytes: pages among them, if they are text."""

HEAD_BYTES = 1024
"""Bytes at the beginning of a response that are looked at."""

ENCODED_BYTES = 8 << 10
"""Bytes at the beginning of a response that are decoded to see what it is."""

MAX_DECODED_BYTES = 16 << 20
"""Maximum size of what they are decoded to."""

MAX_KIND_CHARACTERS = 60
"""Maximum length of a media type as the name of a kind."""

_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*"
    rb"(?:<\?xml[^>]{0,200}>\s*)?"
    rb"(?:<!--.{0,500}?-->\s*){0,2}"
    rb"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How an HTML page begins, also in UTF-16 without its zeros."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


def kind_passed_over(content_type: str | None, response: HttpResponse) -> str | None:
    """Return what a response is called that is no page; None for one that may be a page."""
    media_type = (content_type or "").partition(";")[0].partition(",")[0].strip().lower()
    kind = _kind(media_type)
    if kind is None:
        return None
    head = _decoded_head(response)
    if media_type in UNSPECIFIC_TYPES:
        return None if head is None or not _CONTROLS.search(head) else "binary file"
    is_page = head is not None and _MARKUP.match(head.replace(b"\0", b"")) is not None
    if media_type in XML_TYPES:
        return None if head is None or is_page else kind
    return None if is_page else kind


def _decoded_head(response: HttpResponse) -> bytes | None:
    """Return the first bytes of a response, without its encodings; None if these cannot be undone."""
    stated = StatedEncodings.of(
        content_encoding=response.headers.get("content-encoding"),
        transfer_encoding=response.headers.get("transfer-encoding"),
    )
    try:
        body = undo_encodings(response.body[:ENCODED_BYTES], stated, MAX_DECODED_BYTES)
    except RejectedError:
        return None
    return None if body.remaining else body.content[:HEAD_BYTES]


def _kind(media_type: str) -> str | None:
    """Return what a response with this media type is called; None if it may be a page."""
    if media_type in PAGE_TYPES or not _TYPE.fullmatch(media_type):
        return None
    named = next((kind for beginning, kind in KINDS.items() if media_type.startswith(beginning)), None)
    if named is not None:
        return named
    if media_type.endswith("+json"):
        return "JSON document"
    if media_type.endswith("+xml") or media_type in XML_TYPES:
        return "XML document"
    return f"{media_type[:MAX_KIND_CHARACTERS]} response" if media_type.startswith(OTHER_TYPES) else None
