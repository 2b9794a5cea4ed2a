"""The URLs and the host of the page of a record, if the record has them: raw pages may have any form."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson

from wiredesk.runtime.records import Record
from wiredesk_schemas.headers import SUBJECT, Headers, url_header

MAX_PARSED = 1 << 20
"""Largest value, in bytes, that is parsed to look for a URL."""


def page_urls(record: Record) -> Iterator[str]:
    """Return the URLs of a record's page: that of its headers, and then, if more are asked for, those of its value."""
    return _urls_of(record.value, record.headers)


def urls_of(key: bytes | None, value: bytes | None, headers: Headers) -> Iterator[str]:
    """Return the URLs that a raw page may be known by: those of headers, value and envelope, and its key."""
    yield from _urls_of(value, headers)
    if key:
        yield key.decode("utf-8", "replace")


def _urls_of(value: bytes | None, headers: Headers) -> Iterator[str]:
    if subject := url_header(headers, SUBJECT):
        yield subject
    if value is None or len(value) > MAX_PARSED:
        return
    try:
        event: Any = orjson.loads(value)
    except orjson.JSONDecodeError:
        return
    if not isinstance(event, dict):
        return
    yield from urls_in(event)
    if isinstance(event.get("data"), dict):  # a CloudEvent in structured mode
        yield from urls_in(event["data"])
        if isinstance(event.get("subject"), str):
            yield event["subject"]


def page_url(record: Record) -> str:
    """Return the URL of a record's page, from its headers, or else from its value or key; empty if none has one."""
    return next(page_urls(record), "")


def urls_in(event: dict[str, Any]) -> tuple[str, ...]:
    """Return the URLs of an event's page: the canonical URL, then the URL that the publisher wrote."""
    values = (event.get("canonical_url"), event.get("url"))
    return tuple(url for url in values if isinstance(url, str) and url)


def host_of(record: Record) -> str:
    """Return the host of a record's page in lower case; empty if it is not known."""
    return _host(page_url(record))


def is_on_host(url: str, host: str) -> bool:
    """Whether a URL is on a host, or on a subdomain of it."""
    own, wanted = _host(url), host.lower().strip(".")
    return own == wanted or own.endswith(f".{wanted}")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
