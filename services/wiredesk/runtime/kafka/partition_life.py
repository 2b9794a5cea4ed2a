"""Which life of a partition it is: a topic that is deleted and made anew begins at offset 0 under the same name.

The offsets of a life are told apart from those of another by the topic's id; within one, an unclean election of a
leader may cut a log back, and then the leader's epoch is another. aiokafka asks for metadata by version 5, which says
neither; version 12 says both.
"""

import asyncio
import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import ConnectionGroup
from aiokafka.errors import LeaderNotAvailableError, NotLeaderForPartitionError, for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)


@dataclass(frozen=True, slots=True)
class PartitionLife:
    """A life of a partition.

    Attributes:
        topic_id: as Kafka's own tools write it: 22 characters.
        leader_epoch: counts the elections of its leader.
    """

    topic_id: str
    leader_epoch: int


class Uuid(AbstractType[bytes]):
    """An id of 16 bytes."""

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        """Return it as it goes on the wire."""
        return value

    @classmethod
    def decode(cls, data: BytesIO) -> bytes:
        """Read it from the wire."""
        return data.read(16)


class MetadataResponse_v12(Response):  # noqa: N801 - named as aiokafka names its messages
    """The answer."""

    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class MetadataRequest_v12(RequestStruct):  # noqa: N801 - the same
    """The question, for topics by name."""

    API_KEY = 3
    API_VERSION = 12
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = MetadataResponse_v12
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class TopicMetadata(Request[MetadataRequest_v12]):
    """Builds the question for topics."""

    API_KEY = 3

    def __init__(self, *topics: str) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[MetadataRequest_v12]) -> MetadataRequest_v12:
        """Return the message."""
        topics: list[Any] = [(bytes(16), topic, {}) for topic in self._topics]
        return request_struct_class(topics, False, False, {})  # noqa: FBT003 - positional, as the protocol has it


async def topic_id(admin: AIOKafkaAdminClient, topic: str) -> str:
    """Return the id of a topic; empty where there is none of that name, or we may not see it.

    Raises:
        KafkaError: no broker answers.
    """
    client: Any = admin._client  # noqa: SLF001 - see below
    response = await client.send(client.get_random_node(), TopicMetadata(topic))
    ((error, _, found, *_),) = response.topics
    return "" if error else format_topic_id(found)


def format_topic_id(topic_id: bytes) -> str:
    """Return a topic id as Kafka's own tools write it."""
    return base64.urlsafe_b64encode(topic_id).decode("ascii").rstrip("=")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a broker said: partitions by number, or the error of the topic; and when it was asked (loop's clock)."""

    asked_at: float
    topic_id: str
    partitions: dict[int, tuple[int, int]]
    error: int


class PartitionLives:
    """Asks the leaders of a consumer's partitions which life they are in.

    A leader knows of a new life before it serves a record of it. So an answer of the leader that was asked for after a
    record was fetched holds for that record. Lanes that ask at the same time share a question.
    """

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._client: Any = consumer._client  # noqa: SLF001 - aiokafka has no public way to send a request of one's own
        self._answers: dict[tuple[int, str], asyncio.Task[_Answer]] = {}

    async def of(self, source: TopicPartition, not_before: float) -> PartitionLife:
        """Return the life that a partition is in.

        Args:
            not_before: the leader must have been asked then or later, by the loop's clock.

        Raises:
            KafkaError: the leader is not known or does not answer, or the topic is gone.
        """
        leader = self._client.cluster.leader_for_partition(source)
        if leader is None or leader < 0:
            self._client.force_metadata_update()
            raise LeaderNotAvailableError(f"{source.topic}/{source.partition} has no leader")
        answer = await self._ask(leader, source.topic, not_before)
        if answer.error:
            raise for_code(answer.error)(source.topic)
        named, epoch = answer.partitions.get(source.partition, (-1, -1))
        if named != leader:
            self._client.force_metadata_update()
            raise NotLeaderForPartitionError(f"{source.topic}/{source.partition} is led by {named}, not by {leader}")
        return PartitionLife(answer.topic_id, epoch)

    async def _ask(self, node: int, topic: str, not_before: float) -> _Answer:
        while True:
            asking = self._answers.get((node, topic))
            if asking is None or (asking.done() and not _is_fresh(asking, not_before)):
                asking = self._answers[node, topic] = asyncio.create_task(self._send(node, topic))
            await asyncio.wait({asking})
            if _is_fresh(asking, not_before) or asking.exception() is not None:
                return asking.result()

    async def _send(self, node: int, topic: str) -> _Answer:
        asked_at = asyncio.get_running_loop().time()
        # On a connection of its own: a broker answers the requests of one in order, and a fetch may wait there.
        response = await self._client.send(node, TopicMetadata(topic), group=ConnectionGroup.COORDINATION)
        ((error, _, topic_id, _, partitions, _, _),) = response.topics
        return _Answer(
            asked_at, format_topic_id(topic_id), {p: (leader, epoch) for _, p, leader, epoch, *_ in partitions}, error
        )


def _is_fresh(asking: asyncio.Task[_Answer], not_before: float) -> bool:
    return asking.done() and asking.exception() is None and asking.result().asked_at >= not_before
