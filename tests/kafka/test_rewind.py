"""`wiredesk replay --rewind-group` as its users run it: only while no worker runs, and only to the given offsets."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from tests import topics
from tests.reading import committed_offsets, read_topic
from tests.support import Raw, ends_of, origin, publish
from tests.waiting import deadline
from wiredesk.pipeline import INGEST, PAGES_SKIPPED, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wiredesk, workers


def replay(kafka: KafkaSettings, *options: str, code: int = 0) -> str:
    done = wiredesk(kafka, "replay", "ingest", *options)
    assert done.returncode == code, done.stderr or done.stdout
    return done.stdout if code == 0 else done.stderr


def moves(kafka: KafkaSettings, *options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in replay(kafka, "--rewind-group", *options, "--json").splitlines()]


def missing_page(number: int) -> Raw:
    page = {"url": f"https://paper.example/{number}", "body": "x", "http_status": 500}
    return Raw(json.dumps(page).encode(), key=b"%d" % number)


async def skipped(kafka: KafkaSettings) -> Counter[str]:
    names = [kafka.on_cluster(PAGES_SKIPPED.name)]
    return Counter(
        [origin(r) async for r in read_topic(kafka, names, from_beginning=True, until_end=True) if r is not None]
    )


@pytest.mark.timeout(180)
async def test_a_stage_reads_the_given_offsets_again_and_no_others(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS)
    origins = await publish(kafka, [missing_page(n) for n in range(30)])
    with workers(kafka, ["ingest"], tmp_path / "first.log"):
        await ends_of(kafka, origins)
        assert "has workers (its group is Stable)" in replay(kafka, "--rewind-group", "--from", "1h", "--yes", code=2)
    await _until(kafka, 30)
    before = await committed(kafka)
    assert sum(before.values()) == 30

    planned = moves(kafka, "--from", "-1h", "--dry-run")
    assert (sum(m["again"] for m in planned), {m["to"] for m in planned}) == (30, {0})
    assert await committed(kafka) == before, "a dry run moves nothing"
    assert "pass --yes" in replay(kafka, "--rewind-group", "--from", "-1h", code=2)

    (fullest, count) = Counter(name.split("/")[1] for name in origins).most_common(1)[0]
    moves(kafka, "--offset", f"{fullest}:{count - 2}", "--yes")
    after = {tp.partition: offset for tp, offset in (await committed(kafka)).items()}
    assert after == {tp.partition: offset for tp, offset in before.items()} | {int(fullest): count - 2}
    with workers(kafka, ["ingest"], tmp_path / "second.log"):
        await _until(kafka, sum(before.values()))
    again = {name for name, times in (await skipped(kafka)).items() if times == 2}
    assert again == {f"{kafka.on_cluster('pages.raw')}/{fullest}/{count - 2 + n}" for n in (0, 1)}


async def test_what_waits_can_be_skipped(kafka: KafkaSettings) -> None:
    await topics.create(kafka, TOPICS)
    await publish(kafka, [missing_page(n) for n in range(12)])
    passed = moves(kafka, "--from", "now", "--yes")
    assert sum(m["again"] for m in passed) == -12
    assert sum((await committed(kafka)).values()) == 12
    assert not [m for m in moves(kafka, "--from", "now", "--yes") if m["again"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rewind-group"], "either --from T or --offset P:N"),
        (["--rewind-group", "--from", "soon"], "is not a time"),
        (["--rewind-group", "--offset", "1"], "like 3:1200"),
        (["--rewind-group", "--offset", "99:1"], "has no partition 99"),
        (["--rewind-group", "--from", "1h", "--rate", "3"], "takes --from or --offset only"),
        (["--rewind-group", "--empty-state"], "ingest has no store"),
        (["--from", "1h", "--empty-state"], "is for --rewind-group"),
    ],
)
async def test_a_wrong_command_is_explained_in_one_line(kafka: KafkaSettings, options: list[str], message: str) -> None:
    await topics.create(kafka, TOPICS)
    (line,) = replay(kafka, *options, code=2).splitlines()
    assert message in line


async def committed(kafka: KafkaSettings) -> dict[TopicPartition, int]:
    return {tp: at.offset for tp, at in (await committed_offsets(kafka, INGEST)).items()}


async def _until(kafka: KafkaSettings, wanted: int) -> None:
    """Wait until ingest has committed a number of offsets."""
    async with asyncio.timeout(deadline()):
        while sum((await committed(kafka)).values()) < wanted:
            await asyncio.sleep(0.2)
