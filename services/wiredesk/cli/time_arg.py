"""Times on the command line: parsing them, and formatting a record's timestamp."""

import re
from datetime import UTC, datetime, timedelta

from wiredesk.runtime.errors import UsageError

TIME_FORMS = "2026-01-31, 2026-01-31T06:00Z, or 30m, -6h, 7d ago"
"""The accepted forms, for help texts and error messages."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"-?(\d{1,6})\s?([smhdw])(?: ago)?")


def parse_time(text: str, now: datetime) -> datetime:
    """Parse a time; without a UTC offset it is in UTC.

    Raises:
        UsageError: the text is not a time.
    """
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is not a time: write {TIME_FORMS}") from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def parse_milliseconds(text: str | None) -> int | None:
    """Parse a time to milliseconds since 1970; None if none was given.

    Raises:
        UsageError: the text is not a time.
    """
    if text is None:
        return None
    # Negative timestamps have special meanings in Kafka's protocol.
    return max(0, int(parse_time(text, datetime.now(UTC)).timestamp() * 1000))


def format_timestamp(timestamp: int) -> str:
    """Return a record's timestamp (milliseconds since 1970) as text; as a number if it is not a valid time."""
    from wiredesk.runtime.records import instant

    time = instant(timestamp)
    return f"{timestamp} ms" if time is None else time.isoformat(timespec="milliseconds")
