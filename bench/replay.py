"""Measure a replay with a trivial function against a bare copy of the same records.

    python bench/replay.py [--records 100000] [--rounds 3]

The copy is what a simple script does: one aiokafka consumer, one producer, no transactions, no isolation. The replay is
a run with the runtime of the workers: transactions, a worker process, lineage; in one process, and in two that share
it. Its function returns the record unchanged. The records are cleaned articles, made from public pages by the
extractor, on a topic of six partitions; a rate is computed from the times at which the broker appended the first and
the last of the copies. Rounds alternate; the first one warms up and is not counted. Every replay is accounted for.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from burning_stage import SOURCE, STAGE, TARGET
from overhead import inputs

from tests import topics
from tests.reading import offset_ranges, read_range
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.operations.replays.planning import create_run, resolve_ranges
from wiredesk.operations.replays.reconcile import reconcile
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import accept_all
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

PARTITIONS = 6
DIFFERENT_PAGES = 1200
"""Number of different articles: no article occurs twice in a batch of a megabyte, because compression would profit from
it, unlike in a real topic."""
SETTLE_SECONDS = 2
KINDS = {"copy": 0, "replay": 1, "replay by two": 2}
"""The measured variants, and the processes of each run."""


def main() -> int:
    """Print a line for each round, and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(
                _measure(Path(folder), inputs("enrichment", args.data, DIFFERENT_PAGES), args.records, args.rounds)
            )
    except WiredeskError as error:
        print(f"replay: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _measure(folder: Path, articles: list[Record], records: int, rounds: int) -> None:
    size = statistics.mean(article.size for article in articles)
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        kafka = stack.kafka_settings(broker)
        await topics.create(kafka, [SOURCE, TARGET, STAGE.dead_letter_topic], partitions=PARTITIONS)
        await _fill(kafka, articles, records)
        rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for number in range(rounds + 1):
            for kind in islice(cycle(KINDS), number, number + len(KINDS)):
                await asyncio.sleep(SETTLE_SECONDS)
                target = Topic(f"{kind.replace(' ', '-')}.{number}", "What was copied", partitions=PARTITIONS)
                await (_replay(kafka, target, records, KINDS[kind]) if KINDS[kind] else _copy(kafka, target, records))
                rates[kind].append(await _rate(kafka, target, records))
            rates_text = ", ".join(f"{kind} {values[-1]:.0f}/s" for kind, values in rates.items())
            print(f"round {number}: {rates_text}{'' if number else ' (warm-up)'}", flush=True)
    print(f"{records} cleaned articles of {size:.0f} bytes, {len(articles)} different ones, {rounds} rounds")
    for kind, values in rates.items():
        ratios = sorted(ours / bare for ours, bare in zip(values[1:], rates["copy"][1:], strict=True))
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{kind}: {statistics.median(values[1:]):.0f}/s; to the copy {spread}")


async def _fill(kafka: KafkaSettings, articles: list[Record], records: int) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, linger_ms=20, max_batch_size=1 << 20, compression_type="zstd"
    ) as producer:
        for number, article in enumerate(islice(cycle(articles), records)):
            await producer.send(
                SOURCE.name,
                article.value,
                key=b"%d" % number,
                headers=list(article.headers),
                partition=number % PARTITIONS,
            )
        await producer.flush()


async def _copy(kafka: KafkaSettings, target: Topic, records: int) -> None:
    """Copy as a simple script does: in a process of its own, like a replay."""
    await topics.create(kafka, [target])
    await _run([str(Path(__file__)), "--copy", kafka.bootstrap_servers, target.name, str(records)])


async def _replay(kafka: KafkaSettings, target: Topic, records: int, processes: int) -> None:
    async with Cluster(kafka) as cluster:
        ranges = await resolve_ranges(cluster, STAGE)
        run = await create_run(cluster, STAGE, version="1", into=target.name, ranges=ranges, filters={}, rate=None)
    command = [str(Path(__file__).parent / "burning_stage.py"), kafka.bootstrap_servers, run.id]
    await asyncio.gather(*(_run(command) for _ in range(processes)))
    async with Cluster(kafka) as cluster:
        result = await reconcile(cluster, run.id, run.sources(kafka, STAGE), run.outputs, accept_all)
    if not result.adds_up or result.read != records:
        raise WiredeskError(f"the replay does not add up: {result}")


async def _run(command: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}  # the stage is there
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
    if await process.wait():
        raise WiredeskError(f"{command[0]} failed")


async def _rate(kafka: KafkaSettings, target: Topic, records: int) -> float:
    partitions = [TopicPartition(target.name, number) for number in range(PARTITIONS)]
    ranges = await offset_ranges(kafka, partitions, patience=60)
    async with contextlib.aclosing(read_range(kafka, ranges)) as reading:
        times = [record.timestamp async for record in reading]
    if len(times) != records:
        raise WiredeskError(f"{target.name} has {len(times)} records of {records}")
    return len(times) / ((max(times) - min(times)) / 1000)


async def _copying(bootstrap: str, target: str, records: int) -> None:
    partitions = [TopicPartition(SOURCE.name, number) for number in range(PARTITIONS)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=4 << 20
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", compression_type="zstd", max_batch_size=1 << 20, linger_ms=5
    )
    async with consumer, producer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        done = 0
        while done < records:
            for source, batch in (await consumer.getmany(timeout_ms=200)).items():
                for record in batch:
                    await producer.send(
                        target, record.value, key=record.key, headers=list(record.headers), partition=source.partition
                    )
                done += len(batch)
        await producer.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--copy"]:
        asyncio.run(_copying(sys.argv[2], sys.argv[3], int(sys.argv[4])))
        sys.exit(0)
    sys.exit(main())
