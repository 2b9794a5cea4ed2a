"""Lanes in a worker: fenced, braked, bounded, restarted; every record is published once, and in order."""

import asyncio
import contextlib
import math
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from tests import topics
from tests.echo import SETTINGS, TOPICS, outcomes, send, worker
from tests.handlers import SOURCE, STAGE, TARGET
from tests.reading import read_topic
from tests.support import text
from tests.waiting import deadline
from wiredesk.pipeline import TOPICS as PIPELINE_TOPICS
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic
from wiredesk.runtime.trouble import TroubleKind
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker.lane import TRIAL_SECONDS
from wiredesk.runtime.worker.lane_deps import LaneDeps
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import WorkerProcess, wait_until


def keys(records: list[Record]) -> Counter[int]:
    return Counter(int(record.key or b"") for record in records)


async def test_a_fenced_lane_stops_and_opens_again_when_the_partition_is_still_its_own(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    before = metric("wiredesk_transaction_failures_total", error="FencedError")
    async with worker(kafka, SETTINGS.model_copy(update={"session_timeout": setting(6), "drain_timeout": setting(3)})):
        await send(kafka, [b"one"])
        await outcomes(kafka, 1)
        name = f"{kafka.on_cluster(STAGE.group)}.{kafka.on_cluster(SOURCE.name)}.0"
        async with TransactionalProducer(kafka, name, setting(10)):
            pass
        await send(kafka, [b"two"] * 9)
        found = await outcomes(kafka, 10)
    assert metric("wiredesk_transaction_failures_total", error="FencedError") == before + 1
    assert sorted(r.value or b"" for r in found) == [b"one"] + [b"two"] * 9


async def test_a_fenced_lane_leaves_the_partition_to_its_new_owner_until_the_group_has_spoken(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it opened again at once, it would fence the new owner, which would then fence it."""
    monkeypatch.setattr(LaneDeps, "verdict_seconds", 3600)
    await topics.create(kafka, TOPICS)
    name = f"{kafka.on_cluster(STAGE.group)}.{kafka.on_cluster(SOURCE.name)}.0"
    async with worker(kafka):
        await send(kafka, [b"one"])
        await outcomes(kafka, 1)
        async with TransactionalProducer(kafka, name, setting(60)) as owner:
            await send(kafka, [b"two"])
            async with asyncio.timeout(deadline()):
                while not metric("wiredesk_lanes", state="fenced"):
                    await asyncio.sleep(0.02)
            await owner.write([Output(TARGET.name, b"k", b"of the new owner")])
            assert metric("wiredesk_lanes", state="fenced") == 1
    assert [r.value for r in await results(kafka)] == [b"one", b"of the new owner"]


async def test_what_is_in_flight_counts_as_lag(kafka: KafkaSettings) -> None:
    """The consumer's position is already after them, but another worker would have to process them again."""
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"fine"] * 3)
    async with worker(kafka, SETTINGS.model_copy(update={"page_deadline": 3600, "drain_timeout": 0.1})):
        await outcomes(kafka, 3)
        await lag(0)
        await send(kafka, [b"hang"] * 2)
        await lag(2)


async def lag(wanted: int) -> None:
    """Wait until the reported lag of partition 0 has a value."""
    async with asyncio.timeout(deadline()):
        while REGISTRY.get_sample_value("wiredesk_lag_records", {"partition": "0"}) != wanted:
            await asyncio.sleep(0.05)


async def test_a_broken_deployment_pauses_and_continues_when_it_is_fixed(
    kafka: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mood = tmp_path / "bad"
    mood.touch()
    monkeypatch.setenv("TESTS_MOOD", str(mood))
    await topics.create(kafka, TOPICS)
    count = 400
    await send(kafka, [b"page"] * (count // 2))
    await send(kafka, [b"page"] * (count // 2), partition=1)
    settings = SETTINGS.model_copy(update={"brake_records": 20, "brake_retry": setting(0.5)})
    stage = replace(STAGE, handler="tests.handlers:moody")
    tested = Worker(stage, kafka, settings)
    stop = asyncio.Event()
    running = asyncio.create_task(tested.run(stop))
    try:
        async with asyncio.timeout(deadline()):
            while (trouble := tested.trouble()) is None or trouble.kind is not TroubleKind.BRAKED:
                await asyncio.sleep(0.05)
        assert metric("wiredesk_brake") == 1
        assert tested.stuck() is None, "it must not be restarted"
        pulled = len(await dead_letters(kafka))
        async with asyncio.timeout(deadline()):
            while len(letters := await dead_letters(kafka)) < pulled + 3:
                await asyncio.sleep(0.05)
        assert 20 <= len(letters) <= 60, "neither drained nor stuck"
        mood.unlink()
        found = await outcomes(kafka, count)
        async with asyncio.timeout(deadline()):
            while tested.trouble() is not None:
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running
    assert metric("wiredesk_brake") == 0
    assert keys(found) == Counter(dict.fromkeys(range(count // 2), 2))
    assert len(await dead_letters(kafka)) <= 80


async def test_a_slow_page_is_tried_to_its_end_while_the_brake_is_pulled(kafka: KafkaSettings) -> None:
    """It takes longer than a lane waits for a record; if it were abandoned, the brake would never be released."""
    await topics.create(kafka, TOPICS, partitions=1)
    await send(kafka, [b"raise"] * 20 + [b"hang"] + [b"fine"] * 5)
    settings = SETTINGS.model_copy(update={"brake_records": 20, "brake_retry": 0.2, "processes": 1})
    assert settings.page_deadline > TRIAL_SECONDS
    async with worker(kafka, settings):
        found = await outcomes(kafka, 26)
    assert Counter(text(record, "wiredesk_dlq_reason") for record in found) == {"error": 20, "timeout": 1, "": 5}


async def test_a_client_that_has_stopped_fetching_ends_its_worker(kafka: KafkaSettings) -> None:
    """Otherwise it would hang for ever, alive and in its group."""
    await topics.create(kafka, TOPICS)
    tested = Worker(STAGE, kafka, SETTINGS)
    running = asyncio.create_task(tested.run(asyncio.Event()))
    async with asyncio.timeout(deadline()):
        while tested.trouble() is not None:
            await asyncio.sleep(0.05)
        assert tested._assignment is not None
        fetching: Any = tested._assignment._consumer._fetcher
        fetching._fetch_task.cancel()
        with pytest.raises(UnavailableError, match="stopped fetching"):
            await running


async def test_a_client_that_has_left_its_group_ends_its_worker(kafka: KafkaSettings) -> None:
    """Otherwise it would hang for ever, alive, while others have its partitions."""
    await topics.create(kafka, TOPICS)
    tested = Worker(STAGE, kafka, SETTINGS)
    running = asyncio.create_task(tested.run(asyncio.Event()))
    async with asyncio.timeout(deadline()):
        while tested.trouble() is not None:
            await asyncio.sleep(0.05)
        assert tested._assignment is not None
        group: Any = tested._assignment._consumer._coordinator

        async def surprised(*_: object) -> None:
            raise LookupError("as a library is at times")

        group.ensure_active_group = surprised
        group.request_rejoin()
        with pytest.raises(UnavailableError, match="left its consumer group"):
            await running


async def test_records_in_flight_are_limited(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"slow"] * 30)
    await send(kafka, [b"slow"] * 30, partition=1)
    most = 0.0
    settings = SETTINGS.model_copy(update={"worker_records": 8, "transaction_records": 2})
    async with worker(kafka, settings):
        waiting = asyncio.create_task(outcomes(kafka, 60))
        while not waiting.done():
            most = max(most, sum(metric("wiredesk_in_flight_records", partition=str(n)) for n in (0, 1)))
            await asyncio.sleep(0.02)
        found = await waiting
    assert 8 <= most < 8 + 2 * 30, "bounded, but for the records of one poll"
    assert keys(found) == Counter(dict.fromkeys(range(30), 2))


async def test_a_stop_does_not_wait_for_records_that_no_process_has_begun(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"slow"] * 200)
    settings = SETTINGS.model_copy(update={"processes": 1, "session_timeout": 1800, "drain_timeout": 1700})
    async with worker(kafka, settings) as stop:
        await outcomes(kafka, 1)
        stop.set()
    assert len(await results(kafka)) < 200, "they would take 40 s"
    async with worker(kafka, SETTINGS.model_copy(update={"processes": 8})):
        found = await outcomes(kafka, 200)
    assert keys(found) == Counter(range(200))


async def test_at_least_once_needs_no_transactions(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await send(kafka, [b"fine"] * 10 + [b"raise"] + [b"fine"] * 10)
    async with worker(kafka, SETTINGS.model_copy(update={"guarantee": "at_least_once"})):
        found = await outcomes(kafka, 21)
    assert keys(found) == Counter(range(21))
    assert [text(r, "wiredesk_dlq_reason") for r in found if r.value == b"raise"] == ["error"]
    async with worker(kafka):  # and back, from the offsets that it has committed
        await send(kafka, [b"later"])
        found = await outcomes(kafka, 22)
    assert sum(r.value == b"later" for r in found) == 1


@pytest.mark.timeout(180)
async def test_a_rolling_restart_of_static_members_moves_no_partition(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Each worker restarts with its group instance id within the session timeout: the others do not notice."""
    await topics.create(kafka, PIPELINE_TOPICS, partitions=6)
    crew = [start(kafka, tmp_path, n) for n in range(3)]
    try:
        for member in crew:
            wait_until(member.is_ready, "it is ready")
        wait_until(lambda: [*map(lanes, crew)] == [2, 2, 2], "each has two partitions")
        for number, member in enumerate(crew):
            if number == 1:  # by force, as when a machine fails
                member.process.send_signal(signal.SIGKILL)
                member.process.wait()
            else:
                assert member.terminate() == 0
            crew[number] = start(kafka, tmp_path, number)
            wait_until(crew[number].is_ready, "it is ready again", seconds=25)
            wait_until(lambda: lanes(crew[number]) == 2, "it has its two partitions again")  # noqa: B023
            others = [other for other in crew if other is not crew[number]]
            wait_until(lambda: [*map(lanes, others)] == [2, 2], "so have the others")  # noqa: B023
        # The last worker joined once; the first one got its partitions again at each earlier join.
        for member in crew:
            wait_until(lambda: not math.isnan(member.metric("wiredesk_rebalances_total")), "it answers")  # noqa: B023
            assert member.metric("wiredesk_rebalances_total") == 1, "it has got its partitions once since it came back"
    finally:
        for member in crew:
            if member.process.poll() is None:
                member.process.kill()
            member.process.wait()


def start(kafka: KafkaSettings, folder: Path, number: int) -> WorkerProcess:
    settings = {
        "WIREDESK_INSTANCE_ID": f"ingest-{number}",
        "WIREDESK_SESSION_TIMEOUT": str(setting(40)),
        "WIREDESK_DRAIN_TIMEOUT": str(setting(5)),
    }
    return WorkerProcess("ingest", kafka, folder / "log", settings)


def lanes(member: WorkerProcess) -> float:
    return member.metric('wiredesk_lanes{state="running"}')


async def dead_letters(kafka: KafkaSettings) -> list[Record]:
    return await results(kafka, STAGE.dead_letter_topic)


async def results(kafka: KafkaSettings, topic: Topic = TARGET) -> list[Record]:
    """Return the current records of a topic."""
    reading = read_topic(kafka, [kafka.on_cluster(topic.name)], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        return [record async for record in reading if record is not None]


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
