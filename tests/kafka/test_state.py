"""A stage with a store: its state, its outputs and its offset are one, whatever happens to records and processes."""

import asyncio
import contextlib
from collections import Counter as Count
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY

from tests import topics
from tests.echo import SETTINGS, worker
from tests.handlers import COUNTER, SOURCE, TARGET
from tests.reading import read_topic
from tests.support import DEADLINE, text
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

CHANGELOG = COUNTER.changelog_of(COUNTER.group)
TOPICS = (SOURCE, TARGET, COUNTER.dead_letter_topic, CHANGELOG)
SMALL = SETTINGS.model_copy(update={"transaction_records": 50})


async def publish(kafka: KafkaSettings, *records: tuple[str, str], partition: int = 0) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for key, value in records:
            await producer.send(kafka.on_cluster(SOURCE.name), value.encode(), key=key.encode(), partition=partition)
    finally:
        await producer.stop()


async def committed(kafka: KafkaSettings, topic: Topic, until: int) -> list[Record]:
    """Wait until a topic has a number of committed records; return them."""
    records: list[Record] = []
    async with asyncio.timeout(DEADLINE), contextlib.aclosing(read_topic(kafka, [kafka.on_cluster(topic.name)], from_beginning=True)) as reading:  # fmt: skip
        async for record in reading:
            if record is not None:
                records.append(record)
            if len(records) >= until:
                return records
    raise AssertionError


async def published(kafka: KafkaSettings, topic: Topic) -> list[Record]:
    async with Cluster(kafka) as cluster:
        ranges = await cluster.offset_ranges(await cluster.partitions([kafka.on_cluster(topic.name)]))
        async with contextlib.aclosing(cluster.read_range(ranges)) as reading:
            return [record async for record in reading]


def counts(records: Sequence[Record]) -> list[tuple[str, int]]:
    return [((record.key or b"").decode(), int(record.value or b"0")) for record in records]


def expected(keys: Sequence[str]) -> list[tuple[str, int]]:
    """The witness: what a stage that counts must publish for these keys."""
    seen: Count[str] = Count()
    wanted = []
    for key in keys:
        seen[key] += 1
        wanted.append((key, seen[key]))
    return wanted


async def test_a_worker_goes_on_with_the_state_of_the_last_one(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    keys = [str(number % 7) for number in range(200)]
    await publish(kafka, *((key, "") for key in keys[:100]))
    async with worker(kafka, SMALL, COUNTER):
        await committed(kafka, TARGET, 100)
    await publish(kafka, *((key, "") for key in keys[100:]))
    async with worker(kafka, SMALL, COUNTER):
        found = await committed(kafka, TARGET, 200)
        assert REGISTRY.get_sample_value("wiredesk_state_keys", {"partition": "0"}) == 7
    assert counts(found) == expected(keys)
    assert counts(await published(kafka, CHANGELOG)) == expected(keys)


POISON = ["raise", "exit", "hang", "allocate", "crash", "reject", "unkeepable", "huge"]


async def test_a_poison_record_costs_itself_alone_and_changes_nothing(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    records = []
    for poison in POISON:
        records += [("a", ""), ("b", ""), ("a", poison), ("a", "")]
    await publish(kafka, *records)
    async with worker(kafka, SMALL, COUNTER):
        found = await committed(kafka, TARGET, 3 * len(POISON))
        letters = await committed(kafka, COUNTER.dead_letter_topic, len(POISON))
    assert counts(found) == expected([key for key, value in records if not value])
    assert [text(letter, "wiredesk_dlq_reason") for letter in letters] == [
        "error", "crash", "timeout", "memory", "crash", "unwanted", "state_too_large", "output_too_large"
    ]  # fmt: skip
    assert counts(await published(kafka, CHANGELOG)) == counts(found)
