"""The fields of a raw page, each to the form of the contract.

`url`, the bodies and `http_status` decide what a page is: where one of them is not clear, the event is refused. Without
the others there is still a page: where one of them is not clear, it counts as absent.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import decode_url
from wiredesk_schemas.raw_page_reading.bodies import BODY, BODY_BASE64, read_bodies
from wiredesk_schemas.raw_page_reading.mending import Mending, refused, shown
from wiredesk_schemas.raw_page_reading.repeated_names import RepeatedNames, all_items
from wiredesk_schemas.raw_page_reading.responses import read_headers, read_status, stated_status
from wiredesk_schemas.raw_page_reading.times import read_time
from wiredesk_schemas.raw_page_reading.typed_values import without_type
from wiredesk_schemas.raw_page_reading.whole_responses import without_head
from wiredesk_schemas.storable_text import REPLACEMENT, is_well_formed, storable, with_joined_pairs

MAX_SOURCE_CHARACTERS = 500
"""Characters of the name of a publication that are kept."""

MAX_LANGUAGE_CHARACTERS = 35
"""Longest language tag that software must take (RFC 5646, section 4.4.1)."""

MAX_RIGHTS_DEPTH = 16
"""Depth of objects and lists in what a publisher states. Ingest reads three levels of it."""

MAX_NAMES = 200
"""Fields of an event that are searched for other spellings of a name."""

_TEXTS = ("content_type", "charset", "source", "language")
"""Optional fields of text."""

_NAMES = ("url", BODY, BODY_BASE64, *_TEXTS, "fetched_at", "http_status", "http_headers", "is_truncated", "rights")

_SPELLINGS = {name.replace("_", ""): name for name in _NAMES} | {
    "statuscode": "http_status",
    "httpstatuscode": "http_status",
    "responseheaders": "http_headers",
    "httpresponseheaders": "http_headers",
    "headers": "http_headers",
    "rawheaders": "http_headers",
}
"""Names without what separates their words, and those of HTTP clients that can mean nothing else."""

_DECIDING = frozenset({"url", BODY, BODY_BASE64, "http_status", "data", "data_base64", "subject"})
"""Names that must not be given twice with different values: they decide what the page is."""

_JOINED = frozenset({"http_headers", "rights"})
"""Names of which all values count."""

_SEPARATOR = re.compile(r"[_\- :\ufeff]")
"""What separates the words of a name, and what stands before it: the colon of Ruby's symbols, and the byte order mark
of a table whose first column it names."""

_ESCAPED_SCHEME = re.compile(r"https?%3a(?:%2f){2}", re.IGNORECASE)
_STATUS = re.compile(r"[1-5]\d\d(?: [A-Z][A-Za-z ]{0,40})?")
"""A status of HTTP, perhaps with its reason."""

_OBJECTS = frozenset({"http_headers", "rights"})
"""Fields that are objects with names of their own."""

_INVISIBLE = "\ufeff\u200b\u200e\u2060"
"""Characters that lists of URLs and clipboards leave at the ends: marks of byte order and direction, empty spaces."""

_QUOTES = (("<", ">"), ("b'", "'"), ('"', '"'), ("'", "'"))
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
_EXPECTED_URL = "an absolute http or https URL"
_EXPECTED_TIME = "a time of RFC 3339, such as 2026-03-14T08:00:00Z"


def read_fields(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the fields of a raw page in the form of the contract, and all other fields as they are.

    Raises:
        InvalidEventError: the URL, the body or the status cannot be read.
    """
    named = named_fields(fields, mending)
    read = {**named, "url": read_url(named, mending), **_optional_texts(named, mending)}
    read["fetched_at"] = _time(named.get("fetched_at"), mending)
    if named.get("http_status") is not None:
        read["http_status"] = read_status(named["http_status"], mending)
    if named.get("http_headers") is not None:
        read["http_headers"] = read_headers(named["http_headers"], mending)
    read["is_truncated"] = _flag(named.get("is_truncated"), mending)
    read["rights"] = _rights(named.get("rights"), mending)
    bodies = read_bodies(named, mending)
    stated_by_body = bodies.pop("content_type", None)
    return without_head({**read, **bodies, "content_type": read["content_type"] or stated_by_body}, mending)


def given_once(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the fields of an object each of which is given once.

    Raises:
        InvalidEventError: one of those that decide what the page is has several values.
    """
    if not isinstance(fields, RepeatedNames):
        return fields
    single = dict(fields)
    for name in fields.repeated():
        values = [value for value in fields.values_of(name) if value is not None]
        others = [value for value in values if not _are_same(value, values[0])]
        if (name in _DECIDING or meant_field(name) in _DECIDING) and others:
            raise InvalidEventError(f"{name}: given twice, with different values")
        if others and name in _JOINED:
            single[name] = values
            mending.event(f"{name} was given twice: all values count")
        elif values:
            single[name] = values[-1]
            what = "the last value counts" if others else "with the same value"
            mending.event(f"{shown(name)} was given twice, {what}")
    return single


def read_url(fields: dict[str, Any], mending: Mending) -> str:
    """Return the URL of a page, without what is around it.

    Raises:
        InvalidEventError: there is none, or a part of a character was lost, so that it may be that of another page.
    """
    value = fields.get("url")
    if value is None:
        names = ", ".join(map(shown, list(fields)[:10])) or "nothing"
        raise InvalidEventError(f"url: expected {_EXPECTED_URL}, got nothing; the event has {names}")
    if not isinstance(value, str) or not value.strip():
        raise refused("url", value, _EXPECTED_URL)
    text = unwrapped_url(value)
    # What is not clear is not quoted: there may be a password in it.
    if not is_well_formed(text):
        raise InvalidEventError(f"url: expected {_EXPECTED_URL}, got half of a surrogate pair in it")
    if mending.has_stray_bytes and REPLACEMENT in text:
        raise InvalidEventError(
            f"url: expected {_EXPECTED_URL}, got bytes in it that are not UTF-8: percent-encode them"
        )
    if text != value:
        mending.field(
            "url", "percent-encoded as a whole, or with spaces, brackets, quotation marks or the like around it"
        )
    return text


def unwrapped_url(value: str) -> str:
    """Return a URL without spaces, quotation marks or angle brackets around it, and not percent-encoded as a whole."""
    text = with_joined_pairs(value).strip().strip(_INVISIBLE).strip()
    for opening, closing in _QUOTES:
        if text.startswith(opening) and text.endswith(closing) and len(text) > 2:  # noqa: PLR2004 - the marks
            text = text[len(opening) : -1].strip()
    return decode_url(unquote_to_bytes(text)) if _ESCAPED_SCHEME.match(text) else text


def named_fields(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return fields under the names of the contract; a field that is given under its name counts before others.

    Raises:
        InvalidEventError: a field that decides what the page is has another value under another name.
    """
    fields = _without_types(fields, mending)
    if all(name in _NAMES for name in fields):
        return fields
    named = dict(fields)
    for name in list(fields)[:MAX_NAMES]:
        meant = None if name in _NAMES else meant_field(name) or _by_value(name, fields)
        if meant is None or fields[name] is None:
            continue
        if named.get(meant) is not None:
            if meant in _DECIDING and not mean_same(meant, named[meant], fields[name]):
                raise InvalidEventError(f"{meant}: given twice, with another value as {shown(name)}")
            mending.event(f"{shown(name)} is not read, as {meant} is given")
            continue
        named[meant] = named.pop(name)
        mending.event(f"{shown(name)} is read as {meant}")
    return named


def _without_types(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return fields without the types that serialisers write around their values."""
    objects = {
        name: value
        for name, value in fields.items()
        if isinstance(value, dict) and (meant_field(name) or name == "status")
    }
    plain = {name: without_type(value, may_have_names=meant_field(name) in _OBJECTS) for name, value in objects.items()}
    typed = {name: value for name, value in plain.items() if value is not objects[name]}
    if not typed:
        return fields
    mending.event("types around values, as Avro and other serialisers write them")
    return {**fields, **typed}


def meant_field(name: str) -> str | None:
    """Return the field that a name means in another spelling; None if it means none."""
    return _SPELLINGS.get(_SEPARATOR.sub("", name[:MAX_LANGUAGE_CHARACTERS]).lower())


def _by_value(name: str, fields: dict[str, Any]) -> str | None:
    """Return the field that a name means only with such a value: `status` may be that of anything."""
    value, plain = fields[name], name.lower()
    if plain == "header" and isinstance(value, dict | list):  # of Go's `http.Response`
        return "http_headers"
    if plain != "status" or fields.get("http_status") is not None:
        return None
    is_status = (
        isinstance(value, int | str) and not isinstance(value, bool) and _STATUS.fullmatch(str(value)) is not None
    )
    return "http_status" if is_status else None


def _are_same(one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same."""
    if isinstance(one, str) and isinstance(other, str):
        return unwrapped_url(one) == unwrapped_url(other)
    return bool(one == other) or str(one) == str(other)


def mean_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of one field mean the same: `200 OK` and 200 are one status."""
    if _are_same(one, other):
        return True
    return name == "http_status" and (status := stated_status(one)) is not None and status == stated_status(other)


def _optional_texts(fields: dict[str, Any], mending: Mending) -> dict[str, str | None]:
    return {name: _optional_text(name, fields.get(name), mending) for name in _TEXTS}


def _optional_text(name: str, value: Any, mending: Mending) -> str | None:
    if isinstance(value, list) and len(value) == 1:
        mending.field(name, "a list of one is read as its member")
        value = value[0]
    if value is None:
        return None
    if not isinstance(value, str):
        mending.ignored(name, value, "a string")
        return None
    text = value if value.isprintable() else " ".join(storable(value).split())
    text = text.strip()
    if text != value.strip():
        mending.field(name, "without control characters")
    return _bounded(name, text, mending) or None


def _bounded(name: str, text: str, mending: Mending) -> str:
    if name == "source" and len(text) > MAX_SOURCE_CHARACTERS:
        mending.field(name, f"{len(text)} characters, cut to {MAX_SOURCE_CHARACTERS}")
        return text[:MAX_SOURCE_CHARACTERS].rstrip()
    if name == "language" and len(text) > MAX_LANGUAGE_CHARACTERS:
        mending.ignored(name, text, "a tag of BCP 47, such as en-GB")
        return ""
    return text


def _flag(value: Any, mending: Mending) -> bool:
    """Return whether a page is truncated, as numbers and words say it, too."""
    if value is None or isinstance(value, bool):
        return bool(value)
    flag = _FLAGS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if flag is None:
        mending.ignored("is_truncated", value, "true or false")
        return False
    mending.field("is_truncated", f"{shown(value)} is read as {str(flag).lower()}")
    return flag


def _rights(value: Any, mending: Mending) -> Any:
    """Return what a publisher states, without what is too deep to be a statement."""
    if value is not None and not isinstance(value, str | dict | list):
        mending.ignored("rights", value, "a text, an object of statements, or a list of these")
        return None
    if not isinstance(value, str) and _is_deeper(value, MAX_RIGHTS_DEPTH):
        mending.field("rights", f"without what is more than {MAX_RIGHTS_DEPTH} levels deep")
        return _pruned(value, MAX_RIGHTS_DEPTH)
    return value


def _is_deeper(value: Any, depth: int) -> bool:
    inner = all_items(value) if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return depth < 0 or any(_is_deeper(item, depth - 1) for _, item in inner)


def _pruned(value: Any, depth: int) -> Any:
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_pruned(item, depth - 1) for item in value]
    return {name: _pruned(item, depth - 1) for name, item in value.items()}


def _time(value: Any, mending: Mending) -> datetime | None:
    if value is None:
        return None
    time, form = read_time(value)
    if time is None:
        mending.ignored("fetched_at", value, _EXPECTED_TIME)
    elif form:
        mending.field("fetched_at", f"{shown(value)}, {form}, is read as {time.isoformat()}")
    return time
