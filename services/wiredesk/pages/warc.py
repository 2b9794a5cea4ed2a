"""WARC, versions 0.17 to 1.1, and WET, which is WARC with the text of pages."""

import re
from datetime import UTC, datetime

from wiredesk.pages.archived_record import HTTP_TYPE, RecordHeader
from wiredesk.pages.framing import BLANK_LINE, MAX_HEADER_BYTES
from wiredesk.pages.source import Source
from wiredesk_schemas.headers import CONTENT_TYPE
from wiredesk_schemas.http_response import TARGET_URI, parse_fields
from wiredesk_schemas.raw_page_reading.times import read_time

MAX_LENGTH_DIGITS = 15
"""Digits of a length: more are no length."""

START_BYTES = 32
"""Bytes of the line that a record begins with."""

BLANK_LINE_BYTES = 4
"""Bytes of the two line ends after a header."""

_HEADER_END = re.compile(rb"\r?\n(?:\r?\n|(?=WARC/\d))", re.IGNORECASE)
"""A blank line, or another record: the header is cut then. Not to look beyond it keeps the time linear."""

_LINE_END = re.compile(rb"\r?\n")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_RESTART = rb"WARC/\d{1,2}\.\d{1,3}[ \t]{0,8}\r?\n(?=(?:WARC|Content)-[A-Za-z-]{2,40}[ \t]{0,8}:)"
"""The first line of a record, before a named field."""


class WarcFormat:
    """How the records of a WARC begin: a line with the version, then named fields."""

    name = "WARC"
    start = re.compile(rb"WARC/\d{1,2}\.\d{1,3}[ \t]*\r?\n", re.IGNORECASE)
    end = BLANK_LINE
    restart = re.compile(_RESTART, re.IGNORECASE)
    boundary = re.compile(rb"(?:\r?\n){1,2}" + _RESTART, re.IGNORECASE)

    def parse(self, source: Source) -> RecordHeader | None:
        """Consume the header of a record; None, and nothing is consumed, if there is none."""
        if not source.match(self.start, START_BYTES):
            return None
        end = source.find(_HEADER_END, MAX_HEADER_BYTES)
        blank = BLANK_LINE.match(source.peek(BLANK_LINE_BYTES, end)) if end is not None else None
        if end is None or blank is None:
            return None
        lines = _LINE_END.split(source.take(end))
        source.skip(blank.end())
        fields = parse_fields(lines[1:])
        return _header({name: ", ".join(filter(None, dict.fromkeys(values))) for name, values in fields.items()})


def _header(fields: dict[str, str]) -> RecordHeader:
    content_type = fields.get(CONTENT_TYPE, "")
    stated = "response" if content_type.lower().startswith(HTTP_TYPE) else "unnamed"
    return RecordHeader(
        kind=fields.get("warc-type", "").lower() or stated,
        url=fields.get(TARGET_URI, "").removeprefix("<").removesuffix(">").strip(),
        content_type=content_type,
        length=length_of(fields.get("content-length", "")),
        fetched_at=_date(fields.get("warc-date", "")),
        payload_type=fields.get("warc-identified-payload-type"),
        is_truncated=bool(fields.get("warc-truncated") or fields.get("warc-segment-number")),
        digest=fields.get("warc-block-digest"),
    )


def length_of(text: str) -> int | None:
    """Return the length that a header states, once or several times; None if it is no number."""
    stated = text if "," not in text else ", ".join({value.strip() for value in text.split(",")})
    is_number = stated.isascii() and stated.isdigit() and len(stated) <= MAX_LENGTH_DIGITS
    return int(stated) if is_number else None


def _date(text: str) -> datetime | None:
    """Return a time with an offset; None if it is none. Version 1.1 allows nine digits of a second, Python six.

    Some writers have the 14 digits of ARC, or the time of HTTP.
    """
    try:
        date = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    except ValueError:
        return read_time(text)[0]
    return date if date.tzinfo else date.replace(tzinfo=UTC)
