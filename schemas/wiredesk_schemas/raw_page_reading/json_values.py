"""The bytes of a record to a JSON object, also where they are not quite JSON by RFC 8259."""

import codecs
import json
import re
import zlib
from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.raw_page_reading.mending import Mending, json_type
from wiredesk_schemas.raw_page_reading.repeated_names import RepeatedNames
from wiredesk_schemas.storable_text import REPLACEMENT, well_formed, with_joined_pairs

MAX_JSON_BYTES = 128 << 20
"""Size of a compressed value, decompressed: twice the largest page that ingest can be set to take, for base64."""

CHARACTERS_PER_STRAY_BYTE = 1000
"""Characters for each byte that is not UTF-8, beyond the first. With more of them, the value is in another charset."""

MAX_NAMES = 100
"""Names of an inner object that are searched for repetitions."""

FRAMES = {b"\0": (5, 9), b"\x03\0": (18,)}
"""Bytes that clients of a schema registry write before a value, by the first of them: a zero and the number of its
schema in four bytes (Confluent) or eight (Apicurio), or a version, a compression and a UUID (AWS Glue)."""

MAX_MEMBERS = 16
"""Members of a gzip file that are read. A client writes one."""

MAX_BEFORE = 2
"""Items of a list before its only object: the name of a class (Jackson), or a tag and a time (Fluentd)."""

MAX_STRINGS = 3
"""Strings of JSON, one within another, that are read: each serialiser between crawler and topic may add one."""

COMPRESSIONS = {
    b"\x1f\x8b": "gzip", b"\x78\x01": "zlib", b"\x78\x5e": "zlib", b"\x78\x9c": "zlib", b"\x78\xda": "zlib",
}  # fmt: skip
"""First bytes of compressed values that are read (RFC 1952, RFC 1950)."""

OTHER_COMPRESSIONS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4", b"\xff\x06\x00\x00sNaPpY": "snappy"}
"""First bytes of compressed values that are not read: their libraries are not those of every stage."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Byte order marks. That of UTF-32 comes before that of UTF-16, with which it begins."""

_LABEL = re.compile(r"[A-Za-z_][\w.$-]{0,200}")
"""The name of a class, or a tag."""

_NULLS: Mapping[tuple[bool, ...], str] = {
    (True, True, True, False): "utf-32-be", (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be", (False, True, False, True): "utf-16-le",
}  # fmt: skip
"""Which of the first four bytes are NUL, by encoding: JSON begins with two ASCII characters (RFC 4627, section 3)."""

_FIRST_OF_WIDE = (b"{", b"[", b'"', b" ", b"\t", b"\r", b"\n", b"\xfe")
"""The first byte after NULs of JSON in UTF-16 or UTF-32."""

_PADDING = "\ufeff\x00\x1e \t\r\n\v\f\x85\xa0"
"""Characters around a value that mean nothing: NULs of buffers, the separator of JSON text sequences (RFC 7464)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|(?<=[^\s,:{}\[\]])[\t\n](?=[^\s,:{}\[\]])")
"""A control character in a text of JSON, or a line break or tab that stands within a word."""

_NAMES = (
    "url", "body", "body_base64", "content_type", "charset", "fetched_at", "http_status", "http_headers", "source",
    "language", "is_truncated", "rights", "specversion", "subject", "time", "datacontenttype", "data", "data_base64",
)  # fmt: skip
"""Names that matter if they are given twice: those of a raw page, and of a CloudEvent."""

_PLAIN_NAMES = frozenset(name.replace("_", "") for name in _NAMES)
"""The same without what separates their words: clients write them in several spellings."""

_WITH_NAMES = ("http_headers", "rights")
"""Fields in which every name matters: of headers each is one line of the response."""

_ESCAPED_NAME = re.compile(rb'"[\w-]{0,20}\\u00[2-7][0-9a-fA-F][\w\\-]{0,100}"\s{0,20}:')
"""A name with an ASCII character that is written as an escape."""

MAX_SPACES = 200
"""Spaces and line ends at the beginning of a text before those characters by which it is found in a value."""

_BEGINNING = re.compile(rf"[\s\ufeff]{{0,{MAX_SPACES}}}+(?P<plain>[ !#-.0-\[\]-~]{{8,64}})")
"""The beginning of a text, and in it characters that stand for themselves in JSON, however it was written."""

_BEFORE_PLAIN = re.compile(rb'"(?:\\[bfnrt]|\\u[0-9a-fA-F]{4}|[ \x80-\xff])*+\Z')
"""What is before those characters in a value: spaces of a text, from its quotation mark on."""

_LONGEST_ESCAPE = len(r"\u000a")

_MAY_BE_URLS = frozenset({"url", "subject", "source"})
"""Names, in lower case, of what may be the URL of the page. Half a character of it is not replaced: two pages would
have one URL."""


def read_object(value: bytes | None, mending: Mending) -> dict[str, Any]:
    """Return the object of a value; one with a name that is given several times is a `RepeatedNames`.

    Raises:
        InvalidEventError: it is empty, not JSON, or not one object.
    """
    if not value:
        raise InvalidEventError("the value is empty")
    if value[:1] in (b"\0", b"\x03"):
        value = _without_frame(value, mending)
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        return _object(_parse(_text(_decompress(value, mending), mending), mending), mending)
    event = parsed[0] if isinstance(parsed, list) and len(parsed) == 1 else parsed
    if isinstance(event, dict) and _may_repeat(value, event):
        parsed = _parse(value.decode(), mending)  # as the library takes the last value without a word
    return _object(parsed, mending)


def _without_frame(value: bytes, mending: Mending) -> bytes:
    """Return a value of JSON without what a client of a schema registry wrote before it; another value as it is.

    Raises:
        InvalidEventError: it has such a frame, and is not JSON.
    """
    for first, sizes in FRAMES.items():
        for size in sizes if value.startswith(first) else ():
            if value[size : size + 1] == b"{":
                mending.event("the number of a schema in a registry before the value")
                return value[size:]
    if value[:1] == b"\0" and value[:4].lstrip(b"\0")[:1] not in _FIRST_OF_WIDE:
        raise InvalidEventError(
            "the value is in the frame of a schema registry, as Avro and Protobuf are: publish JSON"
        )
    return value


def _may_repeat(value: bytes, event: dict[str, Any]) -> bool:
    """Whether a name that matters may be given several times. The texts of bodies are not searched: they are long."""
    names = list(_NAMES)
    for fields in (event, event.get("data")):
        if not isinstance(fields, dict):
            continue
        names += (name for name in islice(fields, MAX_NAMES) if name not in names and _plain(name) in _PLAIN_NAMES)
        for name in ("body", "body_base64", "data", "data_base64"):
            if isinstance(text := fields.get(name), str):
                value = _without(text, value)
        for name in _WITH_NAMES:
            if isinstance(inner := fields.get(name), dict):
                names += islice(inner, MAX_NAMES)
    if b"\\u00" in value and _ESCAPED_NAME.search(value):
        return True
    return any(value.count(f'"{name}"'.encode("utf-8", "replace")) > 1 for name in names)


def _plain(name: str) -> str:
    """Return a name without what separates its words, in lower case."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def _without(text: str, value: bytes) -> bytes:
    """Return a value without most of a text in it. In bytes it is at least as long as in characters."""
    begin = _BEGINNING.match(text)
    if begin is None:
        return value
    start = value.find(begin["plain"].encode())
    if start < 0 or not _BEFORE_PLAIN.search(value, max(0, start - MAX_SPACES * _LONGEST_ESCAPE - 1), start):
        return value
    return value[:start] + value[start + len(text) - begin.start("plain") :]


def _object(parsed: Any, mending: Mending) -> dict[str, Any]:
    for _ in range(MAX_STRINGS):
        if not isinstance(parsed, str) or parsed.lstrip()[:1] not in ("{", '"'):
            break
        mending.event("the value was JSON in a string of JSON")
        parsed = _parse(parsed, mending)
    if isinstance(parsed, list):
        if 1 < len(parsed) <= MAX_BEFORE + 1 and isinstance(parsed[-1], dict) and all(map(_is_label, parsed[:-1])):
            mending.event("a type, or a tag and a time, before the object")
            parsed = parsed[-1:]
        elif len(parsed) == 1:
            mending.event("the value was a list of one object")
        if len(parsed) != 1:
            are_events = all(isinstance(item, dict) and "specversion" in item for item in parsed) and parsed
            what = f"a batch of {len(parsed)} CloudEvents" if are_events else f"a list of {len(parsed)}"
            raise InvalidEventError(f"the value is {what}: a record has one page, publish each in one of its own")
        parsed = parsed[0]
    if not isinstance(parsed, dict):
        raise InvalidEventError(f"the value is {json_type(parsed)}, not an object")
    return parsed


def _is_label(item: Any) -> bool:
    """Whether an item of a list is a name, or a time: neither is a page."""
    return isinstance(item, int | float) or (isinstance(item, str) and _LABEL.fullmatch(item) is not None)


def _decompress(value: bytes, mending: Mending) -> bytes:
    other = next((name for first, name in OTHER_COMPRESSIONS.items() if value.startswith(first)), None)
    if other:
        raise InvalidEventError(
            f"the value is compressed with {other}: publish it as it is, and set the compression of the Kafka client"
        )
    name = COMPRESSIONS.get(value[:2])
    if name is None:
        return value
    content, rest = b"", value
    for _ in range(MAX_MEMBERS):
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either format
        try:
            content += inflater.decompress(rest, MAX_JSON_BYTES + 1 - len(content))
        except zlib.error as error:
            raise InvalidEventError(f"the value is compressed with {name}, but damaged: {error}") from error
        if len(content) > MAX_JSON_BYTES:
            raise InvalidEventError(f"the value is compressed with {name}, and larger than {MAX_JSON_BYTES} bytes")
        if not inflater.eof:
            raise InvalidEventError(f"the value is compressed with {name}, but cut off")
        rest = inflater.unused_data
        if rest[:2] not in COMPRESSIONS:
            break
    mending.event(f"the value was compressed with {name}")
    return content


def _text(content: bytes, mending: Mending) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", ""))
    if mark:
        mending.event(f"a byte order mark of {encoding} before the value")
    else:
        encoding = _NULLS.get(tuple(byte == 0 for byte in content[:4]), "utf-8")
        if encoding != "utf-8":
            mending.event(f"the value was in {encoding}, not in UTF-8")
    text = _decode(content.removeprefix(mark), encoding, mending)
    bare = text.strip(_PADDING)
    if bare != text.strip():
        mending.event("characters without meaning around the value, such as NUL")
    return bare


def _decode(content: bytes, encoding: str, mending: Mending) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        position = error.start
    try:
        text = content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
        stray = text.count(REPLACEMENT) - content.count(REPLACEMENT.encode())
        if stray > 1 + len(text) // CHARACTERS_PER_STRAY_BYTE:
            raise InvalidEventError(f"the value is not {encoding.upper()}, from byte {position}") from None
        mending.has_stray_bytes = True
        mending.event(f"{stray} bytes that are not {encoding.upper()}, replaced by U+FFFD")
    return text


def _parse(text: str, mending: Mending) -> Any:
    """Return the value of a text by the standard library, which takes what orjson refuses."""
    objects = _Objects(mending)
    if _CONTROL.search(text):
        mending.event("control characters within strings, which JSON writes as escapes")
    decoder = json.JSONDecoder(strict=False, parse_constant=objects.constant, object_pairs_hook=objects.read)
    try:
        parsed = decoder.decode(text)
    except json.JSONDecodeError as error:
        raise InvalidEventError(_not_json(text, error)) from error
    except RecursionError as error:
        raise InvalidEventError("the value is not JSON: it is nested too deeply") from error
    except ValueError as error:  # an integer of thousands of digits
        raise InvalidEventError("the value is not JSON that is read: it has a number of thousands of digits") from error
    return parsed


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    if text.startswith("<"):
        return "the value is not JSON but markup: a page itself needs its content-type and its URL in ce_subject"
    if error.msg == "Extra data" and text[error.pos : error.pos + 1] in ("{", "["):
        return "the value holds several JSON values: a record has one page, publish each in one of its own"
    return f"the value is not JSON: {error}"


class _Objects:
    """Makes the objects of a JSON text while it is parsed, from the inner ones to the outer one."""

    def __init__(self, mending: Mending) -> None:
        self._mending = mending

    def constant(self, name: str) -> None:
        """Read `NaN`, `Infinity` or `-Infinity`, which JSON does not have, as null."""
        self._mending.event(f"{name}, which JSON does not have, is read as null")

    def read(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object of well-formed texts."""
        items = [(well_formed(name), self._well_formed(name, value)) for name, value in pairs]
        fields = dict(items)
        return fields if len(fields) == len(items) else RepeatedNames(items)

    def _well_formed(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._well_formed(name, item) if isinstance(item, str | list) else item for item in value]
        if not isinstance(value, str):
            return value
        if name.lower() in _MAY_BE_URLS:
            return with_joined_pairs(value)
        text = well_formed(value)
        if text != value:
            self._mending.field(name, "halves of surrogate pairs, joined or replaced by U+FFFD")
        return text
