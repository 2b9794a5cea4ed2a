"""ARC, versions 1 and 2: what archives were written in before WARC."""

import re
from datetime import UTC, datetime

from wiredesk.pages.archived_record import HTTP_TYPE, RecordHeader
from wiredesk.pages.source import LINE_END, Source
from wiredesk.pages.warc import length_of
from wiredesk_schemas.headers import decode_url

MAX_LINE_BYTES = 16 << 10
"""Maximum size of the line that a record begins with."""

DATE_FORMAT = "%Y%m%d%H%M%S"
"""Format of a time."""

DATE_DIGITS = 14
"""Digits of a time in this format; some writers add those of milliseconds."""

_LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]{0,30}:[^\r\n]{1,8000}?) (?P<address>[\w.:-]{1,255}) "
    rb"(?P<date>\d{1,17}|-|\d{4}-\d\d-\d\d[T ][\d:.]{5,20}Z?) "
    rb"(?P<type>[^ \r\n]{0,200}+)(?: [^ \r\n]{0,1000}+){0,8} (?P<length>\d{1,15})[ \t]*+\r?\n",
    re.IGNORECASE,
)
"""A line of a record. Some writers have a host for the IP address, a time of other digits, or none, and no type.
Version 2 has five fields more before the length. They are counted: of any number, hostile lines would take seconds."""


class ArcFormat:
    """How the records of an ARC begin: a line with address, IP address, time, media type and length."""

    name = "ARC"
    line = _LINE
    start = re.compile(rb"[a-z][a-z0-9+.-]{0,30}:[^ \r\n]", re.IGNORECASE)
    boundary = re.compile(
        rb"\n{1,2}(?=[a-z][a-z0-9+.-]{0,30}:[^\s]{1,2000} [0-9A-Fa-f.:-]{1,45} \d{6,17} [^ \r\n]{1,200} "
        rb"[^\r\n]{0,500}\d\r?\n)",
        re.IGNORECASE,
    )

    restart = boundary
    end = re.compile(rb"\r?\n")

    def parse(self, source: Source) -> RecordHeader | None:
        """Consume the line of a record; None, and nothing is consumed, if there is none."""
        end = source.find(LINE_END, MAX_LINE_BYTES)
        line = _LINE.fullmatch(source.peek(end + 1)) if end is not None else None
        if line is None:
            return None
        source.skip(line.end())
        url = decode_url(line["url"])
        is_web = url.lower().startswith(("http:", "https:"))
        return RecordHeader(
            kind="filedesc" if url.startswith("filedesc:") else "response",
            url=url.removeprefix("<").removesuffix(">"),
            content_type=HTTP_TYPE if is_web else _text(line["type"]),
            length=length_of(_text(line["length"])),
            fetched_at=_date(_text(line["date"])),
            payload_type=_text(line["type"]) if is_web else None,
        )


def _date(digits: str) -> datetime | None:
    try:
        digits = "".join(filter(str.isdigit, digits))
        return datetime.strptime(digits[:DATE_DIGITS].ljust(DATE_DIGITS, "0"), DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
