"""Times as crawlers write them: RFC 3339, and what clocks of other formats and languages print."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from wiredesk_schemas.raw_page_reading.time_parts import text_of_time

FIRST_YEAR = 1990
"""The year before the first web page. An earlier time is the zero of a clock (1 January of the years 1 and 1970), which
means that there is none."""

MAX_TIME_CHARACTERS = 100
"""Longest text that is read as a time; `Date` of JavaScript prints 60 characters and the name of the zone."""

_CONTRACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
"""The form of the contract: RFC 3339, also without an offset."""

_OFFSET = r"(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?"
_AGAIN = r" ?(?:[A-Z]{3,5}|[+-]\d{2,4}|\[[\w/+-]{1,40}\]|\([^()]{1,60}\))"
_ZONE = rf"(?:(?P<zone>[A-Z]{{1,5}}|{_OFFSET})(?:{_AGAIN})?|\[(?P<region>[\w/+-]{{1,40}})\])?(?: M=[+-][\d.]{{1,30}})?"
"""An offset or a zone, and its name once more: `+0000 UTC`, `Z[Europe/Paris]`, `GMT+0100 (Central European Time)`; or a
region alone, `[UTC]`. Go adds the reading of its monotonic clock, `m=+0.1`."""

_CLOCK = (
    r"(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,12}))?)?"
    r"(?: ?(?P<half>[AP])\.?M\.?(?![A-Z]))?"
)
_WEEKDAY = r"(?:[A-Z]{2,9}(?:\.?,? |,))?"
_MONTH = r"(?P<month>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}\.?"

_FORMS = {
    "ISO 8601": re.compile(
        rf"(?:[A-Z]{{3}} )?(?P<year>\d{{4}})([-/.]?)(?P<month>\d\d)\2(?P<day>\d\d)"
        rf"(?:(?:[T_]| ?T? ?){_CLOCK} ?{_ZONE})?",
        re.ASCII,
    ),
    "RFC 1123": re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ /]{_MONTH}[ /](?P<year>\d{{4}})[ :]{_CLOCK} ?{_ZONE}", re.ASCII
    ),
    "RFC 850": re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[- ]{_MONTH}[- ](?P<year>\d\d|\d{{4}})[ :]{_CLOCK} ?{_ZONE}", re.ASCII
    ),
    "asctime": re.compile(
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}}),? {_CLOCK} (?:{_ZONE} )?(?P<year>\d{{4}})(?: (?P<offset>{_OFFSET}))?",
        re.ASCII,
    ),
    "date of Unix": re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}}) {_MONTH} {_CLOCK} (?:{_ZONE} )?(?P<year>\d{{4}})", re.ASCII
    ),
    "Date of JavaScript": re.compile(
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}),? (?:AT )?{_CLOCK} ?{_ZONE}", re.ASCII
    ),
}
"""Forms of texts in upper case with single spaces, by the name that a note gives them."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_ZONE_HOURS = {
    "": 0, "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7,
}  # fmt: skip
"""Zones with one meaning: those of RFC 822, section 5."""

_REGIONS_OF_UTC = frozenset({"ETC/GMT", "ETC/UTC", "ETC/ZULU", "GMT", "UCT", "UNIVERSAL", "UTC", "Z", "ZULU"})
"""Names of UTC in the database of time zones. What others mean, only its rules say."""

HOURS_OF_A_HALF = range(1, 13)
"""Hours before and after noon."""

_DOTNET = re.compile(r"/DATE\((-?\d{1,15})(?:[+-]\d{4})?\)/")
"""Milliseconds since 1970, as .NET writes them."""

_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,12})?(?:E\+?\d{1,2})?", re.ASCII)

_EPOCHS = (
    (1e11, 1, "seconds"),
    (1e14, 10**3, "milliseconds"),
    (1e17, 10**6, "microseconds"),
    (1e20, 10**9, "nanoseconds"),
)
"""Units of the time since 1970: numbers below a bound are in a unit that has so many in a second. Seconds of today have
10 digits."""

_TICKS = range(630 * 10**15, 660 * 10**15)
"""Times of 1997 to 2092 in the ticks of .NET: tenths of microseconds since the year 1. As nanoseconds since 1970 they
would be of 1989 and 1990."""

_SECONDS_OF_1970 = 62_135_596_800
"""Seconds from the year 1 to 1970."""

_DIGITS_OF_ISO_8601 = (8, 12, 14, 17)
"""Digits of a day, of a minute, of a second, and of a millisecond, as `20240601120000` in archives."""

_LEAST_SECONDS = 10**8
"""A smaller number is no time since 1970, but a year, a day, or an age."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(value: Any) -> tuple[datetime | None, str]:
    """Return a time, and the name of its form: empty for that of the contract. None if it cannot be read."""
    if isinstance(value, datetime):
        return value, ""
    if isinstance(value, dict | list):
        return _read(text_of_time(value))[0], "in parts"
    return _read(value)


def _read(value: Any) -> tuple[datetime | None, str]:
    if isinstance(value, int) and abs(value) < 10**20 and len(str(value)) in _DIGITS_OF_ISO_8601:
        value = str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(float(value) if abs(value) < 10**20 else 0.0)
    if not isinstance(value, str) or len(value) > MAX_TIME_CHARACTERS:
        return None, ""
    if _CONTRACT.fullmatch(value):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:  # a leap second, or no day of the calendar
            return _first(_by_form(value))
        return _plausible(time), ""
    return _first(_by_form(value))


def _first(readings: Iterator[tuple[datetime | None, str]]) -> tuple[datetime | None, str]:
    return next((reading for reading in readings if reading[0] is not None), (None, ""))


def _by_form(value: str) -> Iterator[tuple[datetime | None, str]]:
    text = " ".join(value.upper().split()).strip("\"' \ufeff")
    if (dotnet := _DOTNET.fullmatch(text)) is not None:
        yield _since_1970(float(dotnet[1]))
    for name, form in _FORMS.items():
        if (match := form.fullmatch(text)) is not None:
            yield _time_of(match.groupdict()), name
    if _NUMBER.fullmatch(text) and len(text.partition(".")[0]) not in _DIGITS_OF_ISO_8601:
        yield _since_1970(float(text))


def _time_of(parts: dict[str, str | None]) -> datetime | None:
    """Return the time of the parts of a form: a leap second is the one before it, 24:00 the next midnight."""
    number: Callable[[str], int] = lambda name: int(parts[name] or 0)  # noqa: E731 - of the parts
    month = parts["month"] or ""
    year = number("year") + (0 if number("year") > 99 else 2000 if number("year") < 70 else 1900)  # noqa: PLR2004 - RFC 850
    zone = _offset(_zone_of(parts))
    hour, second = _hour_of(number("hour"), parts["half"]), number("second")
    if zone is None or hour is None:
        return None
    microsecond = int(f"{parts['fraction'] or '0':0<6.6}")
    is_midnight = hour == 24 and not number("minute") and not second  # noqa: PLR2004 - hours of a day
    try:
        time = datetime(
            year,
            int(month) if month.isdecimal() else _MONTHS.index(month) + 1,
            number("day"),
            0 if is_midnight else hour,
            number("minute"),
            min(second, 59) if second <= 60 else second,  # noqa: PLR2004 - a leap second
            microsecond,
            tzinfo=timezone(zone),
        )
        return _plausible(time + timedelta(days=is_midnight))
    except (ValueError, OverflowError):
        return None


def _hour_of(hour: int, half: str | None) -> int | None:
    """Return an hour of the day; None if it is none of a half."""
    if half is None:
        return hour
    return hour % 12 + (12 if half == "P" else 0) if hour in HOURS_OF_A_HALF else None


def _zone_of(parts: dict[str, str | None]) -> str:
    """Return the zone of the parts of a form. What names it once more is not read."""
    if region := parts["region"]:
        return "UTC" if region in _REGIONS_OF_UTC else region
    return parts["zone"] or parts.get("offset") or ""


def _offset(zone: str) -> timedelta | None:
    """Return the offset of a zone; None if its name has several meanings, or none."""
    if zone in _ZONE_HOURS:
        return timedelta(hours=_ZONE_HOURS[zone])
    digits = zone.removeprefix("GMT").removeprefix("UTC").replace(":", "")
    if digits[:1] not in ("+", "-") or not digits[1:].isdecimal():
        return None
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:] or 0))
    return (offset if digits[0] == "+" else -offset) if offset < timedelta(days=1) else None


def _since_1970(number: float) -> tuple[datetime | None, str]:
    if _TICKS.start <= number < _TICKS.stop:
        return _EPOCH + timedelta(seconds=number / 10**7 - _SECONDS_OF_1970), "ticks of .NET"
    for bound, per_second, unit in _EPOCHS:
        if number < bound:
            seconds = number / per_second
            return (_plausible(_EPOCH + timedelta(seconds=seconds)) if seconds >= _LEAST_SECONDS else None), (
                f"{unit} since 1970"
            )
    return None, ""


def _plausible(time: datetime) -> datetime | None:
    return time if time.year >= FIRST_YEAR else None
