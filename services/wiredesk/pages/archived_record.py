"""A record of a web archive, and the page in it."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from wiredesk.pages.media_types import kind_passed_over
from wiredesk.pages.record import FetchedPage
from wiredesk_schemas.headers import CONTENT_TYPE
from wiredesk_schemas.http_response import HttpResponse, parse_response

PAGE_RECORDS = ("response", "resource", "conversion")
"""Kinds of records that may hold a page."""

REDIRECTS = (301, 302, 303, 307, 308)
"""Statuses of redirects: the page is that of another record."""

NOT_MODIFIED = 304
"""The status of a response without a body: the page is that of an older record."""

SUCCESSES = range(200, 300)
"""Statuses of responses with a page. One with another status says something without a body: that a page is gone."""

DIGESTS = frozenset({"md5", "sha1", "sha256", "sha512"})
"""Algorithms of digests, in hexadecimal digits or in base32."""

HTTP_TYPE = "application/http"
"""Media type of a block that is a HTTP response."""

_SCHEME = re.compile(r"([a-z][a-z0-9+-]{1,30}):", re.IGNORECASE)
_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What an archive says of a record.

    Attributes:
        kind: of the record, in lower case: `response`, `metadata`.
        url: the target URI, without angle brackets; empty if there is none.
        content_type: media type of the block.
        length: of the block in bytes; None if it is missing or no number.
        payload_type: media type that the crawler identified.
        is_truncated: the crawler cut the block, or this is one segment of it.
        digest: of the block, with its algorithm: `sha1:` and 32 characters.
    """

    kind: str
    url: str
    content_type: str
    length: int | None
    fetched_at: datetime | None = None
    payload_type: str | None = None
    is_truncated: bool = False
    digest: str | None = None


def page_of(header: RecordHeader, block: bytes, *, is_truncated: bool = False) -> FetchedPage | str:
    """Return the page of a record, or what the record is called that holds none.

    Args:
        is_truncated: bytes of the block are missing.
    """
    if header.kind not in PAGE_RECORDS:
        return f"{header.kind} record"
    scheme = _SCHEME.match(header.url)
    if scheme is not None and scheme[1].lower() not in _WEB:
        return f"{scheme[1].lower()}: record"
    response = _response(header, block)
    content_type = response.headers.get(CONTENT_TYPE) or header.payload_type or _block_type(header)
    return _kind(header, response, content_type) or FetchedPage(
        header.url,
        response.body,
        content_type,
        fetched_at=header.fetched_at,
        status=response.status,
        headers=response.headers or None,
        is_truncated=header.is_truncated or (is_truncated and not _has_announced_size(response)),
    )


def is_whole(header: RecordHeader, block: bytes) -> bool:
    """Whether a block is a response with as many bytes as its server announced."""
    return header.kind in PAGE_RECORDS and _has_announced_size(_response(header, block))


def has_digest(header: RecordHeader, block: bytes) -> bool:
    """Whether a block is proven to be whole, by the digest that its header states."""
    algorithm, _, stated = (header.digest or "").partition(":")
    name = algorithm.strip().lower().replace("-", "")
    if name not in DIGESTS:
        return False
    digest = hashlib.new(name, block, usedforsecurity=False).digest()
    return stated.strip().lower() in (digest.hex(), base64.b32encode(digest).decode().lower())


def _response(header: RecordHeader, block: bytes) -> HttpResponse:
    if header.kind == "response" or header.content_type.lower().startswith(HTTP_TYPE):
        return parse_response(block)
    return HttpResponse(None, {}, block)


def _block_type(header: RecordHeader) -> str | None:
    if header.content_type.lower().startswith(HTTP_TYPE):
        return None  # of the block, and not of what is in it
    if header.kind == "conversion" and header.content_type.lower() in ("", "text/plain"):
        return "text/plain; charset=utf-8"  # the text of WET is always in UTF-8, and does not say so
    return header.content_type or None


def _kind(header: RecordHeader, response: HttpResponse, content_type: str | None) -> str | None:
    """Return what a record is called that may hold a page by its kind, and holds none; None for a page."""
    if response.status in REDIRECTS and "location" in response.headers:
        return "redirect"
    if response.status == NOT_MODIFIED:
        return "not-modified response"
    if _path(header.url) == "/robots.txt":
        return "robots.txt"
    if not response.body and (response.status is None or response.status in SUCCESSES):
        return "empty response"
    return kind_passed_over(content_type, response)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _has_announced_size(response: HttpResponse) -> bool:
    return response.headers.get("content-length") == str(len(response.body))
