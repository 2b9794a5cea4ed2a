"""The stage: whether an article is new, changed, corrected or the same, and whether a page that is gone was one.

Fetches of a page are ordered by their time; of two with the same time the one that arrives later counts. A fetch that
is older than the one that counts changes nothing, whatever it holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from wiredesk.revisions import difference
from wiredesk.revisions.corrections import Correction, corrections_of
from wiredesk.revisions.difference import Pieces
from wiredesk.revisions.page_state import PageState, packed_corrections, packed_pieces, remembered
from wiredesk.revisions.remembering import room_for
from wiredesk.revisions.settings import RevisionsSettings
from wiredesk.revisions.story_text import StoryText, exact_hash
from wiredesk.runtime.state import Change, KeyedState
from wiredesk_schemas import (
    ArticleWithdrawn,
    ChangedPart,
    CleanedArticle,
    RevisionKind,
    SkippedPage,
    SkipReason,
    WithdrawnPage,
    derived_event_id,
)

RETENTION_MS = 365 * 24 * 60 * 60 * 1000
"""How long a page is remembered after its last fetch: as long as its articles are kept."""

MAX_SHOWN_SHARE = 2 / 3
"""Share of its text that the page of a story for subscribers shows at most where it has closed."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From where times are counted."""

SCHEMA_VERSION: str = CleanedArticle.model_fields["schema_version"].default
"""The version of the articles that are written; those that are read may have an earlier one."""

type Outcome = CleanedArticle | ArticleWithdrawn | SkippedPage
"""What an event becomes: always exactly one event."""


class Revisions:
    """Finds out what an event means for the story of its page.

    Args:
        settings: how many pages are remembered.
    """

    name = "revisions"
    version = "1.0.0"

    def __init__(self, settings: RevisionsSettings | None = None) -> None:
        self._pages = (settings or RevisionsSettings()).revisions_pages

    def new_state(self) -> KeyedState:
        """Return the state of a partition of which no event has been processed."""
        return KeyedState(RETENTION_MS)

    def forgotten(self, page: str, state: KeyedState, /) -> tuple[None, Sequence[Change]]:
        """Return the change that forgets a page."""
        key = page.encode()
        return None, [Change(key, None)] if key in state else []

    def __call__(
        self, event: CleanedArticle | WithdrawnPage, state: KeyedState, time: datetime, /
    ) -> tuple[Outcome, Sequence[Change]]:
        """Return what an event becomes, and what is kept of its page from now on."""
        key = event.page_id.encode()
        known = PageState.from_bytes(state.get(key))
        fetched_ms = (time - EPOCH) // timedelta(milliseconds=1)
        outcome, kept = self._revised(event, known, fetched_ms)
        if kept == known:
            return outcome, []
        return outcome, [*room_for(key, state, self._pages), Change(key, kept.to_bytes())]

    def _revised(
        self, event: CleanedArticle | WithdrawnPage, known: PageState | None, fetched_ms: int
    ) -> tuple[Outcome, PageState]:
        if known is not None and fetched_ms < known.fetched_ms:
            return self._superseded(event, known, fetched_ms), _seen_earlier(event, known, fetched_ms)
        if isinstance(event, WithdrawnPage):
            return self._withdrawn(event, known, fetched_ms)
        return self._article(event, known, fetched_ms)

    def _article(self, article: CleanedArticle, known: PageState | None, fetched_ms: int) -> tuple[Outcome, PageState]:
        exact = exact_hash(article)
        if known is None or not known.number:
            return self._revision(article, StoryText.of(article), None, fetched_ms, exact)
        if known.is_withdrawn:
            return self._revision(article, StoryText.of(article), known, fetched_ms, exact)
        if exact and exact == known.exact_hash:
            return self._same(article, known, fetched_ms, exact)
        text = StoryText.of(article)
        if difference_of(text, known) == () and not _declares_another(article, known):
            return self._same(article, known, fetched_ms, exact)
        if not known.is_truncated and _is_part(article, text, known):
            detail = f"the page shows only a part of revision {known.number}"
            return self._skipped(article, SkipReason.UNCHANGED, detail), known._replace(fetched_ms=fetched_ms)
        return self._revision(article, text, known, fetched_ms, exact)

    def _same(
        self, article: CleanedArticle, known: PageState, fetched_ms: int, exact: bytes
    ) -> tuple[SkippedPage, PageState]:
        """Return that a fetch brings what is known; the next one is compared with its text."""
        page = self._skipped(article, SkipReason.UNCHANGED, f"revision {known.number} says the same")
        return page, known._replace(fetched_ms=fetched_ms, exact_hash=exact)

    def _revision(
        self, article: CleanedArticle, text: StoryText, known: PageState | None, fetched_ms: int, exact: bytes
    ) -> tuple[CleanedArticle, PageState]:
        """Return the next revision of a story; `known` is None for the first one."""
        number = known.number + 1 if known else 1
        event_id = self._revision_id(article.event_id, number)
        corrections = remembered(corrections_of(article, text.folded))
        recent = _recent(corrections, known)
        pieces = difference.cut(text.words)
        kept = PageState(
            number=number,
            fetched_ms=fetched_ms,
            first_seen_ms=known.first_seen_ms if known else fetched_ms,
            event_id=bytes.fromhex(event_id.replace("-", "")),
            is_truncated=article.is_truncated,
            headline_hash=text.headline_hash,
            text_hash=text.text_hash,
            times_hash=text.times_hash,
            shift=pieces.shift,
            packed_pieces=packed_pieces(pieces),
            packed_corrections=packed_corrections({key for one in corrections for key in one.keys}),
            exact_hash=exact,
        )
        fields = {
            "schema_version": SCHEMA_VERSION,
            "event_id": event_id,
            "revision_number": number,
            "revision_event_id": event_id,
            "previous_event_id": _event_id(known) if known else None,
            "first_seen": _instant(kept.first_seen_ms),
            "revision_kind": _kind(known, recent),
            "returned": known is not None and known.is_withdrawn,
            "changed": difference_of(text, known) if known else (),
            "change": _measure(text, pieces, known) if known else None,
            "correction": next((one.text for one in (*recent, *corrections)), None),
        }
        return article.model_copy(update=fields), kept

    def _withdrawn(self, page: WithdrawnPage, known: PageState | None, fetched_ms: int) -> tuple[Outcome, PageState]:
        """Return the withdrawal of an article, if there is one to withdraw.

        A page that never was an article is remembered as well: an older fetch may still arrive.
        """
        if known is None:
            gone = PageState(0, fetched_ms, fetched_ms, UUID(page.event_id).bytes, is_withdrawn=True)
            return self._skipped(page, page.skip_reason, page.detail), gone
        if known.is_withdrawn:
            detail = f"{page.detail}; withdrawn already" if known.number else page.detail
            return self._skipped(page, page.skip_reason, detail), known._replace(fetched_ms=fetched_ms)
        number = known.number + 1
        event_id = self._revision_id(page.event_id, number)
        event = ArticleWithdrawn(
            event_id=event_id,
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            revision_number=number,
            revision_event_id=event_id,
            previous_event_id=_event_id(known),
            first_seen=_instant(known.first_seen_ms),
            reason=page.reason,
            detail=page.detail,
            http_status=page.http_status,
            canonical_evidence=page.canonical_evidence,
            ingest_notes=page.ingest_notes,
        )
        kept = known._replace(number=number, fetched_ms=fetched_ms, event_id=UUID(event_id).bytes, is_withdrawn=True)
        return event, kept

    def _superseded(self, event: CleanedArticle | WithdrawnPage, known: PageState, fetched_ms: int) -> SkippedPage:
        detail = f"fetched at {_instant(fetched_ms)}, before the fetch at {_instant(known.fetched_ms)} that counts"
        return self._skipped(event, SkipReason.SUPERSEDED, detail)

    def _skipped(self, event: CleanedArticle | WithdrawnPage, reason: SkipReason, detail: str) -> SkippedPage:
        page = event if isinstance(event, WithdrawnPage) else None
        return SkippedPage(
            event_id=derived_event_id(event.event_id, self.name, self.version),
            page_id=event.page_id,
            revision=event.revision,
            url=event.url,
            canonical_url=event.canonical_url,
            stage=page.stage if page and reason is page.skip_reason else self.name,
            reason=reason,
            detail=detail,
            page_type=event.page_type,
            confidence=page.confidence if page else None,
            rights=event.rights,
            canonical_evidence=event.canonical_evidence,
            ingest_notes=event.ingest_notes,
        )

    def _revision_id(self, parent: str, number: int) -> str:
        """Return the event id of a revision. A text that was there before is another revision when it comes again."""
        return derived_event_id(parent, f"{self.name}#{number}", self.version)


def difference_of(text: StoryText, known: PageState) -> tuple[ChangedPart, ...]:
    """Return what a text changes of a known one. Times alone are no change: pages are touched without one."""
    changed = []
    if text.headline_hash != known.headline_hash:
        changed.append(ChangedPart.HEADLINE)
    if text.text_hash != known.text_hash:
        changed.append(ChangedPart.TEXT)
    if changed and text.times_hash != known.times_hash:
        changed.append(ChangedPart.TIMES)
    return tuple(changed)


def _measure(text: StoryText, pieces: Pieces, known: PageState) -> float | None:
    """Return how much of a text in pieces differs from a known one; see `difference`. None: that is not known."""
    if text.text_hash == known.text_hash:
        return 0.0
    if not known.is_comparable:
        return None
    comparable = pieces if pieces.shift == known.shift else difference.cut_at(text.words, known.shift)
    return max(difference.LEAST_CHANGE, difference.change(known.pieces, comparable))


def _is_part(article: CleanedArticle, text: StoryText, known: PageState) -> bool:
    """Return whether a page shows less of a known text under the same headline, and nothing that this has not.

    It must be said to be truncated; or show clearly less, and be for subscribers or say that nobody has modified it
    since: an editor may shorten it, too.
    """
    is_closed = article.is_paywalled or _is_untouched(article, text, known)
    most = 1.0 if article.is_truncated else MAX_SHOWN_SHARE if is_closed else 0.0
    if not most or text.headline_hash != known.headline_hash or not known.is_comparable:
        return False
    pieces, kept = difference.cut_at(text.words, known.shift), known.pieces
    return pieces.words < most * kept.words and set(pieces.items[:-1]) <= set(kept.items)


def _is_untouched(article: CleanedArticle, text: StoryText, known: PageState) -> bool:
    """Return whether a page states the same time of its last change as before.

    Where that is the time of publication, the site may not keep it.
    """
    return article.modified_at not in (None, article.published_at) and text.times_hash == known.times_hash


def _recent(corrections: Sequence[Correction], known: PageState | None) -> list[Correction]:
    """Return the corrections that the revision before does not state."""
    stated = known.corrections if known else frozenset()
    return [one for one in corrections if stated.isdisjoint(one.keys)]


def _declares_another(article: CleanedArticle, known: PageState) -> bool:
    """Return whether a page declares a correction to machines that its revision before does not state."""
    return bool(article.declared_corrections) and bool(_recent(remembered(corrections_of(article)), known))


def _kind(known: PageState | None, corrections: Sequence[Correction]) -> RevisionKind:
    if known is None:
        return RevisionKind.CREATED
    if corrections:
        return RevisionKind.CORRECTED
    return RevisionKind.CREATED if known.is_withdrawn else RevisionKind.UPDATED


def _seen_earlier(event: CleanedArticle | WithdrawnPage, known: PageState, fetched_ms: int) -> PageState:
    """Return what is kept after a fetch that came too late: an article may have been there earlier than known."""
    if isinstance(event, WithdrawnPage) or not known.number:
        return known
    return known._replace(first_seen_ms=min(known.first_seen_ms, fetched_ms))


def _event_id(known: PageState) -> str:
    return str(UUID(bytes=known.event_id))


def _instant(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)
