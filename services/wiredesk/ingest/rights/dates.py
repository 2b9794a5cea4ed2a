"""Dates after which a page is unavailable, in the forms that pages have."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONTHS = {
    month: number
    for number, month in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
"""The months, by the first three letters of their English names, which HTTP's dates have."""

ZONE_HOURS = {
    "Z": 0, "UTC": 0, "UT": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""Hours by which time zones are ahead of UTC: those that RFC 822 names, and others whose names are not ambiguous."""

CENTURY_PIVOT = 69
"""Years of two digits from here on are of the last century (POSIX)."""

MAX_DATE_CHARACTERS = 80
"""Characters in which a date is looked for."""

_CLOCK = (
    r"(?:(?:\s{0,3}T|,?\s{1,3}(?:at\s{1,3})?)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[AP])\.?M\b\.?)?)?"
)
_ZONE = (
    rf"(?:\s{{0,3}}(?:(?P<name>{'|'.join(sorted(ZONE_HOURS, key=len, reverse=True))})(?![A-Z]))?"
    r"(?:(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?(?!\d))?)?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s{1,3})?"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"

_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\d{3})?(?!\d)")
_DIGITS = r"(?P<year>\d{4})(?P<number>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?(?!\d)"
_ISO_8601 = rf"(?P<year>\d{{4}})(?P<dash>[-/.])(?P<number>\d\d?)(?P=dash)(?P<day>\d\d?)(?!\d){_CLOCK}"
_DAY_FIRST = rf"(?P<day>\d\d?)\.(?P<number>\d\d?)\.(?P<year>\d{{4}})(?!\d){_CLOCK}"
_CLEARLY_DAY_FIRST = (
    rf"(?P<day>1[3-9]|2\d|3[01])(?P<mark>[-/])(?P<number>0?[1-9]|1[0-2])(?P=mark)(?P<year>\d{{4}})(?!\d){_CLOCK}"
)
_CLEARLY_MONTH_FIRST = (
    rf"(?P<number>0?[1-9]|1[0-2])(?P<mark>[-/])(?P<day>1[3-9]|2\d|3[01])(?P=mark)(?P<year>\d{{4}})(?!\d){_CLOCK}"
)
_RFC_1123 = rf"{_WEEKDAY}{_DAY}[\s-]{{1,3}}{_MONTH}[\s,-]{{1,3}}(?P<year>\d{{4}}|\d\d)(?!\d){_CLOCK}"
_AMERICAN = rf"{_WEEKDAY}{_MONTH}\s{{1,3}}{_DAY},?\s{{1,3}}(?P<year>\d{{4}})(?!\d){_CLOCK}"
_ASCTIME = (
    rf"{_WEEKDAY}{_MONTH}\s{{1,3}}{_DAY}\s{{1,3}}(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)\s(?P<year>\d{{4}})"
)

_FORMS = tuple(
    re.compile(form + _ZONE, re.IGNORECASE | re.ASCII)
    for form in (
        _ISO_8601,
        _DIGITS,
        _DAY_FIRST,
        _CLEARLY_DAY_FIRST,
        _CLEARLY_MONTH_FIRST,
        _RFC_1123,
        _AMERICAN,
        _ASCTIME,
    )
)
"""The forms of dates. RFC 822 and 850 are read as RFC 1123. Of two numbers with slashes, one above 12 is the day; which
one is the day of `05/06/2030` is not clear."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text, and where it ends."""

    instant: datetime
    end: int


def find_date(text: str, start: int = 0) -> FoundDate | None:
    """Return the date at the beginning of a text; None where there is none in a known form.

    A time without a zone is in UTC; a date without a time is its first moment.
    """
    text = text[start : start + MAX_DATE_CHARACTERS]
    blanks = len(text) - len(text.lstrip(" \t\"'"))
    try:
        if match := _EPOCH.match(text, blanks):
            return FoundDate(datetime.fromtimestamp(int(match["seconds"]), UTC), start + match.end())
        if match := next(filter(None, (form.match(text, blanks) for form in _FORMS)), None):
            return FoundDate(_instant(match.groupdict()), start + match.end())
    except (ValueError, OverflowError):
        pass
    return None


def read_date(text: str) -> datetime | None:
    """Return the instant of a text that is a date; None where it is none."""
    date = find_date(text)
    return date.instant if date is not None else None


def _instant(parts: dict[str, str | None]) -> datetime:
    """Return the instant of a match.

    Raises:
        ValueError: there is no such day or time.
        OverflowError: it is outside the years of a datetime.
    """
    digits = parts["year"] or ""
    year = int(digits)
    if len(digits) == 2:  # noqa: PLR2004 - digits, as RFC 850 has them
        year += 1900 if year >= CENTURY_PIVOT else 2000
    month = MONTHS[(parts.get("month") or "").lower()] if parts.get("month") else int(parts["number"] or 0)
    hour = int(parts["hour"] or 0)
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    local = datetime(
        year, month, int(parts["day"] or 0), hour, int(parts["minute"] or 0), int(parts["second"] or 0), tzinfo=UTC
    )
    return local - _ahead_of_utc(parts)


def _ahead_of_utc(parts: dict[str, str | None]) -> timedelta:
    ahead = timedelta(hours=ZONE_HOURS.get((parts["name"] or "").upper(), 0))
    offset = timedelta(hours=int(parts["hours"] or 0), minutes=int(parts["minutes"] or 0))
    return ahead - offset if parts["sign"] == "-" else ahead + offset
