"""Dates as people write them, with the time of day and the words beside them."""

import re
from dataclasses import dataclass
from datetime import date

from wiredesk.extractor.metadata.dates.clock import ClockTime, clock_patterns
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.days import FoundDay
from wiredesk.extractor.metadata.dates.folding import fold_date
from wiredesk.extractor.metadata.dates.labels import DateLabel, last_label
from wiredesk.extractor.metadata.dates.named import named_dates
from wiredesk.extractor.metadata.dates.numeric import numeric_dates, without_chinese_numerals

MAX_TEXT = 300
"""Maximum characters of a text that are searched for dates."""

MAX_DATES = 12
"""Maximum number of dates that are read from one text."""

MAX_TO_CLOCK = 24
"""Maximum characters between a date and its time of day."""

MAX_CLOCK = 50
"""Maximum characters of a time of day with its zone, and of what is between it and the date."""

MAX_LABEL = 60
"""Characters before a date in which its label is searched for."""

_DIGIT = re.compile(r"\d")
"""What every date has. Most texts have none."""

_CHINESE_YEAR = re.compile("[〇零一二三四五六七八九十元]年")
"""What dates without digits have."""

_JOINED = re.compile(r"[A-Z](?<=[a-zß-ÿ][A-Z])(?=[a-z])")
"""Where text pages join the words of two lines: `Associated PressApril 28, 2023`."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text.

    Attributes:
        value: a date, or a datetime if the text has a time of day.
        label: what it is the date of; None if the text does not say it.
        start: position in the folded text.
        end: position after it.
        has_year: whether the text states the year.
    """

    value: date
    label: DateLabel | None
    start: int
    end: int
    has_year: bool = True


def has_digit(text: str) -> bool:
    """Return whether a text may hold a date."""
    return _DIGIT.search(text) is not None or ("年" in text and _CHINESE_YEAR.search(text) is not None)


def dates_in(text: str, conventions: DateConventions) -> list[WrittenDate]:
    """Return the dates of a text, in its order.

    Args:
        text: its first `MAX_TEXT` characters are read.
        conventions: of the page.
    """
    text = text[:MAX_TEXT]
    if not has_digit(text):
        return []
    folded = without_chinese_numerals(fold_date(_JOINED.sub(r" \g<0>", text)))
    days: list[FoundDay] = []
    candidates = (*numeric_dates(folded, conventions), *named_dates(folded, conventions))
    for day in sorted(candidates, key=lambda f: (f.start, -f.end)):
        is_free = not days or day.start >= days[-1].end
        if is_free and len(days) < MAX_DATES and conventions.is_plausible(day.day):
            days.append(day)
    ends = [0, *(day.end for day in days)]
    starts = [*(day.start for day in days[1:]), len(folded)]
    return [
        _with_clock(folded, day, (begin, end), conventions) for day, begin, end in zip(days, ends, starts, strict=False)
    ]


def _with_clock(text: str, day: FoundDay, bounds: tuple[int, int], conventions: DateConventions) -> WrittenDate:
    """Return a date with the time of day beside it, and its label.

    Args:
        text: folded.
        day: the day.
        bounds: where the date before it ends, and where the next one begins.
        conventions: of the page.
    """
    begin, end = bounds
    before, after = text[max(begin, day.start - MAX_CLOCK) : day.start], text[day.end : end][: 2 * MAX_CLOCK]
    clock = _nearest_clock(before, after, conventions)
    value = day.day
    if clock is not None:
        try:
            value = clock.on(day.day, conventions)
        except OverflowError:
            clock = None
    label = last_label(text[max(begin, day.start - MAX_LABEL) : day.start])
    return WrittenDate(value, label, day.start, day.end, day.has_year)


def _nearest_clock(before: str, after: str, conventions: DateConventions) -> ClockTime | None:
    """Return the time of day that is nearest to a date, if no word for another date is between them."""
    patterns = clock_patterns(conventions.language)
    first, last = patterns.search(after), patterns.search_last(before)
    beside = [(first, after[: first.start()])] if first else []
    beside += [(last, before[last.end() :])] if last else []
    for match, between in sorted(beside, key=lambda pair: len(pair[1])):
        if len(between) <= MAX_TO_CLOCK and last_label(between) is None:
            clock = patterns.read(match)
            if clock is not None:
                return clock
    return None
