"""Which page a record is of, as far as it says: raw pages and dead letters come in every shape."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from services.runtime.records import Record

MAX_PARSED = 1 << 20
"""Bytes of a value in which an address is looked for."""


def address_of(record: Record) -> str:
    """Return the address of the page in a record, as told by its headers or its value; empty where neither does."""
    subject = next((value for name, value in reversed(record.headers) if name == "ce_subject"), None)
    if subject:
        return subject.decode("utf-8", "replace")
    if record.value is None or len(record.value) > MAX_PARSED:
        return ""
    try:
        event: Any = orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return ""
    found = event.get("canonical_url") or event.get("url") if isinstance(event, dict) else None
    return found if isinstance(found, str) else ""


def host_of(record: Record) -> str:
    """Return the host of the page in a record; empty where it is not known."""
    try:
        return (urlsplit(address_of(record)).hostname or "").lower()
    except ValueError:
        return ""
