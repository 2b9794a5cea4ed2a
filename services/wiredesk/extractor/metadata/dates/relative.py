"""Times relative to the moment at which a page was fetched: `3 hours ago`, `vor einer Stunde`, `gestern, 20:05`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product

from wiredesk.extractor.metadata.dates.clock import clock_patterns
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.folding import fold_date
from wiredesk.extractor.metadata.dates.names import AGO, own_names, own_words
from wiredesk.extractor.words import ends_sentence
from wiredesk.languages.alternation import alternation

MAX_TEXT = 80
"""Maximum characters of a text that may be a relative time."""

MAX_BARE_TEXT = 40
"""Maximum characters of a text without a digit that may be a relative time."""

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

_TOKEN = re.compile(r"\d{1,6}|[\u3400-\u9fff]{1,4}?前|(?:[^\W\d_]|[\u0900-\u0963\u0970-\u0df3\u0e30-\u0e4e])+")
"""A number or a word; in Chinese and Japanese, what ends in the word for `ago`."""

MAX_LINE_WORDS = 4
"""Maximum words of a text with a full stop that is no sentence: `Updated 3 hours ago.`"""

_ASCII_WORD = re.compile(r"[a-z']+")

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
        own = own_words("ago", unit) if unit in own_names("ago") else ()
        for written in (*own, *(pattern for units in AGO.values() for pattern in units.get(unit, "").split("|"))):
            if written and not written.startswith(("-", "\u2212")):  # `-{0} min`, without its sign, is a reading time
                yield _form(written), length


_LENGTHS: Mapping[tuple[str, ...], timedelta] = {
    form: length for form, length in _forms() if sum(map(len, form)) > len(_NUMBER) + 1
}
"""Lengths of units by the words of their patterns."""

_NUMBERS: Mapping[str, int] = {word: int(name) for name in own_names("numbers") for word in own_words("numbers", name)}
"""Small numbers by their words."""

_LENGTH_OF: Mapping[str, timedelta] = {
    form[form.index(_NUMBER) + 1]: length for form, length in reversed(list(_LENGTHS.items())) if form[-1] != _NUMBER
}
"""Lengths of units by the words after numbers."""

_LONG_UNITS = frozenset(own_words("parts", "long_units"))
"""Units longer than a week."""

_NO_WHOLE_NUMBER = re.compile(r"\d{1,6}(?:[.,/]\d{1,6})+")
"""`2.5`, `1,200`, `1/2`."""

_PARTS_OF_NUMBERS = frozenset(own_words("parts", "parts_of_numbers"))
"""Words before a number that are a part of it: `twenty-one`, `half a`."""

_LANGUAGE_OF_DAY: Mapping[str, str] = dict(pair.split("=") for pair in own_words("parts", "own_days"))
"""The language of words for days that are other words elsewhere."""

_CHINESE = dict(zip("一二两兩三四五六七八九十", (1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
"""Small numbers by their characters, which stand before a unit without a space."""

_CHINESE_NUMBER = re.compile(
    rf"(?<![{''.join(_CHINESE)}])[{''.join(_CHINESE)}](?=\s?(?:[个個天周週]|分[钟鐘]|小[时時]|日前|時間前))"
)
"""Such a number."""

_AGO_IN_CHINESE = re.compile("[之以]前")
"""Longer forms of the word for `ago`."""

_DAYS: Mapping[str, int] = {
    word: number
    for number, name in enumerate(("this_day", "day_before", "two_days_before"))
    for word in own_words("parts", name)
}
"""How many days ago a word means."""

_AGES: Mapping[str, tuple[int, timedelta]] = {
    phrase: (int(count), _UNITS[unit])
    for name in own_names("phrases")
    for count, unit in [name.split()]
    for phrase in own_words("phrases", name)
}
"""How many units ago a phrase means."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""A letter of a script without spaces between words."""


def _anywhere(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of one of these texts; where words are divided by spaces, it does not begin or end in a word."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for text in texts:
        (unspaced if _UNSPACED.search(text) else spaced).append(text)
    return re.compile(rf"(?<![^\W\d_])(?:{alternation(spaced, ' ')})(?![^\W\d_])|{alternation(unspaced, ' ')}")


_DAY = _anywhere(_DAYS)
"""A word for a day."""

_AGE = re.compile(rf"(?<!\d )(?<!\d)(?:{_anywhere(_AGES).pattern})")
"""A phrase for an age; after a number it is a part of a longer one: `21 час назад`."""

_MARKS = frozenset(
    max(text.split(), key=len) for text in (*(" ".join(form) for form in _LENGTHS), *_AGES, *_DAYS) if text.isascii()
) - {_NUMBER}
"""The longest words of patterns, phrases and days, one of which each has: of those in ASCII."""


def relative_date(text: str, conventions: DateConventions) -> date | None:
    """Return the time that a text names relative to the moment of fetching.

    Returns:
        A datetime for minutes and hours, a date for days and weeks; None if the text is no relative time, or if it is
        unknown when the page was fetched.
    """
    fetched = conventions.fetched_at
    if fetched is None or len(text) > MAX_TEXT or _is_sentence(text):
        return None
    folded = _CHINESE_NUMBER.sub(lambda match: str(_CHINESE[match[0]]), _AGO_IN_CHINESE.sub("前", fold_date(text)))
    age = _age(folded)
    if age is not None:
        return _moment(fetched, *age)
    match = next((day for day in _DAY.finditer(folded) if _is_of(day[0], conventions.language)), None)
    return _day_with_clock(folded, match, conventions) if match else None


def may_be_relative(text: str) -> bool:
    """Return whether a text without a digit may be a relative time: a cheap check, since most texts are none."""
    if len(text) > MAX_BARE_TEXT:
        return False
    return not text.isascii() or not _MARKS.isdisjoint(_ASCII_WORD.findall(text.lower()))


def _age(folded: str) -> tuple[int, timedelta] | None:
    """Return the number and the length of the units that a text names; None if it names none, or too many."""
    match = _AGE.search(folded)
    is_whole = match is not None and _NUMBERS.keys().isdisjoint(folded[: match.start()].split()[-1:])
    if match and is_whole and (_AGES[match[0]][0] or _is_most_of(folded, match)):
        return _AGES[match[0]]
    tokens = _TOKEN.findall(_NO_WHOLE_NUMBER.sub("", folded))
    for position, token in enumerate(tokens):
        number = int(token) if token.isdecimal() else _NUMBERS.get(token)
        if number is not None and (form := _form_at(tokens, position)) is not None:
            return _whole_age(tokens[: position - form.index(_NUMBER)], number, _LENGTHS[form])
    return None


def _whole_age(before: Sequence[str], number: int, length: timedelta) -> tuple[int, timedelta] | None:
    """Return an age with what comes before it: `1 day 3 hours ago`; None if that makes another number of it."""
    if number > MAX_NUMBER or not _PARTS_OF_NUMBERS.isdisjoint(before[-1:]):
        return None
    if len(before) > 1 and before[-2].isdecimal():
        if before[-1] in _LONG_UNITS:
            return None
        if (longer := _LENGTH_OF.get(before[-1])) is not None:
            return 1, int(before[-2]) * longer + number * length
    return number, length


def _moment(fetched: datetime, number: int, length: timedelta) -> date:
    moment = fetched - number * length
    return moment.replace(microsecond=0) if length < timedelta(days=1) else moment.date()


def _is_sentence(text: str) -> bool:
    return text.count(" ") >= MAX_LINE_WORDS and ends_sentence(text)


def _is_most_of(folded: str, match: re.Match[str]) -> bool:
    return len(folded) < _HALF_TEXT * len(match[0])


def _form_at(tokens: Sequence[str], position: int) -> tuple[str, ...] | None:
    """Return the pattern that the words around the number at a position have; the longest one counts."""
    before, after = tokens[max(0, position - MAX_WORDS) : position], tokens[position + 1 : position + 1 + MAX_WORDS]
    sizes = sorted(product(range(len(before) + 1), range(len(after) + 1)), key=sum, reverse=True)
    forms = ((*before[len(before) - left :], _NUMBER, *after[:right]) for left, right in sizes)
    return next((form for form in forms if form in _LENGTHS), None)


def _is_of(day: str, language: str) -> bool:
    """Return whether a word means a day on pages of a language: `hier` does in French."""
    return _LANGUAGE_OF_DAY.get(day, language) == language


def _day_with_clock(folded: str, match: re.Match[str], conventions: DateConventions) -> date | None:
    """Return a day with the time that follows its word: `yesterday at 20:05`."""
    day = conventions.today() - timedelta(days=_DAYS[match[0]])
    patterns = clock_patterns(conventions.language)
    clock_match = patterns.search(folded[match.end() :])
    clock = patterns.read(clock_match) if clock_match else None
    if clock is not None:
        return clock.on(day, conventions)
    return day if _is_most_of(folded, match) and _DAYS[match[0]] else None
