"""The identity of a partition: a topic that is deleted and created again starts at offset 0 under the same name.

Offsets of the old and of the new topic differ by the topic's id. Within one topic, an unclean leader election may
truncate the log. Then the leader epoch has changed, and the end offset of the old epoch says up to where the log is the
same.
"""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import LeaderNotAvailableError, NotLeaderForPartitionError, for_code

from wiredesk.runtime.kafka.protocol import OffsetForLeaderEpoch, TopicMetadata, ask_leader


@dataclass(frozen=True, slots=True)
class PartitionIdentity:
    """Topic id and leader epoch: while they are the same, the partition's offsets belong to the same records.

    Attributes:
        topic_id: as Kafka's own tools write it: 22 characters.
        leader_epoch: grows with each election of its leader.
    """

    topic_id: str
    leader_epoch: int


def format_topic_id(topic_id: bytes) -> str:
    """Return a topic id as Kafka's own tools write it."""
    return base64.urlsafe_b64encode(topic_id).decode("ascii").rstrip("=")


@dataclass(frozen=True, slots=True)
class _Answer:
    """A broker's answer about a topic.

    Attributes:
        asked_at: when the request was sent, by the clock of the event loop.
        topic_id: id of the topic.
        leaders: leader and leader epoch of each partition, by number.
        error: error code of the topic.
    """

    asked_at: float
    topic_id: str
    leaders: dict[int, tuple[int, int]]
    error: int


class PartitionIdentities:
    """The identities of a consumer's partitions, as their leaders know them.

    A leader knows that a topic was created again before it serves a record of it. So an answer to a request that was
    sent after a record was fetched is valid for that record. Lanes that ask at the same time share one request.
    """

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._client: Any = consumer._client  # noqa: SLF001 - aiokafka has no public way to send a request of one's own
        self._answers: dict[tuple[int, str], asyncio.Task[_Answer]] = {}

    async def of(self, source: TopicPartition, not_before: float) -> PartitionIdentity:
        """Return the identity of a partition.

        Args:
            source: the partition.
            not_before: the request must have been sent at this time or later, by the clock of the event loop.

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
        named, epoch = answer.leaders.get(source.partition, (-1, -1))
        if named != leader:
            self._client.force_metadata_update()
            raise NotLeaderForPartitionError(
                f"the leader of {source.topic}/{source.partition} is {named}, not {leader}"
            )
        return PartitionIdentity(answer.topic_id, epoch)

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
        # A separate connection: a broker answers the requests of a connection in order, and a fetch may be waiting.
        response = await self._client.send(node, TopicMetadata(topic), group=ConnectionGroup.COORDINATION)
        ((error, _, topic_id, _, partitions, _, _),) = response.topics
        return _Answer(
            asked_at, format_topic_id(topic_id), {p: (leader, epoch) for _, p, leader, epoch, *_ in partitions}, error
        )


def _is_fresh(asking: asyncio.Task[_Answer], not_before: float) -> bool:
    return asking.done() and asking.exception() is None and asking.result().asked_at >= not_before


async def epoch_end_offset(consumer: AIOKafkaConsumer, source: TopicPartition, epoch: int) -> int | None:
    """Return the offset after the last record of a leader epoch, as the log is now.

    None if the leader does not know that epoch any more.

    Raises:
        KafkaError: the leader refuses, or does not answer.
    """
    response: Any = await ask_leader(consumer, source, OffsetForLeaderEpoch(source, epoch))
    ((_, ((error, _, _, end, _),), _),) = response.topics
    if error:
        raise for_code(error)(f"{source.topic}/{source.partition}")
    return None if end < 0 else int(end)
