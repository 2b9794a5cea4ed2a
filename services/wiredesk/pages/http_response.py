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

LOOK_AHEAD_BYTES = 64
"""Bytes after a line end that are looked at to see whether the body begins there."""

_STATUS_LINE = re.compile(
    rb"(?:(?:HTTP|ICY|SPDY)(?:/\d(?:\.\d)?)?[ \t]+([1-9]\d{2})(?!\d)|HTTP/\d)[ \t]*([^\r\n]{0,1000})", re.IGNORECASE
)
"""A status line: `HTTP/1.1 200 OK`, `HTTP/2 200`, `HTTP/1.0 200`, `ICY 200 OK`, and `HTTP/1.1 OK` without a status."""

_BLANK_BEGIN = re.compile(rb"(?:[ \t]{0,8}\r?\n){1,4}(?=HTTP/\d)", re.IGNORECASE)
"""Blank lines before the head, which RFC 9112 tells readers to pass over."""

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r\n?")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BODY = re.compile(
    rb"(?:\r\n|\n|\r)(?="
    rb"(?:\xef\xbb\xbf)?<[!?a-z]|[ \t]{1,32}<(?:!doctype|html|head|body|\?xml)\b|\x1f\x8b\x08|\x28\xb5\x2f\xfd)",
    re.IGNORECASE,
)
"""A line end before markup or compressed bytes, which no field of a head begins with: the blank line is missing."""

_FIELDS = re.compile(
    rb"(?:[!#-'*+.0-9A-Z^-z|~-]{1,100}[ \t]{0,8}:[^\r\n]*+(?:\r\n|\n|\r)|[ \t][^\r\n]*+(?:\r\n|\n|\r))*+"
)
"""The lines of a head."""


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
    head, body = _parts(block)
    fields = parse_fields(_LINE_END.split(head)[1:])
    headers = {name: join_lines(name, values) for name, values in fields.items()}
    return HttpResponse(int(line[1]) if line[1] else None, headers, body)


def _parts(block: bytes) -> tuple[bytes, bytes]:
    """Return head and body of a response: at the blank line, or where the head ends without one."""
    blank = _BLANK_LINE.search(block, 0, MAX_HEAD_BYTES)
    end = blank.start() if blank else min(len(block), MAX_HEAD_BYTES)
    begin = _BODY.search(block, 0, min(len(block), end + LOOK_AHEAD_BYTES))
    if begin is not None and begin.start() < end:
        return block[: begin.start()], block[begin.end() :]
    if blank is not None:
        return block[: blank.start()], block[blank.end() :]
    status_end = _LINE_END.search(block, 0, MAX_HEAD_BYTES)
    fields = _FIELDS.match(block, status_end.end()) if status_end else None
    at = fields.end() if fields else len(block)
    return block[:at], block[at:]


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
