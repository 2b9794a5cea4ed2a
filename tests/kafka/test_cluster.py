"""One client for each command: how many connections it opens, and that parallel requests share them."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka import client as library

from tests import topics
from tests.echo import TOPICS, send
from tests.handlers import SOURCE
from tests.support import Raw, publish
from wiredesk import pipeline
from wiredesk.cli import app
from wiredesk.operations.status import StatusMonitor
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.settings import KafkaSettings

COMMANDS = {
    "status": ("status", "--json"),
    "trace": ("trace", "https://paper.example/a", "--json"),
    "dlq list": ("dlq", "list", "--json"),
    "dlq export": ("dlq", "export", "letters.jsonl"),
    "replay list": ("replay", "list", "--json"),
    "topics compare": ("topics", "compare", "articles.cleaned", "articles.enriched"),
    "audit": ("audit", "--json"),
    "tail": ("tail", "pages.raw", "--from-beginning", "--until-end", "--json"),
}


class Connections:
    """Counts the created clients and the connections that they open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts: Counter[str] = Counter()
        make: Any = library.AIOKafkaClient.__init__
        connect: Any = vars(library)["create_conn"]

        def made(client: Any, **options: Any) -> None:
            self.counts["clients"] += 1
            make(client, **options)

        async def connected(*where: Any, **options: Any) -> Any:
            self.counts["connections"] += 1
            return await connect(*where, **options)

        monkeypatch.setattr(library.AIOKafkaClient, "__init__", made)
        monkeypatch.setattr(library, "create_conn", connected)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_opens_one_client(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(_publish(kafka))
    monkeypatch.setenv("WIREDESK_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)
    monkeypatch.setenv("WIREDESK_TOPIC_PREFIX", kafka.topic_prefix)
    connections = Connections(monkeypatch)
    assert app.run(list(COMMANDS[command])) == 0
    assert connections.counts["clients"] == 1
    # One for the metadata of the cluster, and one to its only broker: no command asks about open transactions here.
    assert connections.counts["connections"] == 2


async def _publish(kafka: KafkaSettings) -> None:
    await topics.create(kafka, pipeline.TOPICS, partitions=2)
    await publish(kafka, [Raw(b'{"url": "https://paper.example/a", "body": "<p>text</p>"}')])


async def test_many_reads_at_once_and_within_one_another(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"%d" % n for n in range(20)])
    source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
    async with Cluster(kafka) as cluster:

        async def offsets(start: int, stop: int) -> list[int]:
            async with contextlib.aclosing(cluster.read_range({source: OffsetRange(start, stop)})) as records:
                return [record.offset async for record in records]

        together = tuple(await asyncio.gather(offsets(0, 20), offsets(5, 10), offsets(7, 7)))
        assert together == ([*range(20)], [*range(5, 10)], [])
        within = []
        async with contextlib.aclosing(cluster.read_range({source: OffsetRange(0, 20)})) as records:
            async for record in records:
                within.append(await offsets(record.offset, record.offset + 1))
                if record.offset == 3:
                    break  # an abandoned read must not disturb later ones
        assert within == [[0], [1], [2], [3]]
        assert await cluster.offset_ranges([source]) == {source: OffsetRange(0, 20)}
        assert await offsets(18, 20) == [18, 19]


async def test_a_missing_topic_is_a_wrong_argument_only_where_a_person_named_it(kafka: KafkaSettings) -> None:
    async with Cluster(kafka) as cluster:
        with pytest.raises(UsageError, match="no topic nowhere on the cluster: 'wiredesk topics list' shows") as wrong:
            async with contextlib.aclosing(cluster.read_topic(["nowhere"])) as records:
                await anext(records)
        with pytest.raises(
            UnavailableError, match=r"no topic nowhere .*: run 'wiredesk topics create' first"
        ) as missing:
            await cluster.required_topics(["nowhere"])
        assert (wrong.value.exit_code, missing.value.exit_code) == (2, 1)
        assert await cluster.partitions(["nowhere"]) == []
        assert await cluster.topic_id("nowhere") == ""


async def test_offsets_of_a_group_are_set_read_and_deleted(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    source, group = TopicPartition(kafka.on_cluster(SOURCE.name), 0), kafka.on_cluster("readers")
    async with Cluster(kafka) as cluster:
        assert (await cluster.describe_group(group)).state == "Dead"
        await cluster.set_group_offsets(group, {source: 7})
        (committed,) = (await cluster.group_offsets(group)).values()
        assert (committed.offset, committed.note.topic_id) == (7, await cluster.topic_id(source.topic))
        described = await cluster.describe_group(group)
        assert (described.state, described.is_idle, described.members) == ("Empty", True, ())
        await cluster.delete_group(group)
        await cluster.delete_group(group)  # the group does not exist any more: nothing to delete
        assert await cluster.group_offsets(group) == {}


async def test_stages_that_share_an_input_have_a_lag_each(kafka: KafkaSettings) -> None:
    await topics.create(kafka, pipeline.TOPICS, partitions=1)
    await publish(kafka, [Raw(b"page")] * 3)
    second = replace(pipeline.INGEST, name="second", dead_letters="second.dlq")
    source = TopicPartition(kafka.on_cluster(pipeline.PAGES_RAW.name), 0)
    async with Cluster(kafka) as cluster:
        await cluster.set_group_offsets(kafka.on_cluster(second.group), {source: 2})
        monitor = StatusMonitor(cluster, [pipeline.INGEST, second], pipeline.PAGES_SKIPPED, timedelta(hours=1))
        assert [stage.lag for stage in (await monitor.measure()).stages] == [3, 1]
