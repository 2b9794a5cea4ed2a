"""Transactions that are open on a partition: readers of what is committed wait for them (KIP-664)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields

from wiredesk.runtime.kafka.by_partition import answer_schema, ask_leader


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction that is open on a partition.

    Attributes:
        start: offset of its first record there: nothing after it can be read.
        last_write_ms: when its producer has last written there, in milliseconds since 1970.
    """

    source: TopicPartition
    producer_id: int
    producer_epoch: int
    start: int
    last_write_ms: int

    @property
    def age(self) -> float:
        """Seconds for which it has been open, at least."""
        return max(0.0, time.time() - self.last_write_ms / 1000)

    def __str__(self) -> str:
        return (
            f"a transaction of producer {self.producer_id} (epoch {self.producer_epoch}) on {self.source.topic}/"
            f"{self.source.partition} is open from offset {self.start} on, for {self.age:.0f} s at least"
        )


class DescribeProducersResponse_v0(Response):  # noqa: N801 - named as aiokafka names its messages
    """The answer."""

    API_KEY = 61
    API_VERSION = 0
    SCHEMA = answer_schema(
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


class DescribeProducersRequest_v0(RequestStruct):  # noqa: N801 - the same
    """The question."""

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
    """Builds the question for one partition."""

    API_KEY = 61

    def __init__(self, source: TopicPartition) -> None:
        self._source = source

    def build(self, request_struct_class: type[DescribeProducersRequest_v0]) -> DescribeProducersRequest_v0:
        """Return the message."""
        topics: list[Any] = [(self._source.topic, [self._source.partition], {})]
        return request_struct_class(topics, {})


async def open_transactions(
    client: AIOKafkaConsumer | AIOKafkaClient, source: TopicPartition
) -> Sequence[OpenTransaction]:
    """Return the transactions that are open on a partition, the one that began first in front.

    Args:
        client: any that knows the partition.

    Raises:
        KafkaError: the leader is not known, refuses, or does not answer.
    """
    response: Any = await ask_leader(client, source, DescribeProducers(source))
    ((_, ((_, error, _, producers, _),), _),) = response.topics
    if error:
        raise for_code(error)(f"{source.topic}/{source.partition}")
    found = [
        OpenTransaction(source, producer_id, epoch, start, last)
        for producer_id, epoch, _, last, _, start, _ in producers
        if start >= 0
    ]
    return sorted(found, key=lambda one: one.start)
