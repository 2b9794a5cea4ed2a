"""Which page a record is of, as far as it says: raw pages and dead letters come in every shape."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from wiredesk.runtime.headers import last, text
from wiredesk.runtime.records import Record

MAX_PARSED = 1 << 20
"""Bytes of a value in which an address is looked for."""


def address_of(record: Record) -> str:
    """Return the address of the page in a record, as told by its headers or its value; empty where neither does."""
    if subject := text(last(record.headers, "ce_subject")):
        return subject
    if record.value is None or len(record.value) > MAX_PARSED:
        return ""
    try:
        event: Any = orjson.loads(record.value)
    except orjson.JSONDecodeError:
        return ""
    return next(iter(told_by(event)), "") if isinstance(event, dict) else ""


def told_by(event: dict[str, Any]) -> tuple[str, ...]:
    """Return the addresses that an event tells: the canonical one, and the one that its publisher wrote."""
    told = (event.get("canonical_url"), event.get("url"))
    return tuple(address for address in told if isinstance(address, str) and address)


def host_of(record: Record) -> str:
    """Return the host of the page in a record; empty where it is not known."""
    return _host(address_of(record))


def is_host(address: str, wanted: str) -> bool:
    """Whether an address is of a host, or of one below it."""
    own, asked = _host(address), wanted.lower().strip(".")
    return own == asked or own.endswith(f".{asked}")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
