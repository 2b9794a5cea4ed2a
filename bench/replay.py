"""Measure a replay with a trivial function against a bare copy of the same records.

    python bench/replay.py [--records 100000] [--rounds 3]

The copy is what a script would do: one aiokafka consumer, one producer, no transactions, no isolation. The replay is
one process of a run with the runtime of the workers: transactions, a worker process, lineage. Both write records of
2 kB into a topic of six partitions; a rate is told from the times at which the broker appended the first and the last
of them. Rounds alternate; the first one warms up and is not counted.
"""

import argparse
import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from burning_stage import SOURCE, STAGE, TARGET

from services.broker.settings import BrokerSettings
from services.cli import desk
from services.runtime import logs
from services.runtime.errors import WiredeskError
from services.runtime.kafka import topics
from services.runtime.kafka.reading import between, ends
from services.runtime.replay import account, begin
from services.runtime.replay.planning import spans
from services.runtime.settings import KafkaSettings
from services.runtime.topology import Topic
from services.runtime.worker.bounded import everything

PARTITIONS = 6
BYTES = 2000
SETTLE_SECONDS = 2
WORDS = [f"word{n}" for n in range(3000)]


def main() -> int:
    """Print a line for each round, and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    logs.quiet()
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(_measure(Path(folder), args.records, args.rounds))
    except WiredeskError as error:
        print(f"replay: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _measure(folder: Path, records: int, rounds: int) -> None:
    async with desk.kafka(folder / "kafka", BrokerSettings()) as broker:
        kafka = desk.settings(broker)
        await topics.create(kafka, [SOURCE, TARGET, STAGE.dead_letter_topic], partitions=PARTITIONS)
        await _fill(kafka, records)
        rates: dict[str, list[float]] = {"copy": [], "replay": []}
        for number in range(rounds + 1):
            order = ("copy", "replay") if number % 2 else ("replay", "copy")
            for kind in order:
                await asyncio.sleep(SETTLE_SECONDS)
                target = Topic(f"{kind}.{number}", "What was copied", partitions=PARTITIONS)
                await (_copy if kind == "copy" else _replay)(kafka, target, records)
                rates[kind].append(await _rate(kafka, target, records))
            told = ", ".join(f"{kind} {values[-1]:.0f}/s" for kind, values in rates.items())
            print(f"round {number}: {told}{' (warm-up)' if not number else ''}", flush=True)
    ratios = sorted(a / b for a, b in zip(rates["replay"][1:], rates["copy"][1:], strict=True))
    medians = ", ".join(f"{kind} {statistics.median(values[1:]):.0f}/s" for kind, values in rates.items())
    spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    print(f"{records} records of {BYTES} bytes, {rounds} rounds: {medians}; replay/copy {spread}")


async def _fill(kafka: KafkaSettings, records: int) -> None:
    chooser = random.Random(0)
    bodies = [" ".join(chooser.choices(WORDS, k=400))[:BYTES].encode() for _ in range(200)]
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, linger_ms=20, max_batch_size=1 << 20
    ) as producer:
        for number in range(records):
            await producer.send(SOURCE.name, bodies[number % 200], key=b"%d" % number, partition=number % PARTITIONS)
        await producer.flush()


async def _copy(kafka: KafkaSettings, target: Topic, records: int) -> None:
    """Copy as a script would: in a process of its own, as a replay is."""
    await topics.create(kafka, [target])
    await _run([str(Path(__file__)), "--copy", kafka.bootstrap_servers, target.name, str(records)])


async def _replay(kafka: KafkaSettings, target: Topic, records: int) -> None:
    ranges = await spans(kafka, STAGE)
    run = await begin(kafka, STAGE, version="1", into=target.name, ranges=ranges, filters={}, rate=None)
    await _run([str(Path(__file__).parent / "burning_stage.py"), kafka.bootstrap_servers, run.id])
    found = await account(kafka, run.id, run.sources(kafka, STAGE), run.outputs, everything)
    if not found.adds_up or found.read != records:
        raise WiredeskError(f"the replay does not add up: {found}")


async def _run(command: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}  # the stage is there
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
    if await process.wait():
        raise WiredeskError(f"{command[0]} failed")


async def _rate(kafka: KafkaSettings, target: Topic, records: int) -> float:
    spans = await ends(kafka, [TopicPartition(target.name, number) for number in range(PARTITIONS)], patience=60)
    async with contextlib.aclosing(between(kafka, spans)) as reading:
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
        began = time.time()
        while done < records:
            for source, found in (await consumer.getmany(timeout_ms=200)).items():
                for record in found:
                    await producer.send(target, record.value, key=record.key, partition=source.partition)
                done += len(found)
        await producer.flush()
        print("copy wall", records/(time.time() - began))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--copy"]:
        asyncio.run(_copying(sys.argv[2], sys.argv[3], int(sys.argv[4])))
        sys.exit(0)
    sys.exit(main())
