"""The status of a deployment: throughput, lag and workers of each stage, skipped pages, dead letters, broker health.

All figures come from Kafka, none from the workers. So it works from anywhere, and also when workers hang.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import orjson
from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.descriptions import GroupDescription, TopicDescription
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.open_transactions import OpenTransaction
from wiredesk.runtime.kafka.restore_note import RestoreNote
from wiredesk.runtime.lineage import origin_seconds
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import Stage, Topic
from wiredesk_schemas.headers import DEAD_LETTER_REASON, decode_text, own_headers

SAMPLE_SECONDS = 0.5
"""The time between the two measurements from which the first rates are computed."""

NEWEST_RECORDS = 2000
"""Reasons are counted in at most this number of the newest records of each partition."""

STALLED_SECONDS = 60
"""If the next record of a stage without workers has waited for this long, this is a problem."""

LONG_TRANSACTION_SECONDS = 10.0
"""A transaction that is open for longer is a problem: ours take a second at most while worker and broker are alive."""

RESTORE_SECONDS = 30.0
"""A restore that was not noted for this time has ended with its worker: notes come every second."""

NEXT_RECORD_SECONDS = 1.0
"""How long to wait for the next record of each partition; its age is the lag in seconds."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A member of a stage's consumer group: client id, host, and assigned partitions of the input topic."""

    client: str
    host: str
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestoreStatus:
    """The restore of the state of a partition, while it runs.

    Attributes:
        share: of the changelog that is read.
        keys: of the state so far.
        size: bytes of its keys and values.
        seconds: since it began.
    """

    partition: int
    share: float
    keys: int
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StageStatus:
    """A stage.

    Attributes:
        name: name of the stage.
        in_per_second: records that arrive in its input topic.
        out_per_second: records that it commits.
        lag: offsets from the committed ones to the log ends, as Kafka's own tools count it.
        lag_seconds: time since the first waiting record arrived in the input topic; 0 if none waits.
        page_seconds: time since the raw page of this record arrived.
        group_state: state of the consumer group in Kafka's words: Stable, Empty, Dead, PreparingRebalance.
        workers: members of the group.
        dead_letters: dead letters within the window, by reason, the most frequent first.
        restoring: the partitions whose state is being restored; empty where that takes less than a second.
    """

    name: str
    in_per_second: float
    out_per_second: float
    lag: int
    lag_seconds: float
    page_seconds: float
    group_state: str
    workers: tuple[WorkerStatus, ...]
    dead_letters: Mapping[str, int]
    restoring: tuple[RestoreStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """The brokers: how many there are, and partitions of input topics that lack a replica or have no leader."""

    count: int
    under_replicated: int
    leaderless: int

    @property
    def is_healthy(self) -> bool:
        """Whether every partition has a leader and all its replicas."""
        return not self.under_replicated and not self.leaderless


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a deployment.

    Attributes:
        stages: in the order of the flow.
        skipped: skipped pages within the window, by reason, the most frequent first.
        oldest_page_seconds: time since the oldest raw page in flight arrived; 0 if there is none.
        brokers: the health of the brokers.
        problems: what needs attention, one line each.
    """

    stages: tuple[StageStatus, ...]
    skipped: Mapping[str, int]
    oldest_page_seconds: float
    brokers: BrokerStatus
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Progress:
    """The progress of a stage: sums of offsets over its partitions, and the ages of waiting records, in seconds."""

    written: int
    committed: int
    record_age: float
    page_age: float
    group: GroupDescription

    @property
    def lag(self) -> int:
        return self.written - self.committed


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One measurement, at a time of the monotonic clock in seconds."""

    at: float
    progress: Mapping[str, _Progress]
    brokers: BrokerStatus
    long_transactions: tuple[OpenTransaction, ...]


class StatusMonitor:
    """Measures the status of a deployment repeatedly, over one client.

    Args:
        cluster: the cluster.
        stages: stages of the deployment, in the order of the flow.
        skip_topic: the topic of skipped pages.
        window: maximum age of the skipped pages and dead letters that are counted.
    """

    def __init__(self, cluster: Cluster, stages: Iterable[Stage], skip_topic: Topic, window: timedelta) -> None:
        self._cluster = cluster
        self._stages = tuple(stages)
        self._skip_topic = skip_topic
        self._window = window
        self._before: _Snapshot | None = None

    async def measure(self) -> Status:
        """Return the current status, with rates since the previous measurement; the first one takes half a second.

        Raises:
            UnavailableError: the cluster does not answer, or lacks a topic of a stage.
        """
        if self._before is None:
            self._before = await self._snapshot()
            await asyncio.sleep(SAMPLE_SECONDS)
        before = self._before
        now, (skipped, dead_letters), restoring = await asyncio.gather(
            self._snapshot(), self._count_reasons(), self._restores()
        )
        self._before = now
        seconds = max(now.at - before.at, 1e-3)
        stages = []
        for stage in self._stages:
            progress, earlier = now.progress[stage.name], before.progress[stage.name]
            stages.append(
                StageStatus(
                    name=stage.name,
                    in_per_second=max(0, progress.written - earlier.written) / seconds,
                    out_per_second=max(0, progress.committed - earlier.committed) / seconds,
                    lag=progress.lag,
                    lag_seconds=progress.record_age,
                    page_seconds=progress.page_age,
                    group_state=progress.group.state,
                    workers=self._workers(stage, progress.group),
                    dead_letters=dead_letters.get(stage.name, {}),
                    restoring=restoring.get(stage.name, ()),
                )
            )
        return Status(
            stages=tuple(stages),
            skipped=skipped,
            oldest_page_seconds=max((stage.page_seconds for stage in stages), default=0.0),
            brokers=now.brokers,
            problems=tuple(_problems(stages, now)),
        )

    async def _snapshot(self) -> _Snapshot:
        inputs = [self._cluster.settings.on_cluster(stage.consumes.name) for stage in self._stages]
        described = await self._cluster.required_topics(dict.fromkeys(inputs))
        partitions = [partition for topic in described.values() for partition in topic.topic_partitions]
        readable, written, brokers = await asyncio.gather(
            self._cluster.offset_ranges(partitions),
            self._cluster.log_end_offsets(partitions),
            self._cluster.count_brokers(),
        )
        progress = await asyncio.gather(*(self._progress(stage, readable, written) for stage in self._stages))
        return _Snapshot(
            at=time.monotonic(),
            progress={stage.name: of_stage for stage, of_stage in zip(self._stages, progress, strict=True)},
            brokers=_broker_status(brokers, described.values()),
            long_transactions=await self._long_transactions(
                [tp for tp in partitions if readable[tp].stop < written[tp]]
            ),
        )

    async def _progress(
        self, stage: Stage, readable: Mapping[TopicPartition, OffsetRange], written: Mapping[TopicPartition, int]
    ) -> _Progress:
        topic = self._cluster.settings.on_cluster(stage.consumes.name)
        group, offsets = await asyncio.gather(
            self._cluster.describe_group(self._cluster.settings.on_cluster(stage.group)),
            self._cluster.committed_offsets(stage),
        )
        positions = {}
        for partition, held in readable.items():
            if partition.topic == topic:
                committed = offsets[partition].offset if partition in offsets else held.start
                positions[partition] = min(written[partition], max(held.start, committed))
        waiting = {tp: offset for tp, offset in positions.items() if offset < readable[tp].stop}
        stops = {tp: readable[tp].stop for tp in waiting}
        first = await self._cluster.first_records(waiting, stops, NEXT_RECORD_SECONDS)
        records = [record for record in first.values() if record is not None]
        now = time.time()
        return _Progress(
            written=sum(written[partition] for partition in positions),
            committed=sum(positions.values()),
            # With CreateTime, the timestamps of publishers may be in the future.
            record_age=max((0.0, *(now - record.timestamp / 1000 for record in records))),
            page_age=max((0.0, *(now - arrival_seconds(stage, record) for record in records))),
            group=group,
        )

    async def _restores(self) -> dict[str, tuple[RestoreStatus, ...]]:
        """Return the restores that run, as their workers have noted them."""
        stateful = [stage for stage in self._stages if stage.store is not None]
        on_cluster = self._cluster.settings.on_cluster
        noted = await asyncio.gather(
            *(self._cluster.group_notes(on_cluster(stage.restoring_group)) for stage in stateful)
        )
        now = time.time()
        return {
            stage.name: tuple(
                RestoreStatus(tp.partition, note.share, note.keys, note.size, max(0.0, now - note.began))
                for tp, (_, text) in sorted(of_stage.items())
                if (note := RestoreNote.parse(text)) is not None
                if note.share < 1 and now - note.noted < RESTORE_SECONDS
            )
            for stage, of_stage in zip(stateful, noted, strict=True)
        }

    async def _long_transactions(self, partitions: Sequence[TopicPartition]) -> tuple[OpenTransaction, ...]:
        by_partition = await asyncio.gather(*(self._cluster.open_transactions(tp) for tp in partitions))
        return tuple(one for opened in by_partition for one in opened if one.age > LONG_TRANSACTION_SECONDS)

    async def _count_reasons(self) -> tuple[Mapping[str, int], Mapping[str, Mapping[str, int]]]:
        """Count, within the window, why pages were skipped, and why each stage wrote dead letters."""
        on_cluster = self._cluster.settings.on_cluster
        stages = {on_cluster(stage.dead_letter_topic.name): stage.name for stage in self._stages}
        skip_topic = on_cluster(self._skip_topic.name)
        partitions = await self._cluster.partitions([*stages, skip_topic])
        since_ms = int((time.time() - self._window.total_seconds()) * 1000)
        ranges = await self._cluster.offset_ranges(partitions, since_ms=max(0, since_ms))
        newest = {tp: held.intersection(held.stop - NEWEST_RECORDS) for tp, held in ranges.items()}
        counts: dict[str, Counter[str]] = {name: Counter() for name in ("", *stages.values())}
        async with contextlib.aclosing(self._cluster.read_range(newest)) as records:
            async for record in records:
                counts[stages.get(record.topic, "")][reason_of(record)] += 1
        skipped = dict(counts.pop("").most_common())
        return skipped, {name: dict(reasons.most_common()) for name, reasons in counts.items()}

    def _workers(self, stage: Stage, group: GroupDescription) -> tuple[WorkerStatus, ...]:
        topic = self._cluster.settings.on_cluster(stage.consumes.name)
        return tuple(
            WorkerStatus(
                member.client_id,
                member.host,
                tuple(partition.partition for partition in member.partitions if partition.topic == topic),
            )
            for member in group.members
        )


def as_object(measured: Status) -> dict[str, object]:
    """Return the status as a JSON object."""
    return {
        "stages": [
            {
                "stage": stage.name,
                "in_per_second": round(stage.in_per_second, 1),
                "out_per_second": round(stage.out_per_second, 1),
                "lag": stage.lag,
                "lag_seconds": round(stage.lag_seconds, 1),
                "group": stage.group_state,
                "workers": [{"client": w.client, "host": w.host, "partitions": w.partitions} for w in stage.workers],
                "dead_letters": stage.dead_letters,
                "restoring": [
                    {
                        "partition": one.partition,
                        "share": round(one.share, 3),
                        "keys": one.keys,
                        "bytes": one.size,
                        "seconds": round(one.seconds, 1),
                    }
                    for one in stage.restoring
                ],
            }
            for stage in measured.stages
        ],
        "skipped": measured.skipped,
        "oldest_page_seconds": round(measured.oldest_page_seconds, 1),
        "brokers": {
            "count": measured.brokers.count,
            "under_replicated": measured.brokers.under_replicated,
            "leaderless": measured.brokers.leaderless,
        },
        "troubles": measured.problems,
    }


def arrival_seconds(stage: Stage, record: Record) -> float:
    """Return when the raw page of a record arrived, in seconds since 1970.

    The headers of a raw page itself are ignored: anyone may write them.
    """
    origin = 0.0 if stage.entry else origin_seconds(record.headers)
    return origin or record.timestamp / 1000


def _broker_status(count: int, topics: Collection[TopicDescription]) -> BrokerStatus:
    partitions = [partition for topic in topics for partition in topic.partitions]
    return BrokerStatus(
        count=count,
        under_replicated=sum(partition.in_sync < partition.replicas for partition in partitions),
        leaderless=sum(partition.leader < 0 for partition in partitions),
    )


def _problems(stages: Iterable[StageStatus], now: _Snapshot) -> list[str]:
    lines = [
        f"{stage.name}: {stage.lag} records wait, the first for {stage.lag_seconds:.0f} s, and no worker is running"
        for stage in stages
        if stage.lag_seconds > STALLED_SECONDS and not stage.workers
    ]
    lines += [str(transaction) for transaction in now.long_transactions]
    if not now.brokers.is_healthy:
        lines.append(
            f"{now.brokers.under_replicated} partitions lack a replica, {now.brokers.leaderless} have no leader"
        )
    return lines


def reason_of(record: Record) -> str:
    """Return the reason in a dead letter or in the event of a skipped page."""
    if reason := decode_text(own_headers(record.headers).get(DEAD_LETTER_REASON)):
        return reason
    with contextlib.suppress(orjson.JSONDecodeError, AttributeError):
        return str(orjson.loads(record.value or b"{}").get("reason"))
    return "unknown"
