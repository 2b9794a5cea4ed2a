"""What Postgres and Parquet hold in the end is what articles.latest holds, whenever their readers are killed.

    python -m tests.faults.sinks --pages 10000 --kills 12

A feed of stories with updates, withdrawals, returns, redrives and pages to be forgotten is published in transactions,
some of which are aborted. Meanwhile the reader of `examples/postgres` and `wiredesk archive --follow` are killed.
"""

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from tests import postgres, topics
from tests.archived import newest, rows
from tests.newsfeed import Sent, newsfeed, publish
from tests.reading import read_topic
from tests.support import ROOT
from wiredesk.pipeline import ARTICLES_ENRICHED, ARTICLES_LATEST, FORGOTTEN, LATEST
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import SECONDS, environment, run_broker, wiredesk, workers
from wiredesk_schemas import EnrichedArticle

PARTITIONS = 3

type Newest = dict[str, tuple[str, str]]
"""By page id, event id and title of the newest article."""


@dataclass
class Result:
    """What happened.

    Attributes:
        records: that were published.
        articles: that are there in the end.
        wrong: by sink, pages that differ from articles.latest.
        kills: of both readers.
        twice: records that are in two files.
    """

    records: int = 0
    articles: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    twice: int = 0

    @property
    def is_right(self) -> bool:
        """Whether both sinks hold what they should."""
        return self.articles > 0 and not any(self.wrong.values()) and not self.twice


class Sink:
    """A reader as a process, which is killed and started again."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self._log = command, environment, log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(scaled(SECONDS))


async def run(kafka: KafkaSettings, database: str, folder: Path, *, pages: int, kills: int, seed: int = 0) -> Result:
    """Publish, kill, and compare."""
    await topics.create(
        kafka, (ARTICLES_ENRICHED, ARTICLES_LATEST, LATEST.dead_letter_topic, FORGOTTEN), partitions=PARTITIONS
    )
    archive = folder / "archive"
    into = ("archive", "--into", str(archive))
    own = {**environment(kafka), "DATABASE_URL": database, "TOPIC": kafka.on_cluster(ARTICLES_ENRICHED.name)}
    cli = [sys.executable, "-m", "wiredesk.cli"]
    sinks = [
        Sink(
            [sys.executable, str(ROOT / "examples" / "postgres" / "postgres_reader.py")], own, folder / "postgres.log"
        ),
        Sink([*cli, *into, "--follow", "--every", "0.02"], own, folder / "archive.log"),
    ]
    result = Result()
    feed = newsfeed(pages, seed)
    try:
        with workers(kafka, (LATEST.name,), folder / "latest.log"):
            await _publish_under_kills(kafka, feed, sinks, kills, random.Random(seed), result)
            expected = await _latest(kafka)
        await _until_postgres_has(database, kafka)
    finally:
        for sink in sinks:
            sink.stop()
    finished = await asyncio.to_thread(wiredesk, kafka, *into)
    assert finished.returncode == 0, finished.stderr
    places = [(row["partition"], row["offset"]) for row in rows(archive)]
    result.twice = len(places) - len(set(places))
    result.articles = len(expected)
    for name, held in (("postgres", await _in_postgres(database)), ("parquet", newest(archive))):
        result.wrong[name] = sum(held.get(page) != expected.get(page) for page in {*held, *expected})
    return result


async def _publish_under_kills(
    kafka: KafkaSettings, feed: list[Sent], sinks: list[Sink], kills: int, dice: random.Random, result: Result
) -> None:
    """Publish the feed in pieces, and kill a reader after each."""
    size = -(-len(feed) // (kills + 1))
    for begin in range(0, len(feed), size):
        result.records += await publish(kafka, feed[begin : begin + size])
        if result.kills < kills:
            sink = dice.choice(sinks)
            await asyncio.to_thread(sink.kill)
            sink.start()
            result.kills += 1


async def _latest(kafka: KafkaSettings) -> Newest:
    """Wait until the stage has read all, and return what articles.latest holds."""
    async with Cluster(kafka) as cluster:
        partitions = await cluster.partitions([kafka.on_cluster(ARTICLES_ENRICHED.name)])
        ends = {tp: there.stop for tp, there in (await cluster.offset_ranges(partitions)).items()}

        async def is_read() -> bool:
            committed = await cluster.committed_offsets(LATEST)
            return all(tp in committed and committed[tp].offset >= last for tp, last in ends.items())

        await _until(is_read, "articles.latest is complete")
    newest_articles: Newest = {}
    reading = read_topic(kafka, [kafka.on_cluster(ARTICLES_LATEST.name)], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None:
                page = (record.key or b"").decode()
                newest_articles.pop(page, None)
                if record.value is not None:
                    event = EnrichedArticle.from_json(record.value)
                    newest_articles[page] = event.event_id, event.title or ""
    return newest_articles


async def _until_postgres_has(database: str, kafka: KafkaSettings) -> None:
    """Wait until the reader has stored the last record of each partition."""
    topic = kafka.on_cluster(ARTICLES_ENRICHED.name)
    last: dict[int, int] = {}
    reading = read_topic(kafka, [topic], from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None:
                last[record.partition] = record.offset

    async def is_stored() -> bool:
        query = "SELECT partition, next_offset FROM wiredesk_offsets WHERE topic = $1"
        stored = {row["partition"]: row["next_offset"] for row in await _query(database, query, topic)}
        return all(stored.get(partition, 0) > offset for partition, offset in last.items())

    await _until(is_stored, "Postgres has all")


async def _in_postgres(database: str) -> Newest:
    found = await _query(database, "SELECT page_id, event_id, title FROM articles")
    return {row["page_id"]: (row["event_id"], row["title"]) for row in found}


async def _query(database: str, query: str, *arguments: object) -> list[Any]:
    connection = await asyncpg.connect(database)
    try:
        return list(await connection.fetch(query, *arguments))
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


async def _until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + scaled(SECONDS)
    while not await condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.1)


def main() -> int:
    """Run it on a broker of its own, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, run_broker(Path(folder) / "kafka") as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        with postgres.running() as database:
            result = asyncio.run(
                run(kafka, database, Path(folder), pages=given.pages, kills=given.kills, seed=given.seed)
            )
    print(f"{given.pages} pages, {result.records} records, {result.kills} kills, {time.monotonic() - began:.0f} s")  # noqa: T201
    print(f"{result.articles} articles in articles.latest; differing: {result.wrong}; twice: {result.twice}")  # noqa: T201
    return 0 if result.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
