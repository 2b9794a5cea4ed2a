"""Transitional: questions that open a client of their own. Use `Cluster` in place of these."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence

from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings

type Span = tuple[int, int]


async def read(
    settings: KafkaSettings, names: Sequence[str], *, from_beginning: bool = False, until_end: bool = False
) -> AsyncGenerator[Record | None]:
    """Use `Cluster.read_topic`."""
    async with (
        Cluster(settings) as cluster,
        contextlib.aclosing(cluster.read_topic(names, from_beginning=from_beginning, until_end=until_end)) as records,
    ):
        async for record in records:
            yield record


async def ends(
    settings: KafkaSettings,
    partitions: Sequence[TopicPartition],
    *,
    since_ms: int | None = None,
    patience: float | None = None,
) -> dict[TopicPartition, Span]:
    """Use `Cluster.offset_ranges`."""
    async with Cluster(settings) as cluster:
        return {**await cluster.offset_ranges(partitions, since_ms=since_ms, patience=patience)}


async def between(
    settings: KafkaSettings, spans: Mapping[TopicPartition, tuple[int, int]], *, key: bytes | None = None
) -> AsyncGenerator[Record]:
    """Use `Cluster.read_range`."""
    ranges = {tp: OffsetRange(*span) for tp, span in spans.items()}
    async with Cluster(settings) as cluster, contextlib.aclosing(cluster.read_range(ranges, key=key)) as records:
        async for record in records:
            yield record
