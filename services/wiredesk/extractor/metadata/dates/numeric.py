"""Dates whose month is a number: `2015-12-03`, `3/12/2015`, `2015年12月3日`, `令和6年1月16日`, `16 tháng 1, 2024`."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from wiredesk.extractor.metadata.dates import calendars
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.days import (
    CENTURY,
    FULL_YEAR,
    FoundDay,
    day_in,
    full_year,
    gregorian_day,
    last_such_day,
)
from wiredesk.extractor.metadata.dates.names import weekday

MAX_TO_WEEKDAY = 14
"""Characters before a date in which its weekday is."""

YEAR_FIRST_LANGUAGES = frozenset({"zh", "ja", "ko"})
"""Languages that write a year of two digits first, too."""

_SIGNS = re.compile(r"\d\s?(?:[-/.年년月월]|оны|thang)")
"""What every such date has: a sign or a word between its numbers. Most texts with a number have none."""

_FIRST_YEAR = "元"
"""What the first year of an era has instead of a number."""

_ALONE = r"(?<![\d/.])(?<!\d[-,:])"
"""Before a date is no other number."""

_YEAR_FIRST = re.compile(
    rf"{_ALONE}(\d{{4}})\s?(?:([-/.])\s?(\d{{1,2}})\s?\2\s?(\d{{1,2}})"
    r"|(?:年|년|оны)\s?(\d{1,2})\s?(?:月|월|-?р сарын|(?:дугаар|дүгээр)? сарын)\s?(\d{1,2})\s?[日号號일]?)(?!\d)"
)
"""`2015-12-03`, `2015. 12. 3`, `2015年12月3日`, `2015년 12월 3일`."""

_YEAR_LAST = re.compile(
    rf"{_ALONE}(\d{{1,2}})\s?([-/.])\s?(\d{{1,2}})\s?\2\s?'?(\d{{4}}|\d{{2}})"
    r"(?!\d|[/:.]\d|-\d(?!\d?[:.]\d\d))"
)
"""`3/12/2015`, `12-3-15`, `03. 12. 2015`."""

_ERA = re.compile(
    rf"({'|'.join(calendars.ERAS)})\s?(\d{{1,3}}|元)\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})\s?日?"
    rf"|(?<![^\W_])([{''.join(calendars.ERA_LETTERS)}])\.?(\d{{1,2}})[./](\d{{1,2}})[./](\d{{1,2}})(?!\d)"
)
"""`令和6年1月16日`, `民國113年1月16日`, `R6.1.16`."""

_MINGUO = re.compile(rf"{_ALONE}(\d{{2,3}})\s?(?:年|[-/.])\s?(\d{{1,2}})\s?(?:月|[-/.])\s?(\d{{1,2}})\s?日?(?!\d)")
"""`113/01/16` on a page of Taiwan."""

_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s?thang\s?(\d{1,2})\s?[,/-]?\s?(?:nam\s?)?(\d{4})(?!\d)")
"""`16 tháng 1, 2024`, folded."""

_NO_YEAR = re.compile(
    r"(?<![\d年년])(?<![年년]\s)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]"
    r"|(?<![\d./:-])(\d{2})-(\d{2})(?=\s\d{1,2}:\d\d)"
)
"""`1月16日`, and the form of Chinese portals: `01-16 20:05`."""

_CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九]{3,4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
"""A date in Chinese numerals."""

_ROMAN = re.compile(
    r"(?<![\w.])(?=\d{1,4}\W{1,2}[ivx]{1,4}\W{1,2}\d)(?:(?=(?:19|20)\d\d)|(?=[\d\W]{2,5}[ivx]{1,4}\W{1,2}(?:19|20)\d\d))"
    r"(\d{1,2}|\d{4})(?! x )(?:\.? |[-./])(i{1,3}|iv|vi{0,3}|ix|xi{0,2})(?:\.? |[-./])(\d{4}|\d{1,2})(?![\w:])"
)
"""`12-II-2025`, `2025. II. 12.`, folded."""

_ROMAN_MONTHS = dict(
    zip(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"),
        (
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ),
        strict=True,
    )
)
"""Names of months, by Roman numerals."""

_CHINESE_DIGITS = {"〇": 0, "零": 0, **{sign: number for number, sign in enumerate("一二三四五六七八九", 1)}}
"""Chinese numerals of one digit."""

_WORD = re.compile(r"[^\W\d_]+")
"""A word that may be a weekday."""


def numeric_dates(text: str, conventions: DateConventions) -> Iterator[FoundDay]:
    """Yield the dates of a folded text whose month is a number."""
    if not _SIGNS.search(text) and _FIRST_YEAR not in text:
        return
    for match in _YEAR_FIRST.finditer(text):
        yield from _found(match, match[1], match[3] or match[5], match[4] or match[6], conventions)
    for match in _YEAR_LAST.finditer(text):
        yield from _year_last(text, match, conventions)
    yield from _of_east_asia(text, conventions)
    for match in _VIETNAMESE.finditer(text):
        yield from _found(match, match[3], match[2], match[1], conventions)
    for match in _NO_YEAR.finditer(text):
        parsed = last_such_day(int(match[1] or match[3]), int(match[2] or match[4]), conventions)
        if parsed is not None:
            yield FoundDay(parsed, match.start(), match.end(), has_year=False)


def without_chinese_numerals(text: str) -> str:
    """Return a folded text with its dates in Chinese numerals, or with months in Roman ones, written as others."""
    text = _CHINESE_DATE.sub(_in_digits, text) if "年" in text else text
    return _ROMAN.sub(_with_named_month, text)


def _with_named_month(match: re.Match[str]) -> str:
    return f"{match[1]} {_ROMAN_MONTHS[match[2]]} {match[3]}"


def _in_digits(match: re.Match[str]) -> str:
    year = "".join(str(_CHINESE_DIGITS[sign]) for sign in match[1])
    return f"{year}年{_value(match[2])}月{_value(match[3])}日"


def _value(numeral: str) -> int:
    """Return the value of a Chinese numeral below 100."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _CHINESE_DIGITS.get(numeral[-1], 0)
    return 10 * _CHINESE_DIGITS.get(tens[:1], 1) + _CHINESE_DIGITS.get(ones[:1], 0)


def _found(match: re.Match[str], year: str, month: str, day: str, conventions: DateConventions) -> Iterator[FoundDay]:
    parsed = day_in(full_year(year, conventions), int(month), int(day), conventions)
    if parsed is not None:
        yield FoundDay(parsed, match.start(), match.end())


def _of_east_asia(text: str, conventions: DateConventions) -> Iterator[FoundDay]:
    """Yield dates whose year is that of an era."""
    for match in _ERA.finditer(text):
        if not match[1] and conventions.language != "ja":
            continue
        name, year, month, day = match.groups()[:4] if match[1] else match.groups()[4:]
        first = calendars.ERAS[calendars.ERA_LETTERS.get(name, name)]
        parsed = gregorian_day(first + (1 if year == _FIRST_YEAR else int(year)), int(month), int(day))
        if parsed is not None:
            yield FoundDay(parsed, match.start(), match.end())
    for match in _MINGUO.finditer(text) if conventions.language == "zh" else ():
        year = int(match[1])
        parsed = gregorian_day(calendars.ERAS["民國"] + year, int(match[2]), int(match[3]))
        if parsed is not None and year in calendars.MINGUO_YEARS:
            yield FoundDay(parsed, match.start(), match.end())


def _year_last(text: str, match: re.Match[str], conventions: DateConventions) -> Iterator[FoundDay]:
    first, sign, second, last = match.groups()
    if len(last) < FULL_YEAR and conventions.language in YEAR_FIRST_LANGUAGES:
        yield from _found(match, str(CENTURY + int(first)), second, last, conventions)
        return
    year = full_year(last, conventions)
    month_first = day_in(year, int(first), int(second), conventions)
    day_first = day_in(year, int(second), int(first), conventions)
    if month_first is not None and day_first is not None:
        before = text[max(0, match.start() - MAX_TO_WEEKDAY) : match.start()]
        is_month_first = sign != "." and _is_month_first(before, month_first, day_first, conventions)
        day: date | None = month_first if is_month_first else day_first
    else:
        day = month_first or day_first
    if day is not None:
        yield FoundDay(day, match.start(), match.end())


def _is_month_first(before: str, month_first: date, day_first: date, conventions: DateConventions) -> bool:
    """Return which of two readings is meant: by its weekday, what is possible, what the page knows, or convention.

    Args:
        before: the text before the date.
        month_first: one reading.
        day_first: the other.
        conventions: of the page.
    """
    numbers = [number for word in _WORD.findall(before) if (number := weekday(word)) is not None]
    fits = [parsed.weekday() == numbers[-1] for parsed in (month_first, day_first)] if numbers else [True, True]
    if fits[0] == fits[1]:
        latest = conventions.today() + timedelta(days=1)
        fits = [month_first <= latest, day_first <= latest]
    if fits[0] == fits[1]:
        known_days = conventions.known_days()
        fits = [month_first in known_days, day_first in known_days]
    return fits[0] if fits[0] != fits[1] else conventions.is_month_first
