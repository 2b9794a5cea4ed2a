"""Reading topics outside of any group: what is committed, from the beginning or from now, to the end or for ever."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from services.runtime.errors import UsageError
from services.runtime.kafka import clients, topics
from services.runtime.records import Record
from services.runtime.settings import KafkaSettings

POLL_MS = 200


async def read(
    settings: KafkaSettings, names: Sequence[str], *, from_beginning: bool = False, until_end: bool = False
) -> AsyncGenerator[Record | None]:
    """Yield the records of topics as they are committed; close it with `contextlib.aclosing`.

    None is yielded first, when reading has begun: whatever is committed from there on will be seen. It is yielded
    again whenever a poll found nothing, so that a reader can look at its clock.

    Args:
        names: of the topics, on the cluster.
        from_beginning: begin with the oldest record, not with what comes.
        until_end: stop where the topics ended when reading began. That is told by positions: the markers at the end of
            transactions have offsets, too, and are never delivered.

    Raises:
        UsageError: a topic does not exist.
        UnavailableError: the cluster cannot be reached.
    """
    counts = await topics.partitions(settings, names)
    missing = [name for name in names if name not in counts]
    if missing:
        raise UsageError(f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows what is there")
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    async with clients.started(clients.reader(settings, "wiredesk-reader"), settings) as consumer:
        consumer.assign(partitions)
        if from_beginning:
            await consumer.seek_to_beginning(*partitions)
        else:
            await consumer.seek_to_end(*partitions)
        ends = await consumer.end_offsets(partitions) if until_end else {}
        yield None
        while not (until_end and await _reached(consumer, ends)):
            fetched = await consumer.getmany(timeout_ms=POLL_MS)
            for found in fetched.values():
                for record in found:
                    if not until_end or record.offset < ends[TopicPartition(record.topic, record.partition)]:
                        yield from_consumer(record)
            if not fetched:
                yield None


def from_consumer(record: ConsumerRecord[bytes, bytes]) -> Record:
    """Return a consumer's record as ours."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
    )


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    positions = await asyncio.gather(*(consumer.position(partition) for partition in ends))
    return all(position >= end for position, end in zip(positions, ends.values(), strict=True))
