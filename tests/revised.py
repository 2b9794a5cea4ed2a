"""The life of a page's story, for tests of what reads it: the records that `revisions` would write of each fetch."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer

from tests.copies import Stream, article
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_LATEST, ARTICLES_REVISED, PAGES_SKIPPED
from wiredesk.revisions.revise import Outcome, Revisions
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.testing import as_record
from wiredesk_schemas import (
    CanonicalEvidence,
    CleanedArticle,
    EnrichedArticle,
    Enrichment,
    SkippedPage,
    SkipReason,
    Tombstone,
    WithdrawalReason,
    WithdrawnPage,
    page_id,
)
from wiredesk_schemas.headers import TIME

START = datetime(2026, 3, 14, 8, tzinfo=UTC)


class Life:
    """A page and what became of its fetches.

    Attributes:
        page: its id.
        records: what was written of them, each with its topic.
    """

    def __init__(self, canonical_url: str, fetched_from: str | None = None) -> None:
        self.page = page_id(canonical_url)
        self.records: list[tuple[str, Record]] = []
        evidence = CanonicalEvidence.LINK if fetched_from else CanonicalEvidence.URL
        self._urls: dict[str, Any] = {
            "canonical_url": canonical_url,
            "url": fetched_from or canonical_url,
            "canonical_evidence": evidence,
        }
        self._stage = Revisions()
        self._state = self._stage.new_state()
        self._count = 0

    def fetch(self, minute: int, body: str, **fields: Any) -> Outcome:
        """Fetch the page, which shows an article; each line is a paragraph."""
        self._count += 1
        event = article(self._urls["canonical_url"], body, self._count, **fields)
        return self._revised(minute, event.model_copy(update=self._urls))

    def gone(self, minute: int) -> Outcome:
        """Fetch the page, whose server answers with 410."""
        self._count += 1
        event = WithdrawnPage(
            **self._urls,
            event_id=page_id(f"{self._urls['canonical_url']}#{self._count}"),
            page_id=self.page,
            revision="r",
            stage="ingest",
            reason=WithdrawalReason.GONE,
            skip_reason=SkipReason.HTTP_ERROR,
            detail="the server answers with status 410",
            http_status=410,
        )
        return self._revised(minute, event)

    def _revised(self, minute: int, event: CleanedArticle | WithdrawnPage) -> Outcome:
        time = START + timedelta(minutes=minute)
        outcome, changes = self._stage(event, self._state, time)
        for change in changes:
            self._state.apply(change, 0)
        is_skipped = isinstance(outcome, SkippedPage)
        self._write(PAGES_SKIPPED if is_skipped else ARTICLES_REVISED, outcome, time, outcome.to_json())
        if isinstance(outcome, CleanedArticle):
            enriched = EnrichedArticle(**outcome.model_dump(), enrichment=Enrichment(version="1", models=()))
            self._write(ARTICLES_LATEST, outcome, time, enriched.to_json())
        elif not is_skipped:
            self._write(ARTICLES_LATEST, outcome, time, None)
        return outcome

    def _write(self, topic: Topic, event: Outcome, time: datetime, value: bytes | None) -> None:
        headers = (*as_record(event).headers, (TIME, time.strftime("%Y-%m-%dT%H:%M:%SZ").encode()))
        key, time_ms = self.page.encode(), round(time.timestamp() * 1000)
        self.records.append((topic.name, Record(topic.name, 0, len(self.records), time_ms, key, value, headers)))

    def forget(self) -> None:
        """Write the tombstones of the page."""
        tombstone = Record("", 0, len(self.records), 0, self.page.encode(), None, ())
        self.records += [(topic.name, tombstone) for topic in (ARTICLES_REVISED, ARTICLES_LATEST, PAGES_SKIPPED)]


def copies_of(*articles: Outcome) -> list[tuple[str, Record]]:
    """Return the records of the groups that articles are in, in the order in which they came."""
    stream, records = Stream(), list[tuple[str, Record]]()
    for one in articles:
        assert not isinstance(one, SkippedPage)
        for event in stream.add(one):
            value = None if isinstance(event, Tombstone) else event.to_json()
            records.append((ARTICLES_COPIES.name, Record("", 0, len(records), 0, event.key.encode(), value)))
    return records


async def write(kafka: KafkaSettings, records: Iterable[tuple[str, Record]]) -> None:
    """Write records to their topics, in their order."""
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        value_serializer=lambda one: one.value,  # aiokafka refuses a null value before it is serialised
    )
    await producer.start()
    try:
        for topic, one in records:
            await producer.send_and_wait(kafka.on_cluster(topic), one, key=one.key, headers=list(one.headers))
    finally:
        await producer.stop()
