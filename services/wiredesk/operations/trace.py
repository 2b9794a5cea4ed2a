"""The trace of a page: all its records, through every topic, and where it is now.

The key of a page's records is its id, so only one partition of each topic is read. Raw pages and their dead letters
have other keys, or none: their URLs are compared. Only those raw pages are read that no stage has committed yet, or
that a later record names as its origin.

The revision that a raw page has become is shown with what changed, and with its copies: all of `articles.copies` is
read for them.

A page that declares another URL as its own has the id of that one. If there are no records under the id of a URL, the
events are read that no later one follows, for pages that were fetched from it.
"""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition

from wiredesk.operations.copy_groups import member
from wiredesk.operations.named_page import page_id_of_url, pages_fetched
from wiredesk.operations.page_urls import page_url
from wiredesk.operations.record_view import event_of
from wiredesk.operations.story import Revision, Story, StoryReading
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_LATEST, ARTICLES_REVISED
from wiredesk.registry import Registry
from wiredesk.runtime.dead_letters import parse_letter
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.descriptions import TopicDescription
from wiredesk.runtime.kafka.offset_range import NOTHING, OffsetRange
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk.runtime.lineage import origin_of, origin_topic_id, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas import ArticleCopies
from wiredesk_schemas.headers import EVENT_ID, decode_text, last_value

type _Ranges = Mapping[TopicPartition, OffsetRange]


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record of a page.

    Attributes:
        topic: name in the topology, without prefix.
        partition: of the topic.
        offset: in the partition.
        time_ms: the record's timestamp, in milliseconds since 1970.
        event_id: empty for a raw page that has none.
        summary: one line about the page, from the record.
        waited_ms: milliseconds since the previous record; None for the first.
    """

    topic: str
    partition: int
    offset: int
    time_ms: int
    event_id: str
    summary: str
    waited_ms: int | None


@dataclass(frozen=True, slots=True)
class PageTrace:
    """What became of one raw page.

    Attributes:
        origin: coordinates of the raw page.
        records: of the page, in order; there is at least one.
        location: where the page is now, in one line.
        revision: the revision of its story that it has become; None: it has become none.
        copies: the groups of articles with the same text in which this revision is.
    """

    origin: str
    records: tuple[TracedRecord, ...]
    location: str
    revision: Revision | None = None
    copies: tuple[ArticleCopies, ...] = ()


async def trace(
    cluster: Cluster, registry: Registry, skip_topic: Topic, page: str, *, is_of_url: bool = False
) -> list[PageTrace]:
    """Return the trace of every raw page that was published under a page id, oldest first.

    Args:
        cluster: the cluster.
        registry: the stages and their topics.
        skip_topic: the topic of skipped pages.
        page: page id.
        is_of_url: the id is that of a URL, and the page that was fetched from it may have another one.

    Raises:
        UnavailableError: the cluster does not answer, or lacks a topic of a stage.
    """
    return await _Tracer(cluster, registry, skip_topic, page).run(is_of_url=is_of_url)


class _Tracer:
    def __init__(self, cluster: Cluster, registry: Registry, skip_topic: Topic, page: str) -> None:
        self._cluster = cluster
        self._registry = registry
        self._skip_topic = skip_topic
        self._page = page
        on_cluster = cluster.settings.on_cluster
        self._names = {on_cluster(topic.name): topic.name for topic in registry.topics}
        self._entries = {on_cluster(topic.name) for topic in registry.entry_topics}
        self._entry_letters = {
            on_cluster(stage.dead_letter_topic.name) for stage in registry.stages.values() if stage.entry
        }
        self._topics: Mapping[str, TopicDescription] = {}
        self._entry_ranges: Mapping[TopicPartition, OffsetRange] = {}
        self._committed: Mapping[str, Mapping[TopicPartition, int]] = {}
        self._stories: Sequence[Story] = ()

    async def run(self, *, is_of_url: bool) -> list[PageTrace]:
        self._topics = await self._cluster.required_topics(self._names)
        stages = self._registry.stages.values()
        offsets = await asyncio.gather(*(self._cluster.committed_offsets(stage) for stage in stages))
        self._committed = {
            stage.name: {tp: committed.offset for tp, committed in of_stage.items()}
            for stage, of_stage in zip(stages, offsets, strict=True)
        }
        by_url = {name for name in self._topics if name in self._entries or name in self._entry_letters}
        groups = self._cluster.settings.on_cluster(ARTICLES_COPIES.name)  # keyed by group
        keyed = [topic for name, topic in self._topics.items() if name not in by_url and name != groups]
        ranges = await self._cluster.offset_ranges([tp for one in self._topics.values() for tp in one.topic_partitions])
        self._entry_ranges = {tp: offsets for tp, offsets in ranges.items() if tp.topic in self._entries}
        waiting = {tp: held.intersection(self._first_waiting(tp)) for tp, held in self._entry_ranges.items()}
        letters = {tp: held for tp, held in ranges.items() if tp.topic in self._entry_letters}
        of_key, of_url = await asyncio.gather(
            self._of_page(self._page, keyed, ranges), self._read({**letters, **waiting})
        )
        pages = [self._page]
        if is_of_url and not of_key:
            pages = await self._pages_fetched(keyed, ranges)
            for page in pages:
                of_key += await self._of_page(page, keyed, ranges)
        of_page = [record for record in of_url if page_id_of_url(page_url(record)) == self._page]
        await self._read_stories(pages, of_key, {tp: held for tp, held in ranges.items() if tp.topic == groups})
        return await self._traces([*of_key, *of_page])

    async def _read_stories(self, pages: Sequence[str], records: Sequence[Record], groups: _Ranges) -> None:
        """Find out which revisions records have become, and which copies these have."""
        readings = [StoryReading(page) for page in pages]
        for record in records:
            for reading in readings:
                reading.add(self._names[record.topic], record)
        if not records:
            return
        async with contextlib.aclosing(self._cluster.read_range(groups)) as of_groups:
            async for record in of_groups:
                for reading in readings:
                    reading.add(ARTICLES_COPIES.name, record)
        self._stories = [story for reading in readings if isinstance(story := reading.result(), Story)]

    async def _of_page(self, page: str, topics: Sequence[TopicDescription], ranges: _Ranges) -> list[Record]:
        """Return the records whose key is a page id: each topic has them in one partition."""
        key, partitions = page.encode(), []
        for topic in topics:
            numbers = [partition.number for partition in topic.partitions]
            partitions.append(TopicPartition(topic.name, partition_for(key, numbers, numbers)))
        return await self._read({tp: ranges[tp] for tp in partitions}, key)

    async def _pages_fetched(self, topics: Sequence[TopicDescription], ranges: _Ranges) -> list[str]:
        """Return the ids of the pages that were fetched from the URL, and that declare another one."""
        partitions = [tp for topic in topics for tp in topic.topic_partitions]
        last = {tp: ranges[tp].intersection(self._first_waiting(tp)) for tp in partitions}
        return await pages_fetched(self._cluster, last, self._page)

    def _first_waiting(self, partition: TopicPartition) -> int:
        """Return the first offset of a partition of raw pages that a stage has not committed."""
        offsets = [
            self._committed[stage.name].get(partition, 0)
            for stage in self._registry.stages.values()
            if self._cluster.settings.on_cluster(stage.consumes.name) == partition.topic
        ]
        return min(offsets, default=0)

    async def _read(self, ranges: Mapping[TopicPartition, OffsetRange], key: bytes | None = None) -> list[Record]:
        async with contextlib.aclosing(self._cluster.read_range(ranges, key=key)) as records:
            return [record async for record in records]

    async def _traces(self, records: Sequence[Record]) -> list[PageTrace]:
        """Return records by the raw page from which they were made, the oldest raw page first."""
        by_origin: dict[tuple[str, str], list[Record]] = {}
        for record in records:
            origin = "" if record.topic in self._entries else origin_of(record)
            # After a topic was deleted and created again, raw pages of both topics may have the same coordinates.
            topic_id = origin_topic_id(record) if origin else ""
            coordinates = origin or record.coordinates
            by_origin.setdefault((coordinates, topic_id or self._topic_id(coordinates)), []).append(record)
        traces = []
        for (origin, topic_id), of_origin in by_origin.items():
            raw: list[Record] = []
            if topic_id == self._topic_id(origin) and all(record.coordinates != origin for record in of_origin):
                raw = await self._raw_page(origin)
            traces.append(self._trace(origin, [*raw, *of_origin]))
        return sorted(traces, key=lambda one: one.records[0].time_ms)

    def _topic_id(self, coordinates: str) -> str:
        """Return the current id of the topic of a record; empty if it is not a topic of the registry."""
        parsed_coordinates = parse_coordinates(coordinates)
        topic = self._topics.get(parsed_coordinates[0]) if parsed_coordinates else None
        return topic.id if topic is not None else ""

    async def _raw_page(self, origin: str) -> list[Record]:
        """Return the raw page at coordinates; None if it was deleted."""
        coordinates = parse_coordinates(origin)
        if coordinates is None:
            return []
        topic, partition, offset = coordinates
        source = TopicPartition(topic, partition)
        if offset not in self._entry_ranges.get(source, NOTHING):
            return []
        return await self._read({source: OffsetRange(offset, offset + 1)})

    def _trace(self, origin: str, records: Sequence[Record]) -> PageTrace:
        # The raw page is first, even if its publisher set a later timestamp.
        in_order = sorted(records, key=lambda record: (record.coordinates != origin, record.timestamp))
        traced = []
        before: int | None = None
        for record in in_order:
            traced.append(
                TracedRecord(
                    topic=self._names[record.topic],
                    partition=record.partition,
                    offset=record.offset,
                    time_ms=record.timestamp,
                    event_id=decode_text(last_value(record.headers, EVENT_ID)),
                    summary=summarize(self._registry, self._skip_topic, self._names[record.topic], record),
                    waited_ms=None if before is None else record.timestamp - before,
                )
            )
            before = record.timestamp
        revision, copies = self._revision_of(traced)
        return PageTrace(origin, tuple(traced), self._location(traced), revision, copies)

    def _revision_of(self, records: Sequence[TracedRecord]) -> tuple[Revision | None, tuple[ArticleCopies, ...]]:
        """Return the revision that a page has become, and the groups in which it is."""
        ids = {record.event_id for record in records if record.topic == ARTICLES_REVISED.name}
        for story in self._stories:
            for revision in story.revisions:
                if revision.event.event_id in ids:
                    listed = ((group, member(group, story.page)) for group in story.copies)
                    groups = (group for group, one in listed if one and one.event_id == revision.event.event_id)
                    return revision, tuple(groups)
        return None, ()

    def _location(self, records: Sequence[TracedRecord]) -> str:
        """Return where a page is: the terminal topic of its newest record, or the stages that must read it next."""
        flow, terminal = self._registry.flow, {topic.name for topic in self._registry.terminal_topics}
        inputs = {stage.consumes.name for stage in flow}
        in_flow = [record for record in records if record.topic in terminal or record.topic in inputs]
        newest = in_flow[-1] if in_flow else records[-1]
        result = None if newest.topic in inputs else newest.summary
        topics = {record.topic for record in records}
        by_reader = (self._progress_of(stage, newest, topics) for stage in self._registry.readers(newest.topic))
        return "; ".join(part for part in (result, *by_reader) if part is not None)

    def _progress_of(self, stage: Stage, record: TracedRecord, topics: Collection[str]) -> str | None:
        """Return a text that says that a record waits for a stage, or what became of it without a trace under its page.

        A notice withdraws the page that it names, under the id of that one. None if a side stage has published
        something: its output is part of the trace.

        Args:
            stage: a stage that reads the record's topic.
            record: a record of the page.
            topics: topics in which the page has records.
        """
        source = TopicPartition(self._cluster.settings.on_cluster(record.topic), record.partition)
        committed = self._committed[stage.name].get(source, 0)
        if record.offset < committed and stage in self._registry.flow:
            return f"{stage.name} has processed it: what it wrote is of another page, or is not kept any more"
        if record.offset < committed:
            written = {topic.name for topic in (*stage.produces, stage.dead_letter_topic)}
            return None if written & set(topics) else f"{stage.name} published nothing"
        ahead = record.offset - committed
        return f"waits for {stage.name}" + (f", {ahead} records before it" if ahead > 0 else "")


def summarize(registry: Registry, skip_topic: Topic, topic: str, record: Record) -> str:
    """Return one line about the page of a record.

    Args:
        registry: the stages and their topics.
        skip_topic: the topic of skipped pages.
        topic: name of the record's topic, without prefix.
        record: a record of a page; it may contain anything.
    """
    if any(topic == entry.name for entry in registry.entry_topics):
        return f"raw page, {record.size} bytes"
    replay = replay_of(record)
    by = f" (replay {replay[0]})" if replay is not None else ""
    for stage in registry.stages.values():
        if topic == stage.dead_letter_topic.name:
            letter = parse_letter(stage, record)
            return (f"dead letter: {letter.reason}: {letter.message}" if letter else "dead letter") + by
    if record.value is None:
        is_newest = topic == ARTICLES_LATEST.name
        return f"tombstone: {'no article is there now' if is_newest else 'the page is to be forgotten'}{by}"
    event = event_of(record)
    if topic == skip_topic.name:
        return f"skipped: {event.get('reason')}: {event.get('detail')}{by}"
    title = event.get("title")
    what = _meaning(event, topic.rpartition(".")[2])
    return f"{what}{f': {title}' if title else ''}{by}"


def _meaning(event: Mapping[str, Any], kind: str) -> str:
    """Return what an event says of its story: a revision, or a withdrawal.

    Args:
        event: any JSON object.
        kind: what an event is called that says neither, or only which revision it is of, as signatures do.
    """
    number, revision, reason = (event.get(name) for name in ("revision_number", "revision_kind", "reason"))
    if reason is not None:
        withdrawn = f"revision {number}, withdrawn" if number is not None else "withdrawn page"
        return f"{withdrawn}: {reason}: {event.get('detail')}"
    if number is None:
        return kind
    if revision is None:
        return f"{kind} of revision {number}{', withdrawn' if event.get('is_withdrawn') is True else ''}"
    changed, change = event.get("changed"), event.get("change")
    parts = ["it is there again"] if event.get("returned") is True else []
    parts += map(str, changed) if isinstance(changed, list) else []
    parts += [f"{change:.0%} of the words"] if isinstance(change, float) and change else []
    return f"revision {number}, {revision}{f' ({", ".join(parts)})' if parts else ''}"
