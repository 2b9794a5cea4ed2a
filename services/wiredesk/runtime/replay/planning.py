"""Planning a run: from times and offsets to what is read; what it would come to; and its beginning."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiokafka import TopicPartition

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.isolation import ProcessPool
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.progress import set_offsets
from wiredesk.runtime.kafka.reading import Span, between, ends
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay.run import Run, note_run, targets
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.worker.replay_scope import RecordFilter

PATIENCE_SECONDS = 60
"""For open transactions: what stands behind one cannot be read."""

SAMPLE_RECORDS = 64
TRIAL_SECONDS = 10.0
"""A trial ends after so long, however many records of its sample it has done."""

type PartialSpan = tuple[int, int | None]
"""Offsets of a partition as a person gives them: the first, and the one behind the last, or None: all there is."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a range holds.

    Attributes:
        read: records in it.
        wanted: of them, those that would be processed; `size` is their bytes.
        sample: some of those, chosen at random.
    """

    read: int
    wanted: int
    size: int
    sample: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A stage tried out: its version, and records a second that one worker of it does (None: there was no sample)."""

    version: str
    rate: float | None = None


async def spans(
    settings: KafkaSettings,
    stage: Stage,
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    offsets: Mapping[int, PartialSpan] | None = None,
) -> dict[int, Span]:
    """Return the offsets of a stage's input topic that are meant, by partition.

    Args:
        since_ms: records that arrived at that time or later, in milliseconds since 1970; None: from the first.
        until_ms: and before that time; None: up to where the topic ends now.
        offsets: by partition, within the times where both are given; partitions that are not there are not meant.

    Raises:
        UsageError: there is no such partition, or no offset in the range.
        UnavailableError: the cluster cannot be reached, or has no such topic.
    """
    partitions = await topics.inputs(settings, stage, offsets or ())
    there = await ends(settings, partitions, patience=PATIENCE_SECONDS)
    found = {tp.partition: span for tp, span in there.items()}
    if offsets:
        found = {number: _within(span, *offsets.get(number, (0, 0))) for number, span in found.items()}
    if since_ms is not None:
        begins = await ends(settings, partitions, since_ms=since_ms)
        found = {tp.partition: _within(found[tp.partition], begins[tp][0], None) for tp in partitions}
    if until_ms is not None:
        begins = await ends(settings, partitions, since_ms=until_ms)
        found = {tp.partition: _within(found[tp.partition], 0, begins[tp][0]) for tp in partitions}
    if all(first == last for first, last in found.values()):
        held = sum(last - first for first, last in there.values())
        raise UsageError(
            f"nothing to replay: {partitions[0].topic} has no record in that range (it holds {held} offsets in all)"
        )
    return found


def _within(span: Span, first: int, last: int | None) -> Span:
    begin = min(max(span[0], first), span[1])
    return begin, max(begin, span[1] if last is None else min(span[1], last))


async def held(settings: KafkaSettings, name: str) -> int:
    """Return how many offsets a topic holds; 0 where there is none of that name.

    Args:
        name: without prefix.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    topic = settings.on_cluster(name)
    count = (await topics.partitions(settings, [topic])).get(topic, 0)
    there = await ends(settings, [TopicPartition(topic, number) for number in range(count)]) if count else {}
    return sum(last - first for first, last in there.values())


async def survey(
    settings: KafkaSettings,
    sources: Mapping[TopicPartition, Span],
    wanted: RecordFilter,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Survey:
    """Read a range, and return what it holds.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    total = sum(last - first for first, last in sources.values())
    chooser = random.Random(0)  # noqa: S311 - for a fair sample
    read = chosen = size = 0
    sample: list[Record] = []
    async with contextlib.aclosing(between(settings, sources)) as reading:
        async for record in reading:
            read += 1
            if not read % 1000:
                progress(read, total)
            if not wanted(record):
                continue
            chosen += 1
            size += record.size
            if len(sample) < SAMPLE_RECORDS:
                sample.append(record)
            elif (place := chooser.randrange(chosen)) < SAMPLE_RECORDS:
                sample[place] = record
    return Survey(read, chosen, size, tuple(sample))


async def trial(stage: Stage, settings: WorkerSettings, sample: tuple[Record, ...] = ()) -> Trial:
    """Load a stage's handler, and time it on a sample; nothing is written.

    Raises:
        HandlerError: it cannot be loaded.
    """
    pool = ProcessPool.of(stage, settings)
    try:
        version = await pool.start()
        if not sample:
            return Trial(version)
        await pool.compute(sample[0])  # the first one pays for what is loaded late
        began = time.monotonic()
        outcomes = [pool.submit(record).outcome for record in sample]
        await asyncio.wait(outcomes, timeout=TRIAL_SECONDS)
        done = sum(outcome.done() for outcome in outcomes)
        return Trial(version, max(done, 1) / (time.monotonic() - began))
    finally:
        await pool.close()


async def begin(
    settings: KafkaSettings,
    stage: Stage,
    *,
    version: str,
    into: str | None,
    ranges: Mapping[int, Span],
    filters: Mapping[str, tuple[str, ...]],
    rate: float | None,
) -> Run:
    """Make the topics of a run, commit where it begins, note it, and return it. Nothing of it has been read then.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    written = targets(stage, into)
    live = {s.topic.name: s for s in await topics.states(settings, (*stage.produces, stage.dead_letter_topic))}
    replication = max(state.replication for state in live.values())
    if into is not None:
        # As many partitions as the topic that each stands for: a page is in the partition of the same number.
        like_live = [replace(topic, partitions=live[name].partitions) for name, topic in written.items()]
        await topics.create(settings, like_live, replication=replication)
    names = [settings.on_cluster(topic.name) for topic in written.values()]
    counts = await topics.partitions(settings, names)
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    outputs: dict[str, dict[int, int]] = {topic.name: {} for topic in written.values()}
    for tp, (_, last) in (await ends(settings, partitions)).items():
        outputs[tp.topic.removeprefix(settings.topic_prefix)][tp.partition] = last
    now = datetime.now(UTC)
    run = Run(
        id=f"{stage.name}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        stage=stage.name,
        version=version,
        into=into,
        spans=dict(ranges),
        outputs=outputs,
        filters=dict(filters),
        rate=rate,
        planned_at=now.replace(microsecond=0),
    )
    starts = {tp: first for tp, (first, _) in run.sources(settings, stage).items()}
    await set_offsets(settings, run.group, starts)
    await note_run(settings, run, replication)
    return run
