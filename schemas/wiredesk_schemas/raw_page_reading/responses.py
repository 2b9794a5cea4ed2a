"""Status and headers of a response, as HTTP clients represent them."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import orjson

from wiredesk_schemas.header_lines import SEPARATOR, join_lines, lines_of
from wiredesk_schemas.headers import CONTENT_TYPE
from wiredesk_schemas.raw_page_reading.mending import Mending, refused, shown
from wiredesk_schemas.raw_page_reading.printed_headers import printed_headers
from wiredesk_schemas.raw_page_reading.repeated_names import RepeatedNames, all_items
from wiredesk_schemas.raw_page_reading.typed_values import without_type
from wiredesk_schemas.storable_text import storable

MAX_STATUS = 2**31 - 1
"""The largest number that is read as a status. What is no status of a page is not an error of the event."""

MAX_HEADERS = 500
"""Headers of a response that are read; servers send a few dozen."""

MAX_NAME_CHARACTERS = 200
"""Characters of the name of a header, at most. Real ones have up to 40."""

MAX_DIGITS = 10**20
"""A number of as many digits is no value of a header."""

_STATUS_LINE = re.compile(
    r"(?:HTTP/\d(?:\.\d)? )?(?=-?\d{1,9}(?:\.0{1,9})?$|\d{3} )(-?\d{1,9})(?:\.0{1,9})?(?: [^\r\n]{0,200})?",
    re.IGNORECASE | re.ASCII,
)
"""`200`, `200 OK`, `HTTP/1.1 200 OK`, `200.0`."""

_PRINTED_STATUS = re.compile(
    r"(?:<?HTTPStatus\.[A-Z_]{2,40}: ?|<Response \[?|StatusCode\(|(?:np\.|numpy\.)?u?int(?:16|32|64)\("
    r"|#<Net::HTTP\w{2,40} "
    r"|<(?=\d{3} https?://)|Status: ?|HTTP |(?=\d{3}: [A-Z]))(\d{3})(?!\d)(?:[ :)\]>][^\r\n]{0,200})?",
    re.IGNORECASE | re.ASCII,
)
"""A status as programs print it: `StatusCode(200)` of Rust, `<HTTPStatus.OK: 200>`, `<Response [200]>` and
`np.int64(200)` of Python, `<200 https://...>` of Scrapy, `#<Net::HTTPOK 200 OK>` of Ruby, `Status: 200 OK` of CGI,
`200: OK`."""

_NO_STATUS = frozenset({"", "null", "none", "undefined", "nan", "n/a"})
"""Texts that say, in programs, that there is no status."""

_NO_NAME = "null"
"""The name that Java has for the status line among the headers of a response."""

_STATUS_NAME = re.compile(r"(?:Http_?Status(?:_?Code)?\.)?([A-Z][A-Z _]{1,40})", re.IGNORECASE)
_STATUS_BY_NAME = {status.name.replace("_", "").lower(): status.value for status in HTTPStatus}
"""Statuses by their names, without what separates words: `OK`, `NOT_FOUND`, `HTTPStatus.OK` of C#, Java and Python."""

_FIELD_NAME = r":?[!#$%&'*+.^`|~0-9A-Za-z-]{1,200}"
"""The name of a header (RFC 9110, section 5.6.2), and those that HTTP/2 writes with a colon; without `_`, which stands
for `-` in the variables of servers."""

_NAME = re.compile(_FIELD_NAME)
_HEADER_LINE = re.compile(r"(:?[^\s:][^:]{0,200}?)[ \t]{0,20}:[ \t]{0,20}(.*)", re.DOTALL)
"""A header as it is on the wire."""

_FOLD = re.compile(r"(?:\r\n?|\n)[ \t]{1,200}")
"""A line end within a value, which HTTP once allowed."""

_LINE_END = re.compile(r"\r\n?|\n")
_ESCAPED_LINE_END = re.compile(rf"(?:\\r)?\\n(?={_FIELD_NAME}:|(?:\\r|\\n|\s){{0,9}}\Z)")
"""A line end that was escaped once more, before another header or at the end."""

_OF_SERVERS = re.compile(r"\AHTTP_(?=[A-Za-z])", re.IGNORECASE)
"""What CGI and WSGI write before the name of a header."""

_JOINED_WORDS = {
    name.replace("-", ""): name
    for name in (
        CONTENT_TYPE, "cache-control", "content-encoding", "content-language", "content-length", "content-location",
        "content-range", "content-signal", "content-usage", "last-modified", "tdm-policy", "tdm-reservation",
        "transfer-encoding", "x-robots-tag",
    )
}  # fmt: skip
"""Names of headers that are read, without what separates their words, as fields of objects have them: `contentType`."""

_NAME_SEPARATORS = re.compile(r"[\s_]{1,200}")

_WRAPPINGS = frozenset(
    {"entries", "header", "headers", "list", "map", "namesandvalues", "rawheaders", "response", "symbol(map)"}
)
"""Names of the only field of an object of headers, in lower case: of OkHttp, Java's `HttpHeaders`, Node's `Headers`."""

_NAME_KEYS = ("name", "key", "header", "field")
_VALUE_KEYS = ("value", "values", "val")
"""Names of what an object of one header has, as archives of requests (HAR) and HTTP clients write it."""

_BYTES = re.compile(r"b'([^']*)'|b\"([^\"]*)\"")
"""Bytes as Python prints them."""

_LAST_COUNTS = frozenset({CONTENT_TYPE, "content-length", "location"})
"""Headers with one value: of several, the last one counts. The values of others are a list (RFC 9110, section 5.3)."""

_EXPECTED_STATUS = "a number, such as 200"
_EXPECTED_HEADERS = "an object of names and values"


def read_status(value: Any, mending: Mending) -> int | None:
    """Return a status, also one that HTTP does not have: it is not for the event to say whether there is a page.

    Raises:
        InvalidEventError: it is not a number.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_STATUS:
        return value
    if isinstance(value, str) and value.strip().lower() in _NO_STATUS:
        mending.ignored("http_status", value, _EXPECTED_STATUS)
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_STATUS:
        mending.field("http_status", f"{value} is read as {int(value)}")
        return int(value)
    status = _status_of(" ".join(value.split()).strip("\"'")) if isinstance(value, str) else None
    if status is None:
        raise refused("http_status", value, _EXPECTED_STATUS)
    mending.field("http_status", f"{shown(value)} is read as {status}")
    return status


def stated_status(value: Any) -> int | None:
    """Return the status that a value states, without a note; None if it states none."""
    if isinstance(value, str):
        return _status_of(" ".join(value.split()).strip("\"'"))
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _status_of(text: str) -> int | None:
    """Return the status that a text states: by its number, or by the name that it has in programs."""
    if (match := _STATUS_LINE.fullmatch(text) or _PRINTED_STATUS.fullmatch(text)) is not None:
        return int(match[1])
    name = _STATUS_NAME.fullmatch(text)
    return _STATUS_BY_NAME.get(name[1].replace("_", "").replace(" ", "").lower()) if name is not None else None


def read_headers(value: Any, mending: Mending) -> dict[str, str] | None:
    """Return the headers of a response by name; None if they cannot be read."""
    if isinstance(value, str):
        value = _of_text(value, mending)
    if isinstance(value, dict) and len(value) <= MAX_HEADERS and _is_canonical(value):
        return value
    value = _without_wrapping(value)
    headers: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    whole: set[str] = set()
    dropped = 0
    for number, (stated, typed) in enumerate(_pairs(value)):
        content = without_type(typed) if isinstance(typed, dict | list) else typed
        name, lines = _name(stated), _lines(content)
        if not name or not lines or number >= MAX_HEADERS:
            dropped += content is not None
            continue
        key = name.lower()
        # One text in an object may be several lines that a crawler has joined.
        if key in headers or isinstance(content, list) or not isinstance(value, dict):
            whole.add(key)
        names.setdefault(key, name)
        headers[key] = lines[-1:] if key in _LAST_COUNTS else [*headers.get(key, ()), *lines]
    if not headers and (dropped or not isinstance(value, str | dict | list)):
        stated = value if isinstance(value, dict | list) else type(value).__name__  # not quoted: it may hold secrets
        mending.ignored("http_headers", stated, _EXPECTED_HEADERS)
        return None
    left_out = f", {dropped} left out" if dropped else ""
    mending.field("http_headers", f"{_form(value)} is read as names and values{left_out}")
    return {
        names[key]: join_lines(key, lines) if key in whole else SEPARATOR.join(lines) for key, lines in headers.items()
    }


def _without_wrapping(value: Any) -> Any:
    """Return headers that are the only field of an object: `{"headers": {...}}`, `{"namesAndValues": [...]}`."""
    if not isinstance(value, dict):
        return without_type(value, may_have_names=True)
    if len(value) == 1:
        name, inner = next(iter(value.items()))
        if str(name).lower() in _WRAPPINGS and isinstance(inner, dict | list):
            return without_type(inner, may_have_names=True)
    is_of_lines = value and all(str(name).isdecimal() and isinstance(line, str) for name, line in value.items())
    return list(value.values()) if is_of_lines else value


def _of_text(text: str, mending: Mending) -> str | dict[str, Any] | list[Any]:
    """Return the headers of a text of JSON, or of one that a language has printed; other texts with their line ends."""
    if (parsed := _parsed(text)) is not None:
        mending.field("http_headers", "JSON in a string")
        return parsed
    if (printed := printed_headers(text)) is not None:
        mending.field("http_headers", "an object as a programming language prints it")
        return printed
    return text if _LINE_END.search(text.strip()) else _ESCAPED_LINE_END.sub("\n", text)


def _parsed(text: str) -> dict[str, Any] | list[Any] | None:
    """Return the headers of a text of JSON; None if it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict | list) else None


def _is_canonical(headers: dict[str, Any]) -> bool:
    return (
        not isinstance(headers, RepeatedNames)
        and all(
            isinstance(value, str)
            and not value.startswith(("b'", 'b"'))
            and not name.startswith(("b'", 'b"'))
            and (value.isprintable() or all(line.isprintable() for line in lines_of(value)))
            and _NAME.fullmatch(name)
            and name.lower() not in _JOINED_WORDS
            for name, value in headers.items()
        )
        and len({name.lower() for name in headers}) == len(headers)
        and not (headers and all(map(str.isdecimal, headers)))
    )


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "an object with repeated or odd names, or other values than strings"
    return "a list of headers" if isinstance(value, list) else "the text of a response's head"


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield names and values of any form: objects, pairs, objects of name and value, lines, names in turn."""
    if isinstance(value, dict):
        yield from all_items(value)
    elif isinstance(value, str):
        yield from _of_lines(_LINE_END.split(_FOLD.sub(" ", value)))
    elif isinstance(value, list) and _are_in_turn(value):
        yield from zip(value[::2], value[1::2], strict=True)
    elif isinstance(value, list):
        for item in value:
            yield from _of_item(item)


def _are_in_turn(items: list[Any]) -> bool:
    """Whether names and values stand in turn, as in `rawHeaders` of Node."""
    return (
        len(items) % 2 == 0
        and all(isinstance(item, str) for item in items)
        and all(_NAME.fullmatch(name) for name in items[::2])
    )


def _of_item(item: Any) -> Iterator[tuple[Any, Any]]:
    match item:
        case [name, content]:
            yield name, content
        case dict():
            named = _named(item)
            yield from [named] if named is not None else all_items(item)
        case str():
            yield from _of_lines([item])
        case _:
            yield None, item


def _named(item: dict[Any, Any]) -> tuple[Any, Any] | None:
    """Return the name and the value of an object that has them as such; None if it has not."""
    fields = {str(key).lower(): value for key, value in item.items()}
    name = next((fields[key] for key in _NAME_KEYS if isinstance(fields.get(key), str)), None)
    content = next((fields[key] for key in _VALUE_KEYS if key in fields), None)
    return None if name is None or content is None else (name, content)


def _of_lines(lines: Iterable[str]) -> Iterator[tuple[Any, Any]]:
    for number, line in enumerate(lines):
        text = line.strip().removeprefix("< ")  # of `curl -v`
        if (match := _HEADER_LINE.fullmatch(text)) is not None:
            yield match[1], match[2]
        elif text and not (number == 0 and text[:5].upper() == "HTTP/"):
            yield None, text


def _name(stated: Any) -> str:
    """Return the name of a header, as HTTP writes it; empty if it is none."""
    if not isinstance(stated, str) or len(stated) > MAX_NAME_CHARACTERS or stated == _NO_NAME:
        return ""
    stated = _BYTES.sub(r"\1\2", stated) if stated.startswith("b") else stated
    name = _NAME_SEPARATORS.sub("-", _OF_SERVERS.sub("", stated.strip().rstrip(": \t")))
    return _JOINED_WORDS.get(name.lower(), name) if _NAME.fullmatch(name) else ""


def _lines(value: Any) -> list[str]:
    """Return the value of a header as lines of text; none if it has no value."""
    if isinstance(value, list):
        return [line for item in value if not isinstance(item, list) for line in _lines(item)]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, int | float):
        return [str(value)] if abs(value) < MAX_DIGITS else []
    if isinstance(value, dict):
        return _lines_of_object(value)
    return _lines_of_text(value) if isinstance(value, str) else []


def _lines_of_object(value: dict[Any, Any]) -> list[str]:
    """Return the lines that an object has under their positions, or beside the name of their header."""
    if all(str(key).isdigit() for key in value):
        return _lines([item for item in value.values() if isinstance(item, str)])
    named = _named(value)
    return [] if named is None or isinstance(named[1], dict) else _lines(named[1])


def _lines_of_text(value: str) -> list[str]:
    if value.startswith("b") and (printed := _BYTES.fullmatch(value)) is not None:
        value = printed[1] or printed[2] or ""
    lines = _LINE_END.split(_FOLD.sub(" ", value.strip()))
    return (
        [" ".join(storable(line).split()) for line in lines] if len(lines) > 1 else [" ".join(storable(value).split())]
    )
