"""The example of a stage of another package: built, installed beside wiredesk, tested, and known to every command."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.support import ROOT, text
from tests.waiting import deadline
from wiredesk.pipeline import STAGES
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing import KafkaProcess, example_event, wait_until
from wiredesk.testing.processes import environment, wiredesk
from wiredesk_schemas import Block, EnrichedArticle, LanguageGuess, page_id

EXAMPLE = ROOT / "examples" / "sentiment-stage"
RAW = {"url": "https://a.example/peace", "body": "<p>Peace"}
IDLE = tuple(f"{stage}=0" for stage in STAGES)
"""Our own stages have no workers: what enrichment would publish is published by hand."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package, built and installed into a folder that is on the path of every process started here."""
    folder = tmp_path_factory.mktemp("sentiment")
    source = shutil.copytree(EXAMPLE, folder / "source")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-index"]
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "-w", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", *offline, "--target", str(folder / "site"), str(wheel)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder / "site"), prepend=os.pathsep)
        yield source


@pytest.fixture(scope="module")
def local_stack(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSettings]:
    """`wiredesk up` with a worker of the stage."""
    assert installed.is_dir()
    folder = tmp_path_factory.mktemp("up")
    counts = [option for count in IDLE for option in ("--workers", count)]
    command = [sys.executable, "-m", "wiredesk.cli", "up", "--data", str(folder), "--port", "0", *counts]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            ready = next(line for line in process.stdout if line.startswith("ready "))
            yield KafkaSettings(bootstrap_servers=ready.removeprefix("ready ").strip())
        finally:
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
            process.wait(deadline())


def ran(kafka: KafkaSettings, *arguments: str) -> str:
    """Run a command that must succeed, and return what it prints."""
    done = wiredesk(kafka, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def article(words: str, language: str) -> EnrichedArticle:
    changes = {
        "page_id": page_id(RAW["url"]),
        "title": None,
        "paragraphs": (Block(text=words),),
        "detected_language": LanguageGuess(code=language, confidence=1),
    }
    return example_event(EnrichedArticle).model_copy(update=changes)


async def publish(kafka: KafkaSettings, *values: bytes) -> None:
    """Publish raw pages, and what enrichment would make of them."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for value in values:
            raw = await producer.send_and_wait("pages.raw", json.dumps(RAW).encode())
            origin = f"pages.raw/{raw.partition}/{raw.offset}"
            headers = [
                ("ce_type", b"wiredesk.article.enriched.v1"),
                ("wiredesk_origin", origin.encode()),
                ("wiredesk_origin_time", str(raw.timestamp).encode()),
            ]
            key = page_id(RAW["url"]).encode()
            await producer.send_and_wait("articles.enriched", value, key=key, headers=headers)
    finally:
        await producer.stop()


async def scores(kafka: KafkaSettings) -> list[str]:
    """Return the ids of all events in the stage's own topic."""
    async with Cluster(kafka) as cluster:
        ranges = await cluster.offset_ranges(await cluster.partitions(["articles.scored"]))
        return [text(record, "ce_id") async for record in cluster.read_range(ranges)]


@pytest.mark.timeout(240)
def test_its_own_tests_pass(installed: Path, cluster: KafkaProcess) -> None:
    env = {**os.environ, "WIREDESK_TEST_BOOTSTRAP_SERVERS": cluster.bootstrap_servers}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(installed / "tests")]
    done = subprocess.run(command, cwd=installed, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


@pytest.mark.timeout(300)
def test_every_command_knows_it(local_stack: KafkaSettings) -> None:
    kafka = local_stack
    cheerful, foreign = article("They hope for peace.", "en"), article("peace, peace", "de")
    asyncio.run(publish(kafka, cheerful.to_json(), foreign.to_json(), b"no article"))

    def state() -> dict[str, object]:
        # Its exit code is 1 once the raw pages, which no worker takes, have waited for a minute.
        stages = json.loads(wiredesk(kafka, "status", "--json").stdout)["stages"]
        return dict(next(one for one in stages if one["stage"] == "sentiment"))

    wait_until(lambda: len(asyncio.run(scores(kafka))) == 1, "the cheerful article is scored")
    wait_until(lambda: state()["dead_letters"] == {"invalid_event": 1}, "the broken article is given up")
    wait_until(lambda: state()["lag"] == 0, "the foreign article is done")
    assert len(asyncio.run(scores(kafka))) == 1
    assert len(state()["workers"]) == 1  # type: ignore[arg-type] # one, that of `up`

    assert "articles.scored" in ran(kafka, "topics", "list")
    assert "0 topics created" in ran(kafka, "topics", "create")
    (scored,) = asyncio.run(scores(kafka))

    traced = [json.loads(line) for line in ran(kafka, "trace", RAW["url"], "--json").splitlines()]
    assert any(record["event_id"] == scored for one in traced for record in one["records"])
    assert any(record["topic"] == "articles.enriched.dlq" for one in traced for record in one["records"])
    assert sum(one["where"].endswith("; sentiment published nothing") for one in traced) == 1

    listed = json.loads(ran(kafka, "dlq", "list", "--by", "stage", "--json"))
    assert (listed["stage"], listed["letters"]) == ("sentiment", 1)

    audited = json.loads(ran(kafka, "audit", "--json"))
    assert (audited["pages"], audited["enriched"], audited["duplicated"]) == (3, 3, 0)
    beside = audited["side_stages"]["sentiment"]
    assert (beside["done"], beside["published_nothing"], beside["missing"], beside["duplicated"]) == (2, 1, 0, 0)

    replayed = json.loads(ran(kafka, "replay", "sentiment", "--from", "1h", "--yes", "--json"))
    assert (replayed["ended"], replayed["published_nothing"], replayed["adds_up"]) == (
        {"articles.scored": 1, "articles.enriched.dlq": 1},
        1,
        True,
    )
    assert asyncio.run(scores(kafka)) == [scored, scored], "the same code gives the same id"

    # The dead letter goes back to articles.enriched, and is given up again: its page has ended all the same once.
    ran(kafka, "dlq", "redrive", "--topic", "sentiment", "--reason", "invalid_event", "--yes")
    wait_until(lambda: state()["lag"] == 0, "what was redriven is done")
    audited = json.loads(ran(kafka, "audit", "--json"))
    assert (audited["pages"], audited["enriched"], audited["duplicated"]) == (3, 3, 0)


def test_commands_without_kafka_know_it(installed: Path, tmp_path: Path) -> None:
    assert installed.is_dir()
    kafka = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    assert "SENTIMENT_MIN_WORDS\t2\tdefault" in ran(kafka, "config")
    assert "wiredesk.sentiment" in ran(kafka, "acls", "--principal", "User:s", "--stage", "sentiment")
    ran(kafka, "schemas", "--check")
    ran(kafka, "schemas", "--out", str(tmp_path))
    assert json.loads((tmp_path / "scored_article.v1.schema.json").read_bytes())["title"] == "ScoredArticle"
    written = json.loads((tmp_path / "asyncapi.json").read_bytes())
    assert list(written["channels"]["articles.scored"]["messages"]) == ["ScoredArticle"]
    assert re.search(r"ingest.*sentiment", ran(kafka, "worker", "--help"), re.DOTALL)
    wrong = subprocess.run(
        [sys.executable, "-m", "wiredesk.cli", "worker", "sentiment"],
        env={**environment(kafka), "SENTIMENT_MIN_WORDS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "SENTIMENT_MIN_WORDS" in wrong.stderr
