"""Where an epoch of a partition's leader ended: how far the log still is the one that was read (KIP-101, KIP-320)."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Int16, Int32, Int64, Schema, TaggedFields

from wiredesk.runtime.kafka.by_partition import answer_schema, ask_leader, by_partition


class OffsetForLeaderEpochResponse_v4(Response):  # noqa: N801 - named as aiokafka names its messages
    """The answer."""

    API_KEY = 23
    API_VERSION = 4
    SCHEMA = answer_schema(("error_code", Int16), ("partition", Int32), ("leader_epoch", Int32), ("end_offset", Int64))


class OffsetForLeaderEpochRequest_v4(RequestStruct):  # noqa: N801 - the same
    """The question."""

    API_KEY = 23
    API_VERSION = 4
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = OffsetForLeaderEpochResponse_v4
    SCHEMA = Schema(
        ("replica_id", Int32),
        by_partition(("partition", Int32), ("current_leader_epoch", Int32), ("leader_epoch", Int32)),
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
    response: Any = await ask_leader(consumer, source, EndOfEpoch(source, epoch))
    ((_, ((error, _, _, end, _),), _),) = response.topics
    if error:
        raise for_code(error)(f"{source.topic}/{source.partition}")
    return None if end < 0 else int(end)
