"""The date in a page's address: `/2024/05/03/`, `/2024-05-03-title`, `/20240503/`."""

import re
from datetime import date

_DAY = re.compile(
    r"(?<!\d)(?P<year>20[0-4]\d|199\d)(?P<sign>[/_.-]?)(?P<month>0?[1-9]|1[0-2]|(?<=[/_.-])[a-z]{3,9})(?P=sign)(?P<day>0[1-9]|[12]\d|3[01]|(?<=[/_.-])[1-9])(?!\d)"
)
"""A day in an address: with one sign twice, or as eight digits."""

_MONTHS = {
    name: number
    for number, month in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"),
        1,
    )
    for name in (month, month[:3])
}  # fmt: skip
"""Months in addresses, by their names and the short forms of these."""

MAX_URL = 2000
"""Maximum characters of an address that are searched."""


def day_in_address(url: str) -> date | None:
    """Return the day that an address states; None if there is none."""
    for match in _DAY.finditer(url[:MAX_URL].lower().partition("?")[0]):
        name = match["month"]
        if not match["sign"] and len(name) + len(match["day"]) < 4:  # noqa: PLR2004 - eight digits
            continue
        try:
            return date(int(match["year"]), int(name) if name.isdecimal() else _MONTHS.get(name, 0), int(match["day"]))
        except ValueError:
            continue
    return None
