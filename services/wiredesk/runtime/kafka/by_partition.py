"""Messages of our own to a partition's leader, and the part of them that is always the same."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.protocol.api import Request, Response
from aiokafka.protocol.types import CompactArray, CompactString, Int32, Schema, TaggedFields

type Field = tuple[str, Any]


def by_partition(*fields: Field) -> Field:
    """Return the field `topics` of a flexible message: for each partition of a topic the fields that are given."""
    partitions = CompactArray(*fields, ("tags", TaggedFields))
    return "topics", CompactArray(("topic", CompactString("utf-8")), ("partitions", partitions), ("tags", TaggedFields))


def answer_schema(*fields: Field) -> Schema:
    """Return the schema of an answer about partitions."""
    return Schema(("throttle_time_ms", Int32), by_partition(*fields), ("tags", TaggedFields))


async def ask_leader(
    client: AIOKafkaConsumer | AIOKafkaClient, source: TopicPartition, request: Request[Any]
) -> Response:
    """Ask a partition's leader, on a connection of its own: a broker answers those of one in order.

    Args:
        client: a consumer, or what it consists of.

    Raises:
        KafkaError: the leader is not known, or does not answer.
    """
    if isinstance(client, AIOKafkaConsumer):
        client = client._client  # noqa: SLF001 - aiokafka has no public way to send a request of one's own
    leader = client.cluster.leader_for_partition(source)
    answer: Response = await client.send(leader, request, group=ConnectionGroup.COORDINATION)
    return answer
