"""Kafka headers: their names, their encoding, and the bounds within which they are read. Only this module has them.

On the wire, headers are a list of pairs in which a name may occur more than once; the last value wins. Values are UTF-8
text or null. Every function accepts any bytes.

Events are CloudEvents 1.0 in the binary mode of the Kafka protocol binding: an attribute is a header named `ce_` plus
the attribute's name, and its value is the attribute's text in UTF-8, without percent-encoding.

Anyone may write to the input topic of the first stage, also under the names of wiredesk, so nothing there is trusted.
In a dead letter, each received header whose name begins with `wiredesk_` is renamed to `received_wiredesk_...`:
whatever begins with `wiredesk_` in a dead letter was written by the runtime.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

type Header = tuple[str, bytes | None]
"""Name and value of a header."""

type Headers = Sequence[Header]
"""The headers of a record, in their order on the wire."""

CONTENT_TYPE = "content-type"
"""The media type of the value. An event has `application/json`; of a raw page in binary mode, it is the page's own."""

JSON = "application/json"
"""The content type of every event."""

STRUCTURED_JSON = "application/cloudevents+json"
"""The content type of a CloudEvent in structured mode: an envelope around the event's fields."""

SPEC_VERSION = "ce_specversion"
"""The version of the CloudEvents specification."""

EVENT_ID = "ce_id"
"""The id of the event. A replay by the same versions gives the same id."""

EVENT_TYPE = "ce_type"
"""The type of the event, with the major version of its schema."""

SOURCE = "ce_source"
"""What published the event: `/wiredesk/<stage>`."""

SUBJECT = "ce_subject"
"""The URL of the page. An event has the canonical one."""

TIME = "ce_time"
"""When the page was fetched, as an RFC 3339 timestamp."""

HTTP_STATUS = "ce_httpstatus"
"""The HTTP status of a raw page's response (an extension attribute)."""

HTTP_HEADERS = "ce_httpheaders"
"""The headers of a raw page's response, as a JSON object of strings in ASCII (an extension attribute)."""

TRUNCATED = "ce_truncated"
"""`true`: the crawler lacks the end of a raw page's body (an extension attribute)."""

PUBLICATION = "ce_publication"
"""The publication of a raw page, where the crawler knows it (an extension attribute)."""

LANGUAGE = "ce_language"
"""The language of a raw page as a BCP 47 tag, where the crawler knows it (an extension attribute)."""

RIGHTS = "ce_rights"
"""What the publisher of a raw page states about its rights: JSON, or a text (an extension attribute)."""

SYNTHETIC = "ce_wiredesksynthetic"
"""`true`: a probe of `wiredesk canary`, and no page of a publisher (an extension attribute, on every event that is made
from it). Readers leave it out."""

OWN_PREFIX = "wiredesk_"
"""The prefix of every header that the runtime writes."""

RECEIVED_PREFIX = "received_"
"""The prefix that a dead letter adds to the name of a received header that begins with `wiredesk_`."""

DEAD_LETTER_PREFIX = "wiredesk_dlq_"
"""The prefix of the headers that say why a record was dead-lettered; see `DeadLetterHeaders`."""

DEAD_LETTER_REASON = "wiredesk_dlq_reason"
"""The first of these headers. The runtime's own headers of a dead letter begin with it."""

DEAD_LETTER_RAW = "wiredesk_dlq_raw"
"""`value`: the dead letter's value is the bytes of a record or batch that could not be read."""

DEAD_LETTER_RAW_HEADERS = "wiredesk_dlq_raw_headers"
"""The bytes of the record's headers as received, where a header name is not valid UTF-8; the dead letter has that name
with escapes."""

ORIGIN = "wiredesk_origin"
"""`<topic>/<partition>/<offset>` of the raw page: joins every record downstream to the page that it was made from."""

ORIGIN_TOPIC_ID = "wiredesk_origin_topic_id"
"""The id of the raw page's topic, as Kafka's tools write it: a topic that was deleted and recreated has another id,
while its offsets start at 0 again."""

ORIGIN_TIME = "wiredesk_origin_time"
"""When the broker received the raw page, in milliseconds since 1970: the start of every latency."""

REPLAY = "wiredesk_replay"
"""The id of the replay run that read a record, or the record that it was made from; absent in the live stream."""

REPLAYED = "wiredesk_replayed"
"""`<topic>/<partition>/<offset>` of the record that the replay run read: distinguishes records of one origin."""

REDRIVE_COUNT = "wiredesk_redrives"
"""How often the record has been redriven, for readers. The limit counts by a topic that only the runtime writes."""

REDRIVEN_FOR = "wiredesk_redriven_for"
"""The stage for which a record was sent back: the topic's other stages pass over it, since they have processed it."""

EXPORTED_ID = "wiredesk_kept_as"
"""The id of a dead letter when it was exported to a file, so that it is imported once."""

TRACEPARENT = "traceparent"
"""The trace of a page, and the span that wrote the record. A stage that traces writes its own span."""

TRACE_CONTEXT = frozenset({TRACEPARENT, "tracestate"})
"""The headers of W3C Trace Context, which are passed on."""

NOT_PROPAGATED = frozenset(
    {
        SPEC_VERSION, EVENT_ID, EVENT_TYPE, SOURCE, SUBJECT, TIME, "ce_datacontenttype", "ce_dataschema", "ce_data",
        "ce_dataref", HTTP_HEADERS, TRUNCATED, RIGHTS,
    }
)  # fmt: skip
"""CloudEvents attributes that every event sets itself, and those that describe the data of another event or the bytes
of the raw page. All others are extensions of a publisher or partner, which are passed on."""

MAX_PROPAGATED = 64
"""The most headers that are passed on: a hostile page must not make every later event larger."""

MAX_PROPAGATED_BYTES = 8192
"""The most bytes of these headers, names and values together."""

MAX_NUMBER = 2**63 - 1
"""The largest number in a header: the largest offset and timestamp of Kafka's protocol."""

_EXTENSION_NAME = re.compile(r"ce_[a-z0-9]+")
"""The specification allows lower-case ASCII letters and digits in the name of an attribute."""

_HTTP_PREFIX = "ce-"
"""The prefix of the HTTP headers that carry CloudEvents attributes."""

_FORBIDDEN_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
"""Control characters and noncharacters, which the specification forbids in the value of an attribute."""

_OWN_NAME = re.compile(f"(?:{RECEIVED_PREFIX})*{OWN_PREFIX}")
"""A name of ours, received by one dead letter or by several in turn."""

_RENAMED_NAME = re.compile(f"(?:{RECEIVED_PREFIX})+{OWN_PREFIX}")
"""A name that a dead letter has changed."""

_STRAY_BYTE = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as Python's error handler `surrogateescape` writes it."""

_DIGITS = re.compile(rb"[0-9]{1,19}")
"""ASCII digits, no more than `MAX_NUMBER` has."""


def last_value(headers: Headers, name: str) -> bytes | None:
    """Return the value of a header, the last one where there are several; None where it is absent or null."""
    for key, value in reversed(headers):
        if key == name:
            return value
    return None


def header(headers: Headers, name: str) -> str | None:
    """Return the text of a header, of the last one where there are several; None where it is absent or null.

    Bytes that are not UTF-8 are replaced by U+FFFD.
    """
    value = last_value(headers, name)
    return None if value is None else value.decode("utf-8", "replace")


def is_synthetic(headers: Headers) -> bool:
    """Return whether a record was made from a probe, which readers leave out."""
    return last_value(headers, SYNTHETIC) == b"true"


def decode_url(value: bytes) -> str:
    """Return a header's value that is a URL as text.

    Bytes that are not UTF-8 are percent-encoded, as browsers send them: were they replaced, two pages would have one
    URL.
    """
    return _STRAY_BYTE.sub(lambda stray: f"%{ord(stray[0]) - 0xDC00:02X}", value.decode("utf-8", "surrogateescape"))


def url_header(headers: Headers, name: str) -> str | None:
    """Return the URL in a header, of the last one where there are several; None where it is absent or null."""
    value = last_value(headers, name)
    return None if value is None else decode_url(value)


def decode_text(value: bytes | None) -> str:
    """Return a header's value as text, empty for null; bytes that are not UTF-8 are replaced by U+FFFD."""
    return (value or b"").decode("utf-8", "replace")


def decode_number(value: bytes | None) -> int | None:
    """Return a header's value as an integer from 0 to 2^63 - 1; None where it is not ASCII digits of such a number."""
    if value is None or _DIGITS.fullmatch(value) is None:
        return None
    number = int(value)
    return number if number <= MAX_NUMBER else None


def encode(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, bytes]]:
    """Return names and texts as headers. What is not valid Unicode (an unpaired surrogate) is replaced by `?`."""
    return [(name, value.encode("utf-8", "replace")) for name, value in pairs]


def event_headers(*, id: str, type: str, source: str, subject: str, time: str) -> list[tuple[str, bytes]]:  # noqa: A002 - the attributes' names in the specification
    """Return the headers of an event: its CloudEvents attributes and its content type."""
    attributes = ((SPEC_VERSION, "1.0"), (EVENT_ID, id), (EVENT_TYPE, type), (SOURCE, source), (SUBJECT, subject))
    return encode((*attributes, (TIME, time), (CONTENT_TYPE, JSON)))


def attribute_text(text: str) -> str:
    """Return a text without the characters that the specification forbids in the value of an attribute."""
    return _FORBIDDEN_CHARACTERS.sub("", text)


def from_http_header(name: str) -> str | None:
    """Return the header of an attribute that an HTTP header carries (`ce-subject`); None for other HTTP headers."""
    name = name.lower()
    attribute = "ce_" + name.removeprefix(_HTTP_PREFIX)
    return attribute if name.startswith(_HTTP_PREFIX) and _EXTENSION_NAME.fullmatch(attribute) else None


def propagated(headers: Headers) -> list[Header]:
    """Return the headers that are passed on to the next event: trace context and CloudEvents extension attributes.

    An attribute that is not valid by the specification is left out: it would make the next event invalid. So is
    everything after the first 64 headers or 8 KiB.
    """
    kept: list[Header] = []
    size = 0
    for name, value in dict(headers).items():  # the last value wins
        if name not in TRACE_CONTEXT and (name in NOT_PROPAGATED or not _is_extension(name, value)):
            continue
        size += len(name) + len(value or b"")
        if len(kept) == MAX_PROPAGATED or size > MAX_PROPAGATED_BYTES:
            break
        kept.append((name, value))
    return kept


def _is_extension(name: str, value: bytes | None) -> bool:
    """Return whether a header is a valid extension attribute of CloudEvents."""
    if value is None or len(value) > MAX_PROPAGATED_BYTES or not _EXTENSION_NAME.fullmatch(name):
        return False
    try:
        return not _FORBIDDEN_CHARACTERS.search(value.decode())
    except UnicodeDecodeError:
        return False


def own_headers(headers: Headers) -> Mapping[str, bytes | None]:
    """Return the runtime's own headers of a record that the runtime wrote; the last value of each name.

    In a dead letter they begin with its reason: dead letters of older versions have headers that a publisher wrote
    under our names before it.
    """
    own = {name: value for name, value in headers if name.startswith(OWN_PREFIX)}
    if DEAD_LETTER_REASON not in own:
        return own
    return {name: value for name, value in headers[_own_start(headers) :] if name.startswith(OWN_PREFIX)}


def received_headers(headers: Headers) -> tuple[Header, ...]:
    """Return the headers with which the record of a dead letter was received, under their original names."""
    return tuple(
        (name.removeprefix(RECEIVED_PREFIX) if _RENAMED_NAME.match(name) else name, value)
        for name, value in headers[: _own_start(headers)]
    )


def rename_received(headers: Headers) -> tuple[Header, ...]:
    """Return received headers as a dead letter has them; `received_headers` restores the names."""
    return tuple((RECEIVED_PREFIX + name if _OWN_NAME.match(name) else name, value) for name, value in headers)


def _own_start(headers: Headers) -> int:
    """Return the index of the runtime's first own header: the last reason; 0 where the record is not a dead letter."""
    return next((index for index in range(len(headers) - 1, -1, -1) if headers[index][0] == DEAD_LETTER_REASON), 0)
