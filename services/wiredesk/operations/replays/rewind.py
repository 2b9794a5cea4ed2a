"""Rewinding: moving the committed offsets of a stage's live workers, only while none of them runs.

The state of a stage with a store stays as it is, unless it is emptied, too: then it is built again from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.topology import Stage, Topic


@dataclass(frozen=True, slots=True)
class OffsetMove:
    """A partition whose committed offset is moved.

    Attributes:
        source: the partition, as named on the cluster.
        before: the current committed offset; the partition's first offset if none is committed.
        after: the new committed offset, within the offsets of the partition.
    """

    source: TopicPartition
    before: int
    after: int

    @property
    def again(self) -> int:
        """Offsets that will be read again; negative: offsets that will be skipped."""
        return self.before - self.after


async def plan_rewind(
    cluster: Cluster, stage: Stage, *, since_ms: int | None = None, offsets: Mapping[int, int] | None = None
) -> list[OffsetMove]:
    """Return how a stage's committed offsets would move.

    Args:
        since_ms: to the first record that arrived at this time or later, in milliseconds since 1970; None: to the end.
        offsets: by partition; they take precedence over the time.

    Raises:
        UsageError: there is no such partition.
        UnavailableError: the cluster cannot be reached, or a topic of the stage is missing.
    """
    partitions = await cluster.input_partitions(stage, offsets or ())
    there = await cluster.offset_ranges(partitions)
    later = there if since_ms is None else await cluster.offset_ranges(partitions, since_ms=since_ms)
    committed = await cluster.committed_offsets(stage)
    moves = []
    for tp in partitions:
        start, stop = there[tp]
        now = committed[tp].offset if tp in committed else start
        after = stop if since_ms is None else later[tp].start
        if offsets:
            after = offsets.get(tp.partition, now)
        moves.append(OffsetMove(tp, max(start, now), min(stop, max(start, after))))
    return moves


async def rewind(cluster: Cluster, stage: Stage, moves: Sequence[OffsetMove]) -> None:
    """Move a stage's committed offsets.

    Raises:
        UsageError: a worker of the stage runs.
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    name = cluster.settings.on_cluster(stage.group)
    await check_idle(cluster, stage)
    await cluster.set_group_offsets(name, {move.source: move.after for move in moves})


async def check_idle(cluster: Cluster, stage: Stage) -> None:
    """Check that no worker of a stage runs.

    Raises:
        UsageError: one does.
        UnavailableError: the cluster cannot be reached.
    """
    group = await cluster.describe_group(cluster.settings.on_cluster(stage.group))
    if not group.is_idle:
        raise UsageError(f"{stage.name} has workers (its group is {group.state}): stop them all, then rewind")


def state_of(stage: Stage) -> Topic:
    """Return the topic of the changes of a stage's store.

    Raises:
        UsageError: it has no store.
    """
    if stage.changelog is None:
        raise UsageError(f"--empty-state: {stage.name} has no store")
    return stage.changelog


async def empty_state(cluster: Cluster, stage: Stage) -> None:
    """Empty the state of a stage with a store, in all partitions: its changelog is deleted, and created again.

    The committed offsets belong to the state that is gone: until they are set again, no lane opens.

    Raises:
        UsageError: it has no store, or a worker of the stage runs.
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    changelog = state_of(stage)
    await check_idle(cluster, stage)
    name = cluster.settings.on_cluster(changelog.name)
    there = (await cluster.describe_topics([name])).get(name)
    await cluster.delete_topic(changelog)
    await cluster.create_topics([changelog], replication=1 if there is None else there.partitions[0].replicas)
