"""A page that raises, hangs, allocates or crashes is dead-lettered; the others are published, in order."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from prometheus_client import REGISTRY

from tests import topics
from tests.echo import SETTINGS, TOPICS, outcomes, send, worker
from tests.handlers import STAGE
from tests.reading import committed_offsets
from tests.support import templates, text
from tests.waiting import deadline, until
from wiredesk.runtime.errors import HandlerError, UnavailableError
from wiredesk.runtime.isolation import template as template_module
from wiredesk.runtime.settings import MIB, KafkaSettings
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker import lane as lane_module
from wiredesk.testing.patience import setting


async def test_poison_costs_itself_alone(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    poison = {
        b"raise": "error",
        b"recurse": "error",
        b"reject": "unwanted",
        b"hang": "timeout",
        b"spin": "timeout",
        b"allocate": "memory",
        b"crash": "crash",
        b"exit": "crash",
    }
    values = [value for name in poison for value in (b"fine", name, b"fine too")]
    await send(kafka, values)
    async with worker(kafka):
        found = await outcomes(kafka, len(values))
    letters = {r.value: text(r, "wiredesk_dlq_reason") for r in found if r.topic.endswith(".dlq")}
    assert letters == poison
    done = sorted((r for r in found if r.topic.endswith("out")), key=lambda r: text(r, "wiredesk_origin"))
    assert len(done) == len(values) - len(poison)
    # The keys are the positions in the input: each output partition holds them in order.
    for number in {r.partition for r in done}:
        offsets = [(r.offset, int(r.key or b"")) for r in done if r.partition == number]
        assert [key for _, key in sorted(offsets)] == sorted(key for _, key in offsets)


async def test_a_dead_letter_is_the_record_as_received(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    headers = [("twice", b"\xff\x00"), ("twice", None), ("wiredesk_dlq_reason", b"forged"), ("wiredesk_origin", b"x")]
    try:
        sent = await producer.send_and_wait(kafka.on_cluster("in"), b"raise", key=b"\x80key", headers=headers)
    finally:
        await producer.stop()
    async with worker(kafka):
        (letter,) = await outcomes(kafka, 1)
    assert (letter.key, letter.value) == (b"\x80key", b"raise")
    kept = [*headers[:2], ("received_wiredesk_dlq_reason", b"forged"), ("received_wiredesk_origin", b"x")]
    assert list(letter.headers[: len(headers)]) == kept
    reasons = {
        name: text(letter, f"wiredesk_dlq_{name}") for name in ("reason", "stage", "topic", "partition", "offset")
    }
    assert reasons == {
        "reason": "error",
        "stage": "echo",
        "topic": kafka.on_cluster("in"),
        "partition": str(sent.partition),
        "offset": str(sent.offset),
    }
    assert "ValueError: as ordered" in text(letter, "wiredesk_dlq_message")
    assert "Traceback" in text(letter, "wiredesk_dlq_stack")
    assert text(letter, "wiredesk_origin") == f"{kafka.on_cluster('in')}/{sent.partition}/{sent.offset}"


async def test_an_output_that_no_topic_takes_is_dead_lettered(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"one", b"huge", b"two"])
    async with worker(
        kafka, SETTINGS.model_copy(update={"page_memory_bytes": 1024 * MIB, "page_deadline": setting(20)})
    ):
        found = await outcomes(kafka, 3)
    assert sorted((r.value, text(r, "wiredesk_dlq_reason")) for r in found) == [
        (b"huge", "output_too_large"),
        (b"one", ""),
        (b"two", ""),
    ]


async def test_a_killed_child_loses_nothing(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"slow"])
    async with worker(kafka, SETTINGS.model_copy(update={"processes": 1, "transaction_records": 1})):
        (first,) = await outcomes(kafka, 1)
        await send(kafka, [b"slow"] * 20)
        await until(lambda: in_flight() > 1, "it is at work")
        os.kill(int(text(first, "pid")), signal.SIGKILL)
        found = await outcomes(kafka, 21)
    assert sorted(int(r.key or b"") for r in found) == [0, *range(20)]
    assert {text(r, "wiredesk_dlq_reason") for r in found} == {""}
    assert len({text(r, "pid") for r in found}) == 2


def in_flight() -> float:
    return REGISTRY.get_sample_value("wiredesk_in_flight_records", {"partition": "0"}) or 0.0


async def test_a_restarted_worker_goes_on_where_the_last_one_stopped(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "IDLE_SECONDS", deadline())  # no idle lane commits its position: batches do
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"first"] * 10)
    async with worker(kafka):
        await outcomes(kafka, 10)
    source = TopicPartition(kafka.on_cluster("in"), 0)

    async def is_committed() -> bool:
        committed = await committed_offsets(kafka, STAGE)
        return source in committed and committed[source].offset == 10

    await until(is_committed, "the offsets of its last transaction are there")
    await send(kafka, [b"second"] * 10, partition=1)
    async with worker(kafka):
        found = await outcomes(kafka, 20)
    assert sorted(r.value or b"" for r in found) == [b"first"] * 10 + [b"second"] * 10


async def test_a_handler_that_cannot_load_ends_the_worker(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    stage = replace(STAGE, handler="tests.handlers:broken")
    with pytest.raises(HandlerError, match="no model here"):
        await Worker(stage, kafka, SETTINGS).run(asyncio.Event())


async def test_a_handler_that_does_not_load_again_ends_the_worker(
    kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not ready and says why, then it ends; what it has committed stays, and its successor does the rest."""
    path = tmp_path / "load"
    path.write_text("fine")
    monkeypatch.setenv("TESTS_LOAD", str(path))
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"first"] * 10)
    stage = replace(STAGE, handler="tests.handlers:replaceable")
    failing = Worker(stage, kafka, SETTINGS)
    running = asyncio.create_task(failing.run(asyncio.Event()))
    await outcomes(kafka, 10)
    path.write_text("missing")
    (template,) = templates()
    template.kill()
    await send(kafka, [b"second"] * 10)
    async with asyncio.timeout(deadline()):
        while "No module named" not in str(failing.trouble()):
            assert not running.done()
            await asyncio.sleep(0.05)
        monkeypatch.setattr(template_module, "GIVE_UP_SECONDS", 0.0)
        with pytest.raises(HandlerError, match=r"No module named .* gave up after"):
            await running
    path.write_text("fine")
    async with worker(kafka, stage=stage):
        found = await outcomes(kafka, 20)
    assert sorted(r.value or b"" for r in found) == [b"first"] * 10 + [b"second"] * 10
    assert not [r for r in found if r.topic.endswith(".dlq")]


async def test_a_worker_is_stopped_while_its_handler_loads(
    kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "load"
    path.write_text("hang")
    monkeypatch.setenv("TESTS_LOAD", str(path))
    await topics.create(kafka, TOPICS)
    stop = asyncio.Event()
    loading = Worker(replace(STAGE, handler="tests.handlers:replaceable"), kafka, SETTINGS)
    running = asyncio.create_task(loading.run(stop))
    async with asyncio.timeout(deadline()):
        while not templates():
            await asyncio.sleep(0.05)
        assert loading.trouble() == Trouble(TroubleKind.STARTING, "starting: the handler is being loaded")
        stop.set()
        await running
    assert not templates()


async def test_missing_topics_are_named(kafka: KafkaSettings) -> None:
    with pytest.raises(UnavailableError, match=r"no topic .*in.* on the cluster: run 'wiredesk topics create'"):
        await Worker(STAGE, kafka, SETTINGS).run(asyncio.Event())


async def test_poison_among_many_quick_records_costs_itself_alone(kafka: KafkaSettings) -> None:
    """A child receives many at a time; the record at which it dies or hangs is found by retrying one by one."""
    await topics.create(kafka, TOPICS)
    poison = {150: b"crash", 260: b"hang", 261: b"reject", 300: b"allocate", 301: b"exit", 302: b"raise"}
    values = [poison.get(number, b"fine") for number in range(450)]
    await send(kafka, values)
    async with worker(kafka, SETTINGS.model_copy(update={"processes": 1, "page_deadline": setting(2)})):
        found = await outcomes(kafka, len(values))
    letters = {int(r.key or b""): text(r, "wiredesk_dlq_reason") for r in found if r.topic.endswith(".dlq")}
    assert letters == {150: "crash", 260: "timeout", 261: "unwanted", 300: "memory", 301: "crash", 302: "error"}
    assert sorted(int(r.key or b"") for r in found) == list(range(len(values)))
