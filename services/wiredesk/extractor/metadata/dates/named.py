"""Dates whose month is a word, in any order: `16. siječnja 2024.`, `January 16th, 2024`, `2024. január 16.`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import dropwhile, takewhile
from typing import NamedTuple

from wiredesk.extractor.metadata.dates import calendars
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.days import (
    FULL_YEAR,
    FoundDay,
    day_in,
    full_year,
    hijri_day,
    last_such_day,
    persian_day,
)
from wiredesk.extractor.metadata.dates.names import (
    BEGINNINGS,
    HEBREW_IN,
    MONTH_WORDS,
    month_number,
    own_words,
    weekday,
)

MAX_LINKS = 5
"""Maximum number of signs and small words between two parts of a date, and one more."""

MAX_DAY = 31
"""Days of a month."""

SHORT = 2
"""Maximum digits of a day, a month, an hour or a minute, and digits of a short year."""

_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0970-\u0df3\u0e30-\u0e4e\u0eb0-\u0ece\u1000-\u109f\u1780-\u17d3])"
"""A letter, or a sign of a vowel that belongs to one."""

_WORD = re.compile(rf"{_LETTER}{{1,40}}(?:\.{_LETTER}{{1,3}})*")
"""A word, or an abbreviation with dots within."""

_TOKEN = re.compile(rf"\d+|{_WORD.pattern}|\S")
"""A number, a word, or one sign."""

_LINK_SIGNS = frozenset(".,'/-|()·、،।॥॰")
"""Signs between the parts of a date."""

_LINKS = frozenset(own_words("parts", "links"))
"""Words between the parts of a date, and endings of its numbers."""

_BESIDE_WEEKDAY = _LINKS | {".", ","}
"""What may be between a weekday, a day and a month."""

_BEFORE_NUMBERS = _LINKS | _LINK_SIGNS
"""What may be between a weekday and the numbers of a date."""

DATE_NUMBERS = 3
"""Numbers of a date whose month is a number, too."""

_NUMERIC_SIGNS = frozenset("/-.")
"""Signs between the numbers of a date whose month is a number."""

MAX_MONTH = 12
"""Months of a year."""

type Day = Callable[[int, int, int], date | None]
"""Returns the day that year, month and day mean in a calendar."""

_OTHER_CALENDARS: tuple[tuple[Mapping[str, int], Day], ...] = (
    (calendars.PERSIAN_MONTHS, persian_day),
    (calendars.HIJRI_MONTHS, hijri_day),
)
"""Months of calendars other than the Gregorian one."""


class _Token(NamedTuple):
    """A number, word or sign.

    Attributes:
        text: as in the folded text.
        start: position in it.
        end: position after it.
    """

    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.text[0].isdecimal()


def named_dates(text: str, conventions: DateConventions) -> Iterator[FoundDay]:
    """Yield the dates of a folded text whose month is a word."""
    if MONTH_WORDS.isdisjoint(word.replace(".", "") for word in _WORD.findall(text)):
        return
    tokens = [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]
    numbers = (index for index, token in enumerate(tokens) if token.is_number)
    near = {index for number in numbers for index in range(number - MAX_LINKS - 1, number + MAX_LINKS + 1)}
    months = (index for index, token in enumerate(tokens) if token.text.replace(".", "") in MONTH_WORDS)
    for index in sorted(near.intersection(months)):
        token = tokens[index]
        if not token.text[0].isalpha() or _is_weekday_of(tokens, index, conventions):
            continue
        for last in (index + 1, index) if token.text in BEGINNINGS else (index,):
            name = " ".join(part.text for part in tokens[index : last + 1])
            month = _month(name, conventions)
            if month is not None:
                day = _Neighbours(tokens, index, last, conventions).read(*month)
                if day is not None:
                    yield day
                break


def _is_weekday_of(tokens: Sequence[_Token], index: int, conventions: DateConventions) -> bool:
    """Return whether a word is the weekday before a date: `Sat` or `mar.`, which some languages have as months, too."""
    if weekday(tokens[index].text) is None:
        return False
    beside = tokens[index + 1 : index + 2 * MAX_LINKS]
    following = [token.text for token in beside]
    months = [text for text in following if _month(text, conventions) is not None]
    numbers = [token._replace(text="1") if token.text in months else token for token in beside]
    if _is_numeric_date(list(dropwhile(lambda token: token.text in _BEFORE_NUMBERS, numbers))):
        return True
    day_and_month = [text for text in following if text not in _BESIDE_WEEKDAY or text in months][:2]
    days = [text for text in day_and_month if text[0].isdecimal()]
    return [len(text) <= SHORT for text in days] == [True] and not set(months).isdisjoint(day_and_month)


def _is_numeric_date(tokens: Sequence[_Token]) -> bool:
    """Return whether tokens begin with a date whose month is a number: `13/01/2024`, `13/01`; not `12-13, 2024`."""
    texts = [token.text for token in tokens]
    numbers = list(takewhile(str.isdecimal, texts[: 2 * DATE_NUMBERS : 2]))
    sign, *others = texts[1 : 2 * len(numbers) : 2] or [""]
    has_year = any(len(text) == FULL_YEAR and text.isdecimal() for text in texts)
    if len(numbers) == DATE_NUMBERS and sign in _NUMERIC_SIGNS and others[0] == sign:
        return has_year or sign != "." or tokens[1].end == tokens[2].start  # `16. 10.30` is a day and a time
    is_pair = len(numbers) > 1 and sign == "/" and int(numbers[1][:FULL_YEAR]) <= MAX_MONTH
    return is_pair and not has_year and others[:1] != [":"]


def _month(name: str, conventions: DateConventions) -> tuple[int, Day | None] | None:
    """Return the number of a month, and its calendar if that is not the page's usual one."""
    name = name.replace(".", "")
    for months, day in _OTHER_CALENDARS:
        if name in months:
            return months[name], day
    number = month_number(name, conventions.language)
    if not number and name.startswith(HEBREW_IN):
        number = month_number(name.removeprefix(HEBREW_IN), "he")
    return (number, None) if number else None


class _Neighbours:
    """The numbers beside the name of a month.

    Args:
        tokens: of the text.
        first: index of the first token of the name.
        last: index of its last token.
        conventions: of the page.
    """

    def __init__(self, tokens: Sequence[_Token], first: int, last: int, conventions: DateConventions) -> None:
        self._tokens = tokens
        self._conventions = conventions
        self._first, self._last = first, last
        self._left = self._number(first, -1)
        self._right = self._number(last, +1)

    def read(self, month: int, calendar: Day | None) -> FoundDay | None:
        """Return the date that the numbers and a month make."""
        left, right = self._left, self._right
        further_left, further_right = self._number(left, -1), self._number(right, +1)
        # Day and year, and the first and last token of the date; the most usual order first.
        orders = (
            (left, right, left, right, FULL_YEAR),
            (right, further_right, self._first, further_right, FULL_YEAR),
            (left, further_left, further_left, self._last, FULL_YEAR),
            (right, left, left, right, FULL_YEAR),
            (left, right, left, right, SHORT),
            (right, further_right, self._first, further_right, SHORT),
        )
        for day, year, begin, end, digits in orders:
            if begin is None or end is None or not self._is_day(day) or not self._is_year(year, digits):
                continue
            parsed = self._day(year, month, day, calendar)
            if parsed is not None:
                return FoundDay(parsed, self._tokens[begin].start, self._tokens[end].end)
        return self._without_year(month) if calendar is None else None

    def _day(self, year: int | None, month: int, day: int | None, calendar: Day | None) -> date | None:
        if year is None or day is None:
            return None
        numbers = full_year(self._tokens[year].text, self._conventions), month, int(self._tokens[day].text)
        return calendar(*numbers) if calendar else day_in(*numbers, self._conventions)

    def _without_year(self, month: int) -> FoundDay | None:
        """Return the last such day before the page was fetched."""
        for day, begin, end in ((self._left, self._left, self._last), (self._right, self._first, self._right)):
            if day is not None and begin is not None and end is not None and self._is_day(day):
                parsed = last_such_day(month, int(self._tokens[day].text), self._conventions)
                if parsed is not None:
                    return FoundDay(parsed, self._tokens[begin].start, self._tokens[end].end, has_year=False)
        return None

    def _number(self, index: int | None, step: int) -> int | None:
        """Return the index of the next number in a direction, if only signs and small words are between."""
        if index is None:
            return None
        for position in range(index + step, index + step * (MAX_LINKS + 1), step):
            if not 0 <= position < len(self._tokens):
                return None
            if self._tokens[position].is_number:
                return position
            if not self._is_link(self._tokens[position].text):
                return None
        return None

    def _is_link(self, text: str) -> bool:
        # A second name of the same month follows the first one on Arabic pages.
        return text in _LINK_SIGNS or text in _LINKS or _month(text, self._conventions) is not None

    def _is_day(self, index: int | None) -> bool:
        if index is None or len(self._tokens[index].text) > SHORT:
            return False
        return 1 <= int(self._tokens[index].text) <= MAX_DAY and not self._is_of_clock(index)

    def _is_year(self, index: int | None, digits: int) -> bool:
        if index is None or len(self._tokens[index].text) != digits:
            return False
        return digits == FULL_YEAR or not self._is_of_clock(index)

    def _is_of_clock(self, index: int) -> bool:
        """Return whether a number is part of a time of day: `20:05`, `8.05`, `20h05`."""
        return self._is_clock(index - 2) or self._is_clock(index)

    def _is_clock(self, index: int) -> bool:
        """Return whether a number, a sign and two digits follow each other without spaces."""
        if index < 0 or index + 2 >= len(self._tokens):
            return False
        hour, sign, minute = self._tokens[index : index + 3]
        are_joined = hour.end == sign.start and sign.end == minute.start
        are_numbers = hour.is_number and minute.is_number and len(hour.text) <= SHORT == len(minute.text)
        return are_joined and are_numbers and sign.text in {":", ".", "h"}
