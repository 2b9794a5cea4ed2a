"""`wiredesk status` as its users run it: a deployment that is idle, one with lag, one without workers."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests import topics
from tests.reading import count_partitions
from tests.support import SAMPLES, Raw, ends_of, publish
from wiredesk.pipeline import PAGES_RAW, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wait_until, wiredesk, workers

FERRY = (SAMPLES / "pages" / "ferry-strike.html").read_text(encoding="utf-8")


def status(kafka: KafkaSettings, *options: str, code: int = 0) -> str:
    done = wiredesk(kafka, "status", *options)
    assert done.returncode == code, done.stderr or done.stdout
    return done.stdout if code == 0 else done.stderr


def stages(kafka: KafkaSettings) -> dict[str, dict[str, Any]]:
    return {stage["stage"]: stage for stage in json.loads(status(kafka, "--json"))["stages"]}


def event(name: str, **fields: object) -> Raw:
    return Raw(json.dumps({"url": f"https://paper.example/{name}", "body": FERRY, **fields}).encode())


@pytest.mark.timeout(180)
async def test_a_deployment_at_a_glance(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    idle = json.loads(status(kafka, "--json"))
    assert idle["brokers"] == {"count": 1, "under_replicated": 0, "leaderless": 0}
    assert (idle["troubles"], idle["oldest_page_seconds"]) == ([], 0)
    assert all(stage["lag"] == 0 and stage["workers"] == [] for stage in idle["stages"])

    pages = [event("a"), event("b"), event("gone", http_status=500), Raw(b"no page")]
    origins = await publish(kafka, pages)
    wait_until(lambda: stages(kafka)["ingest"]["lag"] == 4, "the pages wait")
    assert stages(kafka)["ingest"]["lag_seconds"] > 0

    with workers(kafka, ["ingest"], tmp_path / "workers.log"):
        await ends_of(kafka, origins[2:])
        wait_until(lambda: stages(kafka)["ingest"]["lag"] == 0, "ingest is done")
        measured = json.loads(status(kafka, "--json"))
        ingest, extractor, *_ = measured["stages"]
        assert (ingest["group"], extractor["group"]) == ("Stable", "Dead")
        assert [worker["partitions"] for worker in ingest["workers"]] == [[0, 1, 2, 3, 4, 5]]
        assert ingest["dead_letters"] == {"invalid_event": 1}
        assert measured["skipped"] == {"http_error": 1}
        # Two pages wait; transaction markers between them have offsets, too.
        assert extractor["lag"] >= 2
        assert ingest["lag"] == 0
        assert measured["oldest_page_seconds"] > 0
    lines = [line.split("\t") for line in status(kafka).splitlines()]
    assert [line[0] for line in lines] == [
        "ingest",
        "extractor",
        "revisions",
        "signatures",
        "syndication",
        "enrichment",
        "latest",
        "skipped",
        "oldest page in flight",
        "brokers",
    ]


async def test_missing_topics_end_in_a_line_that_says_what_to_do(kafka: KafkaSettings) -> None:
    (line,) = status(kafka, "--json", code=1).splitlines()
    assert "run 'wiredesk topics create' first" in line


async def test_a_transaction_that_a_killed_worker_left_open_hides_nothing_else(kafka: KafkaSettings) -> None:
    """It stays open for a minute, and that is when users look."""
    await topics.create(kafka, TOPICS)
    await publish(kafka, [event("a")])
    names = [kafka.on_cluster(topic.name) for topic in TOPICS if topic is not PAGES_RAW]
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        transactional_id=kafka.on_cluster("killed"),
        transaction_timeout_ms=900_000,
        acks="all",
    )
    async with producer:
        await producer.begin_transaction()
        for name in names:
            for partition in range(await partitions(kafka, name)):
                await producer.send_and_wait(name, b"{}", key=b"k", partition=partition)
        assert json.loads(status(kafka, "--json"))["stages"][0]["lag"] == 1
        traced = wiredesk(kafka, "trace", "https://paper.example/a", "--json")
        assert json.loads(traced.stdout)["where"].startswith("waits for ingest"), traced.stderr
        listed = wiredesk(kafka, "dlq", "list", "--json")
        assert (listed.returncode, listed.stdout) == (0, ""), listed.stderr
        await producer.abort_transaction()


async def partitions(kafka: KafkaSettings, name: str) -> int:
    return (await count_partitions(kafka, [name]))[name]
