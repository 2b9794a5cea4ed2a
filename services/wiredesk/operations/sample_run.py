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
from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_RAW, PAGES_SKIPPED, TERMINAL_TOPICS
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import EnrichedArticle, EntityType, header
from wiredesk_schemas.headers import ORIGIN

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
    """

    def __init__(self, origins: set[str]) -> None:
        self.published = len(origins)
        self.waiting = set(origins)
        self._by_topic: Counter[str] = Counter()

    def count(self, record: Record) -> None:
        """Count a record of a terminal topic."""
        origin = header(record.headers, ORIGIN) or ""
        if origin in self.waiting:
            self.waiting.discard(origin)
            self._by_topic[record.topic] += 1

    @property
    def ended(self) -> int:
        """How many pages have ended."""
        return self._by_topic.total()

    @property
    def enriched(self) -> int:
        """How many have become an enriched article."""
        return self._by_topic[ARTICLES_ENRICHED.name]

    @property
    def skipped(self) -> int:
        """How many were skipped."""
        return self._by_topic[PAGES_SKIPPED.name]

    @property
    def dead_lettered(self) -> int:
        """How many have become a dead letter."""
        return self.ended - self.enriched - self.skipped


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
    """Publish pages, and read the terminal topics until every page has ended in one of them.

    Args:
        pages: that no stage has seen.
        seconds: that this may take.
        on_published: called once, when the brokers have all pages.
        on_record: called with each record of a terminal topic.

    Raises:
        UnavailableError: it takes longer, or the cluster cannot be reached.
    """
    began = time.monotonic()
    async with Cluster(kafka) as cluster:
        reading = cluster.read_topic([topic.name for topic in TERMINAL_TOPICS])
        async with contextlib.aclosing(reading):
            await anext(reading)  # the consumer has its positions: every record that is published from now on is read
            run = SampleRun(await _publish(kafka, pages))
            on_published()
            async for record in reading:
                if record is not None:
                    on_record(record)
                    run.count(record)
                if not run.waiting:
                    return run
                if time.monotonic() - began > seconds:
                    raise UnavailableError(f"{len(run.waiting)} of {len(pages)} pages are not done after {seconds:g} s")
    raise AssertionError("a topic is read until the reader is closed")


async def _publish(kafka: KafkaSettings, pages: Sequence[RawRecord]) -> set[str]:
    """Publish pages; return their origins: `<topic>/<partition>/<offset>`."""
    async with clients.started(clients.producer(kafka, "wiredesk-demo"), kafka) as producer:
        deliveries = [await send(producer, PAGES_RAW.name, page) for page in pages]
        written = await asyncio.gather(*deliveries)
    return {f"{PAGES_RAW.name}/{at.partition}/{at.offset}" for at in written}
