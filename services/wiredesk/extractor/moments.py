"""Times as pages write them, kept as precise and as certain as they are."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_LENGTH = 80
"""Characters of what may be a time; patterns and parsers see no more."""

EARLIEST = 1990
"""No page of the web is older; a year before it is a misread number."""

NOON = 12

_COMPACT_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_TIME = r"(?:[ T,]*(?:at |um |à |alle )?(\d{1,2})[:.h時时](\d{2})(?::\d{2})?\s*([ap]\.?m\b)?)?"
_NUMERIC = re.compile(rf"(?<!\d)(\d{{4}})[-/.年]\s?(\d{{1,2}})[-/.月]\s?(\d{{1,2}})日?{_TIME}", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:de |of )?([^\W\d_]{{3,10}})\.?,?\s+(?:de )?(\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"([^\W\d_]{{3,10}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}", re.IGNORECASE)

_MONTHS = tuple(
    frozenset(prefixes.split())
    for prefixes in (
        "jan ene gen янв", "feb fév fev фев", "mar mär mrt maa мар", "apr avr abr апр", "may mai mag mei maj май мая",
        "jun juin giu июн", "jul juil lug июл", "aug aoû ago août авг", "sep set сен", "oct okt ott out окт",
        "nov ноя", "dec dez déc dic дек",
    )
)  # fmt: skip
"""How the names of the months begin, in English, German, French, Spanish, Italian, Portuguese, Dutch, and Russian."""


def stated(text: str | None) -> date | None:
    """Read a time from a field that holds nothing else: ISO 8601 in its common forms, or RFC 2822."""
    text = (text or "").strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    for moment in _readings(text):
        if _is_plausible(moment):
            return moment
    return None


def written(line: str) -> date | None:
    """Read a time from a line that people read: `Updated: 2015-12-03 08:35`, `3 December 2015`, `2015年12月3日`."""
    line = line[:MAX_LENGTH]
    if found := _NUMERIC.search(line):
        year, month, day, *clock = found.groups()
    elif found := _DAY_FIRST.search(line):
        day, month, year, *clock = found.groups()
    elif found := _MONTH_FIRST.search(line):
        month, day, year, *clock = found.groups()
    else:
        return None
    return _moment(year, month, day, *clock)


def _moment(year: str, month: str, day: str, hour: str | None, minute: str | None, half: str | None) -> date | None:
    number = int(month) if month.isdigit() else _month(month)
    try:
        moment = date(int(year), number, int(day))
        if hour is not None and minute is not None:
            afternoon = 12 if (half or "").lower().startswith("p") and int(hour) < NOON else 0
            moment = datetime(moment.year, moment.month, moment.day, int(hour) + afternoon, int(minute))  # noqa: DTZ001 - the page does not say where
    except ValueError:
        return None
    return moment if _is_plausible(moment) else None


def _month(name: str) -> int:
    """Return the number of a month; 0, which no date has, where it is none."""
    folded = name.lower()
    return next((n for n, prefixes in enumerate(_MONTHS, 1) if any(map(folded.startswith, prefixes))), 0)


def _readings(text: str) -> Iterator[date]:
    iso = _COMPACT_OFFSET.sub(r"\1:\2", text.replace(" UTC", "Z").replace(" GMT", "Z"))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
        iso_reader = date.fromisoformat
    else:
        iso_reader = datetime.fromisoformat
        # fromisoformat takes one separator, and pages put spaces around it and before offsets.
        iso = re.sub(r"\s+([+-]\d\d:?\d\d|Z)$", r"\1", iso)
    for reader, form in ((iso_reader, iso), (parsedate_to_datetime, text)):
        try:
            yield reader(form)
        except ValueError:
            continue


def _is_plausible(moment: date) -> bool:
    day = moment.date() if isinstance(moment, datetime) else moment
    return day.year >= EARLIEST and day <= datetime.now(UTC).date() + timedelta(days=366)
