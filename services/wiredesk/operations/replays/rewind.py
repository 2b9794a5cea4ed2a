"""Rewinding: the committed offsets of a stage's live workers are moved by hand, only while none of them runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import clients, topics
from wiredesk.runtime.kafka.progress import committed, group_state, set_offsets
from wiredesk.runtime.kafka.reading import ends
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

IDLE = ("Empty", "Dead")
"""States of a consumer group without members, as Kafka calls them."""


@dataclass(frozen=True, slots=True)
class OffsetMove:
    """A partition whose committed offset is moved.

    Attributes:
        source: the partition, as named on the cluster.
        before: the committed offset now; the first that the partition has where none is committed.
        after: the committed offset afterwards, within what the partition has.
    """

    source: TopicPartition
    before: int
    after: int

    @property
    def again(self) -> int:
        """Offsets that will be read again; negative: offsets that will be skipped."""
        return self.before - self.after


async def plan_rewind(
    settings: KafkaSettings, stage: Stage, *, since_ms: int | None = None, offsets: Mapping[int, int] | None = None
) -> list[OffsetMove]:
    """Return how a stage's committed offsets would move.

    Args:
        since_ms: to the first record that arrived at that time or later, in milliseconds since 1970; None: to the end.
        offsets: by partition; they take precedence over the time.

    Raises:
        UsageError: there is no such partition.
        UnavailableError: the cluster cannot be reached, or a topic of the stage is missing.
    """
    partitions = await topics.inputs(settings, stage, offsets or ())
    there = await ends(settings, partitions)
    later = await ends(settings, partitions, since_ms=since_ms) if since_ms is not None else there
    current = await committed(settings, [stage])
    moves = []
    for tp in partitions:
        first, last = there[tp]
        now = current[tp].offset if tp in current else first
        after = later[tp][0] if since_ms is not None else last
        if offsets:
            after = offsets.get(tp.partition, now)
        moves.append(OffsetMove(tp, max(first, now), min(last, max(first, after))))
    return moves


async def rewind(settings: KafkaSettings, stage: Stage, moves: Sequence[OffsetMove]) -> None:
    """Move a stage's committed offsets.

    Raises:
        UsageError: a worker of the stage runs.
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        state, _ = await group_state(admin, settings.on_cluster(stage.group))
    if state not in IDLE:
        raise UsageError(f"{stage.name} has workers (its group is {state}): stop them all, then rewind")
    await set_offsets(settings, stage.group, {move.source: move.after for move in moves})
