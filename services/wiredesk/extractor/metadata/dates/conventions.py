"""What a page's language, country and time of fetching say about the dates on it."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from wiredesk.extractor.metadata.dates.names import ORDERS

EARLIEST_YEAR = 1990
"""The first year of the web; an earlier year is a misread number."""

MAX_DAYS_AHEAD = 366
"""Latest date: pages announce events, but a date that is further ahead is a misread number."""

_NOT_COUNTRIES = frozenset(
    {"ai", "cc", "co", "eu", "fm", "gg", "io", "is", "la", "ly", "me", "sh", "to", "tv", "vc", "ws"}
)
"""Country domains that are used everywhere; the language of Iceland's pages says enough."""

_LETTERS = 2
"""Letters of a country's code."""


@dataclass(frozen=True, slots=True)
class DateConventions:
    """How a page writes dates.

    Attributes:
        language: of the page, without country and script; empty if unknown.
        country: in which the page is written, as ISO 3166 in lower case; empty if unknown.
        fetched_at: when the page was fetched; None if unknown.
        is_month_first: how it writes numeric dates, where the numbers themselves do not show it.
        known_days: days that the page states in another form; of two readings of a date, such a day is meant.
    """

    language: str = ""
    country: str = ""
    fetched_at: datetime | None = None
    is_month_first: bool = False
    known_days: Callable[[], AbstractSet[date]] = field(default=frozenset, compare=False)

    @classmethod
    def of_page(cls, language: str | None, url: str, fetched_at: datetime | None) -> "DateConventions":
        """Derive the conventions from what is known of a page.

        Args:
            language: BCP 47, with or without a country.
            url: of the page.
            fetched_at: when it was fetched.
        """
        first, *subtags = (language or "").replace("_", "-").lower().split("-")
        stated = next((tag for tag in subtags if len(tag) == _LETTERS and tag.isalpha()), "")
        domain = _country_of(url)
        # `lang="en-US"` is the default of templates; the country of the domain is not.
        country = domain or stated
        order = ORDERS.get(f"{first}-{country}") or ("dmy" if domain and domain != "us" else ORDERS.get(first, "dmy"))
        return cls(first, country, fetched_at, order == "mdy")

    def is_plausible(self, parsed: date) -> bool:
        """Return whether a story can have this date."""
        return parsed.year >= EARLIEST_YEAR and day_of(parsed) <= self.latest()

    def latest(self) -> date:
        """Return the latest day that a page can name."""
        return self.today() + timedelta(days=MAX_DAYS_AHEAD)

    def today(self) -> date:
        """Return the day on which the page was fetched, or this day."""
        return (self.fetched_at or datetime.now(UTC)).date()


def day_of(parsed: date) -> date:
    """Return the day of a date or of a time."""
    return parsed.date() if isinstance(parsed, datetime) else parsed


def _country_of(url: str) -> str:
    try:
        domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    except ValueError:
        return ""
    if len(domain) != _LETTERS or domain in _NOT_COUNTRIES:
        return ""
    return "gb" if domain == "uk" else domain
