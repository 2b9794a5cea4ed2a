"""A fetched page, and how it becomes a record of `pages.raw`."""

import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from wiredesk_schemas import InvalidEventError, RawPage, raw_page_key
from wiredesk_schemas.headers import (
    CONTENT_TYPE,
    EVENT_ID,
    EVENT_TYPE,
    HTTP_HEADERS,
    HTTP_STATUS,
    JSON,
    LANGUAGE,
    PUBLICATION,
    RIGHTS,
    SOURCE,
    SPEC_VERSION,
    SUBJECT,
    TIME,
    TRUNCATED,
    Header,
    attribute_text,
    encode,
    url_header,
)
from wiredesk_schemas.rfc3339 import format_rfc3339, to_utc

type RawRecord = tuple[bytes, list[Header]]
"""Value and headers of the record of a raw page."""

MAX_PAGE_BYTES = 64 << 20
"""Maximum size of a page, as it was fetched: the highest value that `WIREDESK_MAX_PAGE_BYTES` of ingest can have."""

_URL_FIRST = re.compile(rb'\s*+\{\s*+"url"\s*+:\s*+("(?:[^"\\]|\\.){1,8192}+")')
"""The field `url` at the beginning of an event, where our own events and most of others have it."""

_WEB = re.compile(r"https?://", re.IGNORECASE)


def key_of(record: RawRecord) -> bytes | None:
    """Return the key under which a raw page is published; None if ingest would not find its URL.

    The URL is the one that ingest will read. Where that is evident, the page is not read for it.
    """
    url = _evident_url(record)
    if url is None:
        try:
            url = RawPage.from_record(*record).url
        except InvalidEventError:
            return None
    return raw_page_key(url)


def _evident_url(record: RawRecord) -> str | None:
    """Return the URL of a page in binary mode, or of a plain event that has it first; None if it is not that clear."""
    value, headers = record
    stated = dict(headers)
    if SUBJECT in stated:
        is_page = b"json" not in (stated.get(CONTENT_TYPE) or b"json").lower()
        url = url_header(headers, SUBJECT) if is_page else None
    elif (first := _URL_FIRST.match(value)) is not None:
        try:
            url = str(orjson.loads(first[1]))
        except orjson.JSONDecodeError:
            return None
    else:
        url = None
    return url if url is not None and _WEB.match(url) else None


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it was fetched. Nothing in it was checked: ingest decides about it, and dead-letters what it rejects.

    Attributes:
        content: the body of the response, still encoded as its headers say.
        content_type: the media type, as the response states it.
        headers: of the response, by name in lower case; lines about rights are separated by line feeds.
        source: the publication.
        is_truncated: the crawler or the archive lacks the end of the body.
        rights: what the publisher states about the page's rights.
    """

    url: str
    content: bytes
    content_type: str | None
    fetched_at: datetime | None = None
    status: int | None = None
    headers: dict[str, str] | None = None
    source: str | None = None
    language: str | None = None
    rights: dict[str, Any] | list[Any] | str | None = None
    is_truncated: bool = False

    def record(self, *, binary: bool) -> RawRecord:
        """Return the page as a raw-page record, in the binary or the structured content mode of CloudEvents."""
        return self._binary() if binary else self._structured()

    def _structured(self) -> RawRecord:
        page = RawPage.model_construct(
            url=self.url,
            body_base64=self.content,
            content_type=self.content_type,
            fetched_at=self.fetched_at,
            http_status=self.status,
            http_headers=self.headers,
            source=self.source,
            language=self.language,
            rights=self.rights,
            is_truncated=self.is_truncated,
        )
        return page.to_json(), [(CONTENT_TYPE, JSON.encode())]

    def _binary(self) -> RawRecord:
        fetched = to_utc(self.fetched_at)
        attributes = {
            CONTENT_TYPE: self.content_type or "application/octet-stream",
            SPEC_VERSION: "1.0",
            EVENT_ID: str(uuid.uuid4()),
            EVENT_TYPE: RawPage.TYPE,
            SOURCE: "/wiredesk/publish",
            SUBJECT: self.url,
            TIME: format_rfc3339(fetched) if fetched is not None else None,
            HTTP_STATUS: str(self.status) if self.status is not None else None,
            PUBLICATION: self.source,
            LANGUAGE: self.language,
            HTTP_HEADERS: json.dumps(self.headers, separators=(",", ":")) if self.headers else None,
            RIGHTS: _rights_text(self.rights),
            TRUNCATED: "true" if self.is_truncated else None,
        }
        stated = ((name, attribute_text(value)) for name, value in attributes.items() if value is not None)
        return self.content, [*encode(stated)]


def _rights_text(rights: dict[str, Any] | list[Any] | str | None) -> str | None:
    return rights if rights is None or isinstance(rights, str) else json.dumps(rights, separators=(",", ":"))
