"""Records that no client library can parse: each is dead-lettered, the others are processed, commands skip it."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.codec import gzip_encode
from aiokafka.record.util import calc_crc32c

from tests import topics
from tests.faults.batches import Codec, RawBatch, RawHeader, RawProducer, RawRecord
from tests.reading import committed_offsets, offset_ranges, read_range
from tests.support import Raw, ends_of, origin, publish, text
from tests.waiting import until
from wiredesk.pipeline import PAGES_RAW, STAGES, TOPICS
from wiredesk.runtime.kafka.damaged import MAX_HEADERS
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import KafkaProcess, wait_until, wiredesk, workers

NAME = b"tr\xff\xfeace"
HEADERS: list[RawHeader] = [(b"fine", b"1"), (NAME, b"2"), (b"", None)]
COMMANDS = (
    ("audit", "--json"),
    ("status", "--json"),
    ("tail", PAGES_RAW.name, "--from-beginning", "--until-end", "--json"),
    ("tail", f"{PAGES_RAW.name}.dlq", "--from-beginning", "--until-end"),
    ("trace", "https://a.example/1", "--json"),
    ("story", "https://a.example/1", "--json"),
    ("dlq", "redrive", "--dry-run", "--json"),
    ("replay", "ingest", "--from", "1d", "--into", "elsewhere", "--dry-run", "--json"),
)


def gone(number: int) -> RawRecord:
    """Return a page that ingest skips."""
    return RawRecord(b"%d" % number, b'{"url": "https://a.example/%d", "body": "x", "http_status": 500}' % number)


async def raw_records(kafka: KafkaSettings) -> list[Record]:
    source = TopicPartition(kafka.on_cluster(PAGES_RAW.name), 0)
    async with contextlib.aclosing(read_range(kafka, await offset_ranges(kafka, [source]))) as reading:
        return [record async for record in reading]


def run_all(kafka: KafkaSettings) -> None:
    """Run every command on these records: each one skips the unreadable ones, and reports them in one line."""
    for command in COMMANDS:
        done = wiredesk(kafka, *command)
        assert "Traceback" not in done.stdout + done.stderr, command
        assert done.returncode in (0, 1), (command, done.stderr)
        if "--json" in command:
            for line in done.stdout.splitlines():
                json.loads(line)


@pytest.mark.parametrize("codec", [Codec.NONE, Codec.ZSTD])
async def test_a_header_name_that_is_not_utf8_costs_its_record_alone(
    kafka: KafkaSettings, tmp_path: Path, codec: Codec
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    topic = kafka.on_cluster(PAGES_RAW.name)
    hostile = RawRecord(b"hostile", gone(1).value, HEADERS)
    many = RawRecord(b"many", gone(3).value, [(b"n" * 100_000, b""), *((b"x", b"y"),) * 50_000])
    async with RawProducer(kafka.bootstrap_servers) as producer:
        error, base = await producer.send(topic, 0, RawBatch([gone(0), hostile, gone(2), many], codec))
        assert (error, base) == (0, 0)
    with workers(kafka, ["ingest"], tmp_path / "log") as (ingest,):
        found = await ends_of(kafka, [f"{topic}/0/{offset}" for offset in range(4)])
        await ends_of(kafka, await publish(kafka, [Raw(b"no page")]))
        wait_until(ingest.is_ready, "it works on")
    assert {at: [record.topic for record in records] for at, records in found.items()} == {
        f"{topic}/0/0": [kafka.on_cluster("pages.skipped")],
        f"{topic}/0/1": [f"{topic}.dlq"],
        f"{topic}/0/2": [kafka.on_cluster("pages.skipped")],
        f"{topic}/0/3": [kafka.on_cluster("pages.skipped")],
    }
    (letter,) = found[f"{topic}/0/1"]
    assert (letter.key, letter.value) == (hostile.key, hostile.value), "whole"
    assert text(letter, "wiredesk_dlq_reason") == "unreadable_record"
    assert "header 1 is not UTF-8: tr\\xff\\xfeace" in text(letter, "wiredesk_dlq_message")
    assert (text(letter, "wiredesk_dlq_partition"), text(letter, "wiredesk_dlq_offset")) == ("0", "1")
    raw = dict(letter.headers)["wiredesk_dlq_raw_headers"] or b""
    assert NAME in raw, "byte for byte"
    assert ("fine", b"1") in letter.headers
    done = wiredesk(kafka, "audit", "--json")
    assert (json.loads(done.stdout)["missing"], json.loads(done.stdout)["duplicated"]) == (0, 0)
    read = wiredesk(kafka, "tail", PAGES_RAW.name, "--from-beginning", "--until-end", "--json")
    assert len(read.stdout.splitlines()) == 5
    assert "cannot be read" in read.stderr
    assert f"{topic}/0/1" in read.stderr
    if codec is Codec.ZSTD:
        run_all(kafka)
    redriven: dict[str, Any] = json.loads(
        wiredesk(kafka, "dlq", "redrive", "--reason", "unreadable_record", "--json").stdout
    )
    assert redriven["sent"] == 1, "under a name that is one it can be processed"
    with workers(kafka, ["ingest"], tmp_path / "log"):
        ended = await ends_of(kafka, [f"{topic}/0/{(await raw_records(kafka))[-1].offset}"])
    assert [record.topic for records in ended.values() for record in records] == [kafka.on_cluster("pages.skipped")]


async def test_batches_that_would_take_all_memory_or_time_cost_themselves_alone(
    kafka: KafkaSettings, tmp_path: Path
) -> None:
    """The broker accepts them: it only iterates over records, and over the members of a stream."""
    await topics.create(kafka, TOPICS, partitions=1)
    topic = kafka.on_cluster(PAGES_RAW.name)
    many = replace(gone(1), headers=((b"", None),) * (MAX_HEADERS + 1))
    plain = RawBatch([gone(2)]).encoded()[61:]
    members = gzip_encode(plain) + gzip_encode(b"") * 1000
    async with RawProducer(kafka.bootstrap_servers) as producer:
        for batch in (
            RawBatch([gone(0)]),
            RawBatch([many], Codec.ZSTD),
            RawBatch([gone(2)], Codec.GZIP, members),
            RawBatch([gone(3)]),
        ):
            assert (await producer.send(topic, 0, batch))[0] == 0
    with workers(kafka, ["ingest"], tmp_path / "log") as (ingest,):
        found = await ends_of(kafka, [f"{topic}/0/{offset}" for offset in range(4)])
        wait_until(ingest.is_ready, "it works on")
    assert {at: [text(record, "wiredesk_dlq_reason") for record in records] for at, records in found.items()} == {
        f"{topic}/0/0": [""],
        f"{topic}/0/1": ["unreadable_record"],
        f"{topic}/0/2": ["unreadable_batch"],
        f"{topic}/0/3": [""],
    }
    run_all(kafka)


async def test_a_damaged_batch_at_the_beginning_is_given_up_once(
    kafka: KafkaSettings, cluster: KafkaProcess, tmp_path: Path
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    topic = kafka.on_cluster(PAGES_RAW.name)
    async with RawProducer(kafka.bootstrap_servers) as producer:
        assert await producer.send(topic, 0, RawBatch([gone(0), gone(1), gone(2)])) == (0, 0)
    (segment,) = (cluster.folder / "kafka" / "node-1" / "log" / f"{topic}-0").glob("*.log")
    damage(segment, number=0)
    with workers(kafka, ["ingest"], tmp_path / "log"):
        await ends_of(kafka, [f"{topic}/0/0"])
    source = TopicPartition(topic, 0)

    async def is_committed() -> bool:
        committed = await committed_offsets(kafka, STAGES["ingest"])
        return source in committed and committed[source].offset == 3

    await until(is_committed, "the offset after the whole batch is committed")
    with workers(kafka, ["ingest"], tmp_path / "log"):
        await ends_of(kafka, await publish(kafka, [Raw(b"no page")]))
    audit = json.loads(wiredesk(kafka, "audit", "--json").stdout)
    assert (audit["pages"], audit["missing"], audit["duplicated"], audit["dead_lettered"]) == (2, 0, 0, 2)


async def test_a_batch_that_is_damaged_on_disk_costs_itself_alone(
    kafka: KafkaSettings, cluster: KafkaProcess, tmp_path: Path
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    topic = kafka.on_cluster(PAGES_RAW.name)
    async with RawProducer(kafka.bootstrap_servers) as producer:
        for batch in ([gone(0)], [gone(1), gone(2)], [gone(3)], [gone(4)]):
            assert (await producer.send(topic, 0, RawBatch(batch)))[0] == 0
    (segment,) = (cluster.folder / "kafka" / "node-1" / "log" / f"{topic}-0").glob("*.log")
    damage(segment, number=1)
    damage(segment, number=2, codec=6)
    with workers(kafka, ["ingest"], tmp_path / "log") as (ingest,):
        found = await ends_of(kafka, [f"{topic}/0/{offset}" for offset in (0, 1, 3, 4)])
        wait_until(ingest.is_ready, "it works on")
    ended = {at: [(r.topic, text(r, "wiredesk_dlq_reason")) for r in records] for at, records in found.items()}
    skipped, lost = (kafka.on_cluster("pages.skipped"), ""), (f"{topic}.dlq", "unreadable_batch")
    assert ended == {
        f"{topic}/0/0": [skipped],
        f"{topic}/0/1": [lost],
        f"{topic}/0/3": [lost],
        f"{topic}/0/4": [skipped],
    }
    audit = json.loads(wiredesk(kafka, "audit", "--json").stdout)
    assert (audit["missing"], audit["duplicated"], audit["dead_lettered"]) == (0, 0, 2)
    run_all(kafka)
    redriven = json.loads(wiredesk(kafka, "dlq", "redrive", "--yes", "--json").stdout)
    assert (redriven["sent"], redriven["unreadable"]) == (0, 2), "bytes are no record that could go back"
    assert origin(found[f"{topic}/0/1"][0]) == f"{topic}/0/1"


def damage(segment: Path, number: int, codec: int | None = None) -> None:
    """Change a batch in the segment file of the broker: its last byte, or its codec."""
    data = segment.read_bytes()
    at = 0
    for _ in range(number):
        at += 12 + int.from_bytes(data[at + 8 : at + 12])
    length = 12 + int.from_bytes(data[at + 8 : at + 12])
    with segment.open("r+b") as file:
        if codec is None:
            file.seek(at + length - 1)
            file.write(bytes([data[at + length - 1] ^ 0xFF]))
            return
        changed = bytearray(data[at : at + length])
        changed[22] = codec
        changed[17:21] = calc_crc32c(bytes(changed[21:])).to_bytes(4)
        file.seek(at)
        file.write(changed)
