"""Times as people write them."""

import re
from datetime import UTC, datetime, timedelta

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.records import instant

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"-?(\d{1,6})\s?([smhdw])(?: ago)?")

FORMS = "2026-01-31, 2026-01-31T06:00Z, or 30m, -6h, 7d ago"


def moment(text: str, now: datetime) -> datetime:
    """Return the time that a person means; without an offset it is UTC.

    Raises:
        UsageError: it is none.
    """
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        told = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time: write {FORMS}") from None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def written(timestamp: int) -> str:
    """Return a record's timestamp (milliseconds since 1970) as people read it; as it is where it is no time."""
    time = instant(timestamp)
    return f"{timestamp} ms" if time is None else time.isoformat(timespec="milliseconds")


def milliseconds(text: str | None) -> int | None:
    """Return a time in milliseconds since 1970, or None where none is given.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    return max(0, int(moment(text, datetime.now(UTC)).timestamp() * 1000))  # Kafka has other uses for negative ones
