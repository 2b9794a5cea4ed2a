"""The desk as the cluster sees it: how far each stage has come, who works on it, and whether the brokers are well.

Everything is asked of Kafka, nothing of the workers: so it can be told from anywhere, and of workers that hang.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import KafkaError

from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients, topics
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.kafka.fetching import poll
from wiredesk.runtime.kafka.open_transactions import OpenTransaction, open_transactions
from wiredesk.runtime.kafka.partition_reader import POLL_MS
from wiredesk.runtime.kafka.progress import committed, group_state
from wiredesk.runtime.lineage import origin_seconds
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

OPEN_SECONDS = 10.0
"""A transaction of ours is open for a second at most, as long as its worker and its broker live."""

LOOKING = authorization.Access(topic="READ", group="DESCRIBE")

NEXT_SECONDS = 1.0
"""For the records that the stages come to next: they tell how old what waits is."""


@dataclass(frozen=True, slots=True)
class Member:
    """A worker in a stage's consumer group: its client id, host, and partitions."""

    client: str
    host: str
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage.

    Attributes:
        arrived: records that its input topic has had in all.
        done: up to where the stage has committed it; the difference is the lag.
        next_age: seconds since the first record that waits arrived in this topic; 0 where none does.
        page_age: seconds since the raw page arrived that it came of.
        state: of the consumer group, as Kafka calls it: Stable, Empty, PreparingRebalance.
    """

    name: str
    arrived: int
    done: int
    next_age: float
    page_age: float
    state: str
    members: tuple[Member, ...]

    @property
    def lag(self) -> int:
        """Offsets from there to the end of the topic, as Kafka's own tools count them."""
        return self.arrived - self.done


@dataclass(frozen=True, slots=True)
class Brokers:
    """The cluster: brokers that answer, partitions that lack a replica, and partitions without a leader."""

    count: int
    under_replicated: int
    leaderless: int

    @property
    def are_well(self) -> bool:
        """Whether every partition has its leader and all its replicas."""
        return not self.under_replicated and not self.leaderless


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, at a time (seconds, monotonic).

    Attributes:
        waits: transactions on the input topics that have been open for long: what stands after them cannot be read.
    """

    at: float
    stages: tuple[StageState, ...]
    brokers: Brokers
    ends: Mapping[TopicPartition, int] = field(repr=False)
    waits: tuple[OpenTransaction, ...] = ()


@contextlib.asynccontextmanager
async def overviews(settings: KafkaSettings, stages: Sequence[Stage]) -> AsyncIterator["Watcher"]:
    """Open what looks at the cluster, for the length of a block.

    Raises:
        UnavailableError: the cluster cannot be reached, or has no such topics.
    """
    inputs = [settings.on_cluster(stage.consumes.name) for stage in stages]
    there = await topics.partitions(settings, inputs)
    if missing := [name for name in inputs if name not in there]:
        raise UnavailableError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
    async with (
        clients.started(clients.admin(settings), settings) as admin,
        clients.started(clients.reader(settings, "wiredesk-status"), settings) as consumer,
        clients.started(
            clients.reader(settings, "wiredesk-status", isolation_level="read_uncommitted"), settings
        ) as uncommitted,
    ):
        yield Watcher(settings, stages, admin, consumer, uncommitted)


class Watcher:
    """Looks at the cluster, as often as it is asked."""

    def __init__(
        self,
        settings: KafkaSettings,
        stages: Sequence[Stage],
        admin: AIOKafkaAdminClient,
        consumer: AIOKafkaConsumer,
        uncommitted: AIOKafkaConsumer,
    ) -> None:
        self._settings = settings
        self._stages = stages
        self._admin = admin
        self._consumer = consumer
        self._uncommitted = uncommitted
        self._inputs = {settings.on_cluster(stage.consumes.name): stage for stage in stages}

    async def look(self) -> Overview:
        """Look.

        Raises:
            UnavailableError: the cluster stopped answering.
        """
        try:
            return await self._look()
        except (KafkaError, OSError, TimeoutError) as error:
            if (line := authorization.refusal(error, self._settings, LOOKING)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(
                f"Kafka at {self._settings.bootstrap_servers} stopped answering: {format_error(error)}"
            ) from error

    async def _look(self) -> Overview:
        described, done, groups = await asyncio.gather(
            self._admin.describe_topics(list(self._inputs)), committed(self._settings, self._stages), self._groups()
        )
        partitions = [TopicPartition(t["topic"], p["partition"]) for t in described for p in t["partitions"]]
        readable = await self._consumer.end_offsets(partitions)
        ends = await self._uncommitted.end_offsets(partitions)
        starts = await self._consumer.beginning_offsets(partitions)
        at = {tp: min(ends[tp], max(starts[tp], done[tp].offset if tp in done else starts[tp])) for tp in partitions}
        waiting = await self._next({tp: offset for tp, offset in at.items() if offset < readable[tp]}, readable)
        cluster = await self._admin.describe_cluster()
        flat = [p for t in described for p in t["partitions"]]
        return Overview(
            at=time.monotonic(),
            stages=tuple(self._stage(stage, ends, at, list(waiting.values()), groups) for stage in self._stages),
            brokers=Brokers(
                count=len(cluster["brokers"]),
                under_replicated=sum(len(p["isr"]) < len(p["replicas"]) for p in flat),
                leaderless=sum(p["leader"] < 0 for p in flat),
            ),
            ends=ends,
            waits=await self._open_transactions([tp for tp in partitions if readable[tp] < ends[tp]]),
        )

    async def _open_transactions(self, partitions: Sequence[TopicPartition]) -> tuple[OpenTransaction, ...]:
        found = await asyncio.gather(*(open_transactions(self._consumer, tp) for tp in partitions))
        return tuple(one for of_partition in found for one in of_partition if one.age > OPEN_SECONDS)

    def _stage(
        self,
        stage: Stage,
        ends: Mapping[TopicPartition, int],
        at: Mapping[TopicPartition, int],
        waiting: Sequence[Record | None],
        groups: Mapping[str, tuple[str, tuple[Member, ...]]],
    ) -> StageState:
        topic = self._settings.on_cluster(stage.consumes.name)
        own = [record for record in waiting if record is not None and record.topic == topic]
        now = time.time()
        state, members = groups.get(self._settings.on_cluster(stage.group), ("Dead", ()))
        return StageState(
            name=stage.name,
            arrived=sum(end for tp, end in ends.items() if tp.topic == topic),
            done=sum(offset for tp, offset in at.items() if tp.topic == topic),
            # A publisher's own timestamps, on a topic that keeps them, may lie ahead.
            next_age=max((0.0, *(now - record.timestamp / 1000 for record in own))),
            page_age=max((0.0, *(now - _arrival(stage, record) for record in own))),
            state=state,
            members=members,
        )

    async def _next(
        self, behind: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Record | None]:
        """Return the first record that waits in each partition; None where markers of transactions are all there is.

        Partitions that did not answer in time are left out.
        """
        if not behind:
            return {}
        self._consumer.assign(list(behind))
        for tp, offset in behind.items():
            self._consumer.seek(tp, offset)
        found: dict[TopicPartition, Record | None] = {}
        deadline = time.monotonic() + NEXT_SECONDS
        while len(found) < len(behind) and time.monotonic() < deadline:
            left = [tp for tp in behind if tp not in found]
            for tp, records in (await poll(self._consumer, *left, timeout_ms=POLL_MS, max_records=len(left))).items():
                found.setdefault(tp, records[0])
                self._consumer.pause(tp)
            for tp in left:
                if tp not in found and await self._consumer.position(tp) >= ends[tp]:
                    found[tp] = None
        return found

    async def _groups(self) -> dict[str, tuple[str, tuple[Member, ...]]]:
        found = {}
        for stage in self._stages:
            group = self._settings.on_cluster(stage.group)
            state, members = await group_state(self._admin, group)
            found[group] = (state, tuple(_member(*member[:5]) for member in members))
        return found


def _member(_: str, client: str, host: str, __: bytes, assignment: bytes) -> Member:
    partitions: list[Any] = []
    with contextlib.suppress(ValueError, IndexError, TypeError):  # whoever joined the group wrote it
        partitions = ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions() if assignment else []
    return Member(client, host.removeprefix("/"), tuple(sorted(tp.partition for tp in partitions)))


def _arrival(stage: Stage, record: Record) -> float:
    """Return when the raw page of a record arrived, in seconds since 1970; a raw page's own headers do not count."""
    stated = 0.0 if stage.entry else origin_seconds(record.headers)
    return stated or record.timestamp / 1000


def rates(before: Overview, after: Overview) -> dict[str, tuple[float, float]]:
    """Return, for each stage, records a second that arrived and that were done between two looks."""
    seconds = max(after.at - before.at, 1e-3)
    earlier = {stage.name: stage for stage in before.stages}
    return {
        stage.name: (
            max(0, stage.arrived - earlier[stage.name].arrived) / seconds,
            max(0, stage.done - earlier[stage.name].done) / seconds,
        )
        for stage in after.stages
    }
