"""Settings of the search for copies."""

from pydantic import Field

from wiredesk.runtime.settings import Settings

HOUR_MS = 60 * 60 * 1000
"""Milliseconds of an hour."""

MAX_HOURS = 168
"""The longest window, in hours: a week. The changelog of the stage keeps changes as long."""


class SyndicationSettings(Settings):
    """In how many articles copies are searched for."""

    copies_hours: int = Field(
        72, ge=1, le=MAX_HOURS, description="Hours in which copies of an article are found, by the time of the stream."
    )
    copies_articles: int = Field(
        300_000,
        ge=1,
        le=5_000_000,
        description="Articles among which copies are found; the oldest one goes for a new one. Each takes 3 kB of "
        "memory.",
    )
