"""Finding one dead letter by its id."""

import contextlib
from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition

from wiredesk.operations.dead_letters.redrive_log import read_redrive_log
from wiredesk.operations.replays.run import load_runs, output_topics
from wiredesk.runtime.dead_letters import DeadLetter, parse_letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.records import parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage


async def find_letter(settings: KafkaSettings, stages: Mapping[str, Stage], letter_id: str) -> tuple[DeadLetter, int]:
    """Return a dead letter, and how often its record had been redriven before the stage gave up on it.

    Args:
        stages: by name. Dead-letter topics of their replays are searched, too.
        letter_id: `<dead-letter topic>/<partition>/<offset>`, with or without the prefix of topics.

    Raises:
        UsageError: there is no dead letter of that id.
        UnavailableError: the cluster cannot be reached.
    """
    letter = await _find(settings, stages, letter_id)
    return letter, (await read_redrive_log(settings)).rounds(letter)


async def _find(settings: KafkaSettings, stages: Mapping[str, Stage], letter_id: str) -> DeadLetter:
    at = parse_coordinates(letter_id)
    by_topic = {stage.dead_letter_topic.name: stage for stage in stages.values()}
    name = "" if at is None else at[0].removeprefix(settings.topic_prefix)
    if name not in by_topic:
        by_topic |= await _of_replays(settings, stages)
    if at is None or name not in by_topic:
        raise UsageError(f"{letter_id!r} is not the id of a dead letter: write it like {_example(by_topic)}/0/17")
    stage, source, offset = by_topic[name], TopicPartition(settings.on_cluster(name), at[1]), at[2]
    there = source.partition < (await topics.partitions(settings, [source.topic])).get(source.topic, 0)
    first, last = (await ends(settings, [source]))[source] if there else (0, 0)
    if first <= offset < last:
        async with contextlib.aclosing(between(settings, {source: (offset, offset + 1)})) as reading:
            async for record in reading:
                if (letter := parse_letter(stage, record)) is not None:
                    return letter
    raise UsageError(f"there is no dead letter {letter_id}: it was purged, or its retention has passed")


def _example(by_topic: Iterable[str]) -> str:
    return next(iter(by_topic), "pages.dlq")


async def _of_replays(settings: KafkaSettings, stages: Mapping[str, Stage]) -> dict[str, Stage]:
    """Return the dead-letter topics of runs that wrote to a topic of their own, with the stage of each run."""
    by_topic = {}
    for saved in (await load_runs(settings)).values():
        if (stage := stages.get(saved.run.stage)) is not None:
            by_topic[output_topics(stage, saved.run.into)[stage.dead_letter_topic.name].name] = stage
    return by_topic
