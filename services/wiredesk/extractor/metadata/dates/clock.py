"""Times of day beside a date: in clocks of 24 and of 12 hours, with or without a zone."""

import re
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.names import halves_of
from wiredesk.extractor.metadata.dates.zones import numeric_offset, offset_of

NOON = 12
"""The hour that a clock of twelve hours counts from: 12:05 a.m. is five past midnight."""

HOURS = 24
"""Hours of a day; midnight may be written as the end of a day, too."""

MAX_LANGUAGES = 128
"""Languages whose patterns are kept; more than there are."""

MAX_ABBREVIATION = 4
"""Maximum letters and dots of a word for half of the day that is taken for an abbreviation."""

_ZONE = (
    r"(?:\s?\(?(?:(?:utc|gmt)\s?)?(?P<sign>[+-])(?P<zone_hours>\d{1,2}):?(?P<zone_minutes>\d{2})?(?![\d.,:/-])"
    r"|\s?\(?(?P<zone>z|[^\W\d_]{2,5})(?![^\W_]))?"
)
"""A zone after a time: an offset, or an abbreviation."""


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day as a page writes it.

    Attributes:
        hour: from 0 to 24.
        minute: from 0 to 59.
        second: from 0 to 59.
        zone: its abbreviation, folded; empty without one.
        offset: the offset that is written as numbers.
    """

    hour: int
    minute: int
    second: int
    zone: str = ""
    offset: timezone | None = None

    def on(self, day: date, conventions: DateConventions) -> datetime:
        """Return this time of a day, with an offset if the zone is known.

        Raises:
            OverflowError: the day after it cannot be represented.
        """
        whole, hour = divmod(self.hour, HOURS)
        parsed = datetime.combine(day + timedelta(days=whole), time(hour, self.minute, self.second))
        return parsed.replace(tzinfo=self.offset or offset_of(self.zone, parsed, conventions))


class ClockPatterns:
    """The patterns of times of day on pages in a language.

    Args:
        language: without country and script; empty if unknown.
    """

    def __init__(self, language: str) -> None:
        self._halves = {re.sub(r"[.\s]", "", word): is_second for word, is_second in halves_of(language)}
        words = sorted({word for word, _ in halves_of(language)}, key=len, reverse=True)
        dotted = "|".join(map(_with_dots, words))
        first = rf"(?:(?P<before>{dotted})[.\s]{{0,2}})?"
        last = rf"(?:\s?(?P<after>{dotted})(?![^\W\d_])\.?)?"
        clock = (
            r"(?<![\d/.])(?<!\d[-,:])(?P<hour>\d{1,2})(?:\s?[:.hu]\s?(?P<minute>\d{2})(?!\.?\d)"
            r"(?:[:.](?P<second>\d{2})(?:\.\d{1,9})?(?!\d))?"
            r"|\s?[時时시点點]\s?(?P<named_minute>\d{1,2})\s?[分분](?:\s?\d{1,2}[秒초])?"
            r"|\s?(?:[h時时시点點]|uhr)(?![^\W\d_])|(?=\s?[ap]\.?\s?m(?![^\W\d_])))"
        )
        self._clock = re.compile(first + clock + last + _ZONE)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first time of day in a folded text."""
        return self._clock.search(text)

    def search_last(self, text: str) -> re.Match[str] | None:
        """Return the last time of day in a folded text."""
        return next(iter(deque(self._clock.finditer(text), maxlen=1)), None)

    def read(self, match: re.Match[str]) -> ClockTime | None:
        """Return the time of day that a match has; None if there is no such time."""
        hour, minute, second = map(
            int, (match["hour"], match["minute"] or match["named_minute"] or 0, match["second"] or 0)
        )
        half = self._halves.get(re.sub(r"[.\s]", "", match["after"] or match["before"] or ""))
        if half is not None and 1 <= hour <= NOON:
            hour = hour % NOON + (NOON if half else 0)
        if hour > HOURS or (hour == HOURS and minute) or minute > 59 or second > 59:  # noqa: PLR2004 - minutes of an hour
            return None
        offset = numeric_offset(match["sign"], match["zone_hours"], match["zone_minutes"]) if match["sign"] else None
        return ClockTime(hour, minute, second, match["zone"] or "", offset)


def _with_dots(word: str) -> str:
    """Return a pattern of a word; between the letters of an abbreviation dots and spaces may stand."""
    if len(word) > MAX_ABBREVIATION:
        return re.escape(word)
    return r"\.?\s?".join(re.escape(letter) for letter in word if letter not in ". ")


@lru_cache(maxsize=MAX_LANGUAGES)
def clock_patterns(language: str) -> ClockPatterns:
    """Return the patterns of a language, compiled once. An unknown language has those of all."""
    return ClockPatterns(language)
