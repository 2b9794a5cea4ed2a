"""The event of a group of copies, as the group is now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wiredesk.syndication.entry import Entry
from wiredesk.syndication.grouping import Grouping
from wiredesk.syndication.kinds import kind_of, same_title
from wiredesk.syndication.matching import MIN_SHARED
from wiredesk.syndication.original import likely_original
from wiredesk.syndication.overlap import Overlap, overlap
from wiredesk_schemas import ArticleCopies, Copy, GroupedArticle, Tombstone, WithdrawnCopy, derived_event_id

MAX_COPIES = 100
"""Copies that an event lists, at most: the newest. Their number is in the event in any case."""

MAX_COMPARED = 8
"""Articles that a copy is compared with, if it has too little in common with the original."""

MAX_CONSIDERED = 200
"""Articles of a group that are considered for the original and for the list: the oldest and the newest ones."""

_GROUPED = frozenset(GroupedArticle.model_fields)


def group_events(parent: str, stage: str, version: str, grouping: Grouping) -> Sequence[ArticleCopies | Tombstone]:
    """Return the events of the groups that an article changes.

    Args:
        parent: id of the event that changes them.
        stage: name of the stage.
        version: of the stage.
        grouping: the groups after the change.
    """

    def event_id(group: bytes) -> str:
        return derived_event_id(parent, f"{stage}/{UUID(bytes=group)}", version)

    events: list[ArticleCopies | Tombstone] = []
    for group in grouping.touched:
        was_published = grouping.window.has_several(group)
        into = grouping.merged.get(group)
        event: ArticleCopies | None = None
        if into is not None:
            event = _merged_event(event_id(group), group, into, grouping) if was_published else None
        elif grouping.has_several(group):  # an article without copies has no event
            event = _group_event(event_id(group), group, grouping)
        if event is not None:
            events.append(event)
        elif was_published and into is None:
            events.append(Tombstone(str(UUID(bytes=group)), ArticleCopies))
    return events


def _group_event(event_id: str, group: bytes, grouping: Grouping) -> ArticleCopies | None:
    """Return the event of a group; None where it has no article any more."""
    entries, number, withdrawn = _entries(grouping, group)
    core = [entry for entry in entries if entry.group == group]
    if not core:
        return None
    original = likely_original(core)
    others = [entry for entry in entries if entry.page != original.entry.page]
    merged = [one for one, into in grouping.merged.items() if into == group]
    return ArticleCopies(
        **_identifiers(original.entry),
        event_id=event_id,
        group_id=str(UUID(bytes=group)),
        merged_groups=tuple(str(UUID(bytes=one)) for one in merged),
        original=GroupedArticle(**_described(original.entry)),
        original_evidence=original.evidence if others else (),
        credited_agency=original.agency,
        copies=tuple(_copy(entry, original.entry, core) for entry in others[-MAX_COPIES:]),
        copy_count=number - 1,
        withdrawn=tuple(_withdrawn_copy(entry) for entry in withdrawn),
    )


def _merged_event(event_id: str, group: bytes, into: bytes, grouping: Grouping) -> ArticleCopies:
    """Return the event of a group that has become part of another one."""
    entries, _, _ = _entries(grouping, into)
    original = likely_original([entry for entry in entries if entry.group == into])
    return ArticleCopies(
        **_identifiers(original.entry),
        event_id=event_id,
        group_id=str(UUID(bytes=group)),
        merged_into=str(UUID(bytes=into)),
        original=GroupedArticle(**_described(original.entry)),
        original_evidence=original.evidence,
        credited_agency=original.agency,
    )


def _entries(grouping: Grouping, group: bytes) -> tuple[Sequence[Entry], int, Sequence[Entry]]:
    """Return the articles of a group in the order in which they came, their number, and those that were withdrawn.

    Of a large group the articles are the oldest and the newest ones, and the withdrawn ones the newest.
    """
    listed = grouping.listed(group)
    there = [number for number in listed if not grouping.window.is_withdrawn(number)]
    gone = [number for number in listed if grouping.window.is_withdrawn(number)][-MAX_COPIES:]
    half = MAX_CONSIDERED // 2
    chosen = there if len(there) <= MAX_CONSIDERED else (*there[:half], *there[-half:])
    entries = [grouping.entry(number) for number in chosen]
    withdrawn = [grouping.entry(number) for number in gone]
    count = len(there)
    if (processed := grouping.processed(group)) is not None:
        (withdrawn if processed.is_withdrawn else entries).append(processed)
        count += not processed.is_withdrawn
    return entries, count, withdrawn[-MAX_COPIES:]


def _identifiers(entry: Entry) -> dict[str, Any]:
    about = entry.about
    return {
        "page_id": str(UUID(bytes=entry.page)),
        "revision": about["revision"],
        "url": about["url"],
        "canonical_url": about["canonical_url"],
    }


def _described(entry: Entry) -> dict[str, Any]:
    fields = {name: value for name, value in entry.about.items() if name in _GROUPED}
    return {
        **fields,
        "page_id": str(UUID(bytes=entry.page)),
        "url": entry.about["canonical_url"],
        "event_id": entry.about["article_event_id"],
    }


def _withdrawn_copy(entry: Entry) -> WithdrawnCopy:
    about = entry.about
    return WithdrawnCopy(
        **_described(entry), reason=about.get("withdrawal_reason"), was_original=about.get("was_original", False)
    )


def _copy(entry: Entry, original: Entry, core: Sequence[Entry]) -> Copy:
    other, common = _compared(entry, original, core)
    has_same_title = same_title(other.about.get("title"), entry.about.get("title"))
    return Copy(
        **_described(entry),
        kind=kind_of(common, is_member=entry.group == original.group, has_same_title=has_same_title),
        compared_with=str(UUID(bytes=other.page)),
        share_of_other=round(common.share, 3),
        share_of_own=round(common.share_of_other, 3),
        shared_fingerprints=common.shared,
        has_same_title=has_same_title,
    )


def _compared(entry: Entry, original: Entry, core: Sequence[Entry]) -> tuple[Entry, Overlap]:
    """Return the article with which a copy is compared, and what that one has in common with it."""
    common = overlap(original.signature, entry.signature)
    if common.shared >= MIN_SHARED:
        return original, common
    others = [one for one in core if one.page not in (entry.page, original.page)][:MAX_COMPARED]
    compared = [(one, overlap(one.signature, entry.signature)) for one in others]
    return max([(original, common), *compared], key=lambda pair: pair[1].shared)
