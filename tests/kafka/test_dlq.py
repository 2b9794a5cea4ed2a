"""`wiredesk dlq` as its users run it: after a fix, the dead letters are sent back, once each."""

import asyncio
import contextlib
import json
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.reading import read_topic
from tests.support import ROOT
from tests.waiting import deadline
from wiredesk.operations.dead_letters.redrive_log import read_redrive_log
from wiredesk.pipeline import EXTRACTOR, INGEST, PAGES_ACCEPTED, PAGES_RAW, TOPICS
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.lineage import lineage
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk.testing.processes import environment, wiredesk

HOSTS = ("paper.example", "sport.paper.example", "other.example")
REASONS = ("timeout", "error", "memory")


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "wiredesk.cli", "dlq", *options]


def dlq(kafka: KafkaSettings, *options: str, code: int = 0) -> str:
    done = wiredesk(kafka, "dlq", *options)
    assert done.returncode == code, done.stderr or done.stdout
    return done.stdout if code == 0 else done.stderr


def objects(kafka: KafkaSettings, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in dlq(kafka, *options, "--json").splitlines()]


async def give_up(kafka: KafkaSettings, stage: Stage, count: int, first: int = 0) -> None:
    """Write dead letters as a lane would: with various reasons and hosts, and pages of every size."""
    rng = random.Random(7)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for number in range(first, first + count):
            record = Record(
                topic=kafka.on_cluster(stage.consumes.name),
                partition=number % 6,
                offset=number,
                timestamp=1_700_000_000_000,
                key=b"k%d" % number,
                value=json.dumps(
                    {"url": f"https://{HOSTS[number % 3]}/{number}", "body": "x" * rng.randrange(9000)}
                ).encode(),
                headers=(("traceparent", b"00-1"), ("a", None)),
            )
            letter = dead_letter(stage, "1", record, Failure(REASONS[number // 3 % 3], "too slow", "stack of it"))
            await producer.send(
                kafka.on_cluster(letter.topic),
                key=letter.key,
                value=letter.value,
                headers=[*letter.headers, *lineage(stage, record)],
            )
        await producer.flush()
    finally:
        await producer.stop()


async def records(kafka: KafkaSettings, topic: str) -> list[Record]:
    return [
        r
        async for r in read_topic(kafka, [kafka.on_cluster(topic)], from_beginning=True, until_end=True)
        if r is not None
    ]


async def test_dead_letters_are_counted_shown_and_sent_back_once(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await give_up(kafka, INGEST, 18)
    counted = {(row["topic"], row["reason"]): row["letters"] for row in objects(kafka, "list")}
    assert counted == {(kafka.on_cluster("pages.raw.dlq"), reason): 6 for reason in REASONS}
    by_host = {row["host"]: row["letters"] for row in objects(kafka, "list", "--by", "host", "--reason", "memory")}
    assert by_host == dict.fromkeys(HOSTS, 2)
    assert objects(kafka, "list", "--since", "-1h", "--topic", "ingest")

    newest = objects(kafka, "list", "--reason", "timeout")[0]["newest"]
    shown = dlq(kafka, "show", newest)
    for part in ("reason: timeout", "message: too slow", "stack of it", "header traceparent: 00-1", "https://"):
        assert part in shown
    assert objects(kafka, "show", newest)[0]["headers"]["wiredesk_dlq_reason"] == "timeout"

    planned = objects(kafka, "redrive", "--reason", "timeout", "--host", "paper.example", "--dry-run")[0]
    assert (planned["would_send"], planned["sent"]) == (4, 0)
    assert not await records(kafka, PAGES_RAW.name)
    sent = objects(kafka, "redrive", "--reason", "timeout", "--host", "paper.example")[0]
    assert (sent["sent"], sent["by_reason"]) == (4, {"timeout": 4})
    back = await records(kafka, PAGES_RAW.name)
    assert {r.key for r in back} == {b"k0", b"k1", b"k9", b"k10"}
    assert {r.headers for r in back} == {(("traceparent", b"00-1"), ("a", None), ("wiredesk_redrives", b"1"))}

    again = objects(kafka, "redrive", "--reason", "timeout", "--host", "paper.example")[0]
    assert (again["sent"], again["done_before"]) == (0, 4)
    assert len(await records(kafka, PAGES_RAW.name)) == 4
    assert {row["redriven"] for row in objects(kafka, "list", "--reason", "timeout")} == {4}


async def test_a_record_is_redriven_as_often_as_is_allowed(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await give_up(kafka, INGEST, 1)
    for round_ in (1, 2):
        assert objects(kafka, "redrive", "--rounds", "2", "--yes")[0]["sent"] == 1
        (*_, back) = await records(kafka, PAGES_RAW.name)
        assert back.headers[-1] == ("wiredesk_redrives", str(round_).encode())
        letter = dead_letter(INGEST, "1", back, Failure("timeout", "again"))
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
        await producer.start()
        await producer.send_and_wait(
            kafka.on_cluster(letter.topic), letter.value, key=letter.key, headers=list(letter.headers)
        )
        await producer.stop()
    last = objects(kafka, "redrive", "--rounds", "2", "--yes")[0]
    assert (last["sent"], last["done_before"], last["limit_reached"]) == (0, 2, 1)


@pytest.mark.timeout(240)
async def test_a_dead_letter_too_large_for_its_topic_does_not_stop_the_others(kafka: KafkaSettings) -> None:
    """Another client may have compressed it better than we do."""
    narrow = [replace(one, max_message_bytes=200_000) if one is PAGES_RAW else one for one in TOPICS]
    await topics.create(kafka, narrow, partitions=1)
    await give_up(kafka, INGEST, 3)
    wide = Record(
        kafka.on_cluster(PAGES_RAW.name), 0, 99, 1_700_000_000_000, b"wide", random.Random(1).randbytes(400_000)
    )
    letter = dead_letter(INGEST, "1", wide, Failure("timeout", "not done"))
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        headers = [*letter.headers, *lineage(INGEST, wide)]
        await producer.send_and_wait(kafka.on_cluster(letter.topic), letter.value, key=letter.key, headers=headers)
    finally:
        await producer.stop()
    await give_up(kafka, INGEST, 3, first=3)
    (result,) = objects(kafka, "redrive", "--yes")
    assert (result["sent"], result["too_large"]) == (6, 1)
    assert Counter(await raw_keys(kafka)) == Counter(b"k%d" % n for n in range(6))
    (again,) = objects(kafka, "redrive", "--yes")
    assert (again["sent"], again["done_before"], again["too_large"]) == (0, 6, 1)


async def raw_keys(kafka: KafkaSettings) -> list[bytes | None]:
    reading = read_topic(kafka, [kafka.on_cluster(PAGES_RAW.name)], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        return [record.key async for record in reading if record is not None]


async def test_a_thousand_are_sent_back_once_each_although_the_command_is_killed(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await give_up(kafka, EXTRACTOR, 1000)
    wanted = {b"k%d" % n for n in range(1000) if REASONS[n // 3 % 3] in ("timeout", "error")}
    options = ["redrive", "--reason", "timeout", "--reason", "error"]
    rng = random.Random(3)
    kills = 0
    while kills < 3:
        process = await asyncio.create_subprocess_exec(
            *command(*options), cwd=ROOT, env=environment(kafka), stderr=asyncio.subprocess.DEVNULL
        )
        before = await redriven(kafka)
        latest = time.monotonic() + deadline()
        # It is killed after it has begun to write, each time at another point.
        while process.returncode is None and await redriven(kafka) == before and time.monotonic() < latest:
            await asyncio.sleep(0.01 + 0.05 * rng.random())
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()
        kills += 1
    objects(kafka, *options)
    back = Counter(r.key for r in await records(kafka, PAGES_ACCEPTED.name))
    assert set(back) == wanted
    assert set(back.values()) == {1}
    final = objects(kafka, *options)[0]
    assert (final["sent"], final["done_before"]) == (0, len(wanted))


async def redriven(kafka: KafkaSettings) -> int:
    async with Cluster(kafka) as cluster:
        return len(await read_redrive_log(cluster))


async def test_two_runs_at_once_send_nothing_twice(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await give_up(kafka, EXTRACTOR, 600)
    both = [
        await asyncio.create_subprocess_exec(
            *command("redrive", "--yes"), cwd=ROOT, env=environment(kafka), stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    messages = [(await process.communicate())[1].decode() for process in both]
    for process, message in zip(both, messages, strict=True):
        # The later run fences the other, unless the other has finished.
        assert process.returncode == 0 or (process.returncode == 1 and "nothing is sent twice" in message), message
    objects(kafka, "redrive", "--yes")
    back = Counter(r.key for r in await records(kafka, PAGES_ACCEPTED.name))
    assert (len(back), set(back.values())) == (600, {1})


async def test_dead_letters_are_exported_purged_and_imported(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    await give_up(kafka, INGEST, 9)
    exported = tmp_path / "letters.jsonl"
    assert dlq(kafka, "export", str(exported), "--reason", "error") == f"3 dead letters in {exported}\n"
    assert "already" in dlq(kafka, "export", str(exported), code=2)
    assert "--yes" in dlq(kafka, "purge", code=2)
    assert "deleted" in dlq(kafka, "purge", "--yes")
    assert not objects(kafka, "list")
    assert dlq(kafka, "purge", "--yes") == "no dead letters to purge\n"
    assert dlq(kafka, "import", str(exported)) == "3 dead letters imported, 0 were there already\n"
    assert dlq(kafka, "import", str(exported)) == "0 dead letters imported, 3 were there already\n"
    assert [(row["reason"], row["letters"]) for row in objects(kafka, "list")] == [("error", 3)]
    assert objects(kafka, "redrive", "--yes")[0]["sent"] == 3
    assert {r.headers for r in await records(kafka, PAGES_RAW.name)} == {
        (("traceparent", b"00-1"), ("a", None), ("wiredesk_redrives", b"1"))
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["redrive"],
            "reasons: error 2, timeout 2; stages: ingest 4): select some, for instance with --reason, or pass",
        ),
        (["purge"], "4 dead letters of "),
        (["show", "pages.raw.dlq/0/99"], "there is no dead letter"),
        (["show", "pages.raw/0/1"], "is not the id of a dead letter"),
        (["redrive", "--topic", "nix"], "no dead-letter topic nix"),
        (["list", "--since", "soon"], "is not a time"),
        (["import", "nowhere.jsonl"], "No such file"),
    ],
)
async def test_a_wrong_command_is_explained_in_one_line(kafka: KafkaSettings, options: list[str], message: str) -> None:
    await topics.create(kafka, TOPICS)
    if options in (["redrive"], ["purge"]):
        await give_up(kafka, INGEST, 4, first=1)
    said = dlq(kafka, *options, code=2)
    assert len(said.splitlines()) == 1, said
    (line,) = said.splitlines()
    assert message in line


async def test_topics_that_are_missing_are_named_in_one_line(kafka: KafkaSettings) -> None:
    (line,) = dlq(kafka, "list", code=1).splitlines()
    assert "run 'wiredesk topics create' first" in line
