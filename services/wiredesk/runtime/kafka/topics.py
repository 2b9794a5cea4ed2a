"""Creating topics, over a client of its own: the first thing that a deployment asks of a cluster."""

from collections.abc import Sequence

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic


async def create(
    settings: KafkaSettings, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create the topics that are missing, as `Cluster.create_topics` does; return their names."""
    async with Cluster(settings) as cluster:
        return await cluster.create_topics(topics, partitions=partitions, replication=replication)
