"""The articles of a topic, appended to the files of an archive: each record once, in one file.

A file is cut at the end of a day, at a size, or, while the topic is followed, at an age. What was not cut when the
process was killed is read again: an archive continues at the offset after the last one that the name of a file has.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic, time

import pyarrow.parquet as pq
from aiokafka import TopicPartition

from wiredesk.archiving import metrics
from wiredesk.archiving.columns import day_of
from wiredesk.archiving.file_names import FileName, newest_files
from wiredesk.archiving.part import TOPIC_ID, Part
from wiredesk.archiving.storage import Storage, explained
from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import MIB
from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import is_synthetic

TOPIC = ARTICLES_ENRICHED
"""What is archived: every revision, and every withdrawal."""

FILE_ROWS = 100_000
"""Rows of a file, at most."""

FILE_BYTES = 512 * MIB
"""Bytes of the records of a file, at most: about 60 MB of Parquet."""

BUFFERED_BYTES = 64 * MIB
"""Bytes of the records of rows that are in memory, of all partitions together."""

GROUP_BYTES = 16 * MIB
"""Bytes of the records of a group of rows, at most: a reader of one column reads a group at a time."""

PARTITIONS_SECONDS = 60.0
"""How often a topic that is followed is asked for new partitions."""

type OnFile = Callable[[FileName, int], None]
"""Called with the name and the rows of a file that was published."""

type OnProgress = Callable[[int, int | None], None]
"""Called with the number of offsets that were read, and of those that there are; None: there is no end."""


@dataclass(slots=True)
class Appended:
    """What was done.

    Attributes:
        files: files that were published.
        rows: rows in them.
        unreadable: records that hold no event of a known version, and were left out; and the first of them.
        synthetic: records of canary pages, which are left out.
    """

    files: int = 0
    rows: int = 0
    unreadable: int = 0
    first_unreadable: str = ""
    synthetic: int = 0


@dataclass(slots=True)
class Archive:
    """An archive that is being appended to.

    Attributes:
        storage: where its files are.
        on_file: called for each file.
        file_seconds: age at which a file is cut, while the topic is followed.
    """

    storage: Storage
    on_file: OnFile
    file_seconds: float
    result: Appended = field(default_factory=Appended)
    _parts: dict[int, Part] = field(default_factory=dict)
    _topic_id: str = ""

    async def append(self, cluster: Cluster, stop: asyncio.Event, on_progress: OnProgress, *, follow: bool) -> Appended:
        """Append what the topic has, up to its end or until `stop` is set.

        Raises:
            UsageError: the archive is of another topic.
            UnavailableError: the cluster or the storage cannot be reached.
        """
        try:
            again = True
            while again:
                starts = await self._starts(cluster, follow=follow)
                again = await self._append_from(cluster, starts, stop, on_progress, follow=follow)
            for partition in sorted(self._parts):
                await self._publish(partition)
        finally:
            for part in self._parts.values():
                part.discard()
            self._parts.clear()
        return self.result

    async def _append_from(
        self,
        cluster: Cluster,
        starts: Mapping[TopicPartition, OffsetRange],
        stop: asyncio.Event,
        on_progress: OnProgress,
        *,
        follow: bool,
    ) -> bool:
        """Append from offsets on; return whether the topic has partitions that are not read yet."""
        done, total = 0, None if follow else sum(offsets.size for offsets in starts.values())
        positions = {tp.partition: offsets.start for tp, offsets in starts.items()}
        look_at = monotonic() + PARTITIONS_SECONDS
        async with contextlib.aclosing(_batches(cluster, starts, follow=follow)) as batches:
            async for batch in batches:
                if stop.is_set():
                    return False
                for record in batch:
                    await self._add(record)
                    done += record.next_offset - positions[record.partition]
                    positions[record.partition] = record.next_offset
                on_progress(done, total)
                metrics.LAST_READ.set(time())
                metrics.OPEN_ROWS.set(sum(part.rows for part in self._parts.values()))
                if not follow:
                    continue
                await self._publish_old()
                if monotonic() > look_at:
                    look_at = monotonic() + PARTITIONS_SECONDS
                    if len(await cluster.partitions([cluster.settings.on_cluster(TOPIC.name)])) > len(starts):
                        for partition in sorted(self._parts):
                            await self._publish(partition)
                        return True
        return False

    async def _starts(self, cluster: Cluster, *, follow: bool) -> dict[TopicPartition, OffsetRange]:
        """Return the offsets that are not archived yet, by partition."""
        topic = cluster.settings.on_cluster(TOPIC.name)
        partitions = await cluster.required_partitions([topic])
        self._topic_id = await cluster.topic_id(topic)
        names = await asyncio.to_thread(self.storage.names)
        newest = newest_files(names, TOPIC.name)
        await asyncio.to_thread(self._check, newest)
        ranges = await (cluster.offset_ranges(partitions) if follow else cluster.settled_ranges(partitions))
        return {
            tp: offsets.intersection(newest[tp.partition].last + 1) if tp.partition in newest else offsets
            for tp, offsets in ranges.items()
        }

    def _check(self, newest: Mapping[int, FileName]) -> None:
        """Check that the offsets of files are those of the topic.

        Raises:
            UsageError: the topic was deleted and created again.
        """
        for name in newest.values():
            with explained(name.path), self.storage.open(name) as file:
                metadata = pq.read_schema(file).metadata or {}
            known = metadata.get(TOPIC_ID, b"").decode()
            if known and self._topic_id and known != self._topic_id:
                raise UsageError(
                    f"{name.path} is of a topic {TOPIC.name} that was deleted, or of another cluster: archive into "
                    "another folder"
                )

    async def _add(self, record: Record) -> None:
        if is_synthetic(record.headers):
            self.result.synthetic += 1
            return
        partition, day = record.partition, day_of(record)
        part = self._parts.get(partition)
        if part is not None and (part.day != day or part.rows >= FILE_ROWS or part.bytes >= FILE_BYTES):
            await self._publish(partition)
            part = None
        if part is None:
            path = self.storage.scratch() / f"append-{partition}-{record.offset}.part"
            part = Part(path, TOPIC.name, self._topic_id, record, day)
        try:
            part.add(record)
        except InvalidEventError as error:
            self.result.unreadable += 1
            metrics.UNREADABLE.inc()
            self.result.first_unreadable = self.result.first_unreadable or f"{record.coordinates}: {error}"
            if not part.rows:
                part.discard()
            return
        self._parts[partition] = part
        self._make_room(part)

    def _make_room(self, part: Part) -> None:
        """Write rows that are in memory, where they are too many."""
        if part.buffered >= GROUP_BYTES:
            part.flush()
        if sum(one.buffered for one in self._parts.values()) >= BUFFERED_BYTES:
            max(self._parts.values(), key=lambda one: one.buffered).flush()

    async def _publish_old(self) -> None:
        for partition, part in list(self._parts.items()):
            if monotonic() - part.opened >= self.file_seconds:
                await self._publish(partition)

    async def _publish(self, partition: int) -> None:
        part = self._parts[partition]
        await asyncio.to_thread(part.close)
        await asyncio.to_thread(self.storage.publish, part.path, part.name)
        del self._parts[partition]
        self.result.files += 1
        self.result.rows += part.rows
        metrics.FILES.inc()
        metrics.ROWS.inc(part.rows)
        metrics.LAST_FILE.set(time())
        self.on_file(part.name, part.rows)


def _batches(
    cluster: Cluster, ranges: Mapping[TopicPartition, OffsetRange], *, follow: bool
) -> AsyncGenerator[list[Record]]:
    """Yield the records of ranges; with `follow` those after them, too."""
    if follow:
        return cluster.follow({tp: offsets.start for tp, offsets in ranges.items()})
    return cluster.read_batches(ranges)
