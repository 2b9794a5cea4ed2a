"""A record as a JSON object: key and headers as text if they are text, the value parsed if it is JSON."""

import base64
import contextlib
from typing import Any

import orjson

from wiredesk.runtime.records import Record

MAX_NESTING = 200
"""A JSON value with at most this number of brackets cannot be nested too deeply; others are checked."""


def record_as_object(record: Record) -> dict[str, Any]:
    """Return a record as a JSON object; if headers have the same name, it has the last one."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key),
        "timestamp": record.timestamp,
        "headers": {name: _text(value) for name, value in record.headers},
        "value": _value(record.value),
    }


def event_of(record: Record) -> dict[str, Any]:
    """Return the event in the value of a record; empty if it is not a JSON object."""
    event: Any = None
    with contextlib.suppress(orjson.JSONDecodeError):
        event = orjson.loads(record.value or b"null")
    return event if isinstance(event, dict) else {}


def _value(value: bytes | None) -> Any:
    if value is not None and value.count(b"[") + value.count(b"{") > MAX_NESTING and _is_too_deep(value):
        return _text(value)
    try:
        return orjson.loads(value or b"null")
    except orjson.JSONDecodeError:
        return _text(value)


def _is_too_deep(value: bytes) -> bool:
    """Whether JSON is nested too deeply for the library to write it."""
    with contextlib.suppress(orjson.JSONDecodeError):
        try:
            orjson.dumps({"value": orjson.loads(value)})
        except orjson.JSONEncodeError:
            return True
    return False


def _text(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}
