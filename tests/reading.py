"""Single reads of a cluster for tests and benchmarks: each opens a client of its own."""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence

from aiokafka import TopicPartition

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.group_offsets import CommittedOffset
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage


async def read_topic(
    kafka: KafkaSettings, names: Sequence[str], *, from_beginning: bool = False, until_end: bool = False
) -> AsyncGenerator[Record | None]:
    """Yield records as `Cluster.read_topic` does; close it with `contextlib.aclosing`."""
    async with (
        Cluster(kafka) as cluster,
        contextlib.aclosing(cluster.read_topic(names, from_beginning=from_beginning, until_end=until_end)) as records,
    ):
        async for record in records:
            yield record


async def read_range(kafka: KafkaSettings, ranges: Mapping[TopicPartition, OffsetRange]) -> AsyncGenerator[Record]:
    """Yield records as `Cluster.read_range` does; close it with `contextlib.aclosing`."""
    async with Cluster(kafka) as cluster, contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            yield record


async def offset_ranges(
    kafka: KafkaSettings, partitions: Sequence[TopicPartition], *, patience: float | None = None
) -> dict[TopicPartition, OffsetRange]:
    """Return the offset ranges of partitions."""
    async with Cluster(kafka) as cluster:
        return await cluster.offset_ranges(partitions, patience=patience)


async def count_partitions(kafka: KafkaSettings, names: Iterable[str]) -> dict[str, int]:
    """Return the number of partitions of each topic; missing topics are left out."""
    async with Cluster(kafka) as cluster:
        return {name: len(topic.partitions) for name, topic in (await cluster.describe_topics(names)).items()}


async def set_group_offsets(kafka: KafkaSettings, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit offsets for a group, named without prefix."""
    async with Cluster(kafka) as cluster:
        await cluster.set_group_offsets(kafka.on_cluster(group), offsets)


async def committed_offsets(kafka: KafkaSettings, stage: Stage) -> dict[TopicPartition, CommittedOffset]:
    """Return the offsets that a stage has committed."""
    async with Cluster(kafka) as cluster:
        return await cluster.committed_offsets(stage)


async def topic_id(kafka: KafkaSettings, name: str) -> str:
    """Return the id of a topic; empty if it does not exist."""
    async with Cluster(kafka) as cluster:
        return await cluster.topic_id(name)
