"""The stage `syndication`: finds the copies of each article among those of the last hours."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.state import Change
from wiredesk.syndication.entry import ID_BYTES, Entry, Membership
from wiredesk.syndication.grouping import LAST, Grouping
from wiredesk.syndication.groups import group_events
from wiredesk.syndication.matching import Match, carriers_of, find
from wiredesk.syndication.overlap import Signature
from wiredesk.syndication.regrouping import newly_common, separate
from wiredesk.syndication.settings import HOUR_MS, SyndicationSettings
from wiredesk.syndication.window import ARTICLE, MEMBER, Window
from wiredesk_schemas import ArticleCopies, ArticleSignature, Tombstone
from wiredesk_schemas.ids import group_id

MAX_RELATED = 4
"""Other groups in whose events an article is listed because it shares a passage, at most: those with most in common."""

MAX_MERGED = 2000
"""Articles of a group that becomes part of another, at most: each is a change. Larger ones stay as they are."""

_ABOUT = {
    "article_event_id", "agencies", "canonical_url", "declared_original", "first_seen", "is_live", "language",
    "published_at", "revision", "source", "title", "url",
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
        grouping = Grouping(window)
        if event.is_withdrawn:
            changes = [] if own is None else [Change(ARTICLE + page, None)]
            grouping.remove(page)
        else:
            entry = self._grouped(event, page, grouping)
            changes = [Change(MEMBER + page, member.value()) for page, member in grouping.moved.items()]
            if own is None and len(window) >= self._settings.copies_articles and (oldest := window.oldest()):
                changes.append(Change(ARTICLE + oldest, None))
            changes.append(Change(ARTICLE + page, entry.value()))
        return group_events(event.event_id, self.name, self.version, grouping), changes

    def forgotten(self, page: str, window: Window, /) -> Sequence[Change]:
        """Return the change that removes a page from the window: its events are to be forgotten."""
        number = window.number(_id(page))
        return [] if number is None else [Change(ARTICLE + _id(page), None)]

    def _grouped(self, event: ArticleSignature, page: bytes, grouping: Grouping) -> Entry:
        """Put an article where it belongs, and others that belong elsewhere now; return the article."""
        window, own = grouping.window, grouping.window.number(page)
        entry = _entry(event, page)
        carriers = carriers_of(window, entry.signature.hashes, own)
        matches = find(window, entry, carriers)
        joined = _joined(matches, window, own)
        entry = replace(entry, membership=_membership(entry, matches, joined))
        grouping.put(entry)
        for group in joined[1:]:
            grouping.merge(group, entry.group)
        common, articles = newly_common(window, entry.membership.family, carriers)
        if common:
            separate(grouping, common, articles, event.event_id)
            for match in reversed(matches):
                if match.is_same_text:  # the last one is that with most in common
                    grouping.follow(match.entry.page)
        return replace(entry, membership=grouping.changed)


def _joined(matches: Sequence[Match], window: Window, own: int | None) -> Sequence[bytes]:
    """Return the groups that an article joins; the first one stays, and the others become part of it.

    A group that only the article's earlier revision was a member of goes with it, and so do those that quote it.
    """
    groups = dict.fromkeys(match.entry.group for match in matches if match.is_same_text)
    if own is not None and len(window.members(window.membership(own).group)) == 1:
        groups[window.membership(own).group] = None
    members = {group: window.members(group) for group in groups}
    ordered = sorted(groups, key=lambda group: (-len(members[group]), window.order(members[group][0])))
    return [group for place, group in enumerate(ordered) if place == 0 or len(members[group]) <= MAX_MERGED]


def _membership(entry: Entry, matches: Sequence[Match], joined: Sequence[bytes]) -> Membership:
    """Return where an article belongs that joins some groups; it has a group of its own where it joins none."""
    passages = dict.fromkeys(match.entry.group for match in matches if match.entry.group not in joined)
    near = next((match.entry.membership.family for match in matches if match.is_near_copy), entry.membership.family)
    return Membership(joined[0] if joined else entry.group, near, tuple(passages)[:MAX_RELATED])


def _entry(event: ArticleSignature, page: bytes) -> Entry:
    """Return an article with a group of its own."""
    own = _id(group_id(event.event_id))
    fields = event.model_dump(mode="json", include=_ABOUT)
    about = {name: value for name, value in fields.items() if value}
    return Entry(page, Membership(own, int.from_bytes(own[:8], "little")), _signature(event), about, LAST)


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
    try:
        packed = base64.b64decode(event.fingerprints, validate=True)
        hashes = np.frombuffer(packed, "<u8")
    except ValueError as error:
        raise RejectedError("invalid_event", f"fingerprints: {error}") from error
    return Signature.of(hashes, event.thinning)
