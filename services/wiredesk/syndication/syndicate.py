"""The stage `syndication`: finds the copies of each article among those of the last hours."""

import base64
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.state import Change
from wiredesk.syndication.entry import ID_BYTES, Entry, Membership
from wiredesk.syndication.facts import FACT_BYTES
from wiredesk.syndication.grouping import LAST, Grouping
from wiredesk.syndication.groups import MAX_CONSIDERED, group_events
from wiredesk.syndication.matching import Match, carriers_of, find
from wiredesk.syndication.original import likely_original
from wiredesk.syndication.overlap import FINGERPRINT_BYTES, Signature
from wiredesk.syndication.regrouping import newly_common, separate
from wiredesk.syndication.settings import HOUR_MS, SyndicationSettings
from wiredesk.syndication.window import ARTICLE, MEMBER, Window
from wiredesk_schemas import ArticleCopies, ArticleSignature, Tombstone, derived_event_id
from wiredesk_schemas.ids import group_id

MAX_RELATED = 4
"""Other groups in whose events an article is listed because it shares a passage, at most: those with most in common."""

MAX_MERGED = 2000
"""Articles of a group that becomes part of another, at most: each is a change. Larger ones stay as they are."""

_ABOUT = {
    "article_event_id", "agencies", "canonical_url", "declared_original", "first_seen", "is_live", "language",
    "published_at", "revision", "revision_number", "source", "title", "url",
}  # fmt: skip
"""Fields of a signature that the window keeps, where they are not empty."""


class Syndication:
    """Finds copies.

    An article joins the group of the articles that have the same text. Where it joins several, they become one: that
    with most articles stays. An article that shares only a passage is listed in the group's event, and no member:
    otherwise a round-up of the day would make one group of all stories.

    Args:
        settings: read from the environment, if left out.
    """

    name = "syndication"
    version = "1.0.0"

    def __init__(self, settings: SyndicationSettings | None = None) -> None:
        self._settings = settings or SyndicationSettings()

    def new_state(self) -> Window:
        """Return an empty window."""
        return Window(self._settings.copies_articles, self._settings.copies_hours * HOUR_MS)

    def __call__(
        self, event: ArticleSignature, window: Window, _time: datetime | None = None, /
    ) -> tuple[Sequence[ArticleCopies | Tombstone], Sequence[Change]]:
        """Return the groups that an article changes, and the changes of the window."""
        page = _id(event.page_id)
        own = window.number(page)
        if own is not None and _is_older(event, window.entry(own)):
            return (), ()
        grouping = Grouping(window)
        if event.is_withdrawn:
            changes = [] if own is None else _withdrawn(event, window.entry(own), grouping)
        else:
            entry = self._grouped(event, page, grouping)
            changes = [Change(MEMBER + page, member.value()) for page, member in grouping.moved.items()]
            if own is None and len(window) >= self._settings.copies_articles and (oldest := window.oldest()):
                changes.append(Change(ARTICLE + oldest, None))
            changes.append(Change(ARTICLE + page, entry.value()))
        return group_events(event.event_id, self.name, self.version, grouping), changes

    def forgotten(self, page: str, window: Window, /) -> tuple[Sequence[ArticleCopies | Tombstone], Sequence[Change]]:
        """Return the groups of a page without it, and the changes that remove it: its events are to be forgotten."""
        number = window.number(_id(page))
        if number is None:
            return (), ()
        grouping = Grouping(window)
        entry = window.entry(number)
        changes = [Change(ARTICLE + entry.page, None), *_removed_with(entry, grouping)]
        grouping.remove(entry.page)
        parent = derived_event_id(page, f"forgotten after {entry.about['article_event_id']}", self.version)
        return group_events(parent, self.name, self.version, grouping), changes

    def _grouped(self, event: ArticleSignature, page: bytes, grouping: Grouping) -> Entry:
        """Put an article where it belongs, and others that belong elsewhere now; return the article."""
        window, own = grouping.window, grouping.window.number(page)
        entry = _entry(event, page)
        carriers = carriers_of(window, entry.signature.hashes, own)
        matches = find(window, entry, carriers)
        joined = _joined(matches, window, own)
        entry = entry._replace(membership=_membership(entry, matches, joined))
        grouping.put(entry)
        for group in joined[1:]:
            grouping.merge(group, entry.group)
        common, articles = newly_common(window, entry.membership.family, carriers)
        if common:
            separate(grouping, common, articles, event.event_id)
            for match in reversed(matches):
                if match.is_same_text:  # the last one is that with most in common
                    grouping.follow(match.entry.page)
        return entry._replace(membership=grouping.changed)


def _joined(matches: Sequence[Match], window: Window, own: int | None) -> Sequence[bytes]:
    """Return the groups that an article joins; the first one stays, and the others become part of it.

    A group that only the article's earlier revision was a member of goes with it, and so do those that quote it.
    """
    groups = dict.fromkeys(match.entry.group for match in matches if match.is_same_text)
    if own is not None and window.members(window.membership(own).group) == [own]:
        groups[window.membership(own).group] = None
    members = {group: window.members(group) for group in groups}
    ordered = sorted(groups, key=lambda group: (-len(members[group]), window.order(members[group][0])))
    return [group for place, group in enumerate(ordered) if place == 0 or len(members[group]) <= MAX_MERGED]


def _membership(entry: Entry, matches: Sequence[Match], joined: Sequence[bytes]) -> Membership:
    """Return where an article belongs that joins some groups; it has a group of its own where it joins none."""
    passages = dict.fromkeys(match.entry.group for match in matches if match.entry.group not in joined)
    near = next((match.entry.membership.family for match in matches if match.is_near_copy), entry.membership.family)
    return Membership(joined[0] if joined else entry.group, near, tuple(passages)[:MAX_RELATED])


def _is_older(event: ArticleSignature, known: Entry) -> bool:
    """Return whether a newer revision of the article is known: the event is late, or was redriven."""
    return (event.revision_number or 0) < int(known.about.get("revision_number", 0))


def _withdrawn(event: ArticleSignature, entry: Entry, grouping: Grouping) -> Sequence[Change]:
    """Put an article that is gone where it belongs, and return the changes.

    As long as copies of it are there, its group says that it is gone: who has a copy of what an agency withdraws must
    learn it. Nothing new is compared with it.
    """
    if entry.is_withdrawn:
        return []
    core = [grouping.window.entry(number) for number in grouping.window.members(entry.group)[:MAX_CONSIDERED]]
    if core == [entry]:
        grouping.remove(entry.page)
        return [Change(ARTICLE + entry.page, None), *_removed_with(entry, grouping)]
    about = {
        **entry.about,
        "article_event_id": event.article_event_id,
        "revision_number": event.revision_number or entry.about.get("revision_number", 0),
        "withdrawal_reason": event.withdrawal_reason,
        "was_original": likely_original(core).entry.page == entry.page,
    }
    membership = Membership(entry.group, entry.membership.family)
    gone = Entry(entry.page, membership, Signature((), 0, is_dense=False), about, LAST, is_withdrawn=True)
    grouping.put(gone)
    return [Change(ARTICLE + gone.page, gone.value())]


def _removed_with(entry: Entry, grouping: Grouping) -> Sequence[Change]:
    """Return the changes that remove the withdrawn articles of a group that ends with an article."""
    window = grouping.window
    if any(window.page(number) != entry.page for number in window.members(entry.group)):
        return []
    listed = [number for number in window.of_group(entry.group) if window.is_withdrawn(number)]
    return [Change(ARTICLE + window.page(number), None) for number in listed[:MAX_MERGED]]


def _entry(event: ArticleSignature, page: bytes) -> Entry:
    """Return an article with a group of its own."""
    own = _id(group_id(event.event_id))
    fields = event.model_dump(mode="json", include=_ABOUT)
    about = {name: value for name, value in fields.items() if value}
    membership = Membership(own, int.from_bytes(own[:8], "little"))
    facts = _decoded(event, "facts", FACT_BYTES)
    return Entry(page, membership, _signature(event), about, LAST, facts=facts)


def _id(text: str) -> bytes:
    """Return the bytes of a UUID.

    Raises:
        RejectedError: the text is none.
    """
    try:
        packed = bytes.fromhex(text.replace("-", ""))  # a fifth of the time of `UUID`
    except ValueError:
        packed = b""
    if len(packed) != ID_BYTES:
        raise RejectedError("invalid_event", f"{text[:50]!r} is no UUID")
    return packed


def _signature(event: ArticleSignature) -> Signature:
    """Return the fingerprints of an event.

    Raises:
        RejectedError: they are not numbers of eight bytes in base64.
    """
    return Signature.of(np.frombuffer(_decoded(event, "fingerprints", FINGERPRINT_BYTES), "<u8"), event.thinning)


def _decoded(event: ArticleSignature, name: str, size: int) -> bytes:
    """Return the bytes of a field of an event.

    Raises:
        RejectedError: they are not in base64, or not numbers of this size.
    """
    try:
        packed = base64.b64decode(getattr(event, name), validate=True)
    except ValueError as error:
        raise RejectedError("invalid_event", f"{name}: {error}") from error
    if len(packed) % size:
        raise RejectedError("invalid_event", f"{name}: {len(packed)} bytes are no numbers of {size}")
    return packed
