"""How languages name months, weekdays and halves of the day.

`cldr.json` holds the names of Unicode CLDR (Unicode licence v3, https://www.unicode.org/license.txt) in the form of
`fold_date`; `python -m training.extraction.calendar_words` writes it. `words.toml` has what
CLDR lacks.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from wiredesk.extractor.metadata.dates.calendars import HIJRI_MONTHS, PERSIAN_MONTHS
from wiredesk.extractor.metadata.dates.folding import fold_date

MIN_PREFIX = 3
"""Minimum letters of an abbreviation that no table has."""

_CLDR: Mapping[str, Any] = orjson.loads(Path(__file__).with_name("cldr.json").read_bytes())

_OWN: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

_SEPARATOR = "|"
"""Separates names in the file."""

_ABBREVIATED = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "sv", "da", "nb", "fi", "pl", "tr", "id", "el")
"""Languages whose abbreviations are recognised in a page of any language: three letters or more of a month's name."""


def _months() -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """Return the numbers of months by language and name, and those of names that are looked up without a language."""
    by_language: dict[str, dict[str, int]] = defaultdict(dict)
    languages_of: dict[tuple[str, int], int] = defaultdict(int)
    for table in (_CLDR["months"], _OWN["months"]):
        for language, months in table.items():
            for number, names in enumerate(months, 1):
                for name in fold_date(names).split(_SEPARATOR):
                    if name:
                        by_language[language].setdefault(name, number)
                        languages_of[name, number] += 1
    # A name of two months is that of more languages: `listopad`.
    common = {name: number for (name, number), _ in sorted(languages_of.items(), key=lambda item: item[1])}
    return by_language, common


def _prefixes(languages: Sequence[str]) -> Mapping[str, int]:
    """Return the numbers of months by the beginnings of their names, where these are of one month only."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for language in languages:
        for number, names in enumerate(_CLDR["months"].get(language, ()), 1):
            for name in names.split(_SEPARATOR):
                for size in range(MIN_PREFIX, len(name)):
                    numbers[name[:size]].add(number)
    return {prefix: next(iter(months)) for prefix, months in numbers.items() if len(months) == 1}


_MONTHS_OF, _MONTHS = _months()
"""Numbers of months by language and name; by name alone."""

BEGINNINGS = frozenset(name.partition(" ")[0] for name in (*_MONTHS, *PERSIAN_MONTHS, *HIJRI_MONTHS) if " " in name)
"""First words of names of months that are two words."""

_PREFIXES = _prefixes(_ABBREVIATED)
"""Numbers of months by the beginnings of their names, in languages of which many pages are."""

HEBREW_IN = "\u05d1"
"""The first letter of a Hebrew word that means `in` before it."""

_NAMES = frozenset(chain(_MONTHS, *_MONTHS_OF.values(), _PREFIXES, PERSIAN_MONTHS, HIJRI_MONTHS))
"""All names of months, in every calendar."""

MONTH_WORDS = _NAMES | {HEBREW_IN + name for name in _NAMES} | {word.replace(".", "") for word in BEGINNINGS}
"""Words without their dots that may be names of months, or begin one."""

_WEEKDAYS: Mapping[str, int] = {
    name: number
    for days in reversed(_CLDR["weekdays"].values())
    for number, names in enumerate(days)
    for name in names.split(_SEPARATOR)
    if name
}
"""Numbers of weekdays by name, Monday is 0."""

ORDERS: Mapping[str, str] = _CLDR["orders"]
"""The order of day, month and year in numeric dates, as `dmy`, by language, and by language and country (`en-us`)."""

AGO: Mapping[str, Mapping[str, str]] = _CLDR["ago"]
"""Patterns of times in the past, by language and unit; `{0}` is the number."""


def month_number(name: str, language: str = "") -> int:
    """Return the number of a month; 0, which no date has, if it is not the name of a month.

    Args:
        name: folded.
        language: of the page; some names are of different months in two languages.
    """
    number = _MONTHS_OF.get(language, {}).get(name) or _MONTHS.get(name)
    return number or _PREFIXES.get(name, 0)


def weekday(name: str) -> int | None:
    """Return the number of a weekday, Monday is 0; None if it is not the name of a weekday."""
    return _WEEKDAYS.get(name)


def halves_of(language: str) -> Iterator[tuple[str, bool]]:
    """Yield the words for the halves of the day, each with whether it means the second half."""
    own = [_SEPARATOR.join(_OWN["parts"][half]) for half in ("before_noon", "after_noon")]
    for table in (own, _CLDR["halves"].get(language, ())):
        for is_second, names in zip((False, True), table, strict=False):
            yield from ((name, is_second) for name in _folded([names]))


def own_names(section: str) -> tuple[str, ...]:
    """Return the names of the lists in a section of `words.toml`."""
    return tuple(_OWN[section])


def own_words(section: str, name: str) -> tuple[str, ...]:
    """Return the folded words of a list of `words.toml`."""
    return tuple(_folded(_OWN[section][name]))


def _folded(lines: Iterable[str]) -> Iterator[str]:
    yield from (folded for line in lines for word in line.split(_SEPARATOR) if (folded := fold_date(word).strip()))
