"""What a reader missed, beyond what the ring holds: read from Kafka again, a batch at a time."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping

from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.web.wire.feed import CLIENT_ID
from wiredesk.web.wire.position import Position

MAX_OFFSETS = 100_000
"""Maximum number of offsets that are read for one reader; one that missed more begins with what the ring holds."""

AT_A_TIME = 4
"""Maximum number of readers for whom Kafka is read at a time; the others wait."""


class CatchUp:
    """Reads what readers missed.

    Args:
        kafka: how to reach Kafka.
        topic: name of the topic, without prefix.
    """

    def __init__(self, kafka: KafkaSettings, topic: str) -> None:
        self._kafka = kafka
        self._topic = kafka.on_cluster(topic)
        self._turns = asyncio.Semaphore(AT_A_TIME)

    async def records(self, position: Position, stops: Mapping[int, int]) -> AsyncGenerator[Record]:
        """Yield the records from a position up to offsets; close it with `contextlib.aclosing`.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        gap = missed(position, stops)
        if not gap:
            return
        async with self._turns, Cluster(self._kafka, CLIENT_ID) as cluster:
            wanted = {TopicPartition(self._topic, number): offsets for number, offsets in gap.items()}
            there = await cluster.offset_ranges(list(wanted))
            ranges = {tp: offsets.intersection(there[tp].start) for tp, offsets in wanted.items()}
            async with contextlib.aclosing(cluster.read_range(ranges)) as records:
                async for record in records:
                    yield record


def missed(position: Position, starts: Mapping[int, int]) -> dict[int, OffsetRange]:
    """Return, by partition, the offsets that a reader has not had and that the ring does not hold."""
    return {
        number: OffsetRange(position.offsets.get(number, 0), start)
        for number, start in starts.items()
        if position.offsets.get(number, 0) < start
    }
