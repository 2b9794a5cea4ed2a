"""A Kafka cluster, asked over one client: topics, offsets, consumer groups, records.

`async with Cluster(settings) as cluster:` opens a client for a command, or for a question. Whatever is asked in the
block goes over its connections, one or two to each broker.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    GroupIdNotFound,
    KafkaError,
    KafkaTimeoutError,
    LeaderNotAvailableError,
    NonEmptyGroup,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.protocol.admin import CreateTopicsRequest, DeleteGroupsRequest, DescribeGroupsRequest
from aiokafka.protocol.commit import OffsetCommitRequest, OffsetFetchRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.offset import OffsetRequest

from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster_client import ClusterClient
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.kafka.descriptions import (
    GroupDescription,
    PartitionDescription,
    TopicDescription,
    TopicState,
    decode_member,
)
from wiredesk.runtime.kafka.group_offsets import CommitNote, CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.open_transactions import OpenTransaction, open_transactions
from wiredesk.runtime.kafka.partition_identity import format_topic_id
from wiredesk.runtime.kafka.partition_reader import POLL_MS, PartitionReader
from wiredesk.runtime.kafka.protocol import TopicMetadata
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import Stage, Topic

log = structlog.get_logger(__name__)

CREATE_TIMEOUT_MS = 30_000
"""How long a broker may take to create topics."""

SPREAD_SECONDS = 30
"""How long brokers may take to learn of new topics."""

SPREAD_POLL_SECONDS = 0.05
"""Pause between two requests to a broker that does not know new topics yet."""

OPEN_NOTE_SECONDS = 2.0
"""After this time a log line says which open transaction is waited for. On a topic that is being written one is always
open, for a shorter time."""

EARLIEST, LATEST = -2, -1
"""In place of a time, Kafka takes these for the first offset of a partition, and for the one after the last."""

READ_UNCOMMITTED, READ_COMMITTED = 0, 1
"""Isolation levels of the protocol."""


class Cluster(ClusterClient):
    """One client, for the length of an `async with` block.

    Names of topics and groups are those on the cluster, prefix included, unless a method takes a stage or a topic of
    the topology. All methods raise:

        ForbiddenError: Kafka does not allow what is asked.
        UnavailableError: the cluster cannot be reached, or stops answering.

    Args:
        settings: of the connection.
        client_id: in the broker's logs, metrics and quotas.
    """

    # Topics

    async def describe_topics(self, names: Iterable[str]) -> dict[str, TopicDescription]:
        """Return the topics that exist, by name; the others are left out.

        They are asked for by name: a list of all topics would leave out those that we may not see, as if they did not
        exist.

        Raises:
            ForbiddenError: one of them is not visible to us.
        """
        names = list(names)
        if not names:
            return {}
        async with self._explained():
            answer = await self._ask_any(TopicMetadata(*names))
        described, hidden = {}, []
        for error, name, topic_id, _, partitions, *_ in answer.topics:
            if error == authorization.TOPIC_REFUSED:
                hidden.append(name)
            elif partitions:
                of_topic = [
                    PartitionDescription(number, leader, len(replicas), len(in_sync))
                    for _, number, leader, _, replicas, in_sync, *_ in partitions
                ]
                in_order = tuple(sorted(of_topic, key=lambda partition: partition.number))
                described[name] = TopicDescription(name, format_topic_id(topic_id), in_order)
        if hidden:
            raise authorization.invisible(self.settings, hidden)
        return {name: described[name] for name in names if name in described}

    async def topic_id(self, name: str) -> str:
        """Return the id of a topic; empty where there is none of that name."""
        described = await self.describe_topics([name])
        return described[name].id if name in described else ""

    async def topic_states(self, topics: Sequence[Topic]) -> list[TopicState]:
        """Return the state of each topic of the topology."""
        described = await self.describe_topics([self.settings.on_cluster(topic.name) for topic in topics])
        states = []
        for topic in topics:
            there = described.get(self.settings.on_cluster(topic.name))
            partitions, replication = (len(there.partitions), there.replication) if there is not None else (0, 0)
            states.append(TopicState(topic, partitions, replication))
        return states

    async def partitions(self, names: Iterable[str]) -> list[TopicPartition]:
        """Return the partitions of those topics that exist, in order."""
        described = await self.describe_topics(names)
        return [partition for topic in described.values() for partition in topic.topic_partitions]

    async def required_topics(self, names: Iterable[str]) -> dict[str, TopicDescription]:
        """Return topics that a deployment has, by name.

        Raises:
            UnavailableError: one of the topics does not exist.
        """
        names = list(names)
        described = await self.describe_topics(names)
        if missing := [name for name in names if name not in described]:
            raise UnavailableError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
        return described

    async def required_partitions(self, names: Iterable[str]) -> list[TopicPartition]:
        """Return the partitions of topics that a deployment has, in order.

        Raises:
            UnavailableError: one of the topics does not exist.
        """
        described = await self.required_topics(names)
        return [partition for topic in described.values() for partition in topic.topic_partitions]

    async def input_partitions(self, stage: Stage, numbers: Iterable[int] = ()) -> list[TopicPartition]:
        """Return the partitions of a stage's input topic.

        Args:
            stage: of the topology.
            numbers: partitions that must be among them.

        Raises:
            UsageError: one of the partitions does not exist.
            UnavailableError: a topic of the stage does not exist.
        """
        topics = [stage.consumes, *stage.produces, stage.dead_letter_topic]
        partitions = await self.required_partitions([self.settings.on_cluster(topic.name) for topic in topics])
        name = self.settings.on_cluster(stage.consumes.name)
        inputs = [partition for partition in partitions if partition.topic == name]
        if wrong := [number for number in numbers if number >= len(inputs)]:
            raise UsageError(f"{name} has no partition {wrong[0]}: they are 0 to {len(inputs) - 1}")
        return inputs

    async def create_topics(
        self, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
    ) -> list[str]:
        """Create the topics that are missing, and return their names; those that exist stay as they are.

        When it returns, every broker that answers knows them.

        Args:
            topics: of the topology.
            partitions: for every topic, instead of its own number; dead-letter topics keep theirs.
            replication: replicas of each partition.

        Raises:
            UnavailableError: the cluster refuses one.
        """
        names = [self.settings.on_cluster(topic.name) for topic in topics]
        # Kafka wants the right to create even for topics that exist: who only uses them need not have it.
        there = await self.describe_topics(names)
        wanted: list[Any] = [
            (
                name,
                topic.partitions if partitions is None or topic.dead_letters else partitions,
                replication,
                [],
                list(topic.settings().items()),
            )
            for name, topic in zip(names, topics, strict=True)
            if name not in there
        ]
        created = []
        request = CreateTopicsRequest(wanted, CREATE_TIMEOUT_MS, validate_only=False)
        async with self._explained():
            answer = await self._ask_controller(request) if wanted else None
            for name, code, message in answer.topic_errors if answer else ():
                if code == 0:
                    created.append(name)
                elif code in (authorization.TOPIC_REFUSED, authorization.CLUSTER_REFUSED):
                    raise authorization.forbidden(self.settings, "CREATE", f"topic {name}")
                elif code != TopicAlreadyExistsError.errno:
                    raise UnavailableError(f"topic {name} cannot be created: {message or for_code(code).__name__}")
            await self._wait_until_known(names)
        return created

    async def _wait_until_known(self, names: Sequence[str]) -> None:
        """Wait until every broker knows topics: the controller answers at once, the others read its log later.

        Without this, a client that asks another broker next may hear that there is no such topic.

        Raises:
            UnavailableError: a broker that answers does not know them in time.
        """
        deadline = asyncio.get_running_loop().time() + SPREAD_SECONDS
        for broker in self._client.cluster.brokers():
            while True:
                try:
                    answer: Any = await self._client.send(broker.nodeId, MetadataRequest())
                except (KafkaError, TimeoutError):
                    break  # it is down: when it is back, it learns of the topics before it answers
                missing = set(names) - {topic["topic"] for topic in answer.to_object()["topics"]}
                if not missing:
                    break
                if asyncio.get_running_loop().time() > deadline:
                    raise UnavailableError(
                        f"topic {min(missing)} exists, but broker {broker.nodeId} does not show it: look at its log, "
                        "and at your right to describe topics"
                    )
                await asyncio.sleep(SPREAD_POLL_SECONDS)

    async def count_brokers(self) -> int:
        """Return how many brokers are in the cluster."""
        async with self._explained():
            return len((await self._ask_any(MetadataRequest([]))).brokers)

    # Offsets

    async def offset_ranges(
        self, partitions: Collection[TopicPartition], *, since_ms: int | None = None, patience: float | None = None
    ) -> dict[TopicPartition, OffsetRange]:
        """Return which offsets partitions hold, as far as they can be read.

        What comes after an open transaction cannot be read before it ends. On a topic that is being written there is
        always one, for some milliseconds; one that a worker left open when it was killed, for as long as a minute.

        Args:
            partitions: of topics that exist.
            since_ms: only records that arrived at that time or later, in milliseconds since 1970.
            patience: seconds to wait for transactions that are open now, so that nothing is left out; None: what comes
                after them is left out.

        Raises:
            UnavailableError: a transaction stays open.
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

    async def log_end_offsets(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Return the offset after the last record of each partition, open transactions included."""
        return await self._list_offsets(partitions, LATEST, READ_UNCOMMITTED)

    async def open_transactions(self, partition: TopicPartition) -> Sequence[OpenTransaction]:
        """Return the transactions that are open on a partition, the oldest first."""
        async with self._explained():
            await self._know([partition.topic])
            return await open_transactions(self._client, partition)

    async def _wait_for_open_transactions(
        self, partitions: Collection[TopicPartition], patience: float
    ) -> dict[TopicPartition, int]:
        """Wait until all that partitions hold now can be read; return their log end offsets of now."""
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
                raise UnavailableError(
                    f"waited for {patience:g} s, and {await self._blocking_transaction(blocked[0])}: what comes after "
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
        """Return in words which transaction keeps a partition from being read to its end."""
        with contextlib.suppress(UnavailableError):  # we may not ask, or the leader is moving
            if open_ones := await self.open_transactions(partition):
                return str(open_ones[0])
        return f"a transaction on {partition.topic}/{partition.partition} is open"

    async def _list_offsets(
        self, partitions: Collection[TopicPartition], time_ms: int, isolation: int = READ_COMMITTED
    ) -> dict[TopicPartition, int]:
        """Return, for each partition, the first offset at a time or later; -1 where there is none."""
        async with self._explained():
            await self._know(partition.topic for partition in partitions)
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

        None is yielded first, when reading has begun: whatever is committed from there on will be seen. It is yielded
        again whenever nothing came for a while, so that a reader can look at its clock.

        Args:
            names: of the topics.
            from_beginning: begin with the oldest record, not with the next that is written.
            until_end: stop where the topics ended when reading began.

        Raises:
            UsageError: a topic does not exist.
            UnavailableError: a topic was deleted, created again or truncated while it was read.
        """
        partitions = await self.partitions(names)
        there = {partition.topic for partition in partitions}
        if missing := [name for name in names if name not in there]:
            raise UsageError(
                f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows what is there"
            )
        ranges = await self.offset_ranges(partitions)
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
        """Yield the committed records of ranges of offsets; close it with `contextlib.aclosing`.

        Args:
            ranges: by partition; empty ones are not read.
            key: only records that have it; None: all.

        Raises:
            UnavailableError: a topic was deleted, created again or truncated while it was read.
        """
        wanted = {tp: offsets for tp, offsets in ranges.items() if offsets.size}
        if not wanted:
            return
        await self._know(partition.topic for partition in wanted)
        starts = {tp: offsets.start for tp, offsets in wanted.items()}
        stops = {tp: offsets.stop for tp, offsets in wanted.items()}
        async with contextlib.aclosing(self._read(starts, stops)) as batches:
            async for batch in batches:
                for record in batch:
                    if key in (None, record.key):
                        yield record

    async def first_records(
        self, positions: Mapping[TopicPartition, int], stops: Mapping[TopicPartition, int], seconds: float
    ) -> dict[TopicPartition, Record | None]:
        """Return the first record at each position or after it; None where there is none before the stop.

        Args:
            positions: the offset from which each partition is read.
            stops: the offset before which each partition ends.
            seconds: partitions that have not answered by then are left out.
        """
        first: dict[TopicPartition, Record | None] = {}
        if not positions:
            return first
        await self._know(partition.topic for partition in positions)
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
        self, starts: Mapping[TopicPartition, int], stops: Mapping[TopicPartition, int] | None
    ) -> AsyncGenerator[list[Record]]:
        """Yield what each poll brings, up to the stops; without stops it goes on for ever."""
        async with (
            self._explained(),
            PartitionReader(self._client, self.settings, starts) as reader,
            contextlib.aclosing(reader.batches(stops, self._end_offsets)) as batches,
        ):
            async for batch in batches:
                yield batch

    async def _end_offsets(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return await self._list_offsets(partitions, LATEST)

    # Consumer groups

    async def group_offsets(self, group: str) -> dict[TopicPartition, CommittedOffset]:
        """Return the offsets that a group has committed, with their notes."""
        async with self._explained():
            answer = await self._ask_coordinator(
                group, OffsetFetchRequest(group, None), lambda answer: [(answer.error_code, group)]
            )
        return {
            TopicPartition(topic, number): CommittedOffset(int(offset), CommitNote.parse(note))
            for topic, partitions in answer.topics
            for number, offset, note, _ in partitions
            if offset >= 0
        }

    async def committed_offsets(self, stage: Stage) -> dict[TopicPartition, CommittedOffset]:
        """Return the offsets that a stage has committed, by input partition; absent where it has committed none.

        An offset of a topic that has been deleted and created again since says nothing of the new one: it is left out.
        """
        name = self.settings.on_cluster(stage.consumes.name)
        ids = ("", await self.topic_id(name))
        offsets = await self.group_offsets(self.settings.on_cluster(stage.group))
        return {tp: at for tp, at in offsets.items() if tp.topic == name and at.note.topic_id in ids}

    async def describe_group(self, group: str) -> GroupDescription:
        """Return a group's state and members; a group that does not exist is `Dead`."""
        # One group at a time: aiokafka decodes an answer of version 3 as one of version 2, which fits one group only.
        async with self._explained():
            answer = await self._ask_coordinator(
                group, DescribeGroupsRequest([group]), lambda answer: [(answer.groups[0][0], group)]
            )
        _, _, state, _, _, members, *_ = answer.groups[0]
        return GroupDescription(state, tuple(decode_member(*member[:5]) for member in members))

    async def set_group_offsets(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit offsets for a group that has no members; its coordinator refuses where it has some.

        The note beside each offset names the topic's id; the count of expired records that was noted is kept.

        Raises:
            UnavailableError: the coordinator refuses.
        """
        described = await self.describe_topics({partition.topic for partition in offsets})
        before = await self.group_offsets(group)
        by_topic: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for partition, offset in offsets.items():
            topic_id = described[partition.topic].id if partition.topic in described else ""
            note = before[partition].note if partition in before else CommitNote()
            expired = note.expired if note.topic_id == topic_id else 0
            text = CommitNote(topic_id=topic_id, expired=expired).text()
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
        """Delete a group that has done its work: the lag of its offsets would grow in every monitoring tool.

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
