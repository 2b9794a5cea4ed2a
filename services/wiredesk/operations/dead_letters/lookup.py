"""Finding one dead letter by its id."""

import contextlib
from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition

from wiredesk.operations.dead_letters.redrive_log import read_redrive_log
from wiredesk.operations.replays.run import load_runs, output_topics
from wiredesk.runtime.dead_letters import DeadLetter, parse_letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import parse_coordinates
from wiredesk.runtime.topology import Stage


async def find_letter(cluster: Cluster, stages: Mapping[str, Stage], letter_id: str) -> tuple[DeadLetter, int]:
    """Return a dead letter, and how often its record had been redriven before.

    Args:
        stages: all stages, by name. Dead-letter topics of their replays are searched, too.
        letter_id: `<dead-letter topic>/<partition>/<offset>`, with or without the prefix of topics.

    Raises:
        UsageError: there is no dead letter of that id.
        UnavailableError: the cluster cannot be reached.
    """
    letter = await _find(cluster, stages, letter_id)
    return letter, (await read_redrive_log(cluster)).rounds(letter)


async def _find(cluster: Cluster, stages: Mapping[str, Stage], letter_id: str) -> DeadLetter:
    at = parse_coordinates(letter_id)
    by_topic = {stage.dead_letter_topic.name: stage for stage in stages.values()}
    name = "" if at is None else at[0].removeprefix(cluster.settings.topic_prefix)
    if name not in by_topic:
        by_topic |= await _of_replays(cluster, stages)
    if at is None or name not in by_topic:
        raise UsageError(f"{letter_id!r} is not the id of a dead letter: write it like {_example(by_topic)}/0/17")
    stage, source, offset = by_topic[name], TopicPartition(cluster.settings.on_cluster(name), at[1]), at[2]
    exists = source in await cluster.partitions([source.topic])
    if exists and offset in (await cluster.offset_ranges([source]))[source]:
        async with contextlib.aclosing(cluster.read_range({source: OffsetRange(offset, offset + 1)})) as records:
            async for record in records:
                if (letter := parse_letter(stage, record)) is not None:
                    return letter
    raise UsageError(f"there is no dead letter {letter_id}: it was purged, or deleted by retention")


def _example(by_topic: Iterable[str]) -> str:
    return next(iter(by_topic), "pages.dlq")


async def _of_replays(cluster: Cluster, stages: Mapping[str, Stage]) -> dict[str, Stage]:
    """Return the dead-letter topics of runs that wrote to a topic of their own, with the stage of each run."""
    by_topic = {}
    for saved in (await load_runs(cluster)).values():
        if (stage := stages.get(saved.run.stage)) is not None:
            by_topic[output_topics(stage, saved.run.into)[stage.dead_letter_topic.name].name] = stage
    return by_topic
