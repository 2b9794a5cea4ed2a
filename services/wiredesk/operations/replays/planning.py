"""Planning a run: resolving times and offsets to ranges, estimating the run, and creating it."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka import TopicPartition

from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.run import Run, output_topics, save_run
from wiredesk.runtime.errors import HandlerError, StateError, UsageError
from wiredesk.runtime.isolation.partition_pool import KeeperProcesses, PartitionPool
from wiredesk.runtime.isolation.pool import ProcessPool
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import NOTHING, OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import RecordFilter
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.topology import RESERVED_PREFIX, Stage, Topic

PATIENCE_SECONDS = 60
"""How long to wait for open transactions: records after the start of one cannot be read before it ends."""

SAMPLE_RECORDS = 64
"""Number of records of the range with which the stage is timed."""

TRIAL_SECONDS = 10.0
"""Longest duration of a trial; records of the sample that are not done by then are left out."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The contents of a range.

    Attributes:
        read: number of records.
        accepted: number of records that the filter accepts.
        size: bytes of accepted records.
        sample: a random sample of accepted records.
    """

    read: int
    accepted: int
    size: int
    sample: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of loading and timing a stage.

    Attributes:
        version: version of its handler.
        rate: records per second of one worker on this machine; None: there was no sample.
    """

    version: str
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would do.

    Attributes:
        survey: the contents of its range.
        trial: the timing of the stage with a sample of it.
        seconds: how long one process would take; None if it cannot be estimated.
    """

    survey: Survey
    trial: Trial
    seconds: float | None


def check_target(stage: Stage, into: str, live_topics: Iterable[Topic]) -> None:
    """Check that a run may write a topic.

    Args:
        into: the topic, without prefix.
        live_topics: all topics of the deployment.

    Raises:
        UsageError: the stage publishes nothing, the topic is one of wiredesk's own, or the run would write a live
            topic.
    """
    if not stage.produces:
        raise UsageError(f"--into {into}: {stage.name} publishes nothing, and has no topic to replace")
    if into.startswith(RESERVED_PREFIX):
        raise UsageError(f"--into {into}: topics whose names begin with {RESERVED_PREFIX!r} are wiredesk's own")
    live = {topic.name for topic in live_topics}
    if taken := [topic.name for topic in output_topics(stage, into).values() if topic.name in live]:
        raise UsageError(
            f"--into {into} would write {taken[0]}, a live topic: name another one, or leave out --into to repair it"
        )


def check_state(stage: Stage, into: str | None) -> None:
    """Check that the state of a run, which is empty when the run begins, does not decide what is in a live topic.

    Args:
        into: the topic that the run writes, without prefix; None: it repairs the live topic.

    Raises:
        UsageError: it would.
    """
    if stage.store is not None and into is None:
        raise UsageError(
            f"{stage.name} has a store, and a run has a state of its own, empty at first: the live topic would get "
            "other records than the live state gives; name another topic: --into TOPIC; or stop the workers, and build "
            f"state and topic again: wiredesk replay {stage.name} --rewind-group --empty-state"
        )


async def resolve_ranges(
    cluster: Cluster,
    stage: Stage,
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    offsets: Mapping[int, OffsetRange] | None = None,
) -> dict[int, OffsetRange]:
    """Return the ranges of a stage's input topic for times and offsets, by partition.

    Args:
        since_ms: records that arrived at this time or later, in milliseconds since 1970; None: from the first.
        until_ms: records that arrived before this time; None: up to the current end of the topic.
        offsets: by partition; limited to the times if both are given. Other partitions are not read.

    Raises:
        UsageError: there is no such partition, or no offset in the range.
        UnavailableError: the cluster cannot be reached, or a topic of the stage is missing.
    """
    partitions = await cluster.input_partitions(stage, offsets or ())
    there = await cluster.offset_ranges(partitions, patience=PATIENCE_SECONDS)
    ranges = {tp.partition: held for tp, held in there.items()}
    if offsets:
        ranges = {number: held.intersection(*offsets.get(number, NOTHING)) for number, held in ranges.items()}
    if since_ms is not None:
        later = await cluster.offset_ranges(partitions, since_ms=since_ms)
        ranges = {tp.partition: ranges[tp.partition].intersection(later[tp].start) for tp in partitions}
    if until_ms is not None:
        later = await cluster.offset_ranges(partitions, since_ms=until_ms)
        ranges = {tp.partition: ranges[tp.partition].intersection(0, later[tp].start) for tp in partitions}
    if not any(offsets.size for offsets in ranges.values()):
        held = sum(one.size for one in there.values())
        raise UsageError(
            f"nothing to replay: {partitions[0].topic} has no record in that range (it holds {held} offsets in all)"
        )
    return ranges


async def count_offsets(cluster: Cluster, name: str) -> int:
    """Return how many offsets a topic holds; 0 if it does not exist.

    Args:
        name: without prefix.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    partitions = await cluster.partitions([cluster.settings.on_cluster(name)])
    return sum(held.size for held in (await cluster.offset_ranges(partitions)).values())


async def estimate(
    cluster: Cluster,
    worker_settings: WorkerSettings,
    stage: Stage,
    ranges: Mapping[int, OffsetRange],
    accepts: RecordFilter,
    *,
    rate: float | None = None,
    progress: ProgressCallback = ignore_progress,
) -> Estimate:
    """Return what a run would do; nothing is written.

    Args:
        ranges: offsets to read, by partition of the stage's input topic.
        accepts: which records are processed.
        rate: maximum number of records per second; None: no limit.
        progress: called with the records read so far and the offsets to read.

    Raises:
        UnavailableError: the cluster cannot be reached.
        HandlerError: the stage cannot be loaded.
    """
    topic = cluster.settings.on_cluster(stage.consumes.name)
    sources = {TopicPartition(topic, number): offsets for number, offsets in ranges.items()}
    surveyed = await survey(cluster, sources, accepts, progress)
    tried = await trial(stage, worker_settings, surveyed.sample)
    seconds = None
    if tried.rate is not None:
        seconds = surveyed.accepted / (tried.rate if rate is None else min(rate, tried.rate))
    return Estimate(surveyed, tried, seconds)


async def survey(
    cluster: Cluster,
    sources: Mapping[TopicPartition, OffsetRange],
    accepts: RecordFilter,
    progress: ProgressCallback = ignore_progress,
) -> Survey:
    """Read a range, and return its contents.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    total = sum(offsets.size for offsets in sources.values())
    chooser = random.Random(0)  # noqa: S311 - for a fair sample
    read = accepted = size = 0
    sample: list[Record] = []
    async with contextlib.aclosing(cluster.read_range(sources)) as records:
        async for record in records:
            read += 1
            if not read % 1000:
                progress(read, total)
            if not accepts(record):
                continue
            accepted += 1
            size += record.size
            if len(sample) < SAMPLE_RECORDS:
                sample.append(record)
            elif (place := chooser.randrange(accepted)) < SAMPLE_RECORDS:
                sample[place] = record
    return Survey(read, accepted, size, tuple(sample))


async def trial(stage: Stage, settings: WorkerSettings, sample: tuple[Record, ...] = ()) -> Trial:
    """Load a stage's handler, and time it on a sample; nothing is written.

    Raises:
        HandlerError: it cannot be loaded.
    """
    if stage.store is not None:
        return await _stateful_trial(stage, settings, sample)
    pool = ProcessPool.of(stage, settings)
    try:
        version = await pool.start()
        if not sample:
            return Trial(version)
        await pool.compute(sample[0])  # the first record is slow: some things are loaded at first use
        return Trial(version, await _records_per_second(pool, sample))
    finally:
        await pool.close()


async def _stateful_trial(stage: Stage, settings: WorkerSettings, sample: tuple[Record, ...]) -> Trial:
    """Do the same for a stage with a store, with an empty state."""
    processes = KeeperProcesses(stage, settings)
    try:
        version = await processes.start()
        if not sample:
            return Trial(version)
        keeper = await processes.keeper()
        pool = processes.partition(keeper, lambda _: [], 0)
        try:
            await pool.submit(sample[0]).outcome
            return Trial(version, await _records_per_second(pool, sample))
        finally:
            await pool.close()
            await keeper.close()
    except StateError as error:
        raise HandlerError(str(error)) from error
    finally:
        await processes.close()


async def _records_per_second(pool: ProcessPool | PartitionPool, sample: tuple[Record, ...]) -> float:
    began = time.monotonic()
    outcomes = [pool.submit(record).outcome for record in sample]
    await asyncio.wait(outcomes, timeout=TRIAL_SECONDS)
    done = sum(outcome.done() for outcome in outcomes)
    return max(done, 1) / (time.monotonic() - began)


async def create_run(
    cluster: Cluster,
    stage: Stage,
    *,
    version: str,
    into: str | None,
    ranges: Mapping[int, OffsetRange],
    filters: Mapping[str, tuple[str, ...]],
    rate: float | None,
) -> Run:
    """Create the topics of a run, commit its start offsets, save it, and return it. It has read nothing yet.

    Args:
        version: version of the stage's handler.
        into: the topic to write instead of the stage's own, without prefix; None: a repair of the live topic.
        ranges: offsets to read, by partition of the stage's input topic.
        filters: which records are processed (see `filters.conditions`).
        rate: maximum number of records per second of each process; None: no limit.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    written = output_topics(stage, into)
    live = {s.topic.name: s for s in await cluster.topic_states((*stage.produces, stage.dead_letter_topic))}
    replication = max(state.replication for state in live.values())
    if into is not None:
        # Each new topic has as many partitions as the topic that it replaces: a page is in the same partition.
        like_live = [replace(topic, partitions=live[name].partitions) for name, topic in written.items()]
        await cluster.create_topics(like_live, replication=replication)
    partitions = await cluster.partitions(cluster.settings.on_cluster(topic.name) for topic in written.values())
    outputs: dict[str, dict[int, int]] = {topic.name: {} for topic in written.values()}
    for tp, held in (await cluster.offset_ranges(partitions)).items():
        outputs[tp.topic.removeprefix(cluster.settings.topic_prefix)][tp.partition] = held.stop
    now = datetime.now(UTC)
    run = Run(
        id=f"{stage.name}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        stage=stage.name,
        version=version,
        into=into,
        ranges=dict(ranges),
        outputs=outputs,
        filters=dict(filters),
        rate=rate,
        planned_at=now.replace(microsecond=0),
    )
    if stage.store is not None:
        await cluster.create_topics([stage.changelog_of(run.group)], replication=replication)
    starts = {tp: offsets.start for tp, offsets in run.sources(cluster.settings, stage).items()}
    await cluster.set_group_offsets(cluster.settings.on_cluster(run.group), starts)
    await save_run(cluster, run, replication)
    return run
