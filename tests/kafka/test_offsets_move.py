"""Offsets that are not what they were: a recreated topic, expired records, a truncated log; and idle stages."""

import asyncio
import functools
import json
import signal
import subprocess
import sys
from pathlib import Path

import confluent_kafka
import confluent_kafka.admin
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewPartitions, RecordsToDelete
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined] # exported, and not said so
from prometheus_client import REGISTRY

from tests import topics
from tests.echo import SETTINGS, TOPICS, outcomes, send, worker
from tests.handlers import SOURCE, STAGE
from tests.reading import committed_offsets, count_partitions, set_group_offsets, topic_id
from tests.support import ROOT, Raw, ends_of, publish, text
from tests.waiting import deadline
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import PAGES_RAW, STAGES
from wiredesk.pipeline import TOPICS as PIPELINE_TOPICS
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk.testing.patience import scaled, setting
from wiredesk.testing.processes import WorkerProcess, environment, wait_until, wiredesk, workers

ONE_PARTITION = SETTINGS.model_copy(update={"processes": 1})

FLOW = ("ingest", "extractor", "revisions", "enrichment")
"""Stages through which a page goes to its end."""


def value_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def has_no_lag(member: WorkerProcess) -> bool:
    return member.metric("wiredesk_lag_records") == 0


def gone(number: int) -> Raw:
    """Return a page that ingest skips: it has no article."""
    return Raw(b'{"url": "https://a.example/%d", "body": "x", "http_status": 500}' % number)


def values(records: list[Record]) -> list[bytes]:
    return sorted(record.value or b"" for record in records)


async def recreate_topic(kafka: KafkaSettings, name: str) -> str:
    """Delete the input topic, create it again, and return its new id."""
    topic = kafka.on_cluster(name)
    async with clients.started(clients.admin(kafka), kafka) as admin:
        before = await topic_id(kafka, topic)
        await admin.delete_topics([topic])
        async with asyncio.timeout(deadline()):
            while await topic_id(kafka, topic):
                await asyncio.sleep(0.05)
        async with asyncio.timeout(deadline()):
            while not await topics.create(kafka, [SOURCE if name == SOURCE.name else PAGES_RAW], partitions=1):
                await asyncio.sleep(0.05)
        after = await topic_id(kafka, topic)
    assert after not in ("", before)
    return after


def lags(kafka: KafkaSettings, group: str, topic: str) -> list[int | None]:
    """Return the lag of each partition as other tools count it; None if nothing is committed."""
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    name = kafka.on_cluster(group)
    count = len(admin.list_topics(kafka.on_cluster(topic), scaled(10)).topics[kafka.on_cluster(topic)].partitions)
    partitions = [confluent_kafka.TopicPartition(kafka.on_cluster(topic), number) for number in range(count)]
    asked = confluent_kafka.ConsumerGroupTopicPartitions(name, partitions)
    committed = admin.list_consumer_group_offsets([asked])[name].result().topic_partitions
    newest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    latest = admin.list_offsets(dict.fromkeys(partitions, newest))
    ends = {tp.partition: future.result().offset for tp, future in latest.items()}
    return [None if tp.offset < 0 else ends[tp.partition] - tp.offset for tp in committed]


def is_at_rest(kafka: KafkaSettings, stage: Stage) -> bool:
    return lags(kafka, stage.group, stage.consumes.name) == [0, 0]


async def test_an_idle_group_has_no_lag_in_every_tool(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Its input ends with transaction markers, which are never delivered; one partition is empty."""
    await topics.create(kafka, PIPELINE_TOPICS, partitions=2)
    with workers(kafka, [*FLOW], tmp_path / "log") as crew:
        origins = await publish(kafka, [Raw(b'{"url": "https://a.example/1", "body": "<p>One two three.</p>"}', b"k")])
        await ends_of(kafka, origins)
        for stage in map(STAGES.__getitem__, FLOW):
            wait_until(functools.partial(is_at_rest, kafka, stage), f"{stage.name} lags by nothing")
        shown = json.loads(wiredesk(kafka, "status", "--json").stdout)
        assert [stage["lag"] for stage in shown["stages"] if stage["stage"] in FLOW] == [0] * len(FLOW)
        for member in crew:
            wait_until(functools.partial(has_no_lag, member), "the metric says the same")


async def test_a_topic_that_is_recreated_while_its_worker_runs_is_read_from_its_beginning(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"old %d" % n for n in range(20)])
    async with worker(kafka, ONE_PARTITION):
        await outcomes(kafka, 20)
        id_ = await recreate_topic(kafka, SOURCE.name)
        await send(kafka, [b"new %d" % n for n in range(30)])
        found = await outcomes(kafka, 50)
    new = [record for record in found if (record.value or b"").startswith(b"new")]
    assert values(new) == sorted(b"new %d" % n for n in range(30))
    assert {text(record, "wiredesk_origin_topic_id") for record in new} == {id_}


async def test_a_topic_that_is_recreated_while_its_worker_is_frozen_loses_nothing(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, PIPELINE_TOPICS, partitions=1)
    with workers(kafka, ["ingest"], tmp_path / "log", {"WIREDESK_TRANSACTION_TIMEOUT": "20"}) as (ingest,):
        old = await publish(kafka, [gone(n) for n in range(40)])
        await ends_of(kafka, old)
        ingest.process.send_signal(signal.SIGSTOP)
        try:
            await recreate_topic(kafka, PAGES_RAW.name)
            new = await publish(kafka, [gone(n) for n in range(60)])
        finally:
            ingest.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(deadline()):
            while (audit := json.loads(wiredesk(kafka, "audit", "--json").stdout))["in_flight"]:
                await asyncio.sleep(0.1)
    assert len(new) == 60
    assert (audit["pages"], audit["skipped"]) == (60, 60)
    assert (audit["missing"], audit["duplicated"], audit["expired"]) == (0, 0, 0)


async def test_a_topic_that_is_recreated_and_ends_where_it_ended_is_read_from_its_beginning(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """Then no offset is out of range, and no new record shows the change."""
    await topics.create(kafka, PIPELINE_TOPICS, partitions=1)
    with workers(kafka, ["ingest"], tmp_path / "log", {"WIREDESK_SESSION_TIMEOUT": str(setting(120))}) as (ingest,):
        await ends_of(kafka, await publish(kafka, [gone(n) for n in range(40)]))
        wait_until(lambda: ingest.metric("wiredesk_lag_records") == 0, "all is committed")
        ingest.process.send_signal(signal.SIGSTOP)
        try:
            await recreate_topic(kafka, PAGES_RAW.name)
            await publish(kafka, [gone(n) for n in range(40)])
        finally:
            ingest.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(deadline()):
            while (audit := json.loads(wiredesk(kafka, "audit", "--json").stdout))["skipped"] < 40:
                await asyncio.sleep(0.5)
    assert (audit["pages"], audit["missing"], audit["duplicated"]) == (40, 0, 0)


async def test_offsets_of_a_deleted_topic_are_not_used(kafka: KafkaSettings) -> None:
    """A commit of a worker that had not noticed yet may arrive after the topic was recreated."""
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"new %d" % n for n in range(5)])
    source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
    consumer = clients.reader(kafka, "test", group_id=kafka.on_cluster(STAGE.group))
    async with clients.started(consumer, kafka):
        consumer.assign([source])
        await consumer.commit({source: (3, '{"topic_id": "AAAAAAAAAAAAAAAAAAAAAA", "leader_epoch": 0, "expired": 0}')})
    before = value_of("wiredesk_offsets_moved_total", kind="recreated")
    assert await committed_offsets(kafka, STAGE) == {}
    async with worker(kafka, ONE_PARTITION):
        found = await outcomes(kafka, 5)
    assert values(found) == sorted(b"new %d" % n for n in range(5))
    assert value_of("wiredesk_offsets_moved_total", kind="recreated") == before + 1


@pytest.mark.parametrize("offset", [5, 8])
async def test_an_offset_that_another_tool_has_set_gets_a_note_of_the_topic_id(
    kafka: KafkaSettings, offset: int
) -> None:
    """A topic that is recreated later would otherwise be read from there; and 8 is beyond the end, where 5 is right."""
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"%d" % n for n in range(5)])
    source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
    consumer = clients.reader(kafka, "test", group_id=kafka.on_cluster(STAGE.group))
    async with clients.started(consumer, kafka):
        consumer.assign([source])
        await consumer.commit({source: (offset, "")})
    id_ = await topic_id(kafka, source.topic)
    async with worker(kafka, ONE_PARTITION), asyncio.timeout(deadline()):
        while (found := (await committed_offsets(kafka, STAGE))[source]).note.topic_id != id_ or found.offset != 5:
            await asyncio.sleep(0.05)


async def test_offsets_that_are_set_by_hand_have_a_topic_id_and_keep_the_expired_count(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
    id_ = await topic_id(kafka, source.topic)
    consumer = clients.reader(kafka, "test", group_id=kafka.on_cluster(STAGE.group))
    async with clients.started(consumer, kafka):
        consumer.assign([source])
        await consumer.commit({source: (3, f'{{"topic_id": "{id_}", "leader_epoch": 0, "expired": 7}}')})
    await set_group_offsets(kafka, STAGE.group, {source: 1})
    found = (await committed_offsets(kafka, STAGE))[source]
    assert (found.offset, found.note.topic_id, found.note.expired) == (1, id_, 7)


async def test_what_retention_deletes_before_it_is_read_is_counted(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, PIPELINE_TOPICS, partitions=1)
    with workers(kafka, ["ingest"], tmp_path / "log"):
        await ends_of(kafka, await publish(kafka, [Raw(b"first")]))
    await publish(kafka, [Raw(b"expired %d" % n) for n in range(4)] + [Raw(b"last")])
    raw = TopicPartition(kafka.on_cluster(PAGES_RAW.name), 0)
    async with clients.started(clients.admin(kafka), kafka) as admin:
        await admin.delete_records({raw: RecordsToDelete(before_offset=5)})
    audited = wiredesk(kafka, "audit", "--json")
    assert (json.loads(audited.stdout)["expired"], audited.returncode) == (4, 0)
    assert "deleted" in audited.stderr
    with workers(kafka, ["ingest"], tmp_path / "log") as (ingest,):
        wait_until(lambda: ingest.metric("wiredesk_expired_records_total") == 4, "the deleted records are counted")
        wait_until(lambda: ingest.metric('wiredesk_offsets_moved_total{kind="expired"}') == 1, "so is the move")
        wait_until(lambda: json.loads(wiredesk(kafka, "audit", "--json").stdout)["in_flight"] == 0, "the last is done")
    after = json.loads(wiredesk(kafka, "audit", "--json").stdout)
    assert (after["pages"], after["expired"], after["expired_by_stage"]) == (1, 4, {"ingest": 4})
    assert (after["missing"], after["duplicated"]) == (0, 0)


async def test_records_that_expire_under_a_running_lane_are_counted(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    before = value_of("wiredesk_expired_records_total")
    settings = ONE_PARTITION.model_copy(update={"worker_records": 2, "lane_records": 2, "transaction_records": 1})
    async with worker(kafka, settings):
        await send(kafka, [b"slow"] * 80)
        await send(kafka, [b"x" * 900_000] * 10 + [b"last"])
        await outcomes(kafka, 1)
        source = TopicPartition(kafka.on_cluster(SOURCE.name), 0)
        async with clients.started(clients.admin(kafka), kafka) as admin:
            await admin.delete_records({source: RecordsToDelete(before_offset=90)})
        async with asyncio.timeout(deadline()):
            while (await committed_offsets(kafka, STAGE))[source].offset < 91:
                await asyncio.sleep(0.05)
        noted = (await committed_offsets(kafka, STAGE))[source].note.expired
    assert noted > 0
    assert value_of("wiredesk_expired_records_total") == before + noted


async def test_a_truncated_log_is_read_from_its_new_end(tmp_path: Path) -> None:
    """As after an unclean election: the offsets of lost records are assigned again, to other records."""
    cache, folder = BrokerSettings().cache_dir, tmp_path / "kafka"
    async with EmbeddedKafka(folder, cache) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await topics.create(kafka, TOPICS, partitions=1)
        for n in range(6):
            await send(kafka, [b"old %d" % n])  # a batch each
        async with worker(kafka, ONE_PARTITION):
            await outcomes(kafka, 6)
    truncate(folder / "node-1" / "log" / f"{SOURCE.name}-0", batches=4)
    before = value_of("wiredesk_offsets_moved_total", kind="cut_back")
    async with EmbeddedKafka(folder, cache) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await send(kafka, [b"new %d" % n for n in range(5)])
        async with worker(kafka, ONE_PARTITION):
            found = await outcomes(kafka, 11)
    assert values(found) == sorted([*(b"old %d" % n for n in range(6)), *(b"new %d" % n for n in range(5))])
    assert value_of("wiredesk_offsets_moved_total", kind="cut_back") == before + 1


def truncate(partition: Path, batches: int) -> None:
    """Drop all but the first batches of a partition while no broker runs."""
    (segment,) = partition.glob("*.log")
    data = segment.read_bytes()
    at = 0
    for _ in range(batches):
        at += 12 + int.from_bytes(data[at + 8 : at + 12])
    segment.write_bytes(data[:at])
    for index in (*partition.glob("*.index"), *partition.glob("*.timeindex"), *partition.glob("*.snapshot")):
        index.unlink()
    # The broker trusts the log after a clean shutdown; without the marker of one, it checks the log.
    for mark in (partition.parent / ".kafka_cleanshutdown",):
        mark.unlink(missing_ok=True)
    for checkpoint in ("recovery-point-offset-checkpoint", "replication-offset-checkpoint"):
        (partition.parent / checkpoint).unlink(missing_ok=True)


async def test_new_partitions_are_noticed(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    async with worker(kafka):
        await send(kafka, [b"first"])
        await outcomes(kafka, 1)
        began = asyncio.get_running_loop().time()
        async with clients.started(clients.admin(kafka), kafka) as admin:
            await admin.create_partitions({kafka.on_cluster(SOURCE.name): NewPartitions(2)})
        async with asyncio.timeout(deadline()):
            while (await count_partitions(kafka, [kafka.on_cluster(SOURCE.name)])) != {kafka.on_cluster("in"): 2}:
                await asyncio.sleep(0.05)
        await send(kafka, [b"second"], partition=1)
        await outcomes(kafka, 2)
        assert asyncio.get_running_loop().time() - began < 300, "aiokafka's own metadata is five minutes old"


@pytest.mark.timeout(240)
async def test_a_foreign_transaction_is_named_and_nobody_is_restarted_for_it(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    await topics.create(kafka, PIPELINE_TOPICS, partitions=1)
    foreign = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        transactional_id=kafka.on_cluster("foreign"),
        transaction_timeout_ms=900_000,
    )
    with workers(kafka, ["ingest"], tmp_path / "log") as (ingest,):
        await foreign.start()
        try:
            await foreign.begin_transaction()
            await foreign.send_and_wait(kafka.on_cluster(PAGES_RAW.name), b"no page")
            producer_id = foreign._txn_manager.producer_id
            await publish(kafka, [Raw(b"no page either")])
            wait_until(lambda: "a transaction of producer" in ingest.get("/readyz")[1], "readiness names it")
            status, reason = ingest.get("/readyz")
            assert status == 503
            assert f"producer {producer_id} " in reason
            assert f"{kafka.on_cluster(PAGES_RAW.name)}/0 is open from offset 0 on" in reason
            assert ingest.get("/healthz")[0] == 200
            shown = json.loads(wiredesk(kafka, "status", "--json").stdout)
            assert any(f"producer {producer_id} " in trouble for trouble in shown["troubles"])
            assert shown["stages"][0]["lag"] == 2, "as Kafka's own tools count"
            audit = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "wiredesk.cli", "audit"),
                cwd=ROOT,
                env=environment(kafka),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert audit.stderr is not None
            line = (await audit.stderr.readline()).decode()
            assert f"producer {producer_id} " in line, "it says what it waits for"
            await foreign.abort_transaction()
            output, _ = await audit.communicate()
            assert "missing\t0" in output.decode()
        finally:
            await foreign.stop()
        wait_until(ingest.is_ready, "ready again")
