"""The choice among the dates that a page shows: the one with the best score is the story's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wiredesk.extractor.metadata.dates.conventions import DateConventions, day_of
from wiredesk.extractor.metadata.dates.folding import fold_date
from wiredesk.extractor.metadata.dates.labels import DateLabel, last_label
from wiredesk.extractor.metadata.dates.relative import relative_date
from wiredesk.extractor.metadata.dates.written import WrittenDate, dates_in

MIN_SCORE = 0.0
"""Minimum score of a date that is taken for the story's."""

LABEL_SCORES: Mapping[DateLabel | None, float] = {
    DateLabel.FIRST: 4, DateLabel.PUBLISHED: 4, DateLabel.MODIFIED: 2, DateLabel.OTHER: -6, None: 0,
}  # fmt: skip
"""Part of the score by what a date is the date of."""

CLOCK_SCORE, NO_YEAR_SCORE, FUTURE_SCORE = 1, -1.5, -5
"""Parts of the score of a date with a time of day, without a year, and after the fetching."""

ADDRESS_SCORE, OTHER_DAY_SCORE = 4, -2
"""Parts of the score of the day in the page's address, and of another one."""


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that a page shows.

    Attributes:
        value: a date, or a datetime if there is a time of day.
        label: what it is the date of.
        score: how likely it is the story's.
    """

    value: date
    label: DateLabel | None
    score: float


@dataclass(frozen=True, slots=True)
class ShownDates:
    """The dates of the story that a page shows.

    Attributes:
        published: of publication; a date of change, if there is no other.
        modified: of the last change.
    """

    published: date | None = None
    modified: date | None = None


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads and scores the dates of one page's texts.

    Attributes:
        conventions: of the page.
        address_day: the day in the page's address.
    """

    conventions: DateConventions
    address_day: date | None = None

    def read(self, text: str) -> list[WrittenDate]:
        """Return the dates of a text, or the time that it names relative to the fetching."""
        written = dates_in(text, self.conventions)
        has_year = any(date.has_year for date in written)  # `2 gün` is two days in Turkish, and a month elsewhere
        if not has_year and (parsed := relative_date(text, self.conventions)) is not None:
            written = [WrittenDate(parsed, last_label(fold_date(text)), 0, len(text))]
        return written

    def score(self, written: WrittenDate, label: DateLabel | None) -> float:
        """Return the part of the score that a date has by itself."""
        day = day_of(written.value)
        score = LABEL_SCORES[label] + (CLOCK_SCORE if isinstance(written.value, datetime) else 0)
        score += 0 if written.has_year else NO_YEAR_SCORE
        score += FUTURE_SCORE if day > self.conventions.today() + timedelta(days=1) else 0
        if self.address_day is not None:
            score += ADDRESS_SCORE if abs((day - self.address_day).days) <= 1 else OTHER_DAY_SCORE
        return score


def choose(candidates: Iterable[DateCandidate]) -> ShownDates:
    """Return the best dates of publication and of change. Of equals the first one counts.

    Where the page says when the story was first published, a later publication is not asked for.
    """
    best: dict[DateLabel, DateCandidate] = {}
    for candidate in candidates:
        label = candidate.label if candidate.label in (DateLabel.FIRST, DateLabel.MODIFIED) else DateLabel.PUBLISHED
        if candidate.score >= MIN_SCORE and (label not in best or candidate.score > best[label].score):
            best[label] = candidate
    modified = best.get(DateLabel.MODIFIED)
    first = best.get(DateLabel.FIRST) or best.get(DateLabel.PUBLISHED) or modified
    return ShownDates(first.value if first else None, modified.value if modified else None)
