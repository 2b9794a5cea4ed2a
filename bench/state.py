"""Measure a stage with a store: restoring its state, and its throughput beside a stage without one.

    python -m bench.state restore [--keys 1000000] [--value-bytes 100]
    python -m bench.state throughput [--records 60000] [--partitions 2] [--rounds 3]
    python -m bench.state revisions [--records 60000] [--partitions 2] [--rounds 3]

`restore` fills the changelog of one partition, and times the restore as a lane does it, from the first request to the
last change applied; memory is what the keeper has in addition to an empty one.

`throughput` publishes records of 1 kB, and lets a worker of the identity stage process them, then one of a stage that
also reads and changes one key for each record, in turns. Both have as many children as partitions. A round's time is
that between the broker's timestamps of the first and the last output.

`revisions` does the same with articles of 1.5 kB and the real stage: each page is fetched three times, and the second
time nothing has changed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil
from aiokafka import AIOKafkaProducer, TopicPartition

from tests import topics
from tests.support import templates
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import ARTICLES_REVISED, REVISIONS
from wiredesk.runtime import logs
from wiredesk.runtime.isolation.partition_pool import KeeperProcesses
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import ChangelogRecord, Output, Record, Written
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.state import Change, KeyedState
from wiredesk.runtime.topology import Stage, Store, Topic
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker.lane_store import LaneStore
from wiredesk.testing.event_records import as_record
from wiredesk_schemas import Block, CleanedArticle, Extraction, page_id
from wiredesk_schemas.headers import Header

SOURCE = Topic("in", "Records of 1 kB")
TARGET = Topic("out", "The same")
IDENTITY = Stage("identity", "Passes records on", SOURCE, (TARGET,), "bench.state:Identity", entry=True)
PASSING = replace(
    IDENTITY,
    name="passing",
    consumes=REVISIONS.consumes,
    produces=(ARTICLES_REVISED,),
    handler="bench.state:Passing",
    entry=False,
)
KEYED = replace(IDENTITY, name="keyed", handler="bench.state:Keyed", store=Store("seen"))
KEYS = 20_000
"""Keys of the stage's records: each is seen several times."""
DEADLINE_SECONDS = 600


class Identity:
    """Passes a record on."""

    version = "1"

    def __call__(self, record: Record) -> Sequence[Output]:
        """Return the record."""
        return (Output(TARGET.name, record.key, record.value),)


class Passing:
    """Passes an article on."""

    version = "1"

    def __call__(self, record: Record) -> Sequence[Output]:
        """Return the record, with the headers of its event."""
        headers = tuple(header for header in record.headers if header[0].startswith("ce_"))
        return (Output(ARTICLES_REVISED.name, record.key, record.value, headers),)


class Keyed:
    """Passes a record on, and remembers of each key what revisions remembers of a page."""

    version = "1"

    def new_state(self) -> KeyedState:
        """Return an empty state."""
        return KeyedState()

    def __call__(self, record: Record, state: KeyedState) -> tuple[Sequence[Output], Sequence[Change]]:
        """Return the record, and the change of its key."""
        key = record.key or b""
        before = state.get(key) or b""
        return (Output(TARGET.name, key, record.value),), [Change(key, (b"%d:" % record.offset + before)[:100])]


async def restore(kafka: KafkaSettings, keys: int, value_bytes: int) -> None:
    """Print how long a state takes to restore, and its memory."""
    changelog = KEYED.changelog_of(KEYED.group)
    await topics.create(kafka, (SOURCE, TARGET, KEYED.dead_letter_topic, changelog), partitions=1)
    filling = os.urandom(value_bytes // 2).hex().encode()
    async with TransactionalProducer(kafka, "bench", 60) as producer:
        for first in range(0, keys, 5000):
            numbers = range(first, min(first + 5000, keys))
            changes: list[Written] = [_change(changelog, number, filling) for number in numbers]
            await producer.write(changes)
    processes = KeeperProcesses(KEYED, WorkerSettings())
    await processes.start()
    try:
        empty = LaneStore(processes, replace(changelog, name="none"), TopicPartition("in", 0), kafka)
        await topics.create(kafka, (replace(changelog, name="none"),), partitions=1)
        await empty.restore()
        store = LaneStore(processes, changelog, TopicPartition("in", 0), kafka)
        began, cpu = time.monotonic(), time.process_time()
        await store.restore()
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        memory = [process.memory_full_info().uss for process in _keepers()]
        print(
            f"{keys} keys of 36 bytes, values of {value_bytes}: {seconds:.1f} s ({cpu:.1f} s of the worker's processor "
            f"time), {(max(memory) - min(memory)) / 1e6:.0f} MB"
        )
        for one in (empty, store):
            await one.close()
    finally:
        await processes.close()


def _change(changelog: Topic, number: int, filling: bytes) -> ChangelogRecord:
    key = b"%08x-0000-5000-8000-%012x" % (number, number)
    return ChangelogRecord(changelog.name, key, filling, 0, 1_700_000_000_000 + number)


def _keepers() -> list[psutil.Process]:
    (template,) = templates()
    return template.children()


async def throughput(
    kafka: KafkaSettings, stages: tuple[Stage, Stage], records: int, partitions: int, rounds: int
) -> None:
    """Print the throughput of two stages, and the ratio of the second to the first."""
    plain, keyed = (stage.name for stage in stages)
    rates: dict[str, list[float]] = {plain: [], keyed: []}
    for number in range(rounds):
        order = stages if number % 2 else stages[::-1]
        for stage in order:
            own = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"r{number}{stage.name}.")
            rates[stage.name].append(await _rate(own, stage, records, partitions))
            print(f"round {number + 1}: {stage.name} {rates[stage.name][-1]:.0f} records/s", flush=True)
    ratios = [with_state / without for with_state, without in zip(rates[keyed], rates[plain], strict=True)]
    print(
        f"{plain} {statistics.median(rates[plain]):.0f}/s, {keyed} {statistics.median(rates[keyed]):.0f}/s, "
        f"ratio {statistics.median(ratios):.2f} (median of {rounds}; {min(ratios):.2f} to {max(ratios):.2f})"
    )


async def _rate(kafka: KafkaSettings, stage: Stage, records: int, partitions: int) -> float:
    # `create` makes those of our own stages anyway.
    changelogs = () if stage.changelog is None or stage == REVISIONS else (stage.changelog,)
    await topics.create(kafka, (*stage.topics, *changelogs), partitions=partitions)
    await _publish(kafka, stage, records, partitions)
    settings = WorkerSettings(metrics_port=0, processes=partitions, log_level="error")
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(stage, kafka, settings).run(stop))
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), Cluster(kafka) as cluster:
            outputs = await cluster.partitions([kafka.on_cluster(topic.name) for topic in stage.produces])
            while not working.done():
                done = await cluster.committed_offsets(stage)
                if sum(at.offset for at in done.values()) >= records:
                    break
                await asyncio.sleep(0.5)
            letters = await cluster.partitions([kafka.on_cluster(stage.dead_letter_topic.name)])
            if sum((await cluster.log_end_offsets(letters)).values()):
                raise RuntimeError(f"{stage.name} wrote dead letters")
            ranges = await cluster.offset_ranges(outputs)
            times = [record.timestamp async for record in cluster.read_range(ranges)]
    finally:
        stop.set()
        await working
    return (len(times) - 1) / (max(times) - min(times)) * 1000


async def _publish(kafka: KafkaSettings, stage: Stage, records: int, partitions: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=20, max_batch_size=1 << 19)
    await producer.start()
    try:
        for number in range(records):
            key, value, headers = _record(number) if stage.consumes == SOURCE else _fetch(number, records)
            topic = kafka.on_cluster(stage.consumes.name)
            await producer.send(topic, value, key, partition=number % partitions, headers=headers)
    finally:
        await producer.stop()


def _record(number: int) -> tuple[bytes, bytes, list[Header]]:
    return b"%08d" % (number % KEYS), os.urandom(256).hex().encode() * 2, []


def _fetch(number: int, records: int) -> tuple[bytes, bytes, list[Header]]:
    """Return the cleaned article of a fetch: of each page there are three, of which the third is edited."""
    # An even number of pages: all fetches of a page are in one partition.
    page, fetch = number % (records // 6 * 2), number // (records // 6 * 2)
    url = f"https://courier.example/2026/03/14/ferry-strike-{page}"
    text = f"The union of line {page} said on day {fetch // 2} that its crews will go back to work after long talks"
    event = CleanedArticle(
        event_id=str(uuid.UUID(int=number)),
        page_id=page_id(url),
        revision=f"{number:064x}",
        url=url,
        canonical_url=url,
        title=f"Ferry strike of line {page} ends",
        paragraphs=tuple(Block(text=f"{text} about point {point}.") for point in range(3)),
        word_count=80,
        extraction=Extraction(method="html", version="1", confidence=1),
    )
    record = as_record(event)
    return record.key or b"", record.value or b"", list(record.headers)


async def run(options: argparse.Namespace) -> None:
    """Start a broker and measure."""
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedKafka(Path(folder), BrokerSettings().cache_dir) as broker:
            kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
            if options.what == "restore":
                await restore(kafka, options.keys, options.value_bytes)
            else:
                stages = (IDENTITY, KEYED) if options.what == "throughput" else (PASSING, REVISIONS)
                await throughput(kafka, stages, options.records, options.partitions, options.rounds)


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("restore", "throughput", "revisions"))
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--value-bytes", type=int, default=100)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    logs.quiet()
    asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
