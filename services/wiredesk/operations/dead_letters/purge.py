"""Deleting dead letters permanently."""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import TopicAuthorizationFailedError

from wiredesk.operations.dead_letters.reading import dead_letter_partitions
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.topology import Stage


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What would be deleted.

    Attributes:
        stop_offsets: by partition, the exclusive end of the records to delete.
        by_topic: dead letters that would be deleted, by topic as named on the cluster.
    """

    stop_offsets: Mapping[TopicPartition, int]
    by_topic: Mapping[str, int]

    @property
    def count(self) -> int:
        """Dead letters that would be deleted."""
        return sum(self.by_topic.values())


async def plan_purge(cluster: Cluster, stages: Sequence[Stage], *, before_ms: int | None = None) -> PurgePlan:
    """Return which dead letters of stages would be deleted.

    Args:
        before_ms: only those that arrived before this time, in milliseconds since 1970; None: all.

    Raises:
        UnavailableError: the cluster cannot be reached, or has no dead-letter topic of the stages.
    """
    partitions = await dead_letter_partitions(cluster, stages)
    ranges = await cluster.offset_ranges(partitions)
    if before_ms is not None:
        later = await cluster.offset_ranges(partitions, since_ms=before_ms)
        ranges = {tp: OffsetRange(there.start, later[tp].start) for tp, there in ranges.items()}
    by_topic: Counter[str] = Counter()
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            by_topic[record.topic] += 1
    stops = {tp: there.stop for tp, there in ranges.items() if tp.topic in by_topic and there.size}
    return PurgePlan(stops, dict(by_topic))


async def purge(cluster: Cluster, plan: PurgePlan) -> None:
    """Delete the records of a plan.

    Raises:
        ForbiddenError: Kafka does not allow it.
        UnavailableError: the cluster cannot be reached.
    """
    async with clients.started(clients.admin(cluster.settings), cluster.settings) as admin:
        try:
            await admin.delete_records(
                {tp: RecordsToDelete(before_offset=stop) for tp, stop in plan.stop_offsets.items()}
            )
        except TopicAuthorizationFailedError as error:
            names = ", ".join(sorted(plan.by_topic))
            raise authorization.forbidden(cluster.settings, "DELETE", f"topic {names}") from error
