"""Dates in fields for machines: ISO 8601 and its mistakes, RFC 2822, JavaScript's `toString`, seconds since 1970."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.written import dates_in

MAX_LENGTH = 100
"""Maximum characters of a field that holds only a date."""

MILLISECONDS = 1000
"""In a second."""

_SECONDS_DIGITS, _MILLISECONDS_DIGITS, _MICROSECONDS_DIGITS = 10, 13, 16
"""Digits of a time since 1970, in seconds, milliseconds, and microseconds, from 2001 to 2286."""

_OF_DOTNET = ("/Date(", ")/")
"""What is around milliseconds in the JSON of some programs."""

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
"""A day in ISO 8601."""

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(Z?)")
"""`20240116`, `20240116T200500Z`, `202401162005`."""

_END_OF_DAY = re.compile(r"([T ])24:00(?::00)?(?:\.0{1,9})?")
"""Midnight as the end of a day."""

_COMMENT = re.compile(r"\s*[\[(][^\])+\d]{0,60}[\])]$")
"""A zone's name after its offset: `[Europe/Berlin]`, `(Central European Standard Time)`; no offset: `(GMT+7)`."""

_OFFSET = re.compile(r"\s*(?:GMT|UTC)?\s*([+-])(\d{1,2}):?(\d\d)?$|\s*(?:Z|GMT|UTC)$", re.IGNORECASE)
"""An offset at the end of a time."""

_YEAR_LAST = re.compile(r"([a-z]{3,9} \d{1,2}) (\d\d:\d\d:\d\d(?: (?:[+-]\d{4}|[a-z]{1,5}))?) (\d{4})$", re.IGNORECASE)
"""The form of C's `ctime`, as Java, Unix and social networks write it: `Thu Nov 12 17:05:00 CET 2026`."""

_MINUSES = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " "})
"""Signs that are written for minus and for a space."""


def parse_stated_date(text: str | None, conventions: DateConventions | None = None) -> date | None:
    """Parse a field that holds only a date.

    Args:
        text: of the field.
        conventions: of the page; those of an unknown page, if left out.

    Returns:
        A date, or a datetime if the text has a time of day; None if the text is neither, or is implausible.
    """
    text = (text or "").strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    conventions = conventions or DateConventions()
    for parse in (_iso, _number, _rfc_2822):
        parsed = parse(text)
        if parsed is not None:
            return parsed if conventions.is_plausible(parsed) else None
    text = _YEAR_LAST.sub(r"\1 \3 \2", _COMMENT.sub("", text))
    return next((written.value for written in dates_in(text, conventions) if written.has_year), None)


def _iso(text: str) -> date | None:
    if not text[:4].isdecimal() or not text.isprintable():
        return None
    text = _COMMENT.sub("", text.translate(_MINUSES))
    extra = timedelta(0)
    if _END_OF_DAY.search(text):
        text, extra = _END_OF_DAY.sub(r"\g<1>00:00", text), timedelta(days=1)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if match := _COMPACT.fullmatch(text):
            return _compact(match)
        # fromisoformat takes one separator, but pages write spaces around it and before offsets.
        return datetime.fromisoformat(_OFFSET.sub(_as_offset, text)) + extra
    except (ValueError, OverflowError):
        return None


def _as_offset(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]:0>2}:{match[3] or '00'}" if match[1] else "Z"


def _compact(match: re.Match[str]) -> date | None:
    year, month, day, hour, minute, second = (int(digits) for digits in match.groups(default="0")[:6])
    if match[4] is None:
        return date(year, month, day)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC if match[7] else None)


def _number(text: str) -> datetime | None:
    whole = text.removeprefix(_OF_DOTNET[0]).removesuffix(_OF_DOTNET[1]).partition(".")[0]
    if not whole.isascii() or not whole.isdecimal():
        return None
    divisors = {_SECONDS_DIGITS: 1, _MILLISECONDS_DIGITS: MILLISECONDS, _MICROSECONDS_DIGITS: MILLISECONDS**2}
    divisor = divisors.get(len(whole))
    return None if divisor is None else datetime.fromtimestamp(int(whole) // divisor, UTC)


def _rfc_2822(text: str) -> datetime | None:
    # Of words, this parser takes English weekdays and months only, and of times those with a zone or 24 hours.
    if not re.fullmatch(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}", text):
        return None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
