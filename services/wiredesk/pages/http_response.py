"""A HTTP response as an archive holds it: status line, headers and body, liberally read.

Archives hold what servers sent, and what crawlers made of it: line feeds without carriage returns, status lines of
HTTP/2, no reason, folded lines, headers in Latin-1, a header several times.
"""

import re
from dataclasses import dataclass

from wiredesk_schemas.header_lines import join_lines
from wiredesk_schemas.headers import decode_url

MAX_HEAD_BYTES = 1 << 20
"""Maximum size of the head of a response."""

MAX_HEADS = 8
"""Maximum number of heads before the body: interim responses, and those of proxies."""

TARGET_URI = "warc-target-uri"
"""The field of a record of an archive with the URL of its page."""

_STATUS_LINE = re.compile(
    rb"(?:(?:HTTP|ICY|SPDY)(?:/\d(?:\.\d)?)?[ \t]+([1-9]\d{2})(?!\d)|HTTP/\d)[ \t]*([^\r\n]{0,1000})", re.IGNORECASE
)
"""A status line: `HTTP/1.1 200 OK`, `HTTP/2 200`, `HTTP/1.0 200`, `ICY 200 OK`, and `HTTP/1.1 OK` without a status."""

_BLANK_BEGIN = re.compile(rb"(?:[ \t]{0,8}\r?\n){1,4}(?=HTTP/\d)", re.IGNORECASE)
"""Blank lines before the head, which RFC 9112 tells readers to pass over."""

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r\n?")
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response.

    Attributes:
        status: None if there is none.
        headers: by name in lower case; values of a repeated header are joined with `, `, or, where lines
            matter, with line feeds.
        body: still encoded as the headers say.
    """

    status: int | None
    headers: dict[str, str]
    body: bytes


def parse_response(block: bytes) -> HttpResponse:
    """Return the response of a block. It never fails: what is no head is body."""
    begin = _BLANK_BEGIN.match(block)
    response = _parse_one(block[begin.end() :] if begin else block)
    for _ in range(MAX_HEADS):
        if response.status is None or not _is_interim(response.status, block) or not _STATUS_LINE.match(response.body):
            break
        block = response.body
        response = _parse_one(block)
    return response


def parse_fields(lines: list[bytes]) -> dict[str, list[str]]:
    """Return the values of header fields by name in lower case; folded lines are joined."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if name:
                fields[name][-1] = f"{fields[name][-1]} {_text(line).strip()}".strip()
            continue
        stated, colon, value = line.partition(b":")
        name = _text(stated).strip().lower() if colon else ""
        if name:
            text = decode_url(value) if name == TARGET_URI else _text(value)
            fields.setdefault(name, []).append(text.strip())
    return fields


def _parse_one(block: bytes) -> HttpResponse:
    line = _STATUS_LINE.match(block)
    if line is None:
        return HttpResponse(None, {}, block)
    blank = _BLANK_LINE.search(block, 0, MAX_HEAD_BYTES)
    head, body = (block[: blank.start()], block[blank.end() :]) if blank else (block, b"")
    fields = parse_fields(_LINE_END.split(head)[1:])
    headers = {name: join_lines(name, values) for name, values in fields.items()}
    return HttpResponse(int(line[1]) if line[1] else None, headers, body)


def _is_interim(status: int, block: bytes) -> bool:
    """Whether a response precedes the real one: `100 Continue`, or a proxy's `200 Connection established`."""
    if status < 200:  # noqa: PLR2004 - the class of interim responses
        return True
    line = _STATUS_LINE.match(block)
    return line is not None and b"connection established" in line[2].lower()


def _text(value: bytes) -> str:
    """Return a value in UTF-8, or else in Latin-1, as HTTP once had it."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
