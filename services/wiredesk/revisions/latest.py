"""The stage of the newest articles: of each page the newest enriched article, and nothing of a page that is gone.

Its output is compacted by page id, so that a new reader gets every article that is there now, once. What is processed
again later, by a redrive or a replay, must not replace what is newer: of each page the time and the number of the
newest revision are kept.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from wiredesk.revisions.remembering import room_for
from wiredesk.revisions.settings import RevisionsSettings
from wiredesk.runtime.state import Change, KeyedState
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle
from wiredesk_schemas.event import Tombstone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From where times are counted."""

_ORDER = struct.Struct(">qI")
"""The time of the fetch in milliseconds, and the number of the revision."""


class Latest:
    """Publishes the newest article of each page, and removes it when the page is gone.

    Args:
        settings: how many pages are remembered.
    """

    name = "latest"
    version = "1.0.0"

    def __init__(self, settings: RevisionsSettings | None = None) -> None:
        self._pages = (settings or RevisionsSettings()).revisions_pages

    def new_state(self) -> KeyedState:
        """Return the state of a partition of which no event has been processed."""
        return KeyedState()

    def forgotten(self, page: str, state: KeyedState, /) -> tuple[None, Sequence[Change]]:
        """Return the change that forgets a page."""
        key = page.encode()
        return None, [Change(key, None)] if key in state else []

    def __call__(
        self, event: EnrichedArticle | ArticleWithdrawn, state: KeyedState, time: datetime, /
    ) -> tuple[EnrichedArticle | Tombstone | None, Sequence[Change]]:
        """Return what the newest article of the page is now; None where a newer revision is known."""
        key = event.page_id.encode()
        order = ((time - EPOCH) // timedelta(milliseconds=1), event.revision_number or 0)
        known = state.get(key)
        if known is not None and order < _ORDER.unpack(known):
            return None, ()
        changes = [*room_for(key, state, self._pages), Change(key, _ORDER.pack(*order))]
        if isinstance(event, ArticleWithdrawn):
            return Tombstone(event.page_id, EnrichedArticle), changes
        return event, changes
