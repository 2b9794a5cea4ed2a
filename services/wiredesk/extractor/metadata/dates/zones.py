"""Offsets of time zones by their abbreviations. Those that two countries share are those of the page's country."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

from wiredesk.extractor.metadata.dates.conventions import DateConventions

MAX_OFFSET = timedelta(hours=14)
"""The largest offset of any place."""

_HOURS: Mapping[str, float] = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "hnec": 1,
    "heec": 2, "eet": 2, "eest": 3, "oez": 2, "oesz": 3, "msk": 3, "мск": 3, "trt": 3, "edt": -4, "cdt": -5, "mdt": -6,
    "pdt": -7, "mst": -7, "akst": -9, "akdt": -8, "hst": -10, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3,
    "art": -3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "wib": 7, "wita": 8, "wit": 9, "ict": 7,
    "npt": 5.75, "pkt": 5, "sast": 2, "cat": 2, "eat": 3, "wat": 1, "aest": 10, "aedt": 11, "acst": 9.5, "acdt": 10.5,
    "awst": 8, "nzst": 12, "nzdt": 13,
}  # fmt: skip
"""Hours ahead of UTC of abbreviations that have one meaning."""

_HOURS_IN: Mapping[str, Mapping[str, float]] = {
    "est": {"us": -5, "ca": -5, "jm": -5, "au": 10, "": -5},
    "cst": {"us": -6, "ca": -6, "mx": -6, "cn": 8, "tw": 8, "cu": -5},
    "pst": {"us": -8, "ca": -8, "ph": 8, "pk": 5},
    "ist": {"in": 5.5, "ie": 1, "il": 2},
    "bst": {"gb": 1, "bd": 6},
    "ast": {"ca": -4, "pr": -4, "sa": 3, "kw": 3, "qa": 3, "bh": 3, "iq": 3},
    "gst": {"ae": 4, "om": 4},
    "sst": {"sg": 8},
}
"""Hours ahead of UTC by country, of abbreviations that mean several zones. The empty country is any other."""

_COUNTRY_OF: Mapping[str, str] = {
    "hi": "in", "ta": "in", "te": "in", "mr": "in", "gu": "in", "kn": "in", "ml": "in", "pa": "in", "ga": "ie",
    "he": "il", "zh": "cn", "fil": "ph", "ur": "pk", "bn": "bd",
}  # fmt: skip
"""The country of most pages in a language, where the country decides what an abbreviation means."""

_SEASONAL: Mapping[str, int] = {"et": -5, "ct": -6, "mt": -7, "pt": -8}
"""Hours in winter of zones in the United States that are named without a season."""

_AMERICA = frozenset({"", "us", "ca"})
"""Countries of whose pages these are the zones; empty is an unknown one."""


def offset_of(name: str, time: datetime, conventions: DateConventions) -> timezone | None:
    """Return the zone that an abbreviation names on a page; None if it is unknown, or may mean several.

    Args:
        name: folded.
        time: of the day, without a zone.
        conventions: of the page.
    """
    hours = _HOURS.get(name)
    if hours is None and name in _HOURS_IN:
        among = _HOURS_IN[name]
        country = conventions.country or _COUNTRY_OF.get(conventions.language, "")
        hours = among.get(country, among.get(""))
    if hours is None and name in _SEASONAL and conventions.language in ("", "en") and conventions.country in _AMERICA:
        hours = _SEASONAL[name] + _is_summer_in_america(time.date())
    return None if hours is None else timezone(timedelta(hours=hours))


def numeric_offset(sign: str, hours: str, minutes: str | None) -> timezone | None:
    """Return the zone of an offset in numbers; None if no place has it."""
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset) if offset <= MAX_OFFSET else None


def _is_summer_in_america(day: date) -> bool:
    """Return whether clocks are ahead: from the second Sunday of March to the first one of November (since 2007)."""
    march, november = date(day.year, 3, 8), date(day.year, 11, 1)
    return march + timedelta(days=6 - march.weekday()) <= day < november + timedelta(days=6 - november.weekday())
