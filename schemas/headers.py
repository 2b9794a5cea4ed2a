"""Kafka headers: their names, and how they travel.

Names and values are as on the wire: a list of pairs in which a name may occur twice; where it does, the last one
counts. Values are UTF-8, or null.
"""

from collections.abc import Iterable, Sequence

Headers = Sequence[tuple[str, bytes | None]]

ORIGIN = "wiredesk_origin"
"""`<topic>/<partition>/<offset>` of the raw page: joins every record downstream to the page it came from."""

ORIGIN_TIME = "wiredesk_origin_time"
"""When the broker got the raw page, in milliseconds since 1970: the start of every latency."""

REPLAY = "wiredesk_replay"
"""The id of the run that replayed a page, on all that comes of it; absent from what the live stream published."""

REPLAYED = "wiredesk_replayed"
"""`<topic>/<partition>/<offset>` of the record that the run read."""

TRACE = frozenset({"traceparent", "tracestate"})
"""W3C Trace Context: handed on as it came."""

OWN_ATTRIBUTES = frozenset(
    {"ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_datacontenttype", "ce_dataschema"}
)
"""CloudEvents attributes that every event states anew. The others (`ce_time`, a partner's extensions) travel with the
page. The subject, the page's URL, is stated anew because that of a raw page may hold credentials."""

MAX_TRAVELLING = 64
"""Headers that travel with a page at most: a hostile page must not make every event after it larger."""
MAX_TRAVELLING_BYTES = 8192
"""Bytes of those headers, names and values together, at most."""


def header(headers: Headers, name: str) -> str | None:
    """Return the last value of a header, or None where it is absent. Bytes that are no UTF-8 are replaced."""
    value = next((value for key, value in reversed(headers) if key == name), None)
    return None if value is None else value.decode("utf-8", "replace")


def travelling(headers: Headers) -> list[tuple[str, bytes | None]]:
    """Return the headers that go on to the next event: trace context and CloudEvents attributes not its own."""
    kept: list[tuple[str, bytes | None]] = []
    size = 0
    for name, value in headers:
        if name not in TRACE and (not name.startswith("ce_") or name in OWN_ATTRIBUTES):
            continue
        size += len(name) + len(value or b"")
        if len(kept) == MAX_TRAVELLING or size > MAX_TRAVELLING_BYTES:
            break
        kept.append((name, value))
    return kept


def encoded(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, bytes]]:
    """Return pairs of strings as they go on the wire. What is no valid Unicode is replaced."""
    return [(name, value.encode("utf-8", "replace")) for name, value in pairs]
