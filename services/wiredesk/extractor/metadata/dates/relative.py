"""Times relative to the moment at which a page was fetched: `3 hours ago`, `vor 2 Stunden`, `gestern, 20:05`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product

from wiredesk.extractor.alternation import alternation
from wiredesk.extractor.metadata.dates.clock import clock_patterns
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.folding import fold_date
from wiredesk.extractor.metadata.dates.names import AGO, own_words

MAX_TEXT = 80
"""Maximum characters of a text that may be a relative time."""

MAX_NUMBER = 400
"""Maximum number of units; more is no age of a story."""

_UNITS: Mapping[str, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
"""Lengths of the units of CLDR."""

_OWN_UNITS = ("minute", "hour", "day")
"""Units for which `words.toml` has patterns."""

_TOKEN = re.compile(r"\d{1,6}|(?:[^\W\d_]|[\u0900-\u0963\u0970-\u0df3\u0e30-\u0e4e])+")
"""A number or a word."""

MAX_WORDS = 3
"""Maximum words on one side of the number."""

_NUMBER = "{0}"
"""The number in a pattern."""

_HALF_TEXT = 2
"""The share of a text, one in so many characters, that a word for a day must have if no time follows it."""


def _form(written: str) -> tuple[str, ...]:
    """Return the words of a pattern, with `{0}` for its number."""
    before, _, after = written.partition(_NUMBER)
    return (*_TOKEN.findall(before), _NUMBER, *_TOKEN.findall(after))


def _forms() -> Iterator[tuple[tuple[str, ...], timedelta]]:
    """Yield the patterns of all languages, each with the length of its unit."""
    for unit, length in _UNITS.items():
        for units in (*AGO.values(), {unit: "|".join(own_words("ago", unit)) if unit in _OWN_UNITS else ""}):
            yield from ((_form(written), length) for written in units.get(unit, "").split("|") if written)


_LENGTHS: Mapping[tuple[str, ...], timedelta] = {
    form: length for form, length in _forms() if sum(map(len, form)) > len(_NUMBER) + 1
}
"""Lengths of units by the words of their patterns."""

_DAYS: Mapping[str, int] = {
    word: number for number, name in enumerate(("this_day", "day_before")) for word in own_words("parts", name)
}
"""How many days ago a word means."""

_DAY = re.compile(rf"(?<![^\W\d_])(?:{alternation(_DAYS, ' ')})(?![^\W\d_])")
"""A word for a day."""


def relative_date(text: str, conventions: DateConventions) -> date | None:
    """Return the time that a text names relative to the moment of fetching.

    Returns:
        A datetime for minutes and hours, a date for days and weeks; None if the text is no relative time, or if it is
        unknown when the page was fetched.
    """
    fetched = conventions.fetched_at
    if fetched is None or len(text) > MAX_TEXT:
        return None
    folded = fold_date(text)
    tokens = _TOKEN.findall(folded)
    for position, token in enumerate(tokens):
        if token.isdecimal() and (length := _length(tokens, position)) is not None:
            if int(token) > MAX_NUMBER:
                return None
            moment = fetched - int(token) * length
            return moment.replace(microsecond=0) if length < timedelta(days=1) else moment.date()
    match = _DAY.search(folded)
    return _day_with_clock(folded, match, conventions) if match else None


def _length(tokens: Sequence[str], position: int) -> timedelta | None:
    """Return the length of the unit that is counted by the number at a position; the longest pattern counts."""
    before, after = tokens[max(0, position - MAX_WORDS) : position], tokens[position + 1 : position + 1 + MAX_WORDS]
    sizes = sorted(product(range(len(before) + 1), range(len(after) + 1)), key=sum, reverse=True)
    forms = ((*before[len(before) - left :], _NUMBER, *after[:right]) for left, right in sizes)
    return next((_LENGTHS[form] for form in forms if form in _LENGTHS), None)


def _day_with_clock(folded: str, match: re.Match[str], conventions: DateConventions) -> date | None:
    """Return a day with the time that follows its word: `yesterday at 20:05`."""
    day = conventions.today() - timedelta(days=_DAYS[match[0]])
    patterns = clock_patterns(conventions.language)
    clock_match = patterns.search(folded[match.end() :])
    clock = patterns.read(clock_match) if clock_match else None
    if clock is not None:
        return clock.on(day, conventions)
    return day if len(folded) < _HALF_TEXT * len(match[0]) and _DAYS[match[0]] else None
