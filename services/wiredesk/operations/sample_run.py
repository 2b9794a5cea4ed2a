"""The sample pages of the installation, published and followed until each has ended: what `wiredesk demo` shows."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import wiredesk
from wiredesk.operations.publishing import send
from wiredesk.pages import files as page_files
from wiredesk.pages.record import RawRecord
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED, PAGES_RAW, PAGES_SKIPPED, TERMINAL_TOPICS
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import ArticleCopies, ArticleWithdrawn, EnrichedArticle, EntityType, header
from wiredesk_schemas.headers import EVENT_TYPE, ORIGIN

BASE_URL = "https://samples.wiredesk.example/"
"""Prefix of the sample pages' URLs."""

NAMED = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE)
"""Types of the entities that an overview shows."""

LIKELY = 0.5
"""Minimum score of a narrower topic that the demo's table shows."""

NAMES_SHOWN = 3
"""Names of an article that an overview shows, at most."""


class SampleRun:
    """The outcomes of pages; each page is counted once, by the origin in its records.

    Attributes:
        published: number of pages.
        waiting: origins of the pages that have not ended yet.
        withdrawn: how many have withdrawn an article.
    """

    def __init__(self, origins: set[str]) -> None:
        self.published = len(origins)
        self.waiting = set(origins)
        self.withdrawn = 0
        self._by_topic: Counter[str] = Counter()
        self._groups: dict[bytes | None, ArticleCopies] = {}

    def count(self, record: Record) -> None:
        """Count a record of a terminal topic, or take note of a group of copies."""
        if record.topic == ARTICLES_COPIES.name:
            self._groups.pop(record.key, None)
            if record.value is not None:
                self._groups[record.key] = ArticleCopies.from_json(record.value)
            return
        origin = header(record.headers, ORIGIN) or ""
        if origin in self.waiting:
            self.waiting.discard(origin)
            self._by_topic[record.topic] += 1
            self.withdrawn += is_withdrawal(record)

    @property
    def copies(self) -> Sequence[ArticleCopies]:
        """The groups of articles with the same text, as they are now."""
        return [group for group in self._groups.values() if group.copies]

    @property
    def is_done(self) -> bool:
        """Whether every page has ended, and copies were found, which no page waits for: the samples have some."""
        return not self.waiting and bool(self.copies)

    @property
    def ended(self) -> int:
        """How many pages have ended."""
        return self._by_topic.total()

    @property
    def enriched(self) -> int:
        """How many have become an enriched article."""
        return self._by_topic[ARTICLES_ENRICHED.name] - self.withdrawn

    @property
    def skipped(self) -> int:
        """How many were skipped."""
        return self._by_topic[PAGES_SKIPPED.name]

    @property
    def dead_lettered(self) -> int:
        """How many have become a dead letter."""
        return self.ended - self.enriched - self.withdrawn - self.skipped


def is_withdrawal(record: Record) -> bool:
    """Whether a record withdraws an article."""
    return header(record.headers, EVENT_TYPE) == ArticleWithdrawn.TYPE


def sample_pages() -> Iterator[RawRecord]:
    """Yield the sample pages, alternately in both content modes, and the sample events.

    Raises:
        UnavailableError: this installation has no samples.
    """
    samples = Path(wiredesk.__file__).parent / "samples"
    files = page_files.find_files([str(samples)]) if samples.is_dir() else []
    if not files:
        raise UnavailableError(f"no sample pages in {samples}: reinstall wiredesk")
    for number, (path, relative) in enumerate(files):
        binary = number % 2 == 0 and path.suffix not in page_files.JSON_LINES
        yield from page_files.read_pages(path, relative, page_files.PageUrls(base_url=BASE_URL), binary=binary)


def overview(articles: Iterable[EnrichedArticle]) -> list[tuple[str, str, str]]:
    """Return what the demo's table shows of articles, ordered by language: language, topics, names.

    Topics are the first one and the likeliest narrower one, if that is more likely right than not; names are those of
    the most salient people, organisations and places.
    """
    rows = []
    for article in articles:
        narrower = [topic for topic in article.topics if len(topic.path) > 1 and topic.score >= LIKELY]
        topics = (*article.topics[:1], *(topic for topic in narrower[:1] if topic not in article.topics[:1]))
        names = [entity.name for entity in article.entities if entity.type in NAMED][:NAMES_SHOWN]
        rows.append((article.language or "", ", ".join(topic.name for topic in topics), ", ".join(names)))
    return sorted(rows)


async def run_samples(
    kafka: KafkaSettings,
    pages: Sequence[RawRecord],
    seconds: float,
    *,
    on_published: Callable[[], None],
    on_record: Callable[[Record], None],
) -> SampleRun:
    """Publish pages, and read the terminal topics until every page has ended in one of them, and copies were found.

    Args:
        pages: that no stage has seen.
        seconds: that this may take.
        on_published: called once, when the brokers have all pages.
        on_record: called with each record of a terminal topic,.

    Raises:
        UnavailableError: it takes longer, or the cluster cannot be reached.
    """
    began = time.monotonic()
    async with Cluster(kafka) as cluster:
        reading = cluster.read_topic([topic.name for topic in (*TERMINAL_TOPICS, ARTICLES_COPIES)])
        async with contextlib.aclosing(reading):
            await anext(reading)  # the consumer has its positions: every record that is published from now on is read
            run = SampleRun(await _publish(kafka, pages))
            on_published()
            async for record in reading:
                if record is not None:
                    run.count(record)
                    if record.topic != ARTICLES_COPIES.name:
                        on_record(record)
                if run.is_done:
                    return run
                if time.monotonic() - began > seconds:
                    left = f"{len(run.waiting)} of {len(pages)} pages are not done"
                    raise UnavailableError(f"{left if run.waiting else 'no copies were found'} after {seconds:g} s")
    raise AssertionError("a topic is read until the reader is closed")


async def _publish(kafka: KafkaSettings, pages: Sequence[RawRecord]) -> set[str]:
    """Publish pages; return their origins: `<topic>/<partition>/<offset>`."""
    async with clients.started(clients.producer(kafka, "wiredesk-demo"), kafka) as producer:
        deliveries = [await send(producer, PAGES_RAW.name, page) for page in pages]
        written = await asyncio.gather(*deliveries)
    return {f"{PAGES_RAW.name}/{at.partition}/{at.offset}" for at in written}
