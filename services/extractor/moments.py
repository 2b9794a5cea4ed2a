"""Times as pages write them, kept as precise and as certain as they are."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import dateparser

MAX_LENGTH = 80
"""Characters of what may be a time; patterns and parsers see no more."""

EARLIEST = 1990
"""No page of the web is older; a year before it is a misread number."""

_COMPACT_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_NUMERIC = re.compile(r"\b(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T,]*(\d{1,2})[:時时](\d{2})(?::(\d{2}))?)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LABEL = re.compile(r"^\W*(?:first |last )?(?:updated?|published|posted|modified)(?: on| at)?\s*:?\s*", re.IGNORECASE)


def stated(text: str | None) -> date | None:
    """Read a time from a field that holds nothing else: ISO 8601 in its common forms, or RFC 2822."""
    text = (text or "").strip()
    if not text or len(text) > MAX_LENGTH:
        return None
    for moment in _readings(text):
        if _is_plausible(moment):
            return moment
    return None


def written(line: str) -> date | None:
    """Read a time from a line that people read: `Updated: 2015-12-03 08:35`, `3 December 2015`, `2015年12月3日`."""
    if len(line) > MAX_LENGTH or not _YEAR.search(line):
        return None
    found = _NUMERIC.search(line)
    if found:
        return stated(_iso(found))
    parsed: datetime | None = dateparser.parse(_LABEL.sub("", line), settings={"STRICT_PARSING": True})
    if parsed is None or not _is_plausible(parsed):
        return None
    return parsed if parsed.time() != parsed.min.time() else parsed.date()


def _iso(found: re.Match[str]) -> str:
    year, month, day, hour, minute, second = found.groups()
    iso = f"{year}-{int(month):02}-{int(day):02}"
    return iso if hour is None else f"{iso}T{int(hour):02}:{minute}:{second or '00'}"


def _readings(text: str) -> Iterator[date]:
    iso = _COMPACT_OFFSET.sub(r"\1:\2", text.replace(" UTC", "Z").replace(" GMT", "Z"))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
        iso_reader = date.fromisoformat
    else:
        iso_reader = datetime.fromisoformat
        # fromisoformat takes one separator, and pages put spaces around it and before offsets.
        iso = re.sub(r"\s+([+-]\d\d:?\d\d|Z)$", r"\1", iso)
    for reader, form in ((iso_reader, iso), (parsedate_to_datetime, text)):
        try:
            yield reader(form)
        except ValueError:
            continue


def _is_plausible(moment: date) -> bool:
    day = moment.date() if isinstance(moment, datetime) else moment
    return day.year >= EARLIEST and day <= datetime.now(UTC).date() + timedelta(days=366)
