"""Which page a record without value withdraws: by its subject, or by its key, in the forms that serializers write.

A withdrawal that is not understood withdraws nothing, and nobody notices. So a URL is found in the JSON of a string or
an object, after the number of a schema, and within the envelope of Kafka Connect; any other key stays as it is.
"""

import re
from typing import Any

import orjson

from wiredesk_schemas.headers import SUBJECT, Headers, last_value
from wiredesk_schemas.raw_page_reading.fields import unwrapped_url

MAX_HEADER_NAMES = 500
"""Headers of a record that are searched for other spellings of the subject's name."""

FRAME_BYTES = (0, 5, 9)
"""Bytes that a client of a schema registry writes before a key of JSON, if it writes any."""

_WEB = re.compile(r"\s*https?:", re.IGNORECASE)
_NAME_SEPARATORS = str.maketrans("", "", "-_ ")


def withdrawn_name(key: bytes | None, headers: Headers) -> bytes:
    """Return the name of the page that is withdrawn: its URL, if there is one; empty, if nothing names it."""
    subject = last_value(headers, SUBJECT) or next(
        (value for name, value in reversed(headers[:MAX_HEADER_NAMES]) if value and _is_subject(name)), None
    )
    name = subject or key or b""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = ""  # bytes of a URL are read later
    if _WEB.match(text):
        return name
    url = _url_in(name) or unwrapped_url(text)
    return url.encode("utf-8", "replace") if _WEB.match(url) else name


def _is_subject(name: str) -> bool:
    return name.translate(_NAME_SEPARATORS).lower() == SUBJECT.replace("_", "")


def _url_in(name: bytes) -> str:
    """Return the only URL in the JSON of a name; empty if there is none, or several."""
    for size in FRAME_BYTES:
        if name[size : size + 1] in (b'"', b"{", b"[") and (size == 0 or name[:1] == b"\0"):
            try:
                return _only_url(orjson.loads(name[size:]))
            except orjson.JSONDecodeError:
                continue
    return ""


def _only_url(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"schema", "payload"}:
        value = value["payload"]
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    urls = {item for item in items if isinstance(item, str) and _WEB.match(item)}
    return urls.pop() if len(urls) == 1 else ""
