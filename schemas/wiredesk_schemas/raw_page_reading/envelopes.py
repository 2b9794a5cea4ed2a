"""CloudEvents to the fields of a raw page: structured mode, with its envelope in JSON, and binary mode, in headers."""

import base64
import re
from typing import Any
from urllib.parse import urljoin

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import (
    CONTENT_TYPE,
    HTTP_HEADERS,
    HTTP_STATUS,
    JSON,
    LANGUAGE,
    PUBLICATION,
    RIGHTS,
    SOURCE,
    STRUCTURED_JSON,
    SUBJECT,
    TIME,
    TRUNCATED,
)
from wiredesk_schemas.raw_page_reading.bodies import bytes_in_json, decoded_base64
from wiredesk_schemas.raw_page_reading.enveloped import inner_event, with_response
from wiredesk_schemas.raw_page_reading.fields import given_once, named_fields, unwrapped_url
from wiredesk_schemas.raw_page_reading.json_values import read_object
from wiredesk_schemas.raw_page_reading.mending import Mending, shown
from wiredesk_schemas.raw_page_reading.record_headers import RecordHeaders

JSON_TYPES = frozenset(
    {
        "", JSON, STRUCTURED_JSON, "text/json", "application/cloudevents-batch+json", "application/x-json",
        "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq",
    }
)  # fmt: skip
"""Content types of a record whose value is a JSON object; with any other, the value is the page itself."""

EXTENSIONS = {
    "httpstatus": "http_status",
    "publication": "source",
    "language": "language",
    "rights": "rights",
    "httpheaders": "http_headers",
    "truncated": "is_truncated",
}
"""Extension attributes of our own, with the fields that they are."""

SPEC_VERSIONS = ("1.0", "0.3", "1.0.0", "1.0.1", "1.0.2", "1")
"""Versions of CloudEvents that are read without a note, the present one first."""

FIRST_BYTES = 1000
"""Bytes of a value in which its first character is looked for."""

STATUS_DIGITS = 3
"""Digits of a status of HTTP."""

_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_FIRST_OF_JSON = frozenset({b"", b"{", b"[", b'"', b"\x1e", b"\x1f"})


def content_type_of(headers: RecordHeaders) -> str:
    """Return the content type of a record; empty if it states none."""
    return headers.text(CONTENT_TYPE) or ""


def is_json(content_type: str, value: bytes, headers: RecordHeaders) -> bool:
    """Return whether the value of a record is JSON, and not the page itself.

    Clients state JSON for every record, and crawlers the type of the page: markup is not JSON, and an object with URL
    and body, or without a subject, is not a page.
    """
    stated = media_type(content_type)
    first = value[:FIRST_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    has_subject = SUBJECT in headers
    if not stated and has_subject:
        return first in _FIRST_OF_JSON
    if _is_json_type(stated):
        return not (first == b"<" and has_subject)
    return first == b"{" and (not has_subject or _has_page(value))


def _has_page(value: bytes) -> bool:
    """Return whether an object has the fields of a page, or the envelope of one."""
    return b'"specversion"' in value or (b'"url"' in value and b'"body' in value)


def media_type(content_type: str) -> str:
    """Return the media type of a content type, in lower case and without parameters."""
    return content_type.partition(";")[0].strip().lower()


def _is_json_type(stated: str) -> bool:
    return stated in JSON_TYPES or stated.endswith("+json")


def binary_fields(value: bytes, headers: RecordHeaders, content_type: str, mending: Mending) -> dict[str, Any]:
    """Return the fields of a page whose record is in binary mode.

    Raises:
        InvalidEventError: it has no URL, or no value.
    """
    if not value:
        raise InvalidEventError("the value is empty")
    subject, source = map(headers.text, (SUBJECT, SOURCE))
    url = _url(subject, source, mending)
    if not url:
        raise InvalidEventError(f"a page of content type {shown(content_type)} needs its URL in header {SUBJECT}")
    if media_type(content_type) in JSON_TYPES:
        mending.event(f"a page itself, with content type {shown(content_type)}")
        content_type = ""
    return {"url": url, "body_base64": value, "content_type": content_type or None, **_of_headers(headers)}


def _of_headers(headers: RecordHeaders) -> dict[str, Any]:
    return {
        "fetched_at": headers.text(TIME),
        "http_status": _number(headers.text(HTTP_STATUS)),
        "source": headers.text(PUBLICATION),
        "language": headers.text(LANGUAGE),
        "http_headers": _response_headers(headers.text(HTTP_HEADERS)),
        "is_truncated": _flag(headers.text(TRUNCATED)),
        "rights": headers.text(RIGHTS),
    }


def _flag(text: str | None) -> Any:
    """Return the text of an attribute as the truth value that it is; other texts as they are."""
    return {"true": True, "false": False}.get(text or "", text)


def _response_headers(text: str | None) -> Any:
    """Return the headers of a response from the JSON of an attribute; the text, where it is none."""
    if not text:
        return None
    try:
        return read_object(text.encode(), Mending())
    except InvalidEventError:
        return text


def structured_fields(
    event: dict[str, Any], headers: RecordHeaders, content_type: str, mending: Mending
) -> dict[str, Any]:
    """Return the fields of a page: of a plain object, or of the data of a CloudEvent.

    Attributes of the CloudEvent, in its envelope or in headers, are used for what the fields leave out.

    Raises:
        InvalidEventError: the data are neither the fields of a page nor a page.
    """
    event = given_once(_payload(event, mending), mending)
    stated = media_type(content_type)
    if event.get("specversion") is not None:
        if str(event["specversion"]) not in SPEC_VERSIONS:
            mending.event(f"specversion {shown(event['specversion'])} is read as {SPEC_VERSIONS[0]}")
        return _of_envelope(event, mending)
    if (stated == STRUCTURED_JSON or "specversion" in event) and {"data", "data_base64"} & event.keys():
        mending.event("a CloudEvent without specversion")
        return _of_envelope(event, mending)
    event = with_response(named_fields(inner_event(event, mending), mending), mending)
    attributes = {"content_type": None if _is_json_type(stated) else content_type, **_of_headers(headers)}
    subject = headers.text(SUBJECT)
    if event.get("url") is None:
        attributes["url"] = subject or None
    else:
        mending.subject = subject
    return _filled(event, attributes)


def _payload(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the event within the envelopes of Kafka Connect (`{"schema": ..., "payload": ...}`) and of Debezium.

    Raises:
        InvalidEventError: it is the deletion of a row, in the envelope of Debezium.
    """
    if event.keys() != {"schema", "payload"}:
        return _new_row(event, mending)
    payload = event["payload"]
    if isinstance(payload, str) and payload.lstrip()[:1] == "{":
        payload = read_object(payload.encode("utf-8", "surrogatepass"), mending)
    if not isinstance(payload, dict):
        return event
    mending.event("the event was the payload of an envelope of Kafka Connect")
    return _new_row(payload, mending)


def _new_row(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the row as a change of a database left it, of the envelope of Debezium; another event as it is."""
    if not event.keys() >= {"op", "after"} or "url" in event:
        return event
    if event["after"] is None:
        raise InvalidEventError(
            "the value is the deletion of a row (Debezium): it has no page; a withdrawal has no value"
        )
    row = event["after"]
    if isinstance(row, str) and row.lstrip()[:1] == "{":  # of MongoDB
        row = read_object(row.encode("utf-8", "surrogatepass"), mending)
    if not isinstance(row, dict):
        return event
    mending.event("the event was the new row in an envelope of Debezium")
    return row


def _filled(fields: dict[str, Any], attributes: dict[str, Any]) -> dict[str, Any]:
    """Return fields, and attributes where they have no value."""
    return {**fields, **{name: v for name, v in attributes.items() if v is not None and fields.get(name) is None}}


def _of_envelope(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    fields = named_fields(given_once(_data(event, mending), mending), mending)
    attributes: dict[str, Any] = {field: event.get(name) for name, field in EXTENSIONS.items()}
    attributes["http_status"] = _number(attributes["http_status"])
    attributes["fetched_at"] = event.get("time")
    if isinstance(headers := attributes["http_headers"], str):
        attributes["http_headers"] = _response_headers(headers)
    if fields.get("url") is None:
        attributes["url"] = _url(event.get("subject"), event.get("source"), mending)
        if attributes["url"] is None:
            raise InvalidEventError("data: they have no url, and the event has none as its subject")
    elif isinstance(subject := event.get("subject"), str):
        mending.subject = subject
    return _filled(fields, attributes)


def _data(event: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the fields in the data of a CloudEvent: the data are an object, or the page itself."""
    data, encoded = event.get("data"), event.get("data_base64")
    stated = event.get("datacontenttype") or event.get("contenttype")
    if isinstance(data, str) and str(event.get("datacontentencoding", "")).lower() == "base64":
        mending.event("a CloudEvent of version 0.3, with data in base64")
        data, encoded = None, data
    if stated is not None and not isinstance(stated, str):
        mending.ignored("datacontenttype", stated, "a media type")
        stated = None
    data_type = media_type(stated or "")
    if data is not None and encoded is not None:
        raise InvalidEventError("data: expected one of data and data_base64, got both")
    if isinstance(data, dict) and (plain := bytes_in_json(data)) is not None:
        mending.event("the data of the CloudEvent were bytes as numbers, or as base64 in an object")
        data, encoded = None, base64.b64encode(plain).decode("ascii")
    if isinstance(data, dict):
        return _filled(given_once(data, mending), {"content_type": None if _is_json_type(data_type) else stated})
    if isinstance(encoded, str):
        return _of_bytes(encoded, data_type, stated, mending)
    if isinstance(data, str) and data_type in ("", JSON) and data.lstrip()[:1] == "{":
        mending.event("the data of the CloudEvent were JSON in a string")
        return read_object(data.encode("utf-8", "surrogatepass"), mending)
    if isinstance(data, str) and data.strip():
        return {"body": data, "content_type": None if data_type in JSON_TYPES else stated}
    raise InvalidEventError(
        "data: a structured CloudEvent holds the page's fields here, as an object, or the page, as a string; or one of "
        "them as bytes, in data_base64"
    )


def _of_bytes(encoded: str, data_type: str, stated: Any, mending: Mending) -> dict[str, Any]:
    if not _is_json_type(data_type):
        return {"body_base64": encoded, "content_type": stated}
    content = decoded_base64(encoded, "data_base64", mending)
    if not data_type and content.lstrip()[:1] != b"{":
        return {"body_base64": content}
    return read_object(content, mending)


def _url(subject: Any, source: Any, mending: Mending) -> Any:
    """Return the URL of a page from the subject of its event; from the source, where the subject is none."""
    texts = [unwrapped_url(value) if isinstance(value, str) else "" for value in (subject, source)]
    if _WEB.match(texts[0]) or not _WEB.match(texts[1]):
        return subject
    if texts[0].startswith("/"):
        try:
            url = urljoin(texts[1], texts[0])
        except ValueError:
            return subject
        mending.event("the URL is the subject of the event, within its source")
        return url
    if texts[0]:
        return subject
    mending.event("the URL is the source of the event, which has no subject")
    return texts[1]


def _number(value: Any) -> Any:
    """Return the text of an attribute as the number that it is: in an attribute, a number is always a text."""
    if not isinstance(value, str):
        return value
    return int(value) if len(value) <= STATUS_DIGITS and value.isascii() and value.isdecimal() else value or None
