"""The date in a page's address: `/2024/05/03/`, `/2024-05-03-title`, `/20240503/`."""

import re
from datetime import date

_DAY = re.compile(
    r"(?<!\d)(?P<year>20[0-4]\d|199\d)(?P<sign>[/_.-]?)(?P<month>0?[1-9]|1[0-2]|(?<=[/_.-])[a-z]{3})(?P=sign)(?P<day>0[1-9]|[12]\d|3[01]|(?<=[/_.-])[1-9])(?!\d)"
)
"""A day in an address: with one sign twice, or as eight digits."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Months in addresses."""

MAX_URL = 2000
"""Maximum characters of an address that are searched."""


def day_in_address(url: str) -> date | None:
    """Return the day that an address states; None if there is none."""
    for match in _DAY.finditer(url[:MAX_URL].lower().partition("?")[0]):
        name = match["month"]
        if not match["sign"] and len(name) + len(match["day"]) < 4:  # noqa: PLR2004 - eight digits
            continue
        try:
            return date(
                int(match["year"]), int(name) if name.isdecimal() else _MONTHS.index(name) + 1, int(match["day"])
            )
        except ValueError:
            continue
    return None
