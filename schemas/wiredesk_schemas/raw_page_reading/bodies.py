"""The body of a raw page: base64 in the forms that libraries write, and which of two bodies is the page."""

import base64
import binascii
import codecs
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.raw_page_reading.mending import Mending, refused
from wiredesk_schemas.storable_text import well_formed

BODY = "body"
"""The field of a page as text."""

BODY_BASE64 = "body_base64"
"""The field of a page as bytes."""

MAX_DATA_TYPE = 300
"""Characters of a `data:` URL in which its media type ends."""

_URL_SAFE = str.maketrans("-_", "+/")
"""The alphabet of base64 for URLs (RFC 4648, section 5) to the common one."""

_DATA_URL = re.compile(r"data:(?P<type>[^,;]{0,200}(?:;[^,;]{1,100}){0,5}?)(?P<base64>;\s?base64)?,", re.IGNORECASE)
"""The beginning of a `data:` URL (RFC 2397)."""

_BYTES_OF_PYTHON = (("b'", "'"), ('b"', '"'))
"""What is around bytes as Python prints them: `b'PGh0bWw+'`."""

_ESCAPE_OF_PYTHON = r"\\(?:[\\'\"nrt]|x[0-9a-f]{2})"
_PRINTED_BYTES = re.compile(
    rf"b(?:'(?:[^'\\\x80-\U0010ffff]++|{_ESCAPE_OF_PYTHON})*+'"
    rf"|\"(?:[^\"\\\x80-\U0010ffff]++|{_ESCAPE_OF_PYTHON})*+\")"
)
"""Bytes as Python prints them: in ASCII, with the escapes that it writes."""

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}<[!?a-zA-Z]|\x1f\x8b\x08|\x28\xb5\x2f\xfd")
"""The beginning of a page, or of a compressed one."""

_DOCUMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,64}<(?:!doctype|!--|html|head|body|\?xml)[\s>=?-]|\x1f\x8b\x08", re.IGNORECASE
)
"""The beginning of a whole page, or of one in gzip."""

_WIDE_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Byte order marks before a page that is decoded by them."""

BEGINNING_CHARACTERS = 128
"""Characters of base64 in which the beginning of a page is looked for: 96 bytes."""

MIN_BASE64_CHARACTERS = 40
"""Characters of a page in base64, at least: a shorter text may be anything."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\r\n]++={0,2}\s*+")
"""A text that is nothing but base64, in either alphabet."""

_EXPECTED = "base64 (RFC 4648)"

MIN_HEX_DIGITS = 40
"""Digits from which a text is hexadecimal: in base64 of a page one character in three is such a digit."""

_HEX_PREFIXES = ("0x", "\\x", "0X")
"""What programs, and PostgreSQL, write before hexadecimal digits."""

_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){20,}+")
_ESCAPES = re.compile(r"%[0-9A-Fa-f]{2}|\\(?:[rn/]|u00[23][0-9A-Fa-f])")
"""What forms and serialisers make of padding and line ends: `%3D`, `\\n`, `\\/`, `\\u003d`."""

_ESCAPED_ASCII = re.compile(r"\\u00([23][0-9A-Fa-f])")
MIN_SIGNED_BYTE, MAX_BYTE = -128, 255
"""The least and the greatest number that is a byte, signed or not."""


def read_bodies(fields: dict[str, Any], mending: Mending) -> dict[str, Any]:
    """Return the one body of a raw page, and its media type where the body states it.

    Raises:
        InvalidEventError: a body cannot be read, or there are two different ones, or none.
    """
    stated = {name: _with_plain_bytes(name, fields.get(name), mending) for name in (BODY, BODY_BASE64)}
    if stated[BODY_BASE64] is None and _is_data_url(stated[BODY]):
        stated = {BODY: None, BODY_BASE64: stated[BODY]}
    content, media_type = _content(stated[BODY_BASE64], mending)
    if isinstance(stated[BODY], bytes):
        if content is not None and content != stated[BODY]:
            raise InvalidEventError("exactly one of body and body_base64 must be given; both are, and they differ")
        return {BODY: None, BODY_BASE64: _undone_twice(stated[BODY], mending)}
    text = _text(stated[BODY], mending)
    if text is not None and content is None:
        text, content = _undone(text, mending)
    elif content is not None and text is None:
        content = _undone_twice(content, mending)
    if text is not None and content is not None:
        text, content = _one_of(text, content, mending)
    if text is None and content is None:
        names = ", ".join(sorted(map(repr, fields))[:10]) or "nothing"
        raise InvalidEventError(f"exactly one of body and body_base64 must be given; the event has {names[:200]}")
    return {BODY: text, BODY_BASE64: content, **({"content_type": media_type} if media_type else {})}


def _is_data_url(value: Any) -> bool:
    """Whether a text is a `data:` URL in base64."""
    if not isinstance(value, str) or value[:5].lower() != "data:":
        return False
    url = _DATA_URL.match(value[: MAX_DATA_TYPE + 10])
    return url is not None and bool(url["base64"])


def _with_plain_bytes(name: str, value: Any, mending: Mending) -> Any:
    """Return a value, or the bytes that it is in JSON of a library."""
    if not isinstance(value, dict | list):
        return value
    content = bytes_in_json(value)
    if content is None:
        return value
    mending.field(name, "the bytes of the page as numbers, or as base64 in an object")
    return content


def bytes_in_json(value: dict[str, Any] | list[Any]) -> bytes | None:
    """Return the bytes that a library wrote as JSON; None if a value is other.

    They are numbers in a list (`JSON.stringify` of Node's Buffer: `{"type": "Buffer", "data": [...]}`), or under their
    positions (of a Uint8Array: `{"0": 60, "1": 112}`), or base64 (MongoDB's `{"$binary": {"base64": "..."}}`), or
    characters of Latin-1 (Avro's `{"bytes": "..."}`).
    """
    match value:
        case {"type": "Buffer", "data": list() as numbers}:
            return _of_numbers(numbers)
        case (
            {"type": "Buffer", "data": str() as text}
            | {"$binary": {"base64": str() as text}}
            | {"$binary": str() as text}
        ):
            return _as_stated(text.removeprefix("base64:"))
        case {"bytes": str() as text} if len(value) == 1:
            return text.encode("latin-1") if text.isascii() or max(text) <= "\xff" else None
        case dict() if value and all(key == str(index) for index, key in enumerate(value)):
            return _of_numbers(list(value.values()))
        case list() if value:
            return _of_numbers(value)
        case _:
            return None


def _of_numbers(numbers: list[Any]) -> bytes | None:
    """Return bytes by their numbers, also by the signed ones of Java; None if these are no bytes."""
    if not all(type(number) is int and MIN_SIGNED_BYTE <= number <= MAX_BYTE for number in numbers):
        return None
    if max(numbers, default=0) > -MIN_SIGNED_BYTE - 1 and min(numbers) < 0:
        return None
    return bytes(number & MAX_BYTE for number in numbers)


def _text(value: Any, mending: Mending) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        text = well_formed(value)
        if text is not value:
            mending.field(BODY, "halves of surrogate pairs, joined or replaced by U+FFFD")
        return text
    raise refused(BODY, value, "the page as a string; bytes belong in body_base64, in base64")


def _content(value: Any, mending: Mending) -> tuple[bytes | None, str]:
    """Return the bytes of a text in base64, and their media type if the text states it."""
    if value is None or isinstance(value, bytes):
        return value, ""
    if not isinstance(value, str):
        raise refused(BODY_BASE64, value, "a string of base64 (RFC 4648)")
    content = _as_stated(value)
    return (content, "") if content is not None else _mended(value, BODY_BASE64, mending)


def _undone(text: str, mending: Mending) -> tuple[str | None, bytes | None]:
    """Return a text, or the page of which it is the base64: no page begins so and has neither space nor markup.

    It may also be the bytes of the page as Python prints them, which `str(response.content)` makes of a page.
    """
    if text.startswith(("b'", 'b"')) and (printed := _printed_bytes(text)) is not None:
        mending.field(BODY, "bytes as Python prints them")
        return None, _undone_twice(printed, mending)
    if text[:1] in ("", "<", " "):
        return text, None
    content = _page_in_base64(text)
    if content is None:
        return text, None
    mending.field(BODY, "the page was in base64")
    return None, content


def _printed_bytes(text: str) -> bytes | None:
    """Return the bytes of a text as Python prints them; None if it is other, or they are no page."""
    if _PRINTED_BYTES.fullmatch(text) is None:
        return None
    content = text[2:-1].encode().decode("unicode_escape").encode("latin-1")  # the escapes of bytes are among them
    return content if _PAGE.match(content) or _page_in_base64(content) is not None else None


def _undone_twice(content: bytes, mending: Mending) -> bytes:
    """Return bytes, or the page of which they are the base64, once more."""
    inner = None if content[:1] in (b"", b"<") else _page_in_base64(content)
    if inner is None:
        return content
    mending.field(BODY_BASE64, "the bytes were the page in base64")
    return inner


def _page_in_base64(text: str | bytes) -> bytes | None:
    """Return the page of which a text is the base64; None if it is other, or too short to be sure.

    Args:
        text: of bytes, each is a character.
    """
    beginning = text[:BEGINNING_CHARACTERS]
    beginning = beginning if isinstance(beginning, str) else beginning.decode("latin-1")
    if len(text) < MIN_BASE64_CHARACTERS or not _BASE64.fullmatch(beginning) or not _begins_a_page(beginning):
        return None
    whole = text if isinstance(text, str) else text.decode("latin-1")
    if not _BASE64.fullmatch(whole):
        return None
    return _as_stated("".join(whole.split()).translate(_URL_SAFE))


def _begins_a_page(encoded: str) -> bool:
    """Whether base64 begins as that of a whole page does."""
    bare = "".join(encoded.split()).translate(_URL_SAFE).rstrip("=")
    content = base64.b64decode(bare[: len(bare) // 4 * 4])
    encoding = _WIDE_MARKS.get(content[:2])
    if encoding is not None:
        content = content[2:].decode(encoding, "replace").encode()
    return _DOCUMENT.match(content) is not None


def decoded_base64(value: str, name: str, mending: Mending) -> bytes:
    """Return the bytes of base64 in any form that is clear.

    Args:
        name: of the field.

    Raises:
        InvalidEventError: it is not clear, or no base64.
    """
    content = _as_stated(value)
    return content if content is not None else _mended(value, name, mending)[0]


def _as_stated(value: str) -> bytes | None:
    """Return the bytes of base64 as the contract has it; None where it is other."""
    if _HEX.match(value[2 : 2 + MIN_HEX_DIGITS]) and _HEX.fullmatch(value, 2 if value[:2] in _HEX_PREFIXES else 0):
        return None
    try:
        # The library takes one padding too many.
        return base64.b64decode(value, validate=True) if len(value) % 4 == 0 else None
    except (binascii.Error, ValueError):
        return None


def _mended(value: str, name: str, mending: Mending) -> tuple[bytes, str]:
    text, media_type = value.strip(), ""
    forms: list[str] = []
    for opening, closing in _BYTES_OF_PYTHON:
        if text.startswith(opening) and text.endswith(closing):
            text = text.removeprefix(opening).removesuffix(closing).replace("\\n", "\n")
            forms.append("bytes as Python prints them")
    if (url := _DATA_URL.match(text[: MAX_DATA_TYPE + 10])) is not None:
        media_type, text = url["type"].strip(), text[url.end() :]
        forms.append("a data: URL")
        if not url["base64"]:
            mending.field(name, "a data: URL, not in base64")
            return unquote_to_bytes(text.encode("utf-8", "replace")), media_type
    text, armour = _without_armour(text)
    forms += [armour] if armour else []
    digits = text[2:] if text[:2] in _HEX_PREFIXES else text
    if _HEX.fullmatch(digits):
        mending.field(name, "hexadecimal digits, and not base64")
        return bytes.fromhex(digits), media_type
    joined = _joined(text, name)
    if joined != text:
        forms.append("wrapped lines")
    if "-" in joined or "_" in joined:
        forms.append("the alphabet for URLs")
    joined = joined.translate(_URL_SAFE)
    bare = joined.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    if padded != joined:
        forms.append("padding that is missing or wrong")
    try:
        content = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidEventError(f"{name}: expected {_EXPECTED}, but it is not valid: {error}") from error
    mending.field(name, ", ".join(forms) or "spaces around it")
    return content, media_type


def _without_armour(text: str) -> tuple[str, str]:
    """Return base64 without what formats of text have around it, and what that was."""
    bare = text.strip("\ufeff\"'").removeprefix("base64,").removeprefix("base64:")
    if _ESCAPES.search(bare):
        bare = _ESCAPED_ASCII.sub(lambda escape: chr(int(escape[1], 16)), unquote_to_bytes(bare).decode("latin-1"))
        bare = bare.replace("\\r", "").replace("\\n", "\n").replace("\\/", "/")
    if bare.startswith("-----BEGIN"):
        bare = "\n".join(line for line in bare.splitlines() if not line.startswith("-----"))
    bare = bare.strip()
    return bare, "" if bare == text else "what formats of text have around it"


def _joined(text: str, name: str) -> str:
    """Return base64 without the breaks between its lines.

    A space may also be a `+` that a form has decoded. It is a break only where all lines but the last are as long.

    Raises:
        InvalidEventError: it is not clear what a space is.
    """
    if text.isascii() and not any(space in text for space in " \t\r\n"):
        return text
    lines = text.split()
    breaks = text.count("\n") + text.count("\r") + text.count("\t")
    is_wrapped = len({len(line) for line in lines[:-1]}) <= 1 and not len(lines[0]) % 4 if lines else False
    if not is_wrapped and breaks + 1 < len(lines):
        raise InvalidEventError(f"{name}: expected {_EXPECTED}, but it has spaces within lines")
    return "".join(lines)


def _one_of(text: str, content: bytes, mending: Mending) -> tuple[str | None, bytes | None]:
    """Return the body of two that are given: the one that is not empty, or the text if the bytes are its UTF-8."""
    if not text or not content:
        mending.event("body and body_base64 were both given, and one was empty")
        return (None, content) if content else (text, None)
    if content.removeprefix(codecs.BOM_UTF8) == text.encode("utf-8", "replace"):
        mending.event("body and body_base64 were both given, and are the same page")
        return text, None
    raise InvalidEventError("exactly one of body and body_base64 must be given; both are, and they differ")
