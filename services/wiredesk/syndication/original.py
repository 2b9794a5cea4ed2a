"""The likely original of a group of copies, and what shows that it is."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

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
    names = Counter(agency for entry in entries for agency in credited(entry.about.get("agencies", ())))
    published = [_instant(entry.about.get("published_at")) for entry in entries]
    seen = [_instant(entry.about.get("first_seen")) for entry in entries]
    urls = [entry.about["canonical_url"] for entry in entries]
    is_declared = [bool(declared) and _address(url) in declared for url in urls]
    is_agency = [bool(names) and agency_of(url) in names for url in urls]
    ranks = [
        (not is_declared[place], not is_agency[place], published[place], seen[place], entry.order)
        for place, entry in enumerate(entries)
    ]
    first = min(range(len(entries)), key=ranks.__getitem__)
    holds = {
        OriginalEvidence.DECLARED: is_declared[first],
        OriginalEvidence.AGENCY: is_agency[first],
        OriginalEvidence.PUBLISHED_FIRST: _is_first(published, first),
        OriginalEvidence.SEEN_FIRST: _is_first(seen, first),
    }
    agency = min(names, key=lambda name: (-names[name], name), default=None)
    return Original(entries[first], tuple(kind for kind, so in holds.items() if so), agency)


def _instant(text: str | None) -> datetime:
    """Return a time as an instant; the end of all times where there is none.

    Without an offset it counts as UTC. A day counts as its end: it does not say that an article was earlier.
    """
    if not text:
        return _NEVER
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time.max, tzinfo=UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _is_first(instants: Sequence[datetime], place: int) -> bool:
    """Return whether an instant is known, and earlier than all others."""
    first = instants[place]
    return first == min(instants) != _NEVER and instants.count(first) == 1


def _address(url: str) -> str:
    """Return a URL without what differs between links to the same page."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold()
