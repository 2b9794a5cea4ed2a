"""Deleting dead letters for good."""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import TopicAuthorizationFailedError

from wiredesk.runtime.kafka import authorization, clients, topics
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What would be deleted.

    Attributes:
        stop_offsets: by partition, the offset before which all records are deleted.
        by_topic: dead letters that would be deleted, by topic as named on the cluster.
    """

    stop_offsets: Mapping[TopicPartition, int]
    by_topic: Mapping[str, int]

    @property
    def count(self) -> int:
        """Dead letters that would be deleted."""
        return sum(self.by_topic.values())


async def plan_purge(settings: KafkaSettings, stages: Sequence[Stage], *, before_ms: int | None = None) -> PurgePlan:
    """Return which dead letters of stages would be deleted.

    Args:
        before_ms: only those that arrived before that time, in milliseconds since 1970; None: all.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    counts = await topics.partitions(settings, [settings.on_cluster(stage.dead_letter_topic.name) for stage in stages])
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    if not partitions:
        return PurgePlan({}, {})
    spans = await ends(settings, partitions)
    if before_ms is not None:
        later = await ends(settings, partitions, since_ms=before_ms)
        spans = {tp: (first, later[tp][0]) for tp, (first, _) in spans.items()}
    by_topic: Counter[str] = Counter()
    async with contextlib.aclosing(between(settings, spans)) as reading:
        async for record in reading:
            by_topic[record.topic] += 1
    stops = {tp: last for tp, (first, last) in spans.items() if tp.topic in by_topic and first < last}
    return PurgePlan(stops, dict(by_topic))


async def purge(settings: KafkaSettings, plan: PurgePlan) -> None:
    """Delete what a plan says.

    Raises:
        ForbiddenError: Kafka does not allow it.
        UnavailableError: the cluster cannot be reached.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        try:
            await admin.delete_records(
                {tp: RecordsToDelete(before_offset=stop) for tp, stop in plan.stop_offsets.items()}
            )
        except TopicAuthorizationFailedError as error:
            names = ", ".join(sorted(plan.by_topic))
            raise authorization.forbidden(settings, "DELETE", f"topic {names}") from error
