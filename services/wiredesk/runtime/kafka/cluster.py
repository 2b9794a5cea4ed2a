"""A Kafka cluster over one client: topics, offsets, consumer groups, records.

`async with Cluster(settings) as cluster:` opens one client. All requests in the block use its connections, one or two
to each broker.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    GroupIdNotFound,
    KafkaError,
    KafkaTimeoutError,
    LeaderNotAvailableError,
    NonEmptyGroup,
    for_code,
)
from aiokafka.protocol.admin import DeleteGroupsRequest, DescribeGroupsRequest
from aiokafka.protocol.commit import OffsetCommitRequest, OffsetFetchRequest
from aiokafka.protocol.offset import OffsetRequest

from wiredesk.runtime.errors import ForbiddenError, OpenTransactionError, UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.kafka.descriptions import (
    GroupDescription,
    decode_member,
)
from wiredesk.runtime.kafka.group_offsets import CommitNote, CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.open_transactions import OpenTransaction, open_transactions
from wiredesk.runtime.kafka.partition_reader import POLL_MS, PartitionReader
from wiredesk.runtime.kafka.topics import TopicClient
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import Stage

log = structlog.get_logger(__name__)

OPEN_NOTE_SECONDS = 2.0
"""After waiting for this time, a log line names the open transaction. On a topic that is being written, some
transaction is always open, for a shorter time."""

EARLIEST, LATEST = -2, -1
"""Special timestamps of a ListOffsets request: the first offset of a partition, and the offset after its last
record."""

END_PATIENCE_SECONDS = 5.0
"""How long the end of a topic waits for transactions that are open on it. Kafka confirms a commit before it writes the
markers that make the records readable: without a wait, a reader would miss what was confirmed a moment before."""

READ_UNCOMMITTED, READ_COMMITTED = 0, 1
"""Isolation levels of the protocol."""


class Cluster(TopicClient):
    """One client, for the duration of an `async with` block. The methods for topics are in `TopicClient`.

    Names of topics and groups are those on the cluster, prefix included, unless a method takes a stage or a topic of
    the topology. All methods raise:

        ForbiddenError: Kafka does not allow the operation.
        UnavailableError: the cluster cannot be reached, or stops answering.

    Args:
        settings: settings of the connection.
        client_id: client id in the broker's logs, metrics and quotas.
    """

    # Offsets

    async def offset_ranges(
        self, partitions: Collection[TopicPartition], *, since_ms: int | None = None, patience: float | None = None
    ) -> dict[TopicPartition, OffsetRange]:
        """Return the range of readable offsets of each partition.

        Records after an open transaction cannot be read before it ends. On a topic that is being written, some
        transaction is always open, for some milliseconds; a transaction of a killed worker stays open for up to a
        minute.

        Args:
            partitions: of topics that exist.
            since_ms: only records that arrived at this time or later, in milliseconds since 1970.
            patience: seconds to wait for transactions that are open now, so that nothing is left out; None: do not
                wait, and leave out the records after them.

        Raises:
            OpenTransactionError: a transaction stays open.
        """
        starts = await self._list_offsets(partitions, EARLIEST)
        if patience is None:
            stops = await self._list_offsets(partitions, LATEST)
        else:
            stops = await self._wait_for_open_transactions(partitions, patience)
        if since_ms is not None:
            since = await self._list_offsets(partitions, since_ms)
            starts = {tp: offset if (offset := since[tp]) >= 0 else stops[tp] for tp in partitions}
        return {tp: OffsetRange(min(starts[tp], stops[tp]), stops[tp]) for tp in partitions}

    async def settled_ranges(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, OffsetRange]:
        """Return the readable offsets of each partition, once open transactions have ended or take too long.

        For readers that end where the topics end now: what was confirmed a moment before must not be missed.
        """
        with contextlib.suppress(OpenTransactionError):
            return await self.offset_ranges(partitions, patience=END_PATIENCE_SECONDS)
        return await self.offset_ranges(partitions)

    async def log_end_offsets(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offset after the last record of each partition, open transactions included."""
        return await self._list_offsets(partitions, LATEST, READ_UNCOMMITTED)

    async def open_transactions(self, partition: TopicPartition) -> Sequence[OpenTransaction]:
        """Return the transactions that are open on a partition, the oldest first."""
        async with self._explained():
            await self._load_metadata([partition.topic])
            return await open_transactions(self._client, partition)

    async def _wait_for_open_transactions(
        self, partitions: Collection[TopicPartition], patience: float
    ) -> dict[TopicPartition, int]:
        """Wait until everything up to the current log end offsets can be read; return these offsets."""
        stops = await self.log_end_offsets(partitions)
        began = asyncio.get_running_loop().time()
        is_logged = False
        while True:
            readable = await self._list_offsets(partitions, LATEST)
            blocked = [tp for tp in partitions if readable[tp] < stops[tp]]
            if not blocked:
                return stops
            waited = asyncio.get_running_loop().time() - began
            if waited > patience:
                raise OpenTransactionError(
                    f"waited for {patience:g} s, and {await self._blocking_transaction(blocked[0])}: records after "
                    "it cannot be read; try again when it has ended"
                )
            if waited > OPEN_NOTE_SECONDS and not is_logged:
                log.warning(
                    "waiting for an open transaction",
                    seconds_at_most=patience,
                    why=await self._blocking_transaction(blocked[0]),
                )
                is_logged = True
            await asyncio.sleep(POLL_MS / 1000)

    async def _blocking_transaction(self, partition: TopicPartition) -> str:
        """Return a text that names the open transaction before the end of a partition."""
        with contextlib.suppress(UnavailableError):  # we may not ask, or the leader is moving
            if open_ones := await self.open_transactions(partition):
                return str(open_ones[0])
        return f"a transaction on {partition.topic}/{partition.partition} is open"

    async def _list_offsets(
        self, partitions: Collection[TopicPartition], time_ms: int, isolation: int = READ_COMMITTED
    ) -> dict[TopicPartition, int]:
        """Return, for each partition, the first offset at a time or later; -1 if there is none."""
        async with self._explained():
            await self._load_metadata(partition.topic for partition in partitions)
            last: KafkaError = KafkaTimeoutError("no leader has answered in time")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.settings.request_timeout):
                    while True:
                        try:
                            return await self._list_offsets_once(partitions, time_ms, isolation)
                        except KafkaError as error:
                            if not error.retriable:
                                raise
                            if error.invalid_metadata:
                                self._client.force_metadata_update()
                            last = error
                        await asyncio.sleep(clients.READER_BACKOFF_MS / 1000)
            raise last

    async def _list_offsets_once(
        self, partitions: Collection[TopicPartition], time_ms: int, isolation: int
    ) -> dict[TopicPartition, int]:
        by_leader: defaultdict[int, defaultdict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for partition in partitions:
            leader = self._client.cluster.leader_for_partition(partition)
            if leader is None or leader < 0:
                raise LeaderNotAvailableError(f"{partition.topic}/{partition.partition} has no leader")
            by_leader[leader][partition.topic].append((partition.partition, time_ms))
        requests = [
            self._client.send(leader, OffsetRequest(-1, isolation, list(topics.items())))
            for leader, topics in by_leader.items()
        ]
        offsets = {}
        for answer in await asyncio.gather(*requests):
            for topic, answered in answer.topics:
                for number, code, _, offset in answered:
                    if code:
                        raise for_code(code)(TopicPartition(topic, number))
                    offsets[TopicPartition(topic, number)] = int(offset)
        return offsets

    # Records

    async def read_topic(
        self, names: Sequence[str], *, from_beginning: bool = False, until_end: bool = False
    ) -> AsyncGenerator[Record | None]:
        """Yield the records of topics as they are committed; close it with `contextlib.aclosing`.

        None is yielded first, when reading has begun: everything that is committed after that is yielded. None is also
        yielded whenever no record came for a while, so that the caller can check the time.

        Args:
            names: of the topics.
            from_beginning: begin with the oldest record, not with the next one that is written.
            until_end: stop at the end offsets that the topics had when reading began, transactions included that end
                within `END_PATIENCE_SECONDS`.

        Raises:
            UsageError: a topic does not exist.
            UnavailableError: a topic was deleted, created again or truncated while it was read.
        """
        partitions = await self.partitions(names)
        existing = {partition.topic for partition in partitions}
        if missing := [name for name in names if name not in existing]:
            raise UsageError(f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows the topics")
        ranges = await (self.settled_ranges(partitions) if until_end else self.offset_ranges(partitions))
        starts = {tp: held.start if from_beginning else held.stop for tp, held in ranges.items()}
        stops = {tp: held.stop for tp, held in ranges.items()} if until_end else None
        yield None
        async with contextlib.aclosing(self._read(starts, stops)) as batches:
            async for batch in batches:
                for record in batch:
                    yield record
                if not batch:
                    yield None

    async def read_range(
        self, ranges: Mapping[TopicPartition, OffsetRange], *, key: bytes | None = None
    ) -> AsyncGenerator[Record]:
        """Yield the committed records in ranges of offsets; close it with `contextlib.aclosing`.

        Args:
            ranges: by partition; empty ones are not read.
            key: only records that have it; None: all.

        Raises:
            UnavailableError: a topic was deleted, created again or truncated while it was read.
        """
        async with contextlib.aclosing(self.read_batches(ranges)) as batches:
            async for batch in batches:
                for record in batch:
                    if key in (None, record.key):
                        yield record

    async def read_batches(
        self, ranges: Mapping[TopicPartition, OffsetRange], *, whole: bool = False
    ) -> AsyncGenerator[list[Record]]:
        """Yield the committed records in ranges of offsets, several at a time; close it with `contextlib.aclosing`.

        Args:
            ranges: by partition; empty ones are not read.
            whole: yield batches in place of records; see `fetching.WHOLE_BATCHES`.

        Raises:
            UnavailableError: a topic was deleted, created again or truncated while it was read.
        """
        nonempty = {tp: offsets for tp, offsets in ranges.items() if offsets.size}
        if not nonempty:
            return
        await self._load_metadata(partition.topic for partition in nonempty)
        starts = {tp: offsets.start for tp, offsets in nonempty.items()}
        stops = {tp: offsets.stop for tp, offsets in nonempty.items()}
        async with contextlib.aclosing(self._read(starts, stops, whole=whole)) as batches:
            async for batch in batches:
                yield batch

    async def follow(self, starts: Mapping[TopicPartition, int]) -> AsyncGenerator[list[Record]]:
        """Yield the committed records from offsets on, several at a time; close it with `contextlib.aclosing`.

        It does not end. An empty list is yielded whenever no record came for a while, so that the caller can check the
        time.

        Args:
            starts: the first offset of each partition that is read.
        """
        await self._load_metadata(partition.topic for partition in starts)
        async with contextlib.aclosing(self._read(starts, None)) as batches:
            async for batch in batches:
                yield batch

    async def first_records(
        self, positions: Mapping[TopicPartition, int], stops: Mapping[TopicPartition, int], seconds: float
    ) -> dict[TopicPartition, Record | None]:
        """Return the first record at or after each position; None if there is none before the end offset.

        Args:
            positions: the start offset of each partition.
            stops: the exclusive end offset of each partition.
            seconds: partitions that have not answered by then are left out.
        """
        first: dict[TopicPartition, Record | None] = {}
        if not positions:
            return first
        await self._load_metadata(partition.topic for partition in positions)
        deadline = asyncio.get_running_loop().time() + seconds
        async with self._explained(), PartitionReader(self._client, self.settings, positions) as reader:
            while reader.partitions and asyncio.get_running_loop().time() < deadline:
                for partition, records in (await reader.poll(max_records=len(reader.partitions))).items():
                    first[partition] = records[0]
                    reader.stop(partition)
                for partition in reader.partitions:
                    if reader.position(partition) >= stops[partition]:
                        first[partition] = None
                        reader.stop(partition)
        return first

    async def _read(
        self,
        starts: Mapping[TopicPartition, int],
        stops: Mapping[TopicPartition, int] | None,
        *,
        whole: bool = False,
    ) -> AsyncGenerator[list[Record]]:
        """Yield the records of each poll, up to the end offsets; without end offsets, for ever."""
        async with (
            self._explained(),
            PartitionReader(self._client, self.settings, starts, whole=whole) as reader,
            contextlib.aclosing(reader.batches(stops, self._end_offsets)) as batches,
        ):
            async for batch in batches:
                yield batch

    async def _end_offsets(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return await self._list_offsets(partitions, LATEST)

    # Consumer groups

    async def group_offsets(self, group: str) -> dict[TopicPartition, CommittedOffset]:
        """Return the offsets that a group has committed, with their notes."""
        noted = await self.group_notes(group)
        return {tp: CommittedOffset(offset, CommitNote.parse(note)) for tp, (offset, note) in noted.items()}

    async def group_notes(self, group: str) -> dict[TopicPartition, tuple[int, str | None]]:
        """Return the offsets that a group has committed, with what stands beside them."""
        async with self._explained():
            answer = await self._ask_coordinator(
                group, OffsetFetchRequest(group, None), lambda answer: [(answer.error_code, group)]
            )
        return {
            TopicPartition(topic, number): (int(offset), note)
            for topic, partitions in answer.topics
            for number, offset, note, _ in partitions
            if offset >= 0
        }

    async def committed_offsets(self, stage: Stage) -> dict[TopicPartition, CommittedOffset]:
        """Return the offsets that a stage has committed, by input partition; absent where it has committed none.

        An offset of a topic that was deleted and created again since then is left out: it does not belong to the new
        topic.
        """
        name = self.settings.on_cluster(stage.consumes.name)
        ids = ("", await self.topic_id(name))
        offsets = await self.group_offsets(self.settings.on_cluster(stage.group))
        return {tp: at for tp, at in offsets.items() if tp.topic == name and at.note.topic_id in ids}

    async def describe_group(self, group: str) -> GroupDescription:
        """Return a group's state and members; a group that does not exist is `Dead`."""
        # One group at a time: aiokafka decodes a response of version 3 as one of version 2, which is right for one
        # group only.
        async with self._explained():
            answer = await self._ask_coordinator(
                group, DescribeGroupsRequest([group]), lambda answer: [(answer.groups[0][0], group)]
            )
        _, _, state, _, _, members, *_ = answer.groups[0]
        return GroupDescription(state, tuple(decode_member(*member[:5]) for member in members))

    async def set_group_offsets(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets for a group without members; its coordinator refuses if it has members.

        The note beside each offset has the topic's id; the count of expired records in the old note is kept.

        Raises:
            UnavailableError: the coordinator refuses.
        """
        described = await self.describe_topics({partition.topic for partition in offsets})
        before = await self.group_offsets(group)
        noted = {}
        for partition, offset in offsets.items():
            topic_id = described[partition.topic].id if partition.topic in described else ""
            note = before[partition].note if partition in before else CommitNote()
            expired = note.expired if note.topic_id == topic_id else 0
            noted[partition] = offset, CommitNote(topic_id=topic_id, expired=expired).text()
        await self.set_group_notes(group, noted)

    async def set_group_notes(self, group: str, noted: Mapping[TopicPartition, tuple[int, str]]) -> None:
        """Commit offsets with notes for a group without members; see `set_group_offsets`.

        Raises:
            UnavailableError: the coordinator refuses.
        """
        by_topic: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for partition, (offset, text) in noted.items():
            by_topic[partition.topic].append((partition.partition, offset, text))
        request = OffsetCommitRequest(
            group,
            OffsetCommitRequest.DEFAULT_GENERATION_ID,
            "",
            OffsetCommitRequest.DEFAULT_RETENTION_TIME,
            list(by_topic.items()),
        )
        try:
            await self._ask_coordinator(
                group,
                request,
                lambda answer: [
                    (code, topic if code == authorization.TOPIC_REFUSED else group)
                    for topic, partitions in answer.topics
                    for _, code in partitions
                ],
            )
        except KafkaError as error:
            if (line := authorization.refusal(error, self.settings)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(
                f"offsets of {group} cannot be set: {format_error(error)}; does it have workers?"
            ) from error

    async def delete_group(self, group: str) -> None:
        """Delete a group that is not needed any more: the lag of its offsets would grow in every monitoring tool.

        A group that still has members stays: the last of them deletes it.

        Raises:
            UnavailableError: the coordinator refuses.
        """
        try:
            await self._ask_coordinator(
                group, DeleteGroupsRequest([group]), lambda answer: [(code, group) for _, code in answer.results]
            )
        except (NonEmptyGroup, GroupIdNotFound):
            return
        except KafkaError as error:
            if (line := authorization.refusal(error, self.settings, authorization.DELETING)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(f"group {group} cannot be deleted: {format_error(error)}") from error
