"""The story of a page: its revisions with what changed in each, what is known of the newest one, and its copies.

Of each topic that is keyed by page, one partition is read, and all of `articles.copies`, whose keys are groups. At most
`MAX_REVISIONS` revisions are kept in memory, the newest ones, and the event ids of all.

A page that declares another URL as its own has the id of that one. If there are no records under the id of a URL, the
newest articles, and then all revisions, are searched for pages that were fetched from it.
"""

import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiokafka import TopicPartition

from wiredesk.operations.copy_groups import CopyGroups
from wiredesk.operations.named_page import pages_fetched
from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_LATEST, ARTICLES_REVISED, PAGES_SKIPPED
from wiredesk.revisions.wording import Passage, Run, passage_changes, word_changes
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.descriptions import TopicDescription
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk.runtime.records import Record
from wiredesk_schemas import (
    ArticleCopies,
    ArticleWithdrawn,
    CleanedArticle,
    EnrichedArticle,
    InvalidEventError,
    SkippedPage,
    SkipReason,
)
from wiredesk_schemas.headers import EVENT_TYPE, TIME, decode_text, last_value
from wiredesk_schemas.rfc3339 import parse_rfc3339

MAX_REVISIONS = 100
"""Revisions of a story that are shown, the newest ones; a live blog has thousands."""

KEYED = (ARTICLES_REVISED, ARTICLES_LATEST, PAGES_SKIPPED)
"""The topics that are read for the records of the page."""

PROGRESS_RECORDS = 1000
"""Progress is reported after this number of records."""


@dataclass(frozen=True, slots=True)
class Published:
    """A revision as it was published.

    Attributes:
        event: an article, or a withdrawal.
        fetched_at: when its page was fetched; None if its record does not say it.
    """

    event: CleanedArticle | ArticleWithdrawn
    fetched_at: datetime | None

    @property
    def kind(self) -> str:
        """What it is to the revision before: created, updated, corrected or withdrawn."""
        if isinstance(self.event, ArticleWithdrawn):
            return "withdrawn"
        return self.event.revision_kind or "published"


@dataclass(frozen=True, slots=True)
class Revision(Published):
    """A revision of a story, and what changed in it.

    Attributes:
        compared_with: number of the revision with which it is compared: the newest one before it that is kept and is no
            withdrawal; None where there is none, and of a withdrawal.
        headline: the words of both headlines; empty where nothing is compared.
        passages: the passages of both texts, in their order; empty where nothing is compared.
    """

    compared_with: int | None = None
    headline: tuple[Run, ...] = ()
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """The story of a page.

    Attributes:
        page: its id.
        revisions: at least one, the oldest first.
        left_out: how many older ones are not among them.
        enriched: the newest article as it was enriched; None where it is withdrawn, or not enriched yet.
        unchanged: how many fetches of the last weeks said the same as the revision before them.
        unchanged_at: when the newest of them was fetched.
        copies: the groups of copies that it is in.
    """

    page: str
    revisions: Sequence[Revision]
    left_out: int = 0
    enriched: EnrichedArticle | None = None
    unchanged: int = 0
    unchanged_at: datetime | None = None
    copies: Sequence[ArticleCopies] = ()

    @property
    def newest(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]

    @property
    def article(self) -> CleanedArticle | None:
        """The newest revision that is no withdrawal; None where none is kept."""
        articles = (one.event for one in reversed(self.revisions) if isinstance(one.event, CleanedArticle))
        return next(articles, None)


@dataclass(frozen=True, slots=True)
class NoStory:
    """There is no story of a page.

    Attributes:
        reason: what became of the page, in a few words.
    """

    reason: str


async def read_story(
    cluster: Cluster, page: str, *, is_of_url: bool = False, progress: ProgressCallback = ignore_progress
) -> Story | NoStory:
    """Return the story of a page.

    Args:
        cluster: the cluster.
        page: its id.
        is_of_url: the id is that of a URL, and the page that was fetched from it may have another one.
        progress: called with the numbers of records that were read and that are to be read.

    Raises:
        UnavailableError: the cluster does not answer, or lacks a topic.
    """
    on_cluster = cluster.settings.on_cluster
    topics = await cluster.required_topics([on_cluster(topic.name) for topic in (*KEYED, ARTICLES_COPIES)])
    story = await _read(cluster, topics, page, progress)
    if not is_of_url or isinstance(story, Story):
        return story
    for topic in (ARTICLES_LATEST, ARTICLES_REVISED):
        ranges = await cluster.offset_ranges(topics[on_cluster(topic.name)].topic_partitions)
        if pages := await pages_fetched(cluster, ranges, page):
            return await _read(cluster, topics, pages[-1], progress)
    return story


async def _read(
    cluster: Cluster, topics: Mapping[str, TopicDescription], page: str, progress: ProgressCallback
) -> Story | NoStory:
    reading = StoryReading(page)
    ranges = await _ranges(cluster, topics, page)
    names = {cluster.settings.on_cluster(topic.name): topic.name for topic in (*KEYED, ARTICLES_COPIES)}
    total, done = sum(held.size for held in ranges.values()), 0
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            reading.add(names[record.topic], record)
            done += 1
            if not done % PROGRESS_RECORDS:
                progress(done, total)
    return reading.result()


async def _ranges(
    cluster: Cluster, topics: Mapping[str, TopicDescription], page: str
) -> dict[TopicPartition, OffsetRange]:
    """Return what is read: the page's partition of topics that are keyed by page, and all groups of copies."""
    partitions: list[TopicPartition] = []
    for topic in topics.values():
        if topic.name == cluster.settings.on_cluster(ARTICLES_COPIES.name):
            partitions += topic.topic_partitions
        else:
            numbers = [partition.number for partition in topic.partitions]
            partitions.append(TopicPartition(topic.name, partition_for(page.encode(), numbers, numbers)))
    return await cluster.offset_ranges(partitions)


class StoryReading:
    """Makes a story of its records; those of each topic come in their order, and others of the topic among them.

    Args:
        page: its id.
    """

    def __init__(self, page: str) -> None:
        self._page = page
        self._key = page.encode()
        self._published: deque[Published] = deque(maxlen=MAX_REVISIONS + 1)
        self._event_ids: set[str] = set()
        self._count = 0
        self._was_forgotten = False
        self._enriched: EnrichedArticle | None = None
        self._skipped: SkippedPage | None = None
        self._unchanged = 0
        self._unchanged_at: datetime | None = None
        self._copies = CopyGroups(page)

    def add(self, topic: str, record: Record) -> None:
        """Take note of a record.

        Args:
            topic: its topic, without prefix; records of other topics than those above are passed over.
            record: it may contain anything.
        """
        if topic == ARTICLES_COPIES.name:
            self._copies.add(record)
        elif record.key == self._key:
            with contextlib.suppress(InvalidEventError):
                self._add_keyed(topic, record)

    def _add_keyed(self, topic: str, record: Record) -> None:
        if topic == ARTICLES_REVISED.name:
            self._add_revision(record)
        elif topic == ARTICLES_LATEST.name:
            self._enriched = None if record.value is None else EnrichedArticle.from_json(record.value)
        elif topic == PAGES_SKIPPED.name and record.value is not None:
            self._add_skipped(SkippedPage.from_json(record.value), record)

    def _add_revision(self, record: Record) -> None:
        self._was_forgotten = record.value is None
        if record.value is None:
            self._published.clear()
            self._event_ids.clear()
            self._count = 0
            return
        is_withdrawn = decode_text(last_value(record.headers, EVENT_TYPE)) == ArticleWithdrawn.TYPE
        event = (ArticleWithdrawn if is_withdrawn else CleanedArticle).from_json(record.value)
        if event.event_id in self._event_ids:
            return  # a redrive, or a state that is built again, has published it again
        self._event_ids.add(event.event_id)
        while self._published and _is_replaced(self._published[-1].event, event):
            self._published.pop()
            self._count -= 1
        if not self._published:
            self._count = 0  # those that are not shown are published again, too
        self._published.append(Published(event, _fetched_at(record)))
        self._count += 1

    def _add_skipped(self, page: SkippedPage, record: Record) -> None:
        self._skipped = page
        if page.reason is SkipReason.UNCHANGED:
            self._unchanged += 1
            self._unchanged_at = _fetched_at(record)

    def result(self) -> Story | NoStory:
        """Return the story, or why there is none."""
        published = list(self._published)
        if not published:
            return NoStory(self._why_not())
        revisions = [_revision(published, number) for number in range(len(published))][-MAX_REVISIONS:]
        return Story(
            page=self._page,
            revisions=revisions,
            left_out=self._count - len(revisions),
            enriched=self._enriched,
            unchanged=self._unchanged,
            unchanged_at=self._unchanged_at,
            copies=self._copies.groups(),
        )

    def _why_not(self) -> str:
        is_forgotten = self._skipped is not None and self._skipped.reason is SkipReason.FORGOTTEN
        if self._was_forgotten or is_forgotten:
            return "the page was forgotten"
        if self._skipped is not None:
            return f"the page was skipped: {self._skipped.reason}: {self._skipped.detail}"
        return "nothing is known of the page; 'wiredesk trace' shows whether it waits for a stage"


def _is_replaced(before: CleanedArticle | ArticleWithdrawn, event: CleanedArticle | ArticleWithdrawn) -> bool:
    """Return whether a later event has no higher number than a revision: another version has built the state again."""
    if before.revision_number is None or event.revision_number is None:
        return False
    return before.revision_number >= event.revision_number


def _revision(published: Sequence[Published], number: int) -> Revision:
    one = published[number]
    if not isinstance(one.event, CleanedArticle):
        return Revision(one.event, one.fetched_at)
    earlier = (before.event for before in reversed(published[:number]) if isinstance(before.event, CleanedArticle))
    return compared(one.event, next(earlier, None), one.fetched_at)


def compared(article: CleanedArticle, known: CleanedArticle | None, fetched_at: datetime | None = None) -> Revision:
    """Return an article as a revision, compared with one before it; None: there is none."""
    if known is None:
        return Revision(article, fetched_at)
    return Revision(
        article,
        fetched_at,
        compared_with=known.revision_number,
        headline=word_changes(known.title or "", article.title or ""),
        passages=tuple(passage_changes(known, article)),
    )


def _fetched_at(record: Record) -> datetime | None:
    return parse_rfc3339(decode_text(last_value(record.headers, TIME)))
