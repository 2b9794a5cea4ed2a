"""Timestamps of RFC 3339, as CloudEvents and JSON have them: parsed strictly, formatted in UTC."""

import re
from datetime import UTC, datetime

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def parse_rfc3339(text: str | None) -> datetime | None:
    """Return a timestamp as a datetime in UTC; None where it is not one, or is outside the years of a datetime."""
    if text is None or not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return to_utc(datetime.fromisoformat(text.upper()))
    except ValueError:
        return None


def format_rfc3339(instant: datetime) -> str:
    """Return a datetime in UTC as a timestamp with milliseconds."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_utc(instant: datetime | None) -> datetime | None:
    """Return an aware datetime in UTC; None where that is outside the years of a datetime."""
    try:
        return instant.astimezone(UTC) if instant is not None else None
    except OverflowError:
        return None
