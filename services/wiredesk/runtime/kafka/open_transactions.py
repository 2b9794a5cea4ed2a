"""Transactions that are open on a partition: consumers with `read_committed` do not read beyond them (KIP-664)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code

from wiredesk.runtime.kafka.protocol import DescribeProducers, ask_leader


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction that is open on a partition.

    Attributes:
        source: the partition.
        producer_id: id of its producer.
        producer_epoch: epoch of its producer.
        start: offset of its first record in the partition: this record and all later ones cannot be read yet.
        last_write_ms: when its producer last wrote to the partition, in milliseconds since 1970.
    """

    source: TopicPartition
    producer_id: int
    producer_epoch: int
    start: int
    last_write_ms: int

    @property
    def age(self) -> float:
        """Seconds for which it has been open at least."""
        return max(0.0, time.time() - self.last_write_ms / 1000)

    def __str__(self) -> str:
        return (
            f"a transaction of producer {self.producer_id} (epoch {self.producer_epoch}) on {self.source.topic}/"
            f"{self.source.partition} is open from offset {self.start} on, for {self.age:.0f} s at least"
        )


async def open_transactions(
    client: AIOKafkaConsumer | AIOKafkaClient, source: TopicPartition
) -> Sequence[OpenTransaction]:
    """Return the transactions that are open on a partition, the oldest first.

    Args:
        client: low-level client that has the metadata of the partition.
        source: the partition.

    Raises:
        KafkaError: the leader is not known, refuses, or does not answer.
    """
    response: Any = await ask_leader(client, source, DescribeProducers(source))
    ((_, ((_, error, _, producers, _),), _),) = response.topics
    if error:
        raise for_code(error)(f"{source.topic}/{source.partition}")
    opened = [
        OpenTransaction(source, producer_id, epoch, start, last)
        for producer_id, epoch, _, last, _, start, _ in producers
        if start >= 0
    ]
    return sorted(opened, key=lambda one: one.start)
