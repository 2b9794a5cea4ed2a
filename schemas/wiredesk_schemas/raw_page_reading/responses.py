"""Status and headers of a response, as HTTP clients represent them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from wiredesk_schemas.headers import CONTENT_TYPE
from wiredesk_schemas.raw_page_reading.mending import Mending, refused, shown
from wiredesk_schemas.storable_text import storable

MAX_STATUS = 2**31 - 1
"""The largest number that is read as a status. What is no status of a page is not an error of the event."""

MAX_HEADERS = 500
"""Headers of a response that are read; servers send a few dozen."""

_STATUS_LINE = re.compile(
    r"(?:HTTP/\d(?:\.\d)? )?(?=-?\d{1,9}(?:\.0{1,9})?$|\d{3} )(-?\d{1,9})(?:\.0{1,9})?(?: [^\r\n]{0,200})?",
    re.IGNORECASE | re.ASCII,
)
"""`200`, `200 OK`, `HTTP/1.1 200 OK`, `200.0`."""

_HEADER_LINE = re.compile(r"(:?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):[ \t]{0,20}(.{0,8192})", re.DOTALL)
"""A header as it is on the wire."""

_LAST_COUNTS = frozenset({CONTENT_TYPE, "content-length", "location"})
"""Headers with one value: of several, the last one counts. The values of others are a list (RFC 9110, section 5.3)."""

_EXPECTED_STATUS = "a number, such as 200"
_EXPECTED_HEADERS = "an object of names and values"


def read_status(value: Any, mending: Mending) -> int | None:
    """Return a status, also one that HTTP does not have: it is not for the event to say whether there is a page.

    Raises:
        InvalidEventError: it is not a number.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_STATUS:
        return value
    if isinstance(value, str) and not value.strip():
        mending.ignored("http_status", value, _EXPECTED_STATUS)
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_STATUS:
        mending.field("http_status", f"{value} is read as {int(value)}")
        return int(value)
    match = _STATUS_LINE.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if match is None:
        raise refused("http_status", value, _EXPECTED_STATUS)
    mending.field("http_status", f"{shown(value)} is read as {int(match[1])}")
    return int(match[1])


def read_headers(value: Any, mending: Mending) -> dict[str, str] | None:
    """Return the headers of a response by name; None if they cannot be read."""
    if isinstance(value, dict) and len(value) <= MAX_HEADERS and _is_canonical(value):
        return value
    headers: dict[str, str] = {}
    names: dict[str, str] = {}
    dropped = 0
    for number, (name, content) in enumerate(_pairs(value)):
        text = _text(content)
        if not isinstance(name, str) or text is None or number >= MAX_HEADERS:
            dropped += 1
            continue
        key = names.setdefault(name.strip().lower(), name.strip())
        is_list = key in headers and key.lower() not in _LAST_COUNTS
        headers[key] = f"{headers[key]}, {text}" if is_list else text
    if not headers and value not in ({}, [], ""):
        mending.ignored("http_headers", type(value).__name__, _EXPECTED_HEADERS)  # not quoted: they may hold secrets
        return None
    left_out = f", {dropped} left out" if dropped else ""
    mending.field("http_headers", f"{_form(value)} is read as names and values{left_out}")
    return headers


def _is_canonical(headers: dict[str, Any]) -> bool:
    return all(
        isinstance(value, str) and value.isprintable() and name.isprintable() for name, value in headers.items()
    ) and len({name.lower() for name in headers}) == len(headers)


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "an object of other values than strings"
    return "a list of headers" if isinstance(value, list) else "the text of a response's head"


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield names and values of any form: an object, pairs, objects of name and value, lines."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, str):
        yield from _of_lines(value.splitlines())
    elif isinstance(value, list):
        for item in value:
            yield from _of_item(item)


def _of_item(item: Any) -> Iterator[tuple[Any, Any]]:
    match item:
        case [name, content]:
            yield name, content
        case {"name": name, "value": content, **_others} | {"key": name, "value": content, **_others}:
            yield name, content
        case dict() if len(item) == 1:
            yield from item.items()
        case str():
            yield from _of_lines([item])
        case _:
            yield None, None


def _of_lines(lines: Iterable[str]) -> Iterator[tuple[Any, Any]]:
    for line in lines:
        if (match := _HEADER_LINE.fullmatch(line.strip())) is not None:
            yield match[1], match[2]


def _text(value: Any) -> str | None:
    """Return the value of a header as text on one line; several values are joined. None if it has none."""
    if isinstance(value, list):
        texts = [text for item in value if not isinstance(item, list) and (text := _text(item)) is not None]
        return ", ".join(texts) if texts else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value) if abs(value) < 10**20 else None
    return " ".join(storable(value).split()) if isinstance(value, str) else None
