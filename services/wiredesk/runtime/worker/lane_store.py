"""The store of a lane: the state of its partition, restored from the changelog and changed by what the lane commits.

The changelog has the changes of all committed transactions, in their order. The end of a restore is a position in it,
which is asked for once the partition's previous owner is fenced. It is no count of records: transaction markers have
offsets, too, and compaction leaves gaps. Retention may even have moved the start meanwhile.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition

from wiredesk.runtime import metrics
from wiredesk.runtime.errors import StateError, UnavailableError
from wiredesk.runtime.isolation.frames import Entry
from wiredesk.runtime.isolation.keeper import Keeper
from wiredesk.runtime.isolation.partition_pool import KeeperProcesses, PartitionPool
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.delivery import Delivered
from wiredesk.runtime.kafka.group_offsets import CommitNote
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.restore_note import RestoreNote
from wiredesk.runtime.records import ChangelogRecord
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

log = structlog.get_logger(__name__)

CONTINUED_SECONDS = 24 * 3600.0
"""A state that was not changed for this time is made again when its lane opens, and not continued: compaction may have
removed what removes a key (`Compaction.tombstone_ms`, which is longer)."""

NOTE_SECONDS = 1.0
"""Pause between two notes of how far a restore is; one that takes less is not noted."""


class LaneStore:
    """The state of one partition.

    Args:
        processes: forks the process that holds the state.
        changelog: topic of the changes.
        source: the input partition.
        noted_for: group on the cluster for which it is noted how far a restore is; None: it is not noted.

    Attributes:
        progress: share of the changelog that has been read, while the state is being restored.
    """

    def __init__(
        self,
        processes: KeeperProcesses,
        changelog: Topic,
        source: TopicPartition,
        kafka: KafkaSettings,
        noted_for: str | None = None,
    ) -> None:
        self.progress = 0.0
        self._noted_for = noted_for
        self._processes = processes
        self._changelog = changelog
        self._source = source
        self._kafka = kafka
        self._partition = TopicPartition(kafka.on_cluster(changelog.name), source.partition)
        self._topic_id = ""
        self._position: int | None = None
        self._known_at = 0.0
        self._keeper: Keeper | None = None
        self._pool: PartitionPool | None = None

    # Opening

    async def restore(self) -> None:
        """Restore the state; to be called once the partition's previous owner is fenced.

        A state that this worker had before is continued: the changelog has what was committed since.

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
            keeper, position = await self._continued(end)
            first = max(position, starts[self._partition].start)
            async with self._noting(cluster, keeper, first, end):
                await self._read(cluster, keeper, OffsetRange(min(first, end), end))
                size = await keeper.settle()
                self.progress = 1.0
        self._position, self._known_at = end, time.monotonic()
        seconds = time.monotonic() - began
        self._show(size)
        metrics.RESTORE_SECONDS.labels(self._source.partition).set(seconds)
        log.info(
            "state restored",
            partition=self._source.partition,
            keys=size.keys,
            bytes=size.size,
            offsets=end - min(first, end),
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

    async def _continued(self, end: int) -> tuple[Keeper, int]:
        """Return the keeper, and the position of the changelog up to which it has the state.

        Args:
            end: of the changelog; a position after it was lost in an unclean leader election.
        """
        position, self._position = self._position, None  # until the restore is complete
        is_recent = time.monotonic() - self._known_at < CONTINUED_SECONDS
        if self._keeper is not None:
            if position is not None and position <= end and is_recent and not self._keeper.gone.done():
                return self._keeper, position
            await self.close()
        self._keeper = await self._processes.keeper()
        return self._keeper, 0

    async def _read(self, cluster: Cluster, keeper: Keeper, offsets: OffsetRange) -> None:
        """Apply the changes in a range of the changelog: the keeper parses the batches, this process does not.

        Raises:
            StateError: a change cannot be read or applied.
        """
        async with contextlib.aclosing(cluster.read_batches({self._partition: offsets}, whole=True)) as polls:
            async for batches in polls:
                for batch in batches:
                    await keeper.restore([(batch.offset, batch.value or b"")])
                    self.progress = (batch.offset - offsets.start) / offsets.size
                await asyncio.sleep(0)  # what has been fetched is read without a wait

    @contextlib.asynccontextmanager
    async def _noting(self, cluster: Cluster, keeper: Keeper, first: int, end: int) -> AsyncIterator[None]:
        """Note how far the restore is for the duration of a block, and at its end, if it takes long."""
        began = time.time()

        async def note() -> None:
            keeper.measure()
            noted = RestoreNote(
                share=self.progress, keys=keeper.size.keys, size=keeper.size.size, began=began, noted=time.time()
            )
            at = first + round(self.progress * max(0, end - first)), noted.text()
            with contextlib.suppress(UnavailableError):  # a restore goes on without a note
                await cluster.set_group_notes(self._noted_for or "", {self._partition: at})

        async def repeatedly() -> None:
            while True:
                await asyncio.sleep(NOTE_SECONDS)
                await note()

        noting = asyncio.create_task(repeatedly()) if self._noted_for is not None else None
        try:
            yield
        finally:
            if noting is not None:
                noting.cancel()
                await asyncio.gather(noting, return_exceptions=True)
        if noting is not None and time.time() - began >= NOTE_SECONDS:
            await note()

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
        self._position = None

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
                self._known_at = time.monotonic()

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


class LaneStores:
    """The stores of a worker's partitions.

    A rebalance takes all partitions from a worker and gives most of them back: their states are kept meanwhile.

    Args:
        processes: forks the processes that hold the states.
        changelog: topic of the changes.
        noted_for: group on the cluster for which it is noted how far restores are; None: they are not noted.
    """

    def __init__(
        self, processes: KeeperProcesses, changelog: Topic, kafka: KafkaSettings, noted_for: str | None = None
    ) -> None:
        self._noted_for = noted_for
        self._processes = processes
        self._changelog = changelog
        self._kafka = kafka
        self._stores: dict[TopicPartition, LaneStore] = {}

    def of(self, source: TopicPartition) -> LaneStore:
        """Return the store of a partition."""
        if source not in self._stores:
            self._stores[source] = LaneStore(self._processes, self._changelog, source, self._kafka, self._noted_for)
        return self._stores[source]

    async def keep(self, sources: Collection[TopicPartition]) -> None:
        """Drop the states of all other partitions: other workers have them now."""
        gone = [self._stores.pop(source) for source in self._stores.keys() - set(sources)]
        await asyncio.gather(*(store.close() for store in gone))
