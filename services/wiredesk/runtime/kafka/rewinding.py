"""Rewinding: where a stage reads on, set by hand; only while none of its workers runs."""

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
class Move:
    """A partition whose committed offset is moved.

    Attributes:
        before: committed now; the first that is there where nothing is.
        after: committed then, within what is there.
    """

    source: TopicPartition
    before: int
    after: int

    @property
    def again(self) -> int:
        """Offsets that will be read again; negative: that will be passed over."""
        return self.before - self.after


async def planned(
    settings: KafkaSettings, stage: Stage, *, since_ms: int | None = None, offsets: Mapping[int, int] | None = None
) -> list[Move]:
    """Return how a stage's offsets would move.

    Args:
        since_ms: to the first record that arrived at that time or later, in milliseconds since 1970; None: to the end.
        offsets: by partition, before the time.

    Raises:
        UsageError: there is no such partition.
        UnavailableError: the cluster cannot be reached, or has no such topic.
    """
    partitions = await topics.inputs(settings, stage, offsets or ())
    there = await ends(settings, partitions)
    wanted = await ends(settings, partitions, since_ms=since_ms) if since_ms is not None else there
    done = await committed(settings, [stage])
    moves = []
    for tp in partitions:
        first, last = there[tp]
        now = done[tp].offset if tp in done else first
        after = wanted[tp][0] if since_ms is not None else last
        if offsets:
            after = offsets.get(tp.partition, now)
        moves.append(Move(tp, max(first, now), min(last, max(first, after))))
    return moves


async def rewind(settings: KafkaSettings, stage: Stage, moves: Sequence[Move]) -> None:
    """Move a stage's offsets.

    Raises:
        UsageError: a worker of the stage runs.
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        state, _ = await group_state(admin, settings.on_cluster(stage.group))
    if state not in IDLE:
        raise UsageError(f"{stage.name} has workers (its group is {state}): stop them all, then rewind")
    await set_offsets(settings, stage.group, {move.source: move.after for move in moves})
