"""The archive: each record once in one file, whatever is killed; and what is forgotten is taken out."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests import topics
from tests.archived import newest, rows
from tests.newsfeed import Sent, newsfeed, publish, revision
from tests.reading import read_topic
from wiredesk.pipeline import ARTICLES_ENRICHED, FORGOTTEN
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import environment, wait_until, wiredesk
from wiredesk_schemas.ids import host_id, page_id


async def _start(kafka: KafkaSettings, feed: Iterable[Sent]) -> None:
    await topics.create(kafka, (ARTICLES_ENRICHED, FORGOTTEN), partitions=2)
    await publish(kafka, feed)


async def _published(kafka: KafkaSettings) -> list[tuple[int, int]]:
    """Return partition and offset of every record of the topic."""
    names = [kafka.on_cluster(ARTICLES_ENRICHED.name)]
    reading = read_topic(kafka, names, from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        return sorted([(record.partition, record.offset) async for record in reading if record is not None])


def _places(folder: Path) -> list[tuple[int, int]]:
    return [(row["partition"], row["offset"]) for row in rows(folder)]


@contextlib.contextmanager
def _following(kafka: KafkaSettings, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "wiredesk.cli", "archive", "--into", str(folder), "--follow", "--every", "0.01"]
    with subprocess.Popen(command, env=environment(kafka), stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def test_an_archive_continues_where_its_files_end_and_forgets(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(_start(kafka, newsfeed(60)))
    into = ("archive", "--into", str(tmp_path))
    first = wiredesk(kafka, *into)
    assert first.returncode == 0, first.stderr
    assert "day=" in first.stdout
    asyncio.run(publish(kafka, [*newsfeed(5, seed=1), revision("https://gone.example/1", 1)]))
    assert wiredesk(kafka, *into).returncode == 0
    assert "nothing new" in wiredesk(kafka, *into).stdout
    assert _places(tmp_path) == asyncio.run(_published(kafka))

    named = {path.name for path in tmp_path.glob("day=*/*.parquet")}
    page = page_id("https://news-3.example/3")
    entries = [Sent(host_id("gone.example").encode(), b'{"kind":"host"}'), Sent(page.encode(), b"{}")]
    asyncio.run(publish(kafka, entries, FORGOTTEN.name))
    there = newest(tmp_path)
    forgetting = wiredesk(kafka, *into, "--forget")
    assert forgetting.returncode == 0, forgetting.stderr
    left = newest(tmp_path)
    assert set(there) - set(left) == {page, page_id("https://gone.example/1")} & set(there)
    assert page_id("https://gone.example/1") not in left
    assert {row["type"] for row in rows(tmp_path) if row["page_id"] == page} <= {"forgotten"}
    assert {path.name for path in tmp_path.glob("day=*/*.parquet")} == named, "names say which offsets are archived"
    assert " 0 rows taken out" in " " + wiredesk(kafka, *into, "--forget").stdout
    assert "nothing new" in wiredesk(kafka, *into).stdout


def test_each_record_is_in_one_file_whenever_the_archive_is_killed(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(_start(kafka, ()))
    for seed in (1, 2):
        asyncio.run(publish(kafka, newsfeed(30, seed=seed)))
        before = len(list(tmp_path.glob("day=*/*.parquet")))
        with _following(kafka, tmp_path) as process:
            wait_until(lambda: len(list(tmp_path.glob("day=*/*.parquet"))) > before, "a file is there")  # noqa: B023
            asyncio.run(publish(kafka, newsfeed(20, seed=seed + 9)))
            second = wiredesk(kafka, "archive", "--into", str(tmp_path))
            assert second.returncode == 2
            assert "another 'wiredesk archive' writes" in second.stderr
            process.send_signal(signal.SIGKILL)
    assert wiredesk(kafka, "archive", "--into", str(tmp_path)).returncode == 0
    assert _places(tmp_path) == asyncio.run(_published(kafka))


def test_an_archive_is_of_one_topic(kafka: KafkaSettings, tmp_path: Path) -> None:
    asyncio.run(_start(kafka, newsfeed(3)))
    assert wiredesk(kafka, "archive", "--into", str(tmp_path)).returncode == 0
    other = kafka.model_copy(update={"topic_prefix": kafka.topic_prefix + "b."})
    asyncio.run(_start(other, newsfeed(3)))
    refused = wiredesk(other, "archive", "--into", str(tmp_path))
    assert refused.returncode == 2
    assert "archive into another folder" in refused.stderr
