"""The list of suppressed keys, as a worker reads it from Kafka: whole before it begins, followed, and never stale."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests import topics
from tests.handlers import STAGE, TARGET
from tests.waiting import deadline
from wiredesk.runtime.errors import AbortedError, UnavailableError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Compaction, Stage, Suppression, Topic
from wiredesk.runtime.trouble import TroubleKind
from wiredesk.runtime.worker import list_reader
from wiredesk.runtime.worker.list_reader import ListReader

LIST = Topic("wiredesk.list", "Keys", partitions=1, retention_ms=-1, compaction=Compaction())
LISTED = replace(STAGE, suppression=Suppression(LIST, "tests.kafka.test_list_reader:Keyed"))
INPUT = Record("in", 0, 0, 0, b"key of the input", b"value")


class Keyed:
    """Suppresses outputs by their keys."""

    def keys(self, output: Output, stage: Stage) -> Iterator[bytes]:  # noqa: ARG002 - as the runtime calls it
        yield output.key or b""

    def instead(self, output: Output, stage: Stage, key: bytes) -> Output:  # noqa: ARG002 - see above
        return Output(output.topic, key, None)


async def write(kafka: KafkaSettings, **values: bytes | None) -> None:
    async with clients.started(clients.producer(kafka, "test"), kafka) as producer:
        for key, value in values.items():
            await producer.send_and_wait(kafka.on_cluster(LIST.name), value, key=key.encode())


def is_written(reader: ListReader, key: str) -> bool:
    output = Output(TARGET.name, key.encode(), b"value")
    return tuple(reader.apply(INPUT, [output])) == (output,)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(deadline()):
        while not condition():
            await asyncio.sleep(0.05)


async def test_a_list_is_read_before_the_first_record_and_followed(kafka: KafkaSettings) -> None:
    reader = ListReader(LISTED, kafka)
    with pytest.raises(
        UnavailableError, match=r"no topic \S*wiredesk.list on the cluster: run 'wiredesk topics create'"
    ):
        async with reader.following():
            pass
    await topics.create(kafka, [LIST], partitions=3)
    await write(kafka, a=b"{}", b=b"{}", c=b"")
    await write(kafka, b=None)
    async with reader.following():
        assert [is_written(reader, key) for key in "abcd"] == [False, True, False, True]
        await write(kafka, a=None, d=b"{}")
        await until(lambda: not is_written(reader, "d"))
        assert is_written(reader, "a")
        assert reader.trouble is None


async def test_a_list_that_was_deleted_and_created_again_is_read_from_its_start(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [LIST])
    await write(kafka, a=b"{}", b=b"{}", c=b"{}")
    reader = ListReader(LISTED, kafka)
    async with reader.following():
        async with Cluster(kafka) as cluster:
            await cluster.delete_topic(LIST)
            assert await cluster.create_topics([LIST]) == [kafka.on_cluster(LIST.name)]
        await write(kafka, d=b"{}")
        await until(lambda: not is_written(reader, "d"))
        assert is_written(reader, "a")


async def test_nothing_is_written_while_the_end_of_the_list_is_not_read(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await topics.create(kafka, [LIST])
    reader = ListReader(LISTED, kafka)
    async with reader.following():
        assert is_written(reader, "a")
        monkeypatch.setattr(list_reader, "POLL_SECONDS", deadline())
        await until(lambda: reader.age > list_reader.FRESH_SECONDS)
        await reader.refresh()
        assert reader.age <= list_reader.FRESH_SECONDS, "a lane need not wait for the next look"
        monkeypatch.setattr(list_reader, "STALE_SECONDS", -1.0)
        assert reader.trouble is not None
        assert reader.trouble.kind is TroubleKind.LIST_NOT_READ
        with pytest.raises(AbortedError, match=r"the end of \S*wiredesk.list was last read \d+ s ago"):
            is_written(reader, "a")


async def test_the_keys_of_a_list_need_one_order(kafka: KafkaSettings) -> None:
    await topics.create(kafka, [replace(LIST, partitions=2)])
    with pytest.raises(UnavailableError, match="has 2 partitions"):
        async with ListReader(LISTED, kafka).following():
            pass


async def test_a_stage_without_a_list_writes_everything(kafka: KafkaSettings) -> None:
    reader = ListReader(STAGE, kafka)
    async with reader.following():
        assert is_written(reader, "a")
        assert reader.trouble is None
