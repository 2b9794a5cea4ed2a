"""Messages of Kafka's protocol that the client library lacks, and sending them.

Classes are named as in the library: a request and a response with their version, and a builder without one.
"""

from io import BytesIO
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

type Field = tuple[str, Any]
"""Name and type of a field of a message."""


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


def by_partition(*fields: Field) -> Field:
    """Return the field `topics` of a flexible message: the given fields for each partition of each topic."""
    partitions = CompactArray(*fields, ("tags", TaggedFields))
    return "topics", CompactArray(("topic", CompactString("utf-8")), ("partitions", partitions), ("tags", TaggedFields))


def response_schema(*fields: Field) -> Schema:
    """Return the schema of a response about partitions."""
    return Schema(("throttle_time_ms", Int32), by_partition(*fields), ("tags", TaggedFields))


# Metadata, version 12: with the ids of topics and the epochs of leaders. The library has version 5.


class MetadataResponse_v12(Response):  # noqa: N801 - named as in the library
    """The response."""

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


class MetadataRequest_v12(RequestStruct):  # noqa: N801 - named as in the library
    """The request, for topics by name."""

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
    """Builds the request for topics."""

    API_KEY = 3

    def __init__(self, *topics: str) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[MetadataRequest_v12]) -> MetadataRequest_v12:
        """Return the message."""
        topics: list[Any] = [(bytes(16), topic, {}) for topic in self._topics]
        return request_struct_class(topics, False, False, {})  # noqa: FBT003 - positional, as the protocol has it


# OffsetFetch, version 7 (KIP-447): can be refused while a transaction may change the offset. The library has 3.


class OffsetFetchResponse_v7(Response):  # noqa: N801 - named as in the library
    """The response, with an error for each partition and one for all."""

    API_KEY = 9
    API_VERSION = 7
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            CompactArray(
                ("name", CompactString("utf-8")),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("offset", Int64),
                        ("leader_epoch", Int32),
                        ("metadata", CompactString("utf-8")),
                        ("error_code", Int16),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("error_code", Int16),
        ("tags", TaggedFields),
    )


class OffsetFetchRequest_v7(RequestStruct):  # noqa: N801 - named as in the library
    """The request; `require_stable` makes the coordinator refuse while a transaction is pending."""

    API_KEY = 9
    API_VERSION = 7
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = OffsetFetchResponse_v7
    SCHEMA = Schema(
        ("group_id", CompactString("utf-8")),
        (
            "topics",
            CompactArray(("name", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)),
        ),
        ("require_stable", Boolean),
        ("tags", TaggedFields),
    )


class StableOffsetFetch(Request[OffsetFetchRequest_v7]):
    """Builds the request for one partition."""

    API_KEY = 9

    def __init__(self, group: str, source: TopicPartition) -> None:
        self._group = group
        self._source = source

    def build(self, request_struct_class: type[OffsetFetchRequest_v7]) -> OffsetFetchRequest_v7:
        """Return the message."""
        topics: list[Any] = [(self._source.topic, [self._source.partition], {})]
        return request_struct_class(self._group, topics, True, {})  # noqa: FBT003 - positional, as the protocol has it


# OffsetForLeaderEpoch, version 4 (KIP-320).


class OffsetForLeaderEpochResponse_v4(Response):  # noqa: N801 - named as in the library
    """The response."""

    API_KEY = 23
    API_VERSION = 4
    SCHEMA = response_schema(
        ("error_code", Int16), ("partition", Int32), ("leader_epoch", Int32), ("end_offset", Int64)
    )


class OffsetForLeaderEpochRequest_v4(RequestStruct):  # noqa: N801 - named as in the library
    """The request."""

    API_KEY = 23
    API_VERSION = 4
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = OffsetForLeaderEpochResponse_v4
    SCHEMA = Schema(
        ("replica_id", Int32),
        by_partition(("partition", Int32), ("current_leader_epoch", Int32), ("leader_epoch", Int32)),
        ("tags", TaggedFields),
    )


class OffsetForLeaderEpoch(Request[OffsetForLeaderEpochRequest_v4]):
    """Builds the request for one partition."""

    API_KEY = 23

    def __init__(self, source: TopicPartition, epoch: int) -> None:
        self._source = source
        self._epoch = epoch

    def build(self, request_struct_class: type[OffsetForLeaderEpochRequest_v4]) -> OffsetForLeaderEpochRequest_v4:
        """Return the message, as a consumer sends it (replica -1)."""
        topics: list[Any] = [(self._source.topic, [(self._source.partition, -1, self._epoch, {})], {})]
        return request_struct_class(-1, topics, {})


# DescribeProducers, version 0 (KIP-664).


class DescribeProducersResponse_v0(Response):  # noqa: N801 - named as in the library
    """The response."""

    API_KEY = 61
    API_VERSION = 0
    SCHEMA = response_schema(
        ("partition", Int32),
        ("error_code", Int16),
        ("error_message", CompactString("utf-8")),
        (
            "producers",
            CompactArray(
                ("producer_id", Int64),
                ("producer_epoch", Int32),
                ("last_sequence", Int32),
                ("last_timestamp", Int64),
                ("coordinator_epoch", Int32),
                ("start_offset", Int64),
                ("tags", TaggedFields),
            ),
        ),
    )


class DescribeProducersRequest_v0(RequestStruct):  # noqa: N801 - named as in the library
    """The request."""

    API_KEY = 61
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = DescribeProducersResponse_v0
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)
            ),
        ),
        ("tags", TaggedFields),
    )


class DescribeProducers(Request[DescribeProducersRequest_v0]):
    """Builds the request for one partition."""

    API_KEY = 61

    def __init__(self, source: TopicPartition) -> None:
        self._source = source

    def build(self, request_struct_class: type[DescribeProducersRequest_v0]) -> DescribeProducersRequest_v0:
        """Return the message."""
        topics: list[Any] = [(self._source.topic, [self._source.partition], {})]
        return request_struct_class(topics, {})


async def ask_leader(
    client: AIOKafkaConsumer | AIOKafkaClient, source: TopicPartition, request: Request[Any]
) -> Response:
    """Send a request to a partition's leader.

    It uses a separate connection: a broker answers the requests of a connection in order, and a fetch may be waiting.

    Args:
        client: a low-level client.

    Raises:
        KafkaError: the leader is not known, or does not answer.
    """
    if isinstance(client, AIOKafkaConsumer):
        client = client._client  # noqa: SLF001 - aiokafka has no public way to send a request of one's own
    leader = client.cluster.leader_for_partition(source)
    answer: Response = await client.send(leader, request, group=ConnectionGroup.COORDINATION)
    return answer
