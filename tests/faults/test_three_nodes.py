"""On three nodes: records are replicated, a killed worker loses and repeats nothing, and what is confirmed is true on each."""

import collections
import contextlib
import json
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import topics
from tests.support import SAMPLES, Raw, ends_of, publish
from wiredesk.pipeline import PAGES_RAW, TOPICS
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import KafkaProcess, WorkerProcess, run_broker, wait_until, workers

PAGES = 150


@pytest.fixture(scope="module")
def three_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    with run_broker(tmp_path_factory.mktemp("kafka3"), "--nodes", "3") as broker:
        yield broker


@pytest.mark.timeout(240)
async def test_a_killed_worker_loses_and_repeats_nothing(three_nodes: KafkaProcess, tmp_path: Path) -> None:
    kafka = KafkaSettings(bootstrap_servers=three_nodes.bootstrap_servers, topic_prefix="killed.")
    brokers = kafka.bootstrap_servers.split(",")
    assert len(brokers) == 3
    await topics.create(kafka, TOPICS, partitions=3, replication=3)
    for broker in brokers:
        asked = kafka.model_copy(update={"bootstrap_servers": broker})
        async with Cluster(asked) as cluster:
            states = await cluster.topic_states(TOPICS)
        assert {(state.partitions, state.replication) for state in states} == {(3, 3), (1, 3)}
    page = (SAMPLES / "pages" / "index.html").read_text(encoding="utf-8")
    raw = [
        Raw(json.dumps({"url": f"https://k.example/{n}", "body": page, "content_type": "text/html"}).encode())
        for n in range(PAGES)
    ]
    settings = {
        "WIREDESK_SESSION_TIMEOUT": str(setting(6)),
        "WIREDESK_DRAIN_TIMEOUT": str(setting(3)),
        "WIREDESK_TRANSACTION_RECORDS": "4",
    }
    with (
        workers(kafka, ["ingest", "extractor"], tmp_path / "log", settings) as victims,
        contextlib.ExitStack() as successors,
    ):
        origins = await publish(kafka, raw)
        for victim in victims:
            wait_until(partial(at_work, victim), f"{victim.stage} is at work")
            victim.process.send_signal(signal.SIGKILL)
            victim.process.wait()
            # At once: the extractor cannot read what ingest wrote in its open transaction until ingest is fenced.
            successors.enter_context(workers(kafka, [victim.stage], tmp_path / "log", settings))
        records_by_origin = await ends_of(kafka, origins, seconds=90)
    assert collections.Counter(map(len, records_by_origin.values())) == {1: PAGES}


async def test_a_topic_that_was_just_deleted_is_created(three_nodes: KafkaProcess) -> None:
    kafka = KafkaSettings(bootstrap_servers=three_nodes.bootstrap_servers, topic_prefix="deleted.")
    async with Cluster(kafka) as cluster:
        for _ in range(20):
            assert await cluster.create_topics([PAGES_RAW], partitions=3) == [kafka.on_cluster(PAGES_RAW.name)]
            await cluster.delete_topic(PAGES_RAW)


async def test_settings_that_were_just_set_are_read(three_nodes: KafkaProcess) -> None:
    kafka = KafkaSettings(bootstrap_servers=three_nodes.bootstrap_servers, topic_prefix="set.")
    name = kafka.on_cluster(PAGES_RAW.name)
    async with Cluster(kafka) as cluster:
        await cluster.create_topics([PAGES_RAW], partitions=1)
        for lag in map(str, range(20)):
            await cluster.set_topic_settings({name: {"min.compaction.lag.ms": lag}})
            for _ in range(3):  # of any broker
                assert (await cluster.topic_settings([name]))[name]["min.compaction.lag.ms"] == lag


def at_work(worker: WorkerProcess) -> bool:
    return worker.metric("wiredesk_records_total") >= 8
