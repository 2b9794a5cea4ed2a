"""Topics for tests and benchmarks."""

from collections.abc import Sequence

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic


async def create(
    kafka: KafkaSettings, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create topics, over a client of its own; see `Cluster.create_topics`."""
    async with Cluster(kafka) as cluster:
        return await cluster.create_topics(topics, partitions=partitions, replication=replication)
