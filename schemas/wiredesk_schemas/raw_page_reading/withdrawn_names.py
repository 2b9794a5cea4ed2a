"""Which page a record without value withdraws: by its subject, or by its key, in the forms that serializers write.

A withdrawal that is not understood withdraws nothing, and nobody notices. So a URL is found in the JSON of a string or
an object, after the number of a schema, and within the envelope of Kafka Connect. One that withdraws another page is
worse: where it is not clear which URL is the page's, the key stays as it is, as any other key does.
"""

import json
import re
from typing import Any

import orjson

from wiredesk_schemas.headers import SUBJECT, Headers, last_value
from wiredesk_schemas.raw_page_reading.fields import unwrapped_url
from wiredesk_schemas.raw_page_reading.repeated_names import RepeatedNames, all_items

MAX_HEADER_NAMES = 500
"""Headers of a record that are searched for other spellings of the subject's name."""

FRAME_BYTES = (0, 5, 9)
"""Bytes that a client of a schema registry writes before a key of JSON, if it writes any."""

URL_NAMES = frozenset({"url", "uri", "page", "pageurl", "link", "subject"})
"""Names that the URL of a page has in the objects of publishers, in plain spelling. Another URL is that of a site or an
image."""

_WEB = re.compile(r"\s*https?:", re.IGNORECASE)
_NAME_SEPARATORS = str.maketrans("", "", "-_ ")


def withdrawn_name(key: bytes | None, headers: Headers) -> bytes:
    """Return the name of the page that is withdrawn: its URL, if there is one; empty, if nothing names it."""
    stated = {**dict(headers[:MAX_HEADER_NAMES]), SUBJECT: last_value(headers, SUBJECT)}
    subjects = {_with_plain_url(value) for name, value in stated.items() if value and _plain(name) == _plain(SUBJECT)}
    return subjects.pop() if len(subjects) == 1 else _with_plain_url(key or b"")


def _with_plain_url(name: bytes) -> bytes:
    """Return the URL in a name; the name as it is, if there is none, or several."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = ""  # bytes of a URL are read later
    if _WEB.match(text):
        return name
    url = _url_in(name) or unwrapped_url(text)
    return url.encode("utf-8", "replace") if _WEB.match(url) else name


def _plain(name: str) -> str:
    return name.translate(_NAME_SEPARATORS).lower()


def _url_in(name: bytes) -> str:
    """Return the URL in the JSON of a name; empty if it is not clear which one is the page's."""
    for size in FRAME_BYTES:
        if name[size : size + 1] in (b'"', b"{", b"[") and (size == 0 or name[:1] == b"\0"):
            try:
                orjson.loads(name[size:])  # refuses what is nested too deeply for the other library
                return _url_of(json.loads(name[size:], object_pairs_hook=RepeatedNames, parse_int=float))
            except (ValueError, RecursionError):
                continue
    return ""


def _url_of(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"schema", "payload"}:
        value = value["payload"]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _web_url(_page_of(value) if isinstance(value, dict) else value)


def _page_of(fields: dict[str, Any]) -> Any:
    """Return what an object has under a name of the URL of a page, or as its only member; None, if it is not clear."""
    items = [(_plain(name), value) for name, value in all_items(fields) if value is not None]
    if len(items) == 1:
        return items[0][1]
    stated = {name: value for name, value in items if name in URL_NAMES}
    is_repeated = any(name in stated and value != stated[name] for name, value in items)
    urls = set(filter(None, map(_web_url, stated.values())))
    return urls.pop() if len(urls) == 1 and not is_repeated else None


def _web_url(value: Any) -> str:
    """Return a text that is a URL of the web, without what is around it; empty for others."""
    url = unwrapped_url(value) if isinstance(value, str) else ""
    return url if _WEB.match(url) else ""
