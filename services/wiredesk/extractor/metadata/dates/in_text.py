"""Dates of text pages: candidates in the lines around the body, scored by distance, words and length."""

from collections.abc import Iterator, Sequence

from wiredesk.extractor.metadata.dates.choice import DateCandidate, DateReader
from wiredesk.extractor.metadata.dates.conventions import DateConventions
from wiredesk.extractor.metadata.dates.folding import fold_date
from wiredesk.extractor.metadata.dates.labels import DateLabel, last_label
from wiredesk.extractor.metadata.dates.written import WrittenDate, dates_in
from wiredesk.extractor.metadata.text_sources import TextSources

MAX_LINE = 240
"""Maximum characters of a line that states the date of a story; longer ones are prose."""

MAX_OTHER = 70
"""Maximum characters beside the dates of a line that states them without saying what they are."""

MAX_LABEL_LINE = 30
"""Maximum characters of a line that says what the date in the next line is the date of."""

HEADER_SCORE, BEGINNING_SCORE, OPENING_SCORE, BELOW_SCORE, ENDING_SCORE = 5, 5, 3, 2, 2
"""Parts of the score of the nearest line above the body, of its first lines, kept or not, of those below, and of its
last ones."""

LINE_SCORE = -0.1
"""Part of the score of each line between a date and the body."""


def is_date_line(text: str, conventions: DateConventions) -> bool:
    """Return whether a line of text states a date, and not much more."""
    return len(text) <= MAX_LINE and _are_most_of(text, dates_in(text, conventions))


def dates_in_text(sources: TextSources, reader: DateReader) -> Iterator[DateCandidate]:
    """Yield the dates that the lines of a text page state.

    Args:
        sources: the lines around the body.
        reader: of the page's dates.
    """
    header = [line.text for line in sources.header]
    for number, text in enumerate(reversed(header)):
        above = header[-2 - number] if number + 1 < len(header) else ""
        yield from _of_line(text, HEADER_SCORE + LINE_SCORE * number, reader, _label_of(above))
    for lines, score in (
        (sources.beginning, BEGINNING_SCORE),
        (sources.opening, OPENING_SCORE),
        (sources.below, BELOW_SCORE),
        (sources.ending[::-1], ENDING_SCORE),
    ):
        for number, line in enumerate(lines):
            yield from _of_line(line.text, score + LINE_SCORE * number, reader, None)


def _of_line(text: str, place: float, reader: DateReader, above: DateLabel | None) -> Iterator[DateCandidate]:
    if len(text) > MAX_LINE:
        return
    dates = reader.read(text)
    are_most = _are_most_of(text, dates)
    for written in dates:
        label = written.label or above
        if are_most or written.label is not None:
            yield DateCandidate(written.value, label, place + reader.score(written, label))


def _label_of(above: str) -> DateLabel | None:
    """Return what the line above a date says that it is the date of: `Published:`."""
    return last_label(fold_date(above)) if len(above) <= MAX_LABEL_LINE else None


def _are_most_of(text: str, dates: Sequence[WrittenDate]) -> bool:
    return bool(dates) and len(text) - sum(written.end - written.start for written in dates) <= MAX_OTHER
