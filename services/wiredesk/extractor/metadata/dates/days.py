"""Days that are found in a text, in the Gregorian calendar, whatever calendar they are written in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from wiredesk.extractor.metadata.dates import calendars
from wiredesk.extractor.metadata.dates.conventions import DateConventions

CENTURY = 2000
"""What is added to a year of two digits."""

FULL_YEAR = 4
"""Digits of a year that is written in full."""


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day in a text, before its time of day and its label are read.

    Attributes:
        day: in the Gregorian calendar.
        start: position in the folded text.
        end: position after it.
        has_year: whether the text states the year.
    """

    day: date
    start: int
    end: int
    has_year: bool = True


def full_year(digits: str, conventions: DateConventions) -> int:
    """Return a year that is written with two or four digits."""
    year = int(digits)
    if len(digits) == FULL_YEAR:
        return year
    if conventions.language == "th" and year in calendars.SHORT_BUDDHIST_YEARS:
        return CENTURY + 500 + year
    return CENTURY + year


def day_in(year: int, month: int, day: int, conventions: DateConventions) -> date | None:
    """Return the day that three numbers mean on a page; None if there is no such day."""
    if year in calendars.BUDDHIST_YEARS:
        return gregorian_day(year - calendars.BUDDHIST, month, day)
    if year in calendars.PERSIAN_YEARS and conventions.language in calendars.PERSIAN_LANGUAGES:
        return persian_day(year, month, day)
    return gregorian_day(year, month, day)


def last_such_day(month: int, day: int, conventions: DateConventions) -> date | None:
    """Return the last such day before the page was fetched; None if that is unknown."""
    if conventions.fetched_at is None:
        return None
    latest = conventions.today() + timedelta(days=1)
    for year in (latest.year, latest.year - 1):
        parsed = gregorian_day(year, month, day)
        if parsed is not None and parsed <= latest:
            return parsed
    return None


def gregorian_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the Gregorian calendar; None if there is no such day."""
    return _day(date, year, month, day)


def persian_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the Persian calendar; None if there is no such day."""
    return _day(calendars.from_persian, year, month, day)


def hijri_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the Islamic calendar; None if there is no such day."""
    return _day(calendars.from_hijri, year, month, day)


def _day(make: Callable[[int, int, int], date], year: int, month: int, day: int) -> date | None:
    try:
        return make(year, month, day)
    except (ValueError, OverflowError):
        return None
