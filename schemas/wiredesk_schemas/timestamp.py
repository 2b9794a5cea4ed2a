"""A time with the precision and the offset with which a page states it."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _read(value: Any) -> date | datetime:
    if isinstance(value, date):  # a datetime is a date, too
        return value
    if not isinstance(value, str):
        raise ValueError("a time is a string of ISO 8601")  # noqa: TRY004 - pydantic reports a ValueError with its field
    return date.fromisoformat(value) if _DAY.fullmatch(value) else datetime.fromisoformat(value)


Timestamp = Annotated[
    datetime | date,
    BeforeValidator(_read),
    PlainSerializer(lambda time: time.isoformat(), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": "ISO 8601. With an offset (2015-12-03T08:35:00+08:00) it is an instant; without one "
            "(2015-12-03T08:35:00) it is local to the source, whose offset is not known; a date alone (2015-12-03) if "
            "the page states no time of day.",
            "pattern": r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d(:\d\d)?)?)?$",
            "examples": ["2015-12-03T08:35:00+08:00", "2015-12-03T08:35:00", "2015-12-03"],
        }
    ),
]
"""A `date`, or a `datetime` (aware: an instant; naive: local to the source)."""
