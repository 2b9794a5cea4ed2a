"""Reading the dead letters of stages."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from wiredesk.operations.page_urls import is_on_host, page_urls
from wiredesk.runtime.dead_letters import DeadLetter, parse_letter
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.topology import Stage

type LetterFilter = Callable[[DeadLetter], bool]


def accept_all(_: DeadLetter) -> bool:
    """Accept every dead letter."""
    return True


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of dead letters.

    Attributes:
        stages: the stages whose dead-letter topics are read.
        accepts: whether a dead letter is selected.
        since_ms: only those that arrived at this time or later, in milliseconds since 1970; None: all.
    """

    stages: tuple[Stage, ...]
    accepts: LetterFilter = accept_all
    since_ms: int | None = None


def select(
    stages: Mapping[str, Stage],
    *,
    topics: Sequence[str] | None = None,
    reasons: Sequence[str] | None = None,
    hosts: Sequence[str] | None = None,
    since_ms: int | None = None,
) -> Selection:
    """Return a selection: a dead letter must match one value of each argument that is not empty.

    Args:
        stages: all stages, by name.
        topics: names of dead-letter topics (without prefix) or of stages.
        reasons: codes such as `timeout`.
        hosts: hosts of pages; subdomains match, too.
        since_ms: only dead letters that arrived at this time or later, in milliseconds since 1970.

    Raises:
        UsageError: there is no such topic or stage.
    """

    def accepts(letter: DeadLetter) -> bool:
        if reasons and letter.reason not in reasons:
            return False
        return not hosts or any(is_on_host(url, host) for url in page_urls(letter.record) for host in hosts)

    return Selection(_stages(stages, topics), accepts, since_ms)


def _stages(stages: Mapping[str, Stage], names: Sequence[str] | None) -> tuple[Stage, ...]:
    if not names:
        return tuple(stages.values())
    by_name = {stage.dead_letter_topic.name: stage for stage in stages.values()} | dict(stages)
    if unknown := [name for name in names if name not in by_name]:
        raise UsageError(f"no dead-letter topic {unknown[0]}: there are {', '.join(by_name)}")
    return tuple({by_name[name].name: by_name[name] for name in names}.values())


async def read_letters(cluster: Cluster, selection: Selection) -> AsyncGenerator[DeadLetter]:
    """Yield the selected dead letters, oldest first within a partition; close it with `contextlib.aclosing`.

    Raises:
        UnavailableError: the cluster cannot be reached, or has no dead-letter topic of the stages.
    """
    by_topic = {cluster.settings.on_cluster(stage.dead_letter_topic.name): stage for stage in selection.stages}
    partitions = await dead_letter_partitions(cluster, selection.stages)
    ranges = await cluster.offset_ranges(partitions, since_ms=selection.since_ms)
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            letter = parse_letter(by_topic[record.topic], record)
            if letter is not None and selection.accepts(letter):
                yield letter


async def dead_letter_partitions(cluster: Cluster, stages: Iterable[Stage]) -> list[TopicPartition]:
    """Return the partitions of the dead-letter topics of stages; a stage that was just installed may have none yet.

    Raises:
        UnavailableError: the cluster cannot be reached, or none of the topics exists.
    """
    names = [cluster.settings.on_cluster(stage.dead_letter_topic.name) for stage in stages]
    return await cluster.partitions(names) or await cluster.required_partitions(names)
