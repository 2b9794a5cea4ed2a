"""A stage with a store: its state, its outputs and its offset are one, whatever happens to records and processes."""

import asyncio
import contextlib
from collections import Counter as Count
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CommitFailedError, ProducerFenced
from prometheus_client import REGISTRY

from tests import topics
from tests.echo import SETTINGS, worker
from tests.handlers import COUNTER, SOURCE, TARGET
from tests.reading import read_topic
from tests.support import templates, text
from tests.waiting import deadline, until
from wiredesk.operations.replays.planning import check_state, create_run, resolve_ranges, trial
from wiredesk.operations.replays.processing import process, reconcile_and_save
from wiredesk.operations.replays.rewind import empty_state, plan_rewind, rewind
from wiredesk.operations.status import StatusMonitor
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.isolation.keeper import Keeper
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import ChangelogRecord, Record
from wiredesk.runtime.replay_scope import accept_all
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.runtime.worker import Worker, lane_store
from wiredesk.testing.patience import setting

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
    async with asyncio.timeout(deadline()), contextlib.aclosing(read_topic(kafka, [kafka.on_cluster(topic.name)], from_beginning=True)) as reading:  # fmt: skip
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
        await until(
            lambda: REGISTRY.get_sample_value("wiredesk_state_keys", {"partition": "0"}) == 7, "its keys are counted"
        )
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


def keeper() -> psutil.Process:
    """Return the keeper of the only partition."""
    (template,) = templates()
    (one,) = template.children()
    return one


def transactional_id(kafka: KafkaSettings) -> str:
    return f"{kafka.on_cluster(COUNTER.group)}.{kafka.on_cluster(SOURCE.name)}.0"


async def test_a_state_outlives_a_transaction_that_fails_and_is_restored_after_its_keeper(kafka: KafkaSettings) -> None:
    """A fenced lane opens again with the same keeper, which reads what was committed since; a killed one is replaced."""
    await topics.create(kafka, TOPICS, partitions=1)
    keys = [str(number % 3) for number in range(60)]
    settings = SMALL.model_copy(update={"session_timeout": setting(6), "drain_timeout": setting(3)})
    async with worker(kafka, settings, COUNTER):
        await publish(kafka, *((key, "") for key in keys[:20]))
        await committed(kafka, TARGET, 20)
        first = keeper().pid
        async with TransactionalProducer(kafka, transactional_id(kafka), setting(10)):
            pass
        await publish(kafka, *((key, "") for key in keys[20:40]))
        await committed(kafka, TARGET, 40)
        assert keeper().pid == first
        keeper().kill()
        await publish(kafka, *((key, "") for key in keys[40:]))
        assert counts(await committed(kafka, TARGET, 60)) == expected(keys)
        assert keeper().pid != first
    assert counts(await published(kafka, CHANGELOG)) == expected(keys)


async def go_on(zombie: TransactionalProducer) -> None:
    """Send another change in the transaction that is open, and commit it."""
    await zombie._deliver([ChangelogRecord(CHANGELOG.name, b"a", b"8", 0, 1)])
    await zombie._producer.commit_transaction()


async def test_what_a_dead_owner_did_not_commit_is_no_part_of_the_state(kafka: KafkaSettings) -> None:
    """It was killed between its sends and its commit, and so was a zombie that sends later."""
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, ("a", ""), ("a", ""))
    async with TransactionalProducer(kafka, transactional_id(kafka), setting(60)) as dead:
        await dead._producer.begin_transaction()
        await dead._deliver([ChangelogRecord(CHANGELOG.name, b"a", b"7", 0, 1)])
        async with worker(kafka, SMALL, COUNTER):
            assert counts(await committed(kafka, TARGET, 2)) == [("a", 1), ("a", 2)]
            with pytest.raises(ProducerFenced):
                await go_on(dead)
            await publish(kafka, ("a", ""))
            assert counts(await committed(kafka, TARGET, 3))[-1] == ("a", 3)
    assert counts(await published(kafka, CHANGELOG)) == [("a", 1), ("a", 2), ("a", 3)]


async def test_a_changelog_that_was_deleted_stops_the_lane_until_the_offsets_are_set(kafka: KafkaSettings) -> None:
    """To go on from the committed offset with an empty state would be wrong, and nobody would notice."""
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, ("a", ""), ("a", ""))
    async with worker(kafka, SMALL, COUNTER):
        await committed(kafka, TARGET, 2)
    async with Cluster(kafka) as cluster:
        await cluster.delete_topic(CHANGELOG)
        async with asyncio.timeout(deadline()):
            while not await cluster.create_topics([CHANGELOG], partitions=1):
                await asyncio.sleep(0.05)
    tested, stop = Worker(COUNTER, kafka, SMALL), asyncio.Event()
    running = asyncio.create_task(tested.run(stop))
    try:
        async with asyncio.timeout(deadline()):
            while "deleted and created again" not in str(tested.trouble()):
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running
    async with Cluster(kafka) as cluster:
        (source,) = await cluster.partitions([kafka.on_cluster(SOURCE.name)])
        await cluster.set_group_offsets(kafka.on_cluster(COUNTER.group), {source: 0})
    async with worker(kafka, SMALL, COUNTER):
        assert counts(await committed(kafka, TARGET, 4))[2:] == [("a", 1), ("a", 2)]


async def test_a_state_that_is_emptied_is_built_again_from_where_the_group_is_rewound(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, ("a", ""), ("b", ""), ("a", ""))
    async with worker(kafka, SMALL, COUNTER), Cluster(kafka) as cluster:
        await committed(kafka, TARGET, 3)
        with pytest.raises(UsageError, match="stop them all"):
            await empty_state(cluster, COUNTER)
    assert len(await published(kafka, CHANGELOG)) == 3
    async with Cluster(kafka) as cluster:
        await empty_state(cluster, COUNTER)
        assert await published(kafka, CHANGELOG) == []
        await rewind(cluster, COUNTER, await plan_rewind(cluster, COUNTER, since_ms=0))
    async with worker(kafka, SMALL, COUNTER):
        assert counts(await committed(kafka, TARGET, 6))[3:] == [("a", 1), ("b", 1), ("a", 2)]


async def test_at_least_once_loses_no_output_and_may_process_a_record_twice(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    keys = [str(number % 3) for number in range(60)]
    settings = SMALL.model_copy(update={"guarantee": "at_least_once", "transaction_records": 20})
    commit, failing = AIOKafkaConsumer.commit, iter([True])

    async def failing_once(self: AIOKafkaConsumer, offsets: dict[TopicPartition, tuple[int, str]]) -> None:
        if max(offset for offset, _ in offsets.values()) >= 40 and next(failing, False):
            raise CommitFailedError("the worker died here")
        await commit(self, offsets)  # type: ignore[no-untyped-call] # aiokafka

    monkeypatch.setattr(AIOKafkaConsumer, "commit", failing_once)
    await publish(kafka, *((key, "") for key in keys[:40]))
    async with worker(kafka, settings, COUNTER):
        await committed(kafka, TARGET, 41)
    await publish(kafka, *((key, "") for key in keys[40:]))
    async with worker(kafka, settings, COUNTER):
        async with asyncio.timeout(deadline()):
            while (await lag(kafka)) > 0:
                await asyncio.sleep(0.1)
    found = counts(await published(kafka, TARGET))
    for key in ("0", "1", "2"):
        numbers = [number for one, number in found if one == key]
        assert numbers == list(range(1, len(numbers) + 1)), "each change is applied once for each time it was written"
        assert len(numbers) > 20
    assert dict(counts(await published(kafka, CHANGELOG))) == dict(found)


async def lag(kafka: KafkaSettings) -> int:
    async with Cluster(kafka) as cluster:
        (source,) = await cluster.partitions([kafka.on_cluster(SOURCE.name)])
        done = await cluster.committed_offsets(COUNTER)
        return (await cluster.log_end_offsets([source]))[source] - (done[source].offset if source in done else 0)


async def test_status_says_how_far_a_restore_is(kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, *((str(number % 7), "") for number in range(200)))
    async with worker(kafka, SMALL, COUNTER):
        await committed(kafka, TARGET, 200)
    restore, batches, goes_on = Keeper.restore, count(1), asyncio.Event()

    async def stopped_at_the_third(self: Keeper, restored: Sequence[Any]) -> None:
        if next(batches) == 3:
            await goes_on.wait()
        await restore(self, restored)

    monkeypatch.setattr(Keeper, "restore", stopped_at_the_third)
    monkeypatch.setattr(lane_store, "NOTE_SECONDS", 0.05)
    async with Cluster(kafka) as cluster, worker(kafka, SMALL, COUNTER), asyncio.timeout(deadline()):
        monitor = StatusMonitor(cluster, [COUNTER], TARGET, timedelta(hours=1))
        while not (seen := (await monitor.measure()).stages[0].restoring) or seen[0].keys < 7:
            await asyncio.sleep(0.05)
        assert (len(seen), seen[0].partition) == (1, 0)
        assert 0 < seen[0].share < 1
        assert seen[0].size > 0
        goes_on.set()
        while (await monitor.measure()).stages[0].restoring:
            await asyncio.sleep(0.05)


async def test_a_replay_has_a_state_of_its_own_which_is_gone_afterwards(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, *[("a", "")] * 5)
    async with worker(kafka, SMALL, COUNTER):
        await committed(kafka, TARGET, 5)
    async with Cluster(kafka) as cluster:
        ranges = await resolve_ranges(cluster, COUNTER, offsets={0: OffsetRange(2, 5)})
        version = (await trial(COUNTER, SMALL)).version
        run = await create_run(cluster, COUNTER, version=version, into="again", ranges=ranges, filters={}, rate=None)
        own = kafka.on_cluster(COUNTER.changelog_of(run.group).name)
        assert await cluster.partitions([own])
        assert await process(cluster, SMALL, COUNTER, run, accept_all, rate=None, stop=asyncio.Event())
        assert counts(await published(kafka, Topic("again", ""))) == [("a", 1), ("a", 2), ("a", 3)]
        await reconcile_and_save(cluster, COUNTER, run)
        async with asyncio.timeout(deadline()):
            while await cluster.partitions([own]):
                await asyncio.sleep(0.05)
    assert len(await published(kafka, CHANGELOG)) == 5
    with pytest.raises(UsageError, match="--into TOPIC"):
        check_state(COUNTER, None)


async def test_a_rebalance_moves_a_state_and_leaves_the_other_where_it_is(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=2)
    await publish(kafka, *[("a", "")] * 3)
    await publish(kafka, *[("b", "")] * 3, partition=1)
    async with worker(kafka, SMALL, COUNTER):
        await committed(kafka, TARGET, 6)
        before = keepers()
        async with worker(kafka, SMALL, COUNTER):
            async with asyncio.timeout(deadline()):
                while len(keepers() - before) != 1 or len(keepers() & before) != 1:
                    await asyncio.sleep(0.05)
            await publish(kafka, *[("a", "")] * 3)
            await publish(kafka, *[("b", "")] * 3, partition=1)
            found = await committed(kafka, TARGET, 12)
    assert sorted(counts(found)) == sorted(expected(["a"] * 6 + ["b"] * 6))


def keepers() -> set[int]:
    """Return the keepers of all workers in this process."""
    return {one.pid for template in templates() for one in template.children()}
