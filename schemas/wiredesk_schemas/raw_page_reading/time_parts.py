"""Times in parts, as serialisers of languages and stores write them: lists of numbers, objects."""

from typing import Any

PARTS = range(3, 8)
"""Numbers of a list that is a time: year, month, day, hour, minute, second, nanosecond (Jackson)."""

NANOSECONDS = 10**9
"""Nanoseconds of a second."""

MAX_YEAR = 9999
"""Greatest year of a list, which tells it from other lists of numbers."""

_SECONDS = ("seconds", "_seconds", "secs_since_epoch", "epochSecond")
"""Names of whole seconds since 1970: of Protocol Buffers, Firestore, Rust's serde, Jackson."""

_NANOSECONDS = ("nanos", "_nanoseconds", "nanoseconds", "nanos_since_epoch", "nano")
"""Names of the nanoseconds beyond them."""


def text_of_time(value: dict[str, Any] | list[Any]) -> str | float | None:
    """Return a time in parts as a text or a number of seconds; None if it is none."""
    if isinstance(value, list):
        return _of_list(value)
    match value:
        case {"$date": {"$numberLong": str() | int() as stated}} | {"$date": str() | int() as stated}:
            return stated
        case {"date": str() as date, "timezone": str() as zone}:  # `DateTime` of PHP
            return f"{date} {zone}" if zone[:1] in ("+", "-") else f"{date} [{zone}]"
    seconds = next((value[name] for name in _SECONDS if _is_number(value.get(name))), None)
    if seconds is None or abs(seconds) >= NANOSECONDS * NANOSECONDS:
        return None
    fraction = next((value[name] for name in _NANOSECONDS if _is_number(value.get(name))), 0)
    return float(seconds) + (fraction / NANOSECONDS if 0 <= fraction < NANOSECONDS else 0)


def _of_list(value: list[Any]) -> str | float | None:
    if len(value) == 1:
        return value[0] if isinstance(value[0], str) or _is_number(value[0]) else None
    are_parts = len(value) in PARTS and all(type(part) is int and 0 <= part < NANOSECONDS for part in value)
    if not are_parts:
        return None
    parts = [*value, *[0] * (PARTS[-1] - len(value))]
    form = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z"
    return form.format(*parts) if parts[0] <= MAX_YEAR else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - not NaN
