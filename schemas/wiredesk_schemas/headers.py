"""Kafka headers: their names, and how they travel.

Names and values are as on the wire: a list of pairs in which a name may occur twice; where it does, the last one
counts. Values are UTF-8, or null.

Events are CloudEvents 1.0 in the binary mode of its Kafka binding: an attribute is a header whose name is `ce_` and the
attribute's, and whose value is its text in UTF-8, without percent-encoding.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

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
    {
        "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_datacontenttype",
        "ce_dataschema", "ce_data", "ce_dataref",
    }
)  # fmt: skip
"""CloudEvents attributes that every event states anew, and those that would speak of another event's data. The others,
extensions of a publisher or partner, travel with the page."""

_EXTENSION = re.compile(r"ce_[a-z0-9]+")
"""The specification allows lower-case letters and digits in the name of an attribute."""

_NOT_IN_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
"""Control characters and noncharacters, which the specification forbids in the value of an attribute."""

MAX_TRAVELLING = 64
"""Headers that travel with a page at most: a hostile page must not make every event after it larger."""
MAX_TRAVELLING_BYTES = 8192
"""Bytes of those headers, names and values together, at most."""


def header(headers: Headers, name: str) -> str | None:
    """Return the last value of a header, or None where it is absent. Bytes that are no UTF-8 are replaced."""
    value = next((value for key, value in reversed(headers) if key == name), None)
    return None if value is None else value.decode("utf-8", "replace")


def travelling(headers: Headers) -> list[tuple[str, bytes | None]]:
    """Return the headers that go on to the next event: trace context, and extension attributes of CloudEvents.

    An attribute that is not valid by the specification stays behind: it would make the next event invalid.
    """
    kept: list[tuple[str, bytes | None]] = []
    size = 0
    for name, value in dict(headers).items():  # of equal names the last counts
        if name not in TRACE and (name in OWN_ATTRIBUTES or not _is_extension(name, value)):
            continue
        size += len(name) + len(value or b"")
        if len(kept) == MAX_TRAVELLING or size > MAX_TRAVELLING_BYTES:
            break
        kept.append((name, value))
    return kept


def _is_extension(name: str, value: bytes | None) -> bool:
    """Whether a header is a valid extension attribute of CloudEvents."""
    if value is None or len(value) > MAX_TRAVELLING_BYTES or not _EXTENSION.fullmatch(name):
        return False
    try:
        return not _NOT_IN_TEXT.search(value.decode())
    except UnicodeDecodeError:
        return False


def attribute_text(text: str) -> str:
    """Return a text without the characters that the value of a CloudEvents attribute must not hold."""
    return _NOT_IN_TEXT.sub("", text)


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def read_timestamp(text: str | None) -> datetime | None:
    """Return the instant of a timestamp of RFC 3339, in UTC; None where it is none, or beyond what a datetime holds."""
    if text is None or not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return in_utc(datetime.fromisoformat(text.upper()))
    except ValueError:
        return None


def in_utc(instant: datetime | None) -> datetime | None:
    """Return an instant in UTC; None where its offset leads out of the calendar."""
    try:
        return instant.astimezone(UTC) if instant is not None else None
    except OverflowError:
        return None


def timestamp(instant: datetime) -> str:
    """Return an instant in UTC as a timestamp of RFC 3339, with milliseconds."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encoded(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, bytes]]:
    """Return pairs of strings as they go on the wire. What is no valid Unicode is replaced."""
    return [(name, value.encode("utf-8", "replace")) for name, value in pairs]
