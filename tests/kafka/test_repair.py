"""The runbook's example: a bug in extraction is deployed, wrong articles are published; then fix, replay, compare."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests import topics
from tests.reading import read_topic
from tests.support import SAMPLES, Raw, ends_of, publish, text
from tests.waiting import deadline
from wiredesk.extractor.extract import Extractor
from wiredesk.pipeline import ARTICLES_CLEANED, ARTICLES_ENRICHED, EXTRACTOR, TOPICS
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import WorkerProcess, wait_until, wiredesk, workers

PAGES = 20
TITLE = "Ferry crews end strike after night of talks"
V2 = "articles.cleaned.v2"


class ReplacedWorker(WorkerProcess):
    """A worker whose extractor has a bug, and whose enrichment takes no time."""

    command: ClassVar[tuple[str, ...]] = (
        sys.executable,
        "-m",
        "tests.replaced",
        "extractor=tests.replaced:buggy",
        "enrichment=tests.faults.light_stages:without_models",
        "--",
        "worker",
    )


@contextmanager
def running(worker: WorkerProcess) -> Iterator[None]:
    try:
        wait_until(worker.is_ready, f"{worker.stage} is ready")
        yield
    finally:
        worker.process.send_signal(signal.SIGTERM)
        worker.process.wait(deadline())


def run(kafka: KafkaSettings, *command: str, code: int = 0) -> Any:
    done = wiredesk(kafka, *command, "--json")
    assert done.returncode == code, done.stderr or done.stdout
    return json.loads(done.stdout)


async def newest(kafka: KafkaSettings, topic: str) -> dict[bytes, Record]:
    """Return what a consumer that upserts by page id has at the end."""
    reading = read_topic(kafka, [kafka.on_cluster(topic)], from_beginning=True, until_end=True)
    return {record.key or b"": record async for record in reading if record is not None}


def titles(articles: dict[bytes, Record]) -> set[str]:
    return {json.loads(record.value or b"")["title"] for record in articles.values()}


@pytest.mark.timeout(240)
async def test_a_bug_is_deployed_fixed_replayed_and_compared(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    log, page = tmp_path / "log", (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
    raw = [
        Raw(json.dumps({"url": f"https://a{n % 2}.example/{n}", "body": page, "content_type": "text/html"}).encode())
        for n in range(PAGES)
    ]
    enrichment = ReplacedWorker("enrichment", kafka, log)
    with running(enrichment), workers(kafka, ["ingest", "revisions"], log):
        # Wrong articles are published.
        with running(ReplacedWorker("extractor", kafka, log)):
            origins = await publish(kafka, raw)
            await ends_of(kafka, origins)
        wrong = titles(await newest(kafka, ARTICLES_ENRICHED.name))
        assert TITLE not in wrong

        # The bug is fixed. The fixed extractor first publishes to a separate topic, for a comparison.
        planned = run(kafka, "replay", EXTRACTOR.name, "--from", "-1h", "--into", V2, "--dry-run")
        assert (planned["wanted"], planned["version"]) == (PAGES, Extractor.version)
        tried = run(kafka, "replay", EXTRACTOR.name, "--from", "-1h", "--into", V2, "--host", "a1.example")
        assert tried["adds_up"]
        assert tried["ended"][V2] == PAGES // 2
        difference = run(kafka, "topics", "compare", ARTICLES_CLEANED.name, V2, "--replay", tried["run"], code=1)
        assert {name: difference[name] for name in ("same", "changed", "new", "gone")} == {
            "same": 0, "changed": PAGES // 2, "new": 0, "gone": 0
        }  # fmt: skip
        assert difference["fields"] == {"title": PAGES // 2}
        assert titles(await newest(kafka, ARTICLES_ENRICHED.name)) == wrong, "no reader has seen it yet"

        # Then the live topic is repaired; enrichment, which runs all the time, publishes the articles again.
        with workers(kafka, ["extractor"], log):
            repaired = run(kafka, "replay", EXTRACTOR.name, "--from", "-1h", "--yes")
            assert repaired["adds_up"]
            async with asyncio.timeout(deadline()):
                while titles(articles := await newest(kafka, ARTICLES_ENRICHED.name)) != {TITLE}:
                    await asyncio.sleep(0.2)
    assert len(articles) == PAGES
    assert {text(record, "wiredesk_replay") for record in articles.values()} == {repaired["run"]}
    assert {text(record, "wiredesk_origin") for record in articles.values()} == set(origins)

    audit = run(kafka, "audit")
    assert {name: audit[name] for name in ("pages", "enriched", "in_flight", "missing", "duplicated")} == {
        "pages": PAGES, "enriched": PAGES, "in_flight": 0, "missing": 0, "duplicated": 0
    }  # fmt: skip
    assert audit["replayed"] == {repaired["run"]: PAGES}
    run(kafka, "topics", "compare", ARTICLES_CLEANED.name, V2, "--replay", tried["run"])
