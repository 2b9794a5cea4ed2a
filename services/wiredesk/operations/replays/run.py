"""A run of a replay, and the topic in which runs are saved: any process can continue a run by its id."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from aiokafka import TopicPartition
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wiredesk.operations.replays.reconcile import Reconciliation
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, format_error
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.replay_scope import RecordFilter, ReplayScope
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic

RUNS_TOPIC = Topic(
    "wiredesk.replays", "Replays: what each run reads and where it goes, and its account", 1, retention_ms=-1
)
"""The topic in which runs are saved, for ever."""

GROUP_PREFIX = "wiredesk.replay."
"""Prefix of the consumer group of a run; the run's id follows, which begins with the name of its stage."""


class Run(BaseModel):
    """A run: a stage's work over ranges of offsets of its input topic.

    Attributes:
        id: used in commands, and in a header of every record that the run writes.
        stage: name of the stage.
        version: version of the stage when the run was planned; a process with another version does not continue the
            run.
        into: the topic to write instead of the stage's own; None: a repair, into the live topic.
        ranges: offsets to read, by partition of the stage's input topic.
        outputs: end offsets of its output topics when it was planned, by topic (without prefix) and partition.
        filters: which records are processed, from the options of the command (see `filters.py`).
        rate: maximum number of records per second of each process; None: no limit.
        planned_at: when the run was planned, in UTC.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str
    stage: str
    version: str
    into: str | None
    ranges: dict[int, OffsetRange] = Field(alias="spans")  # its name in saved runs
    outputs: dict[str, dict[int, int]] = {}
    filters: dict[str, tuple[str, ...]] = {}
    rate: float | None = None
    planned_at: datetime

    @property
    def group(self) -> str:
        """The consumer group of its workers, without prefix."""
        return f"{GROUP_PREFIX}{self.id}"

    @property
    def size(self) -> int:
        """Number of offsets to read, in all partitions."""
        return sum(offsets.size for offsets in self.ranges.values())

    def sources(self, settings: KafkaSettings, stage: Stage) -> dict[TopicPartition, OffsetRange]:
        """Return the offsets to read, by partition as named on the cluster."""
        topic = settings.on_cluster(stage.consumes.name)
        return {TopicPartition(topic, number): offsets for number, offsets in self.ranges.items()}

    def scope(self, stage: Stage, accepts: RecordFilter, rate: float | None) -> ReplayScope:
        """Return what the workers of the run need to know about it."""
        return ReplayScope(
            run=self.id,
            group=self.group,
            stop_offsets={number: offsets.stop for number, offsets in self.ranges.items()},
            record_filter=accepts,
            output_topics={name: topic.name for name, topic in output_topics(stage, self.into).items()},
            rate=rate,
        )


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run, and its reconciliation once it is done."""

    run: Run
    reconciliation: Reconciliation | None = None


def output_topics(stage: Stage, into: str | None) -> dict[str, Topic]:
    """Return the topics that a run writes, by the name of the stage's topic that each replaces.

    With `into`, that topic replaces the first one that the stage produces, and all other topics get names derived from
    it (`<into>.skipped`, `<into>.dlq`): nothing is written to the live topics, and the audit of the live stream does
    not change. Without `into`, the run writes the live topics.
    """
    written = (*stage.produces, stage.dead_letter_topic)
    if into is None:
        return {topic.name: topic for topic in written}
    names = {topic.name: f"{into}.{topic.name.rpartition('.')[2]}" for topic in written}
    names[stage.produces[0].name] = into
    return {
        topic.name: Topic(
            name=names[topic.name],
            description=topic.description,
            partitions=topic.partitions,
            retention_ms=topic.retention_ms,
            max_message_bytes=topic.max_message_bytes,
            dead_letters=topic.dead_letters,
            compaction=topic.compaction,
        )
        for topic in written
    }


async def load_runs(cluster: Cluster) -> dict[str, SavedRun]:
    """Return all runs that were ever planned, oldest first, by id.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    name = cluster.settings.on_cluster(RUNS_TOPIC.name)
    ranges = await cluster.offset_ranges(await cluster.partitions([name]))
    runs: dict[str, SavedRun] = {}
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            if record.value is None or record.key is None:
                continue
            key = record.key.decode("utf-8", "replace")
            with contextlib.suppress(ValidationError, orjson.JSONDecodeError, KeyError, TypeError):  # not one of ours
                fields = orjson.loads(record.value)
                if "run" in fields:
                    runs[key] = SavedRun(Run.model_validate(fields["run"]))
                elif key in runs:
                    runs[key] = SavedRun(runs[key].run, Reconciliation.model_validate(fields["account"]))
    return runs


async def load_run(cluster: Cluster, run_id: str) -> SavedRun:
    """Return a run.

    Raises:
        UsageError: there is no run with this id.
        UnavailableError: the cluster cannot be reached.
    """
    saved = (await load_runs(cluster)).get(run_id)
    if saved is None:
        raise UsageError(f"no run {run_id}: 'wiredesk replay list' shows them")
    return saved


async def save_run(cluster: Cluster, run: Run, replication: int) -> None:
    """Save a run that has been planned.

    Args:
        replication: replicas of the topic of runs, if it does not exist yet.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    await cluster.create_topics([RUNS_TOPIC], replication=replication)
    await _save(cluster.settings, run.id, {"run": run.model_dump(mode="json", by_alias=True)})


async def save_reconciliation(settings: KafkaSettings, run: Run, reconciliation: Reconciliation) -> None:
    """Save what became of the records of a run.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    await _save(settings, run.id, {"account": reconciliation.model_dump(mode="json"), "at": now})


async def _save(settings: KafkaSettings, key: str, fields: Mapping[str, object]) -> None:
    name = settings.on_cluster(RUNS_TOPIC.name)
    async with clients.started(clients.producer(settings, "wiredesk-replay"), settings) as producer:
        try:
            value = orjson.dumps(fields, option=orjson.OPT_NON_STR_KEYS)
            await producer.send_and_wait(name, value, key=key.encode())
        except CLIENT_ERRORS as error:
            if (line := authorization.refusal(error, settings, authorization.PRODUCING)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(f"{name} cannot be written: {format_error(error)}") from error
