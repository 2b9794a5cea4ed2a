"""Every way in which a transaction can end, against a real broker."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.errors import CommitFailedError

from tests import topics
from tests.echo import TOPICS
from tests.faults.proxy import Proxy
from tests.handlers import TARGET
from tests.reading import read_topic
from tests.waiting import deadline, until
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.local.ports import free_port
from wiredesk.runtime.errors import AbortedError, FencedError, InDoubtError, OpeningError, OutputTooLargeError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.at_least_once import AtLeastOnceProducer
from wiredesk.runtime.kafka.group_offsets import stable_committed_offset
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import ChangelogRecord, Output, Written
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.testing.patience import scaled, setting

GROUP = "takeover"
PATIENCE = setting(60)
"""Seconds that a transaction may take where nothing is said of its time."""

SECONDS = setting(5)
"""Seconds that a transaction may take which takes all of them."""


def producer(kafka: KafkaSettings, timeout: float = PATIENCE) -> TransactionalProducer:
    return TransactionalProducer(kafka, kafka.on_cluster("the-lane"), timeout)


def output(value: bytes) -> Output:
    return Output(TARGET.name, b"k", value)


def source(kafka: KafkaSettings) -> TopicPartition:
    return TopicPartition(kafka.on_cluster("in"), 0)


async def readable(kafka: KafkaSettings) -> list[bytes | None]:
    reading = read_topic(kafka, [kafka.on_cluster(TARGET.name)], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        return [record.value async for record in reading if record is not None]


@contextlib.asynccontextmanager
async def member(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = clients.member(kafka, GROUP, "test", session_timeout=setting(10))
    async with clients.started(consumer, kafka):
        consumer.assign([source(kafka)])
        yield consumer


async def committed(kafka: KafkaSettings) -> int | None:
    async with member(kafka) as consumer, asyncio.timeout(deadline()):
        found = await stable_committed_offset(consumer, kafka.on_cluster(GROUP), source(kafka))
        return None if found is None else found.offset


@pytest.fixture
async def prepared(kafka: KafkaSettings) -> KafkaSettings:
    await topics.create(kafka, TOPICS)
    return kafka


async def test_outputs_and_offset_are_committed_together(prepared: KafkaSettings) -> None:
    assert await committed(prepared) is None
    async with producer(prepared) as first:
        await first.commit([output(b"a"), output(b"b")], prepared.on_cluster(GROUP), source(prepared), 2)
        await first.commit([output(b"c")], prepared.on_cluster(GROUP), source(prepared), 3)
    assert sorted(v or b"" for v in await readable(prepared)) == [b"a", b"b", b"c"]
    assert await committed(prepared) == 3


async def test_a_predecessor_is_fenced(prepared: KafkaSettings) -> None:
    async with producer(prepared) as old:
        await old.commit([output(b"a")], prepared.on_cluster(GROUP), source(prepared), 1)
        async with producer(prepared) as new:
            with pytest.raises(FencedError):
                await old.commit([output(b"b")], prepared.on_cluster(GROUP), source(prepared), 2)
            await new.commit([output(b"c")], prepared.on_cluster(GROUP), source(prepared), 2)
    assert sorted(v or b"" for v in await readable(prepared)) == [b"a", b"c"]


async def test_what_a_predecessor_left_open_is_aborted_at_a_takeover(prepared: KafkaSettings) -> None:
    """The coordinator answers CONCURRENT_TRANSACTIONS until the abort is written; opening waits that out."""
    left = AIOKafkaProducer(
        bootstrap_servers=prepared.bootstrap_servers, transactional_id=prepared.on_cluster("the-lane")
    )
    await left.start()
    try:
        await left.begin_transaction()
        await left.send_and_wait(prepared.on_cluster(TARGET.name), b"never")
        await left.send_offsets_to_transaction({source(prepared): 7}, prepared.on_cluster(GROUP))
        async with producer(prepared) as new:
            assert await committed(prepared) is None
            await new.commit([output(b"a")], prepared.on_cluster(GROUP), source(prepared), 1)
    finally:
        with contextlib.suppress(Exception):
            await left.stop()
    assert await readable(prepared) == [b"a"]
    assert await committed(prepared) == 1


async def test_a_transaction_that_fails_before_its_commit_is_aborted(prepared: KafkaSettings) -> None:
    async with producer(prepared, timeout=900) as failing:  # so long, for the broker
        failing._timeout = SECONDS
        with pytest.raises(AbortedError, match=r"UnknownTopicOrPartition|TimeoutError"):
            await failing.commit(
                [output(b"a"), Output("no-such-topic", None, b"b")], prepared.on_cluster(GROUP), source(prepared), 1
            )
    # Nobody has taken over, and its time is not over: it was aborted when it was closed.
    await until(lambda: is_closed(prepared), "the marker is written shortly after the answer")
    assert await readable(prepared) == []
    assert await committed(prepared) is None


async def test_a_transaction_of_which_the_broker_has_refused_a_record_is_aborted(prepared: KafkaSettings) -> None:
    """Only its own delivery fails: Kafka would commit the others, and the offset, without it."""
    name = prepared.on_cluster("compacted")
    async with clients.started(clients.admin(prepared), prepared) as admin:
        await admin.create_topics([NewTopic(name, 1, 1, topic_configs={"cleanup.policy": "compact"})])
    with pytest.raises(AbortedError):
        async with producer(prepared, timeout=setting(20)) as failing:
            await failing.commit(
                [output(b"a"), Output("compacted", None, b"takes keys only")],
                prepared.on_cluster(GROUP),
                source(prepared),
                1,
            )
    assert await committed(prepared) is None
    assert await readable(prepared) == []


async def test_a_producer_that_is_left_aborts_what_it_has_open(
    prepared: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its successor would abort it, too; but there may be none for a while, and consumers would wait."""
    monkeypatch.setattr("wiredesk.runtime.kafka.transactions.CLOSE_SECONDS", deadline())
    with pytest.raises(OutputTooLargeError):
        async with producer(prepared, timeout=900) as failing:
            await failing.commit(
                [output(b"a"), output(os.urandom(40 << 20))], prepared.on_cluster(GROUP), source(prepared), 1
            )
    await until(lambda: is_closed(prepared), "the marker is written shortly after the answer")


async def test_an_output_that_is_too_large_is_named(prepared: KafkaSettings) -> None:
    async with producer(prepared, setting(20)) as failing:
        with pytest.raises(OutputTooLargeError) as caught:
            await failing.commit(
                [output(b"a"), output(os.urandom(40 << 20))], prepared.on_cluster(GROUP), source(prepared), 1
            )
    assert (caught.value.index, caught.value.size) == (1, 40 << 20)


async def test_of_a_batch_that_is_refused_the_largest_output_is_named(prepared: KafkaSettings) -> None:
    small = Topic("small", "Takes little", partitions=1, max_message_bytes=2000)
    await topics.create(prepared, [small])
    outputs = [Output(small.name, None, value) for value in (b"a", os.urandom(4000), b"b")]
    async with producer(prepared, setting(20)) as failing:
        with pytest.raises(OutputTooLargeError) as caught:
            await failing.commit(outputs, prepared.on_cluster(GROUP), source(prepared), 1)
    assert (caught.value.index, caught.value.size) == (1, 4000)


async def test_outputs_keep_their_order_over_several_batches_of_a_partition(prepared: KafkaSettings) -> None:
    values = [b"%d " % number * 60_000 for number in range(12)]
    async with producer(prepared) as it:
        await it.commit([output(value) for value in values], prepared.on_cluster(GROUP), source(prepared), 1)
    assert await readable(prepared) == values


async def test_an_unreachable_coordinator_is_reported_in_time() -> None:
    with pytest.raises(OpeningError, match="cannot start"):
        async with producer(KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}"), 1):
            pass


async def test_the_broker_ends_a_transaction_that_takes_too_long(prepared: KafkaSettings) -> None:
    """This fences the owner though nobody has taken over: the lane opens again if the group leaves it the partition."""
    async with producer(prepared, timeout=setting(1)) as slow:
        await slow._producer.begin_transaction()
        await slow._producer.send_and_wait(prepared.on_cluster(TARGET.name), b"never")
        await until(lambda: is_closed(prepared), "the broker has aborted it")
        slow._timeout = PATIENCE
        with pytest.raises((FencedError, AbortedError)):
            await slow.commit([output(b"late")], prepared.on_cluster(GROUP), source(prepared), 1)
    assert await readable(prepared) == []


async def is_closed(kafka: KafkaSettings) -> bool:
    return not await open_transaction(kafka)


async def open_transaction(kafka: KafkaSettings) -> bool:
    """Whether consumers wait: their end offset is before the end of the log."""
    partitions = [TopicPartition(kafka.on_cluster(TARGET.name), n) for n in range(TARGET.partitions)]
    ends = []
    for level in ("read_committed", "read_uncommitted"):
        async with clients.started(clients.reader(kafka, "test", isolation_level=level), kafka) as consumer:
            ends.append(await consumer.end_offsets(partitions))
    return bool(ends[0] != ends[1])


async def test_a_commit_without_an_answer_is_in_doubt_and_the_next_fence_settles_it(tmp_path: Path) -> None:
    nodes: list[EmbeddedKafka] = []
    async with Proxy(lambda: nodes[0].nodes[0].address.port) as proxy:
        nodes.append(EmbeddedKafka(tmp_path, BrokerSettings().cache_dir, fronts=[proxy.port]))
        async with nodes[0] as broker:
            prepared = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
            await topics.create(prepared, TOPICS)
            async with producer(prepared, setting(3)) as doubtful:
                commit = doubtful._producer.commit_transaction

                async def silenced() -> None:
                    proxy.half_open()
                    await commit()  # type: ignore[no-untyped-call]

                doubtful._producer.commit_transaction = silenced  # type: ignore[method-assign]
                with pytest.raises(InDoubtError):
                    await doubtful.commit([output(b"a")], GROUP, source(prepared), 1)
                proxy.heal()
            async with producer(prepared) as settling:
                done = await committed(prepared)
                assert await readable(prepared) == ([] if done is None else [b"a"])
                await settling.commit([output(b"b")], GROUP, source(prepared), 2)
            assert await committed(prepared) == 2


async def test_a_pending_offset_is_waited_for(prepared: KafkaSettings) -> None:
    pending = AIOKafkaProducer(
        bootstrap_servers=prepared.bootstrap_servers, transactional_id=prepared.on_cluster("other")
    )
    await pending.start()
    try:
        await pending.begin_transaction()
        await pending.send_offsets_to_transaction({source(prepared): 5}, prepared.on_cluster(GROUP))
        async with member(prepared) as consumer:
            assert await consumer.committed(source(prepared)) is None, (
                "the old question is answered at once, and wrongly"
            )
            asking = asyncio.create_task(
                stable_committed_offset(consumer, prepared.on_cluster(GROUP), source(prepared))
            )
            await asyncio.wait({asking}, timeout=0.5)
            assert not asking.done()
            await pending.commit_transaction()
            async with asyncio.timeout(deadline()):
                found = await asking
                assert found is not None
                assert found.offset == 5
    finally:
        await pending.stop()


async def test_the_end_of_a_topic_waits_for_a_commit_that_is_under_way(
    prepared: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka confirms a commit before it writes the markers: what was confirmed a moment before must not be missed."""
    monkeypatch.setattr("wiredesk.runtime.kafka.cluster.END_PATIENCE_SECONDS", deadline())
    async with producer(prepared, timeout=setting(60)) as slow:
        await slow._producer.begin_transaction()
        await slow._producer.send_and_wait(prepared.on_cluster(TARGET.name), b"a")
        reading = asyncio.create_task(readable(prepared))
        await asyncio.wait({reading}, timeout=0.5)
        assert not reading.done()
        await slow._producer.commit_transaction()
        assert await reading == [b"a"]


async def test_the_end_of_a_topic_does_not_wait_for_a_transaction_that_stays_open(
    prepared: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiredesk.runtime.kafka.cluster.END_PATIENCE_SECONDS", 0.1)
    async with producer(prepared, timeout=setting(60)) as slow:
        await slow._producer.begin_transaction()
        await slow._producer.send_and_wait(prepared.on_cluster(TARGET.name), b"a")
        async with asyncio.timeout(scaled(20)):
            assert await readable(prepared) == []


async def test_at_least_once_writes_outputs_before_the_changes_of_a_state(prepared: KafkaSettings) -> None:
    """A state that had a record whose output is missing would keep it from ever being written."""
    change = ChangelogRecord("out", b"key", b"change", 0, 1)
    async with member(prepared) as consumer, AtLeastOnceProducer(prepared, "test", PATIENCE, consumer) as plain:
        with pytest.raises(OutputTooLargeError) as refused:
            await plain.commit(
                [change, output(os.urandom(40 << 20)), change], prepared.on_cluster(GROUP), source(prepared), 1
            )
        assert refused.value.index == 1
        assert await readable(prepared) == []
    async with member(prepared) as consumer, AtLeastOnceProducer(prepared, "test", PATIENCE, consumer) as plain:
        written: list[Written] = [change, output(b"a"), change._replace(key=b"other")]
        delivered = await plain.commit(written, prepared.on_cluster(GROUP), source(prepared), 1)
        assert sorted(index for _, packed in delivered for index in packed) == [0, 1, 2]
        assert sorted(await readable(prepared), key=str) == [b"a", b"change", b"change"]


async def test_at_least_once_writes_outputs_before_the_offset(prepared: KafkaSettings) -> None:
    async with member(prepared) as consumer:
        async with AtLeastOnceProducer(prepared, "test", PATIENCE, consumer) as plain:
            await plain.commit([output(b"a")], prepared.on_cluster(GROUP), source(prepared), 1)
        assert await consumer.committed(source(prepared)) == 1
        assert await readable(prepared) == [b"a"]
        async with AtLeastOnceProducer(prepared, "test", PATIENCE, consumer) as plain:

            async def refused(_: object) -> None:
                raise CommitFailedError("the group has moved on")

            consumer.commit = refused  # type: ignore[method-assign, assignment]
            with pytest.raises(FencedError, match="moved on"):
                await plain.commit([output(b"b")], prepared.on_cluster(GROUP), source(prepared), 2)
    assert sorted(v or b"" for v in await readable(prepared)) == [b"a", b"b"]
