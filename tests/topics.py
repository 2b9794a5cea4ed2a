"""Topics for tests and benchmarks."""

from collections.abc import Sequence

from wiredesk.pipeline import STAGES
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic, changelogs_of


async def create(
    kafka: KafkaSettings, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create topics, and those of the stores of our stages that read them, over a client of its own.

    See `Cluster.create_topics`.
    """
    changelogs = changelogs_of(stage for stage in STAGES.values() if stage.consumes in topics)
    async with Cluster(kafka) as cluster:
        return await cluster.create_topics((*topics, *changelogs), partitions=partitions, replication=replication)
