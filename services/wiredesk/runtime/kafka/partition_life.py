"""Transitional names of `partition_identity`, and of `Cluster.topic_id`."""

from typing import Any

from aiokafka.admin import AIOKafkaAdminClient

from wiredesk.runtime.kafka.partition_identity import PartitionIdentities as PartitionLives
from wiredesk.runtime.kafka.partition_identity import PartitionIdentity as PartitionLife
from wiredesk.runtime.kafka.partition_identity import format_topic_id
from wiredesk.runtime.kafka.protocol import TopicMetadata

__all__ = ["PartitionLife", "PartitionLives"]


async def topic_id(admin: AIOKafkaAdminClient, topic: str) -> str:
    """Use `Cluster.topic_id`."""
    client: Any = admin._client  # noqa: SLF001 - transitional
    response = await client.send(client.get_random_node(), TopicMetadata(topic))
    ((error, _, found, *_),) = response.topics
    return "" if error else format_topic_id(found)
