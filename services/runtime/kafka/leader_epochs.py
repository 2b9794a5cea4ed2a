"""Where an epoch of a partition's leader ended: how far the log still is the one that was read (KIP-101, KIP-320)."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields


class OffsetForLeaderEpochResponse_v4(Response):  # noqa: N801 - named as aiokafka names its messages
    """The answer."""

    API_KEY = 23
    API_VERSION = 4
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader_epoch", Int32),
                        ("end_offset", Int64),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class OffsetForLeaderEpochRequest_v4(RequestStruct):  # noqa: N801 - the same
    """The question."""

    API_KEY = 23
    API_VERSION = 4
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = OffsetForLeaderEpochResponse_v4
    SCHEMA = Schema(
        ("replica_id", Int32),
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("current_leader_epoch", Int32),
                        ("leader_epoch", Int32),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class EndOfEpoch(Request[OffsetForLeaderEpochRequest_v4]):
    """Builds the question for one partition."""

    API_KEY = 23

    def __init__(self, source: TopicPartition, epoch: int) -> None:
        self._source = source
        self._epoch = epoch

    def build(self, request_struct_class: type[OffsetForLeaderEpochRequest_v4]) -> OffsetForLeaderEpochRequest_v4:
        """Return the message, as a consumer sends it (replica -1)."""
        topics: list[Any] = [(self._source.topic, [(self._source.partition, -1, self._epoch, {})], {})]
        return request_struct_class(-1, topics, {})


async def end_of_epoch(consumer: AIOKafkaConsumer, source: TopicPartition, epoch: int) -> int | None:
    """Return the offset after the last record that the leader of an epoch wrote, as the log has it now.

    None where the leader does not know that epoch any more.

    Raises:
        KafkaError: the leader refuses, or does not answer.
    """
    client: Any = consumer._client  # noqa: SLF001 - aiokafka has no public way to send a request of one's own
    leader = client.cluster.leader_for_partition(source)
    response = await client.send(leader, EndOfEpoch(source, epoch), group=ConnectionGroup.COORDINATION)
    ((_, ((error, _, _, end, _),), _),) = response.topics
    if error:
        raise for_code(error)(f"{source.topic}/{source.partition}")
    return None if end < 0 else int(end)
