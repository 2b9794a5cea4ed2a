"""The audit that goes on: what it accounts for, what it names, and that it continues where it was."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.kafka.test_audit import commit, end
from tests.support import Raw, publish, whole_lines
from wiredesk.operations.completeness.continuous import CompletenessAudit, Round
from wiredesk.operations.completeness.marks import GROUP
from wiredesk.operations.completeness.running import ContinuousAudit
from wiredesk.pipeline import ARTICLES_ENRICHED, EXTRACTOR, INGEST, PAGES_ACCEPTED, PAGES_RAW, PAGES_SKIPPED, TOPICS
from wiredesk.registry import registry
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import environment, wait_until, wiredesk


class Audit:
    """An audit of one process."""

    def __init__(self, kafka: KafkaSettings, settle: float = 0, since_ms: int | None = 0) -> None:
        stages = registry()
        self._kafka = kafka
        self._audit = CompletenessAudit(kafka, stages.flow, stages.side_stages, settle, since_ms)

    async def round(self) -> Round:
        async with Cluster(self._kafka) as cluster:
            await self._audit.round(cluster)
            found = self._audit.take()
            await self._audit.save(cluster)
            return found


def counts(done: Round) -> tuple[int, int, int, int, int]:
    return done.accounted.total(), done.missing.total(), done.duplicated.total(), done.late, done.open


async def test_pages_are_accounted_for_range_after_range(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit = Audit(kafka, since_ms=None)
    await publish(kafka, [Raw(b"before the first audit")])
    await commit(kafka, 1)
    assert counts(await audit.round()) == (0, 0, 0, 0, 0)
    origins = await publish(kafka, [Raw(b"page")] * 6)
    await commit(kafka, 5)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0])
    await end(kafka, PAGES_SKIPPED.name, origins[1])
    await end(kafka, PAGES_ACCEPTED.name, origins[3])
    done = await audit.round()
    assert counts(done) == (2, 1, 0, 3, 3), "one is between two stages, two wait for the first"
    assert done.missing_records == [origins[2]]
    await end(kafka, ARTICLES_ENRICHED.name, origins[3], origins[4], origins[5], origins[2])
    await commit(kafka, 6)
    done = await audit.round()
    assert counts(done) == (3, 0, 0, 0, 0)
    assert done.recovered == [origins[2]]


async def test_a_missing_page_is_counted_when_it_is_named_and_once(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit = Audit(kafka)
    waiting, ended, lost = await publish(kafka, [Raw(b"page")] * 3)
    await commit(kafka, 3)
    await end(kafka, PAGES_ACCEPTED.name, waiting)
    await end(kafka, ARTICLES_ENRICHED.name, ended)
    done = await audit.round()
    assert (counts(done), done.due.total(), done.missing_records) == ((0, 1, 0, 1, 3), 1, [lost])
    assert not done.is_balanced
    assert counts(await audit.round()) == (0, 0, 0, 1, 3)
    await end(kafka, ARTICLES_ENRICHED.name, lost)
    done = await audit.round()
    assert (counts(done), done.recovered) == ((0, 0, 0, 1, 3), [lost])
    await end(kafka, ARTICLES_ENRICHED.name, waiting)
    done = await audit.round()
    assert (counts(done), done.due.total()) == ((2, 0, 0, 0, 0), 2), "three pages were due, and one was missing"


async def test_what_a_round_found_is_known_before_it_is_saved(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    known, lost = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    await end(kafka, ARTICLES_ENRICHED.name, known)
    reported: list[Round] = []
    stages = registry()
    audit = ContinuousAudit(kafka, stages.flow, settle=0, since_ms=0, on_round=reported.append)
    with monkeypatch.context() as failing:
        failing.setattr(CompletenessAudit, "_confirm", refuse)
        with pytest.raises(UnavailableError):
            await audit.once()
    assert not reported
    monkeypatch.setattr(CompletenessAudit, "save", refuse)
    with pytest.raises(UnavailableError):
        await audit.once()
    (done,) = reported
    assert (counts(done), done.missing_records) == ((1, 1, 0, 0, 0), [lost]), "of the round that failed, too"


async def refuse(*_: object) -> None:
    raise UnavailableError("the coordinator is not available")


async def test_a_page_is_due_once_it_has_had_its_time(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit = Audit(kafka, settle=3600)
    await publish(kafka, [Raw(b"page")] * 3)
    await commit(kafka, 3)
    assert counts(await audit.round()) == (0, 0, 0, 0, 3)


async def test_it_continues_where_a_killed_one_was(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 3)
    await commit(kafka, 3)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0], origins[1])
    done = await Audit(kafka).round()
    assert (counts(done), done.missing_records) == ((2, 1, 0, 0, 0), [origins[2]])
    assert counts(await Audit(kafka).round()) == (0, 0, 0, 0, 0), "it is reported once"
    more = await publish(kafka, [Raw(b"page")] * 2)
    await end(kafka, ARTICLES_ENRICHED.name, more[0])
    assert counts(await Audit(kafka).round()) == (1, 0, 0, 1, 1)
    await commit(kafka, 5)
    done = await Audit(kafka).round()
    assert (counts(done), done.missing_records) == ((0, 1, 0, 0, 0), [more[1]])


async def test_a_second_outcome_is_named_also_of_a_page_that_was_accounted_for(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit = Audit(kafka)
    one, other = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    await end(kafka, ARTICLES_ENRICHED.name, one, other, one)
    assert counts(await audit.round()) == (2, 0, 0, 0, 0)
    done = await audit.round()
    enriched = kafka.on_cluster(ARTICLES_ENRICHED.name)
    assert [(twice.origin, twice.ended_at) for twice in done.duplicated_records] == [
        (one, (f"{enriched}/0/0", f"{enriched}/0/2"))
    ]
    await end(kafka, PAGES_SKIPPED.name, other)
    await audit.round()
    assert [twice.origin for twice in (await audit.round()).duplicated_records] == [other]
    assert counts(await audit.round()) == (0, 0, 0, 0, 0)


async def test_a_second_outcome_is_named_also_by_a_process_that_goes_on(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    one, other = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    await end(kafka, ARTICLES_ENRICHED.name, one, one, other)
    assert counts(await Audit(kafka).round()) == (2, 0, 0, 0, 0)
    audit = Audit(kafka)
    await audit.round()
    assert [duplicate.origin for duplicate in (await audit.round()).duplicated_records] == [one]
    assert counts(await Audit(kafka).round()) == (0, 0, 0, 0, 0), "it is reported once"


async def test_the_outcome_of_a_redriven_letter_is_no_second_one(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit = Audit(kafka)
    early, late = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 2)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    for offset, page in enumerate((early, late)):
        lineage: tuple[tuple[str, bytes], ...] = (("wiredesk_origin", page.encode()), ("wiredesk_origin_time", b"1"))
        record = Record(kafka.on_cluster(PAGES_ACCEPTED.name), 0, offset, 0, b"k", b"{}", lineage)
        letter = dead_letter(EXTRACTOR, "1", record, Failure("timeout", "too slow"))
        headers = [*letter.headers, *lineage]
        await producer.send_and_wait(kafka.on_cluster(letter.topic), letter.value, key=letter.key, headers=headers)
    await producer.stop()
    assert counts(await audit.round()) == (2, 0, 0, 0, 0)
    assert wiredesk(kafka, "dlq", "redrive", "--yes").returncode == 0
    await end(kafka, ARTICLES_ENRICHED.name, early, late)
    for _ in range(3):
        assert counts(await audit.round()) == (0, 0, 0, 0, 0)
    assert counts(await Audit(kafka).round()) == (0, 0, 0, 0, 0)


async def test_markers_are_no_pages_and_a_topic_that_is_created_again_is_audited_again(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    audit, raw = Audit(kafka), kafka.on_cluster(PAGES_RAW.name)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, transactional_id=kafka.on_cluster("partner"))
    await producer.start()
    for _ in range(2):
        async with producer.transaction():
            await producer.send(raw, b"page")
    await producer.stop()
    await end(kafka, ARTICLES_ENRICHED.name, f"{raw}/0/0", f"{raw}/0/2")
    await commit(kafka, 4)
    assert counts(await audit.round()) == (2, 0, 0, 0, 0)
    async with Cluster(kafka) as cluster:
        await cluster.delete_topic(PAGES_RAW)
        assert await cluster.create_topics([PAGES_RAW], partitions=1) == [raw]
    await publish(kafka, [Raw(b"page")])
    assert counts(await audit.round()) == (0, 0, 0, 1, 1), "the offset of the old topic does not count"
    await end(kafka, INGEST.dead_letter_topic.name, f"{raw}/0/0")
    assert counts(await audit.round()) == (1, 0, 0, 0, 0)


def rounds(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in whole_lines(output)]


async def test_the_command_names_the_page_that_is_lost_and_commits_its_marks(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 3)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0])
    once = ("audit", "--continuous", "--once", "--settle", "0")
    done = wiredesk(kafka, *once, "--since", "1h")
    (first,) = rounds(done.stdout)
    assert (done.returncode, first["due"], first["missing_records"]) == (1, 2, [origins[1]])
    done = wiredesk(kafka, *once)
    assert (done.returncode, rounds(done.stdout)[0]["due"]) == (0, 0)
    (again,) = await publish(kafka, [Raw(b"page")])
    await end(kafka, ARTICLES_ENRICHED.name, again, again)
    done = wiredesk(kafka, *once)
    (found,) = rounds(done.stdout)
    assert (done.returncode, found["due"], found["duplicated"]) == (1, 1, 1)
    assert [one["origin"] for one in found["duplicated_records"]] == [again]
    async with Cluster(kafka) as cluster:
        marks = await cluster.group_offsets(kafka.on_cluster(GROUP))
    assert {at.offset for tp, at in marks.items() if tp.topic == kafka.on_cluster(PAGES_RAW.name)} == {3}


def test_options_of_the_rounds_need_them(kafka: KafkaSettings) -> None:
    for option in (("--once",), ("--settle", "5"), ("--every", "5")):
        done = wiredesk(kafka, "audit", *option)
        assert (done.returncode, done.stdout) == (2, "")
        assert "need --continuous" in done.stderr


@contextlib.contextmanager
def running(kafka: KafkaSettings, out: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the audit as a process of its own: its rounds go to a file, its log to another one."""
    command = [sys.executable, "-m", "wiredesk.cli", "audit", "--continuous", "--settle", "0", "--every", "1"]
    command += ["--audit-port", "0", *options]
    with (
        out.open("wb") as rounds_file,
        out.with_suffix(".log").open("wb") as log,
        subprocess.Popen(command, env=environment(kafka), stdout=rounds_file, stderr=log) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def metrics_of(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return str(answer.read().decode())


def due(out: Path) -> int:
    return sum(one["due"] for one in rounds(out.read_text()))


async def test_a_process_measures_survives_a_kill_and_ends_cleanly(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    origins = await publish(kafka, [Raw(b"page")] * 2)
    await commit(kafka, 3)
    await end(kafka, ARTICLES_ENRICHED.name, origins[0])
    first, second = tmp_path / "first", tmp_path / "second"
    with running(kafka, first, "--since", "1h") as audit:
        await asyncio.to_thread(wait_until, lambda: due(first) == 2, "both pages are accounted for")
        log = [json.loads(line) for line in whole_lines(first.with_suffix(".log").read_text())]
        (port,) = [line["metrics_port"] for line in log if "metrics_port" in line]
        assert [line["origin"] for line in log if line["event"] == "page is missing"] == [origins[1]]
        measured = await asyncio.to_thread(metrics_of, port)
        for name in ("due", "accounted", "missing", "duplicated"):  # what they count is held back for a minute
            assert f'wiredesk_audit_{name}_total{{partition="0",stage="audit"}} 0.0' in measured
        # A round saves its marks after it is reported.
        await asyncio.to_thread(wait_until, lambda: len(rounds(first.read_text())) > 1, "the first round is saved")
        audit.send_signal(signal.SIGKILL)
    (more,) = await publish(kafka, [Raw(b"page")])
    await end(kafka, PAGES_SKIPPED.name, more)
    with running(kafka, second) as audit:
        await asyncio.to_thread(wait_until, lambda: due(second) == 1, "it goes on after its mark")
        audit.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(audit.wait, scaled(30)) == 0
    assert (due(second), sum(one["missing"] for one in rounds(second.read_text()))) == (1, 0)
