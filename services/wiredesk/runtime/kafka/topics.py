"""Topics on the cluster: created as the topology says, and listed beside it, over a client of its own."""

from collections.abc import Iterable, Sequence

from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.descriptions import TopicState
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic

__all__ = ["TopicState"]


async def create(
    settings: KafkaSettings, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
) -> list[str]:
    """Create the topics that are missing: see `Cluster.create_topics`."""
    async with Cluster(settings) as cluster:
        return await cluster.create_topics(topics, partitions=partitions, replication=replication)


async def states(settings: KafkaSettings, topics: Sequence[Topic]) -> list[TopicState]:
    """Use `Cluster.topic_states`."""
    async with Cluster(settings) as cluster:
        return await cluster.topic_states(topics)


async def require(settings: KafkaSettings, stage: Stage) -> int:
    """Use `Cluster.input_partitions`."""
    async with Cluster(settings) as cluster:
        return len(await cluster.input_partitions(stage))


async def partitions(settings: KafkaSettings, names: Sequence[str]) -> dict[str, int]:
    """Use `Cluster.describe_topics`."""
    async with Cluster(settings) as cluster:
        return {name: len(topic.partitions) for name, topic in (await cluster.describe_topics(names)).items()}


async def inputs(settings: KafkaSettings, stage: Stage, asked: Iterable[int] = ()) -> list[TopicPartition]:
    """Use `Cluster.input_partitions`."""
    async with Cluster(settings) as cluster:
        return await cluster.input_partitions(stage, asked)
