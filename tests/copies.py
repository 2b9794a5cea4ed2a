"""Articles for tests of copies, and a stream of them through the two stages."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from wiredesk.runtime.state import Change
from wiredesk.syndication.settings import SyndicationSettings
from wiredesk.syndication.sign import Signer
from wiredesk.syndication.syndicate import Syndication
from wiredesk.syndication.window import Window
from wiredesk_schemas import (
    ArticleCopies,
    ArticleWithdrawn,
    Block,
    CleanedArticle,
    Copy,
    Extraction,
    Tombstone,
    WithdrawalReason,
    page_id,
    revision,
)

_SYLLABLES = ("ba", "do", "ke", "li", "mu", "na", "po", "ri", "sa", "te", "vo", "zu")
WORDS = [first + second + third for first in _SYLLABLES for second in _SYLLABLES for third in _SYLLABLES]


def story(seed: int, words: int = 300) -> str:
    """Return a text of its own."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words))


def part(text: str, share: float) -> str:
    """Return the beginning of a text."""
    words = text.split()
    return " ".join(words[: round(len(words) * share)])


def article(url: str, body: str, number: int = 1, **fields: Any) -> CleanedArticle:
    """Return an article; of a later revision the number is larger."""
    return CleanedArticle(
        event_id=page_id(f"{url}#{number}"),
        page_id=page_id(url),
        revision=revision(body),
        url=url,
        canonical_url=url,
        paragraphs=tuple(Block(text=line) for line in body.split("\n") if line.strip()),
        word_count=len(body.split()),
        extraction=Extraction(method="html", version="0", confidence=1),
        **fields,
    )


def withdrawn(url: str, number: int = 9) -> ArticleWithdrawn:
    """Return that an article is gone."""
    return ArticleWithdrawn(
        event_id=page_id(f"{url}#{number}"),
        page_id=page_id(url),
        revision=revision(""),
        url=url,
        canonical_url=url,
        reason=WithdrawalReason.GONE,
        detail="status 410",
    )


class Stream:
    """The two stages in a row: the groups that their events state, and the changes that they make.

    Attributes:
        groups: the last event of each group that has not ended, by the group's id.
        changes: all changes, each with the time of its record.
    """

    def __init__(self, articles: int = 1000, hours: int = 72) -> None:
        self._sign = Signer()
        self.stage = Syndication(SyndicationSettings(copies_articles=articles, copies_hours=hours))
        self.window: Window = self.stage.new_state()
        self.groups: dict[str, ArticleCopies] = {}
        self.changes: list[tuple[Change, int]] = []
        self.time_ms = 0

    def add(self, event: CleanedArticle | ArticleWithdrawn, after_ms: int = 1) -> Sequence[ArticleCopies | Tombstone]:
        """Process an article, and return the events."""
        self.time_ms += after_ms
        self.window.advance(self.time_ms)
        events, changes = self.stage(self._sign(event), self.window)
        for change in changes:
            self.window.apply(change, self.time_ms)
            self.changes.append((change, self.time_ms))
        for one in events:
            self.groups.pop(one.key, None)
            if isinstance(one, ArticleCopies) and one.merged_into is None:
                self.groups[one.group_id] = one
        return events

    def forget(self, url: str) -> Sequence[ArticleCopies | Tombstone]:
        """Forget a page, and return the events."""
        events, changes = self.stage.forgotten(page_id(url), self.window)
        for change in changes:
            self.window.apply(change, self.time_ms)
            self.changes.append((change, self.time_ms))
        return events

    def copies(self) -> Mapping[str, Copy]:
        """Return the copies that groups list now, by URL."""
        return {copy.url: copy for group in self.groups.values() for copy in group.copies}

    def restored(self, *, compacted: bool) -> "Stream":
        """Return a stream whose window is made again from the changes, or from the last one of each key."""
        again = Stream()
        again.stage, again.window, again.groups = self.stage, self.stage.new_state(), dict(self.groups)
        last = {change.key: place for place, (change, _) in enumerate(self.changes)}
        for place, (change, time_ms) in enumerate(self.changes):
            gone = change.value is None and compacted
            if not compacted or (last[change.key] == place and not gone):
                again.window.apply(change, time_ms)
        again.window.advance(self.time_ms)
        again.time_ms, again.changes = self.time_ms, list(self.changes)
        return again
