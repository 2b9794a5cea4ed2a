"""Fills the ring from Kafka, and follows the topic.

At the start, the newest records of each partition are read and merged by time, so that the order within a partition
stays. After that, records are added as they are committed. When Kafka is away, the feed continues from where it was.
"""

import asyncio
import contextlib
import heapq
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby

import structlog
from aiokafka import TopicPartition

from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record, instant
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.web.wire.brief import brief_of
from wiredesk.web.wire.ring import Ring

log = structlog.get_logger(__name__)

OFFSETS_PER_RECORD = 2
"""Offsets of a record on a quiet topic: its own, and that of the marker at the end of its transaction."""

SKEW = 2
"""How many times more articles a partition may have than the average one: keys of pages spread evenly."""

LEAST_OFFSETS = 20
"""Offsets of a partition that are read at least."""

CHECK_SECONDS = 30.0
"""After this time, the feed checks whether the topic is still the same, and has new partitions."""

CLIENT_ID = "wiredesk-web"
"""The client id in the broker's logs, metrics and quotas."""


class Feed:
    """Reads a topic of articles into a ring.

    Args:
        kafka: how to reach Kafka.
        topic: name of the topic, without prefix.
        ring: is filled.
        depth: number of the newest articles to begin with.
    """

    def __init__(self, kafka: KafkaSettings, topic: str, ring: Ring, depth: int) -> None:
        self._kafka = kafka
        self._topic = kafka.on_cluster(topic)
        self._ring = ring
        self._depth = depth
        self._topic_id: str | None = None
        self.trouble: Trouble | None = Trouble(TroubleKind.STARTING, "the newest articles are being read")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read for the duration of a block."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with Cluster(self._kafka, CLIENT_ID) as cluster:
                    starts = await self._starts(cluster)
                    self.trouble = None
                    backoff.reset()
                    await self._follow(cluster, starts)
            except UnavailableError as error:
                log.warning("articles cannot be read", reason=str(error))
                self.trouble = Trouble(TroubleKind.BROKER_SILENT, str(error))
                await backoff.wait()
            except Exception:
                log.exception("articles cannot be read")
                self.trouble = Trouble(TroubleKind.BROKER_SILENT, "the log says why articles cannot be read")
                await backoff.wait()

    async def _starts(self, cluster: Cluster) -> dict[TopicPartition, int]:
        """Return the offsets to continue from; the newest articles are read first, if this has not been done."""
        described = await cluster.required_topics([self._topic])
        partitions = list(described[self._topic].topic_partitions)
        ranges = await cluster.offset_ranges(partitions)
        topic_id = described[self._topic].id
        if topic_id != self._topic_id:
            await self._load(cluster, topic_id, ranges)
            self._topic_id = topic_id
        next_offsets = self._ring.position.offsets
        for partition, held in ranges.items():
            self._ring.add_partition(partition.partition, held.start)
        return {tp: max(next_offsets.get(tp.partition, held.start), held.start) for tp, held in ranges.items()}

    async def _load(self, cluster: Cluster, topic_id: str, ranges: Mapping[TopicPartition, OffsetRange]) -> None:
        back = OFFSETS_PER_RECORD * SKEW * self._depth // max(1, len(ranges)) + LEAST_OFFSETS
        newest = {tp: held.intersection(held.stop - back) for tp, held in ranges.items()}
        by_partition: dict[int, list[Record]] = {}
        async with contextlib.aclosing(cluster.read_range(newest)) as records:
            async for record in records:
                by_partition.setdefault(record.partition, []).append(record)
        self._ring.begin(topic_id, {tp.partition: held.start for tp, held in newest.items()})
        for record in _merged(by_partition):
            self._add(record)
        for tp, held in newest.items():
            self._ring.pass_over(tp.partition, held.stop - 1)
        log.info("articles read", articles=len(self._ring))

    async def _follow(self, cluster: Cluster, starts: Mapping[TopicPartition, int]) -> None:
        """Add records as they come, until the topic is another one."""
        checked_at = time.monotonic()
        async with contextlib.aclosing(cluster.follow(starts)) as batches:
            async for batch in batches:
                by_partition = {number: list(of_it) for number, of_it in groupby(batch, key=lambda one: one.partition)}
                for record in _merged(by_partition):
                    self._add(record)
                if time.monotonic() - checked_at > CHECK_SECONDS:
                    checked_at = time.monotonic()
                    if await self._has_changed(cluster, len(starts)):
                        return

    async def _has_changed(self, cluster: Cluster, partitions: int) -> bool:
        described = await cluster.describe_topics([self._topic])
        there = described.get(self._topic)
        return there is None or there.id != self._topic_id or len(there.partitions) != partitions

    def _add(self, record: Record) -> None:
        page_id = (record.key or b"").decode("utf-8", "replace")
        brief = brief_of(record, instant(record.timestamp), self._ring.newest_of(page_id))
        if brief is None and record.value is not None:
            self._ring.pass_over(record.partition, record.offset)
        else:
            self._ring.add(record.partition, record.offset, page_id, brief, record.value or b"")


def _merged(by_partition: Mapping[int, Sequence[Record]]) -> list[Record]:
    """Return records by time; those of a partition stay in their order, whatever their times."""
    return list(heapq.merge(*by_partition.values(), key=lambda record: record.timestamp))
