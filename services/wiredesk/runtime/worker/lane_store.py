"""The store of a lane: the state of its partition, restored from the changelog and changed by what the lane commits.

The changelog has the changes of all committed transactions, in their order. The end of a restore is a position in it,
which is asked for once the partition's previous owner is fenced. It is no count of records: transaction markers have
offsets, too, and compaction leaves gaps. Retention may even have moved the start meanwhile.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition

from wiredesk.runtime import metrics
from wiredesk.runtime.errors import StateError
from wiredesk.runtime.isolation import Keeper, KeeperProcesses, PartitionPool
from wiredesk.runtime.isolation.frames import Entry
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.delivery import Delivered
from wiredesk.runtime.kafka.group_offsets import CommitNote
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import ChangelogRecord, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

log = structlog.get_logger(__name__)

RESTORE_RECORDS = 2000
"""The most records of the changelog that are read in one step of a restore: the worker sends heartbeats in between."""


class LaneStore:
    """The state of one partition.

    Args:
        processes: forks the process that holds the state.
        changelog: topic of the changes.
        source: the input partition.

    Attributes:
        progress: share of the changelog that has been read, while the state is being restored.
    """

    def __init__(
        self, processes: KeeperProcesses, changelog: Topic, source: TopicPartition, kafka: KafkaSettings
    ) -> None:
        self.progress = 0.0
        self._processes = processes
        self._changelog = changelog
        self._source = source
        self._kafka = kafka
        self._partition = TopicPartition(kafka.on_cluster(changelog.name), source.partition)
        self._topic_id = ""
        self._position: int | None = None
        self._keeper: Keeper | None = None
        self._pool: PartitionPool | None = None

    # Opening

    async def restore(self) -> None:
        """Restore the state; to be called once the partition's previous owner is fenced.

        A state that this lane had before is continued: the changelog has what was committed since.

        Raises:
            StateError: the state cannot be restored.
            UnavailableError: the cluster does not answer, or the changelog was deleted meanwhile.
        """
        began = time.monotonic()
        self.progress = 0.0
        async with Cluster(self._kafka, f"{self._partition.topic}-{self._source.partition}-restore") as cluster:
            await self._identify(cluster)
            ends = await cluster.log_end_offsets([self._partition])
            starts = await cluster.offset_ranges([self._partition])
            end = ends[self._partition]
            if self._position is not None and self._position > end:
                self._position = None  # an unclean leader election has truncated the changelog
            keeper = await self._living_keeper()
            first = max(self._position or 0, starts[self._partition].start)
            records = await self._read(cluster, keeper, OffsetRange(min(first, end), end))
        size = await keeper.settle()
        self._position = end
        seconds = time.monotonic() - began
        self._show(size)
        metrics.RESTORE_SECONDS.labels(self._source.partition).set(seconds)
        log.info(
            "state restored",
            partition=self._source.partition,
            keys=size.keys,
            bytes=size.size,
            records=records,
            seconds=round(seconds, 3),
        )

    async def _identify(self, cluster: Cluster) -> None:
        """Find out which topic the changelog is now.

        Raises:
            StateError: it does not exist, or not this partition of it.
        """
        name, number = self._partition
        there = (await cluster.describe_topics([name])).get(name)
        if there is None:
            raise StateError(f"no topic {name} on the cluster: run 'wiredesk topics create' first")
        if number >= len(there.partitions):
            raise StateError(
                f"topic {name} has {len(there.partitions)} partitions, and {self._source.topic} has more: add as many "
                "(kafka-topics.sh --alter)"
            )
        if there.id != self._topic_id:
            self._topic_id, self._position = there.id, None

    async def _living_keeper(self) -> Keeper:
        """Return the keeper of a state that the changelog continues, or one of an empty state."""
        if self._keeper is not None and (self._position is None or self._keeper.gone.done()):
            await self._keeper.close()
            self._keeper, self._position = None, None
        if self._keeper is None:
            self._keeper = await self._processes.keeper()
            self._position = None
        return self._keeper

    async def _read(self, cluster: Cluster, keeper: Keeper, offsets: OffsetRange) -> int:
        """Apply the changes in a range of the changelog; return the number of records.

        Raises:
            StateError: a change cannot be read or applied.
        """
        count = 0
        reading = cluster.read_batches({self._partition: offsets}, max_records=RESTORE_RECORDS)
        async with contextlib.aclosing(reading) as batches:
            async for batch in batches:
                if batch:
                    await keeper.apply([_entry(record) for record in batch])
                    count += len(batch)
                    self.progress = (batch[-1].offset + 1 - offsets.start) / offsets.size
                    await asyncio.sleep(0)  # what has been fetched is read without a wait
        return count

    @contextlib.asynccontextmanager
    async def running(self, note: CommitNote) -> AsyncIterator[PartitionPool]:
        """Compute records for the duration of a block.

        Args:
            note: of the committed offset.

        Raises:
            StateError: the changelog is not the one that the committed offset belongs to.
        """
        if note.changelog_id not in ("", self._topic_id):
            raise StateError(
                f"topic {self._partition.topic} was deleted and created again: the state of the committed offset is "
                "lost; set the offsets of the group to where it is to be built again from"
            )
        if self._keeper is None:
            raise StateError("the state is not restored")
        pool = self._pool = self._processes.partition(self._keeper, self._records, note.time_ms)
        try:
            yield pool
        finally:
            self._pool = None
            await pool.close()

    async def close(self) -> None:
        """Drop the state."""
        if self._keeper is not None:
            await self._keeper.close()
            self._keeper = None

    # Running

    def check(self) -> None:
        """Check that there is a state.

        Raises:
            StateError: it is lost.
        """
        if self._pool is not None:
            self._pool.check()

    def note(self, offset: int) -> dict[str, Any]:
        """Return what is noted with a committed offset: the state to which it belongs."""
        time_ms = 0 if self._pool is None else self._pool.time_before(offset)
        return {"time_ms": time_ms, "changelog_id": self._topic_id}

    def committed(self, offset: int, delivered: Sequence[Delivered]) -> None:
        """Take note that the changes of the records before an offset are committed.

        Args:
            delivered: where the transaction's records were written.
        """
        if self._pool is not None:
            self._pool.committed(offset)
        for batch, packed in delivered:
            if (batch.topic, batch.partition) == self._partition:
                # A broker that had a batch from an earlier attempt does not say where it is.
                is_known = batch.offset >= 0 and self._position is not None
                self._position = batch.offset + len(packed) if is_known else None

    def measure(self) -> None:
        """Update the metrics of the state."""
        if self._keeper is not None and not self._keeper.gone.done():
            self._show(self._keeper.size)
            self._keeper.measure()

    def _show(self, size: Any) -> None:
        metrics.STATE_KEYS.labels(self._source.partition).set(size.keys)
        metrics.STATE_BYTES.labels(self._source.partition).set(size.size)

    def _records(self, entry: Entry) -> list[ChangelogRecord]:
        """Return what is written for the changes of a record."""
        time_ms, changes = entry
        return [
            ChangelogRecord(self._changelog.name, key, value, self._source.partition, time_ms) for key, value in changes
        ]


def _entry(record: Record) -> Entry:
    """Return the change in a record of the changelog.

    Raises:
        StateError: the record cannot be read.
    """
    if record.defect is not None or record.key is None:
        why = "it has no key" if record.defect is None else record.defect.message
        raise StateError(f"record {record.coordinates} of the changelog cannot be read: {why}")
    return max(0, record.timestamp), ((record.key, record.value),)
