"""The likely original of a group of copies, and what shows that it is."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from wiredesk.agencies.names import credited
from wiredesk.agencies.sites import agency_of
from wiredesk.syndication.entry import Entry
from wiredesk_schemas import OriginalEvidence

_NEVER = datetime.max.replace(tzinfo=UTC)


class Original(NamedTuple):
    """The likely original of a group.

    Attributes:
        entry: the article.
        evidence: what shows that it is, the strongest first.
        agency: that most articles credit; None where none is credited.
    """

    entry: Entry
    evidence: tuple[OriginalEvidence, ...]
    agency: str | None


def likely_original(entries: Sequence[Entry]) -> Original:
    """Return the likely original of articles, of which there is at least one."""
    declared = {_address(url) for entry in entries if (url := entry.about.get("declared_original"))}
    credit_counts = Counter(agency for entry in entries for agency in credited(entry.about.get("agencies", ())))
    first_published = _only_first([published(entry.about) for entry in entries])
    first_seen = _only_first([seen(entry.about) for entry in entries])

    def evidence(entry: Entry) -> tuple[OriginalEvidence, ...]:
        kinds = {
            OriginalEvidence.DECLARED: _address(entry.about["canonical_url"]) in declared,
            OriginalEvidence.AGENCY: agency_of(entry.about["canonical_url"]) in credit_counts,
            OriginalEvidence.PUBLISHED_FIRST: published(entry.about) == first_published,
            OriginalEvidence.SEEN_FIRST: seen(entry.about) == first_seen,
        }
        return tuple(kind for kind, holds in kinds.items() if holds)

    def rank(entry: Entry) -> tuple[bool, bool, datetime, datetime, int]:
        kinds = evidence(entry)
        weaker = (published(entry.about), seen(entry.about), entry.order)
        return (OriginalEvidence.DECLARED not in kinds, OriginalEvidence.AGENCY not in kinds, *weaker)

    first = min(entries, key=rank)
    agency = min(credit_counts, key=lambda name: (-credit_counts[name], name), default=None)
    return Original(first, evidence(first), agency)


def published(about: dict[str, Any]) -> datetime:
    """Return when an article was published; a day counts as its end: it does not say that it was earlier."""
    return _instant(about.get("published_at"))


def seen(about: dict[str, Any]) -> datetime:
    """Return when an article was seen first."""
    return _instant(about.get("first_seen"))


def _instant(text: str | None) -> datetime:
    """Return a time as an instant; the end of all times where there is none. Without an offset it counts as UTC."""
    if not text:
        return _NEVER
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _only_first(instants: Sequence[datetime]) -> datetime | None:
    """Return the earliest of some instants; None if it is not the only one, or if none is known."""
    first = min(instants)
    return first if first != _NEVER and (instants.count(first) == 1) else None


def _address(url: str) -> str:
    """Return a URL without what differs between links to the same page."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold()
