"""When a story was published and last changed. Dates are kept as precise as the page writes them."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.json_ld import as_text
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.words import clean
from wiredesk_schemas import Evidence

MAX_LENGTH = 80
"""Maximum characters of a text that may be a date; patterns and parsers read no more."""

EARLIEST_YEAR = 1990
"""The first year of the web; an earlier year is a misread number."""

MAX_DAYS_AHEAD = 366
"""Latest date: pages announce events, but a date that is further ahead is a misread number."""

MAX_TEXTS_AFTER_HEADING = 60
"""Number of texts after the heading that are searched for a date that is written for readers."""

MAX_DATED_NODES = 200
"""JSON-LD objects whose date is considered if none of them describes an article."""

NOON = 12
"""The hour, in a clock of twelve, to which `p.m.` adds nothing."""

_PUBLISHED_META = ("article:published_time", "datepublished", "date", "pubdate", "dc.date", "parsely-pub-date")
"""`<meta>` names of the date of publication, the most trusted first."""

_ANY_PUBLISHED_META = re.compile(r"publi(?:sh|cation).{0,20}(?:date|time)|(?:date|time).{0,20}publi", re.IGNORECASE)
"""Other `<meta>` names of the date of publication."""

_MODIFIED_META = ("article:modified_time", "datemodified", "og:updated_time")
"""`<meta>` names of the date of the last change, the most trusted first."""

_COMPACT_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
"""A UTC offset without a colon."""

_TIME = r"(?:[ T,]*(?:at |um |à |alle )?(\d{1,2})[:.h時时](\d{2})(?::\d{2})?\s*([ap]\.?m\b)?)?"
"""An optional time of day after a date: hour, minute, and half of the day."""

_NUMERIC = re.compile(rf"(?<!\d)(\d{{4}})[-/.年]\s?(\d{{1,2}})[-/.月]\s?(\d{{1,2}})日?{_TIME}", re.IGNORECASE)
"""`2015-12-03 08:35`, `2015年12月3日`."""

_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:de |of )?([^\W\d_]{{3,10}})\.?,?\s+(?:de )?(\d{{4}}){_TIME}",
    re.IGNORECASE,
)
"""`3 December 2015`, `3 de diciembre de 2015`."""

_MONTH_FIRST = re.compile(rf"([^\W\d_]{{3,10}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}", re.IGNORECASE)
"""`December 3rd, 2015`."""

_MONTHS = tuple(
    frozenset(prefixes.split())
    for prefixes in (
        "jan ene gen янв", "feb fév fev фев", "mar mär mrt maa мар", "apr avr abr апр", "may mai mag mei maj май мая",
        "jun juin giu июн", "jul juil lug июл", "aug aoû ago août авг", "sep set сен", "oct okt ott out окт",
        "nov ноя", "dec dez déc dic дек",
    )
)  # fmt: skip
"""First letters of the months' names in English, German, French, Spanish, Italian, Portuguese, Dutch and Russian."""


_DATE_WORD = re.compile(r"\b(?:updated|published|posted)\b", re.IGNORECASE)
"""A word that introduces a date."""


def published(sources: MetadataSources) -> Iterator[tuple[Evidence, date | None]]:
    """Yield the dates of publication that a page states, the most trusted place first."""
    yield Evidence.JSON_LD, parse_machine_date(sources.json_ld("datePublished"))
    yield Evidence.META, _first_date(sources.meta.get(name) for name in _PUBLISHED_META)
    yield Evidence.META, _first_date(text for name, text in sources.meta.items() if _ANY_PUBLISHED_META.search(name))
    nodes = sources.nodes[:MAX_DATED_NODES]
    yield Evidence.JSON_LD, _first_date(as_text(node.get("datePublished")) for node in nodes)
    yield Evidence.DOM, _first_date(sources.times())
    yield Evidence.DOM, _date_after_heading(sources.root)


def modified(sources: MetadataSources) -> Iterator[tuple[Evidence, date | None]]:
    """Yield the dates of the last change that a page states, the most trusted place first."""
    yield Evidence.JSON_LD, parse_machine_date(sources.json_ld("dateModified"))
    yield Evidence.META, _first_date(sources.meta.get(name) for name in _MODIFIED_META)


def published_in_text(sources: TextSources) -> date | None:
    """Return the date above the body that is nearest to it. One with a word for it (`Updated:`) comes before others."""
    dates = [(parsed, line.text) for line in sources.header if (parsed := _date_of_line(line.text)) is not None]
    introduced = [parsed for parsed, line in dates if _DATE_WORD.search(line)]
    candidates = introduced or [parsed for parsed, _ in dates]
    return candidates[-1] if candidates else None


def is_dated(line: str) -> bool:
    """Return whether a line of text states a date."""
    return _date_of_line(line) is not None


def parse_machine_date(text: str | None) -> date | None:
    """Parse a field that holds only a date: ISO 8601 in its common forms, or RFC 2822.

    Returns:
        A date, or a datetime if the text has a time of day; None if the text is neither, or is implausible.
    """
    text = (text or "").strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    return next((parsed for parsed in _parsed(text) if _is_plausible(parsed)), None)


def parse_written_date(line: str) -> date | None:
    """Parse the first date of a line that people read: `Updated: 2015-12-03 08:35`, `3 December 2015`, `2015年12月3日`.

    Returns:
        A date, or a datetime without an offset if the line has a time of day; None if there is no date in it.
    """
    line = line[:MAX_LENGTH]
    if match := _NUMERIC.search(line):
        year, month, day, *clock = match.groups()
    elif match := _DAY_FIRST.search(line):
        day, month, year, *clock = match.groups()
    elif match := _MONTH_FIRST.search(line):
        month, day, year, *clock = match.groups()
    else:
        return None
    return _as_date(year, month, day, *clock)


def _date_of_line(line: str) -> date | None:
    return parse_written_date(line) if len(line) <= MAX_LENGTH else None


def _first_date(texts: Iterable[str | None]) -> date | None:
    return next((parsed for text in texts if (parsed := parse_machine_date(text)) is not None), None)


def _date_after_heading(root: Element) -> date | None:
    """Return the first date that is written after the heading for readers."""
    heading = next(root.iter("h1"), None)
    pieces = 0
    is_after = heading is None
    for element in root.iter():
        is_after = is_after or element is heading
        for text in (element.text, element.tail) if is_after and isinstance(element.tag, str) else ():
            piece = clean(text or "")
            if piece:
                pieces += 1
                parsed = parse_written_date(piece) if len(piece) <= MAX_LENGTH else None
                if parsed is not None or pieces > MAX_TEXTS_AFTER_HEADING:
                    return parsed
    return None


def _as_date(year: str, month: str, day: str, hour: str | None, minute: str | None, half: str | None) -> date | None:
    number = int(month) if month.isdigit() else _month_number(month)
    try:
        parsed = date(int(year), number, int(day))
        if hour is not None and minute is not None:
            added = 12 if (half or "").lower().startswith("p") and int(hour) < NOON else 0
            parsed = datetime(parsed.year, parsed.month, parsed.day, int(hour) + added, int(minute))  # noqa: DTZ001 - the page states no offset
    except ValueError:
        return None
    return parsed if _is_plausible(parsed) else None


def _month_number(name: str) -> int:
    """Return the number of a month; 0, which no date has, if it is not the name of a month."""
    lowered = name.lower()
    return next((n for n, prefixes in enumerate(_MONTHS, 1) if any(map(lowered.startswith, prefixes))), 0)


def _parsed(text: str) -> Iterator[date]:
    """Yield the results of the parsers that accept a text."""
    iso = _COMPACT_OFFSET.sub(r"\1:\2", text.replace(" UTC", "Z").replace(" GMT", "Z"))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
        iso_parser = date.fromisoformat
    else:
        iso_parser = datetime.fromisoformat
        # fromisoformat takes one separator, but pages write spaces around it and before offsets.
        iso = re.sub(r"\s+([+-]\d\d:?\d\d|Z)$", r"\1", iso)
    for parse, form in ((iso_parser, iso), (parsedate_to_datetime, text)):
        try:
            yield parse(form)
        except ValueError:
            continue


def _is_plausible(parsed: date) -> bool:
    day = parsed.date() if isinstance(parsed, datetime) else parsed
    return day.year >= EARLIEST_YEAR and day <= datetime.now(UTC).date() + timedelta(days=MAX_DAYS_AHEAD)
