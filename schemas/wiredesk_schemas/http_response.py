"""A HTTP response as archives and crawlers hold it: status line, headers and body, liberally read.

They hold what servers sent, and what clients made of it: line feeds without carriage returns, status lines of HTTP/2,
no reason, no status line, folded lines, headers in Latin-1, a header several times.
"""

import re
from dataclasses import dataclass

from wiredesk_schemas.header_lines import join_lines
from wiredesk_schemas.headers import CONTENT_TYPE, decode_url

MAX_HEAD_BYTES = 1 << 20
"""Maximum size of the head of a response."""

MAX_HEADS = 8
"""Maximum number of heads before the body: interim responses, and those of proxies."""

TARGET_URI = "warc-target-uri"
"""The field of a record of an archive with the URL of its page."""

LOOK_AHEAD_BYTES = 64
"""Bytes after a line end that are looked at to see whether the body begins there."""

RESPONSE_FIELDS = frozenset(
    {
        "accept-ranges", "access-control-allow-origin", "age", "alt-svc", "cache-control", "cf-ray", "connection",
        "content-encoding", "content-language", "content-length", "content-security-policy", CONTENT_TYPE, "date",
        "etag", "expires", "keep-alive", "last-modified", "link", "p3p", "pragma", "server", "set-cookie", "status",
        "strict-transport-security", "transfer-encoding", "vary", "via", "x-cache", "x-content-type-options",
        "x-frame-options", "x-powered-by", "x-robots-tag", "x-xss-protection",
    }
)  # fmt: skip
"""Fields of which a response has at least one."""

FIELDS_OF_A_BODY = frozenset({"content-encoding", "content-length", CONTENT_TYPE, "transfer-encoding", "x-robots-tag"})
"""Fields of which one is in a head without a status line, or else a status, if it stands in the body of a raw page. A
text may begin with others: `Date: 5 May`."""

FIELDS_OF_MAIL = frozenset({"from", "mime-version", "subject", "to"})
"""Fields of a message: a saved page, or an e-mail, which begins as a head without a status line does."""

FOLLOWED = (301, 302, 303, 307, 308, 401, 407)
"""Statuses of responses after which a client sent another request, and printed both, as `curl -iL` does."""

_STATUS_LINE = re.compile(
    rb"(?:(?:HTTP|ICY|SPDY)(?:/\d(?:\.\d)?)?[ \t]+([1-9]\d{2})(?!\d)|HTTP/\d)[ \t]*([^\r\n]{0,1000})", re.IGNORECASE
)
"""A status line: `HTTP/1.1 200 OK`, `HTTP/2 200`, `HTTP/1.0 200`, `ICY 200 OK`, and `HTTP/1.1 OK` without a status."""

_BLANK_BEGIN = re.compile(rb"(?:[ \t]{0,8}\r?\n){1,4}(?=HTTP/\d)", re.IGNORECASE)
"""Blank lines before the head, which RFC 9112 tells readers to pass over."""

_BODY_BEGIN = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t]{0,8}\r?\n){0,4}(?=HTTP/\d|:?[a-z][a-z-]{2,60}[ \t]{0,8}:)", re.IGNORECASE
)
"""What stands before a head in the body of a raw page: a mark, and blank lines."""

_SURE_STATUS_LINE = re.compile(
    rb"HTTP/\d(?:\.\d)?[ \t]+[1-9]\d{2}(?:[ \t][^\r\n]{0,1000})?(?P<line_end>\r\n|\n|\r)", re.IGNORECASE
)
"""A status line that can be nothing else."""

_STATUS = re.compile(r"([1-9]\d{2})(?: [A-Z][A-Za-z '-]{0,60})?")
"""The field `Status` of scripts and of HTTP/2: `200 OK`."""

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r\n?")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BODY = re.compile(
    rb"(?:\r\n|\n|\r)(?="
    rb"(?:\xef\xbb\xbf)?<[!?a-z]|[ \t]{1,32}<(?:!doctype|html|head|body|\?xml)\b|\x1f\x8b\x08|\x28\xb5\x2f\xfd)",
    re.IGNORECASE,
)
"""A line end before markup or compressed bytes, which no field of a head begins with: the blank line is missing."""

_CUT_FIELD = re.compile(rb"[!#-'*+.0-9A-Z^-z|~-]{1,100}(?:[ \t]{0,8}:[^\r\n<]{0,8000})?+")
"""A line of a head that is cut off."""

_FIELDS = re.compile(
    rb"(?::?[!#-'*+.0-9A-Z^-z|~-]{1,100}[ \t]{0,8}:[^\r\n]*+(?:\r\n|\n|\r)|[ \t][^\r\n]*+(?:\r\n|\n|\r))*+"
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
    if response.status is None and not response.headers:
        response = _without_status_line(block, RESPONSE_FIELDS) or response
    for _ in range(MAX_HEADS):
        if response.status is None or not _is_interim(response.status, block) or not _STATUS_LINE.match(response.body):
            break
        block = response.body
        response = _parse_one(block)
    return response


def response_in(body: bytes) -> HttpResponse | None:
    """Return the response that a body is as a whole, with its head; None if the body is no such thing.

    Of several responses, one after another, the last one counts.
    """
    begin = _BODY_BEGIN.match(body)
    block = body[begin.end() :] if begin is not None else b""
    response = _certain_response(block)
    for _ in range(MAX_HEADS):
        if response is None or response.status is None:
            break
        is_last = response.status not in FOLLOWED and not _is_interim(response.status, block)
        following = None if is_last or not _SURE_STATUS_LINE.match(response.body) else _certain_response(response.body)
        if following is None:
            break
        block, response = response.body, following
    return response


def _certain_response(block: bytes) -> HttpResponse | None:
    """Return the response of a block that can be nothing else; None otherwise."""
    line = _SURE_STATUS_LINE.match(block)
    if line is None:
        return _without_status_line(block, FIELDS_OF_A_BODY)
    fields = _FIELDS.match(block, line.end(), MAX_HEAD_BYTES)
    has_head = bool(fields and fields[0]) or _BLANK_LINE.match(block, line.start("line_end"))
    return _parse_one(block) if has_head else None


def _without_status_line(block: bytes, expected: frozenset[str]) -> HttpResponse | None:
    """Return the response of a block that begins with fields, at least one of which is expected; None otherwise."""
    fields = _FIELDS.match(block, 0, MAX_HEAD_BYTES)
    blank = _LINE_END.match(block, fields.end()) if fields is not None and fields[0] else None
    if fields is None or blank is None:
        return None
    stated = parse_fields(_LINE_END.split(fields[0]))
    status = _STATUS.fullmatch(" ".join(stated.get("status", ())))
    if (status is None and expected.isdisjoint(stated)) or not FIELDS_OF_MAIL.isdisjoint(stated):
        return None
    headers = {name: join_lines(name, values) for name, values in stated.items() if name != "status"}
    return HttpResponse(int(status[1]) if status else None, headers, block[blank.end() :])


def parse_fields(lines: list[bytes]) -> dict[str, list[str]]:
    """Return the values of header fields by name in lower case; folded lines are joined."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if name:
                fields[name][-1] = f"{fields[name][-1]} {_text(line).strip()}".strip()
            continue
        stated, colon, value = line.removeprefix(b":").partition(b":")
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
    if _CUT_FIELD.fullmatch(block, at):
        return block, b""
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
