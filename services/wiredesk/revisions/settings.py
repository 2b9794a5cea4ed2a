"""Settings of the stages of stories."""

from pydantic import Field

from wiredesk.runtime.settings import Settings


class RevisionsSettings(Settings):
    """How many pages are remembered."""

    revisions_pages: int = Field(
        3_000_000,
        ge=1,
        le=100_000_000,
        description="Pages that each partition of 'revisions' and of 'latest' remembers; the one whose last change is "
        "the oldest goes for a new one. Each takes half a kB of memory in 'revisions', and a fifth in 'latest'.",
    )
