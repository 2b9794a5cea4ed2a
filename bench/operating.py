"""How long commands take: `trace`, `status` and `dlq list` on a million records, on one broker.

    python bench/operating.py [--records 1000000]

Starts the embedded Kafka, writes light records into the topics of a pipeline in which every page went through, then
times each command five times.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests import topics
from tests.reading import count_partitions
from wiredesk.local.broker.cluster import EmbeddedKafka
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import ARTICLES_CLEANED, ARTICLES_ENRICHED, PAGES_ACCEPTED, PAGES_RAW, STAGES, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import page_id

FLOW = (PAGES_RAW, PAGES_ACCEPTED, ARTICLES_CLEANED, ARTICLES_ENRICHED)
ROUNDS = 5
BODY = b'{"title": "A light story", "page_id": "", "text": "' + b"x" * 300 + b'"}'


def main() -> int:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wiredesk-operating-") as folder:
        asyncio.run(_run(Path(folder), args.records // len(FLOW)))
    return 0


async def _run(folder: Path, pages: int) -> None:
    async with EmbeddedKafka(folder / "kafka", BrokerSettings().cache_dir) as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        await topics.create(kafka, TOPICS)
        began = time.monotonic()
        await _fill(kafka, pages)
        await _commit(kafka)
        summary = f"{pages * len(FLOW)} records of {pages} pages in {len(FLOW)} topics"
        print(f"{summary}, written in {time.monotonic() - began:.0f} s", flush=True)
        url = f"https://paper.example/{pages // 2}"
        for command in (["trace", url, "--json"], ["status", "--json"], ["dlq", "list", "--json"]):
            times = [await asyncio.to_thread(_timed, command, kafka) for _ in range(ROUNDS)]
            spread = f"{min(times):.2f} to {max(times):.2f}"
            print(f"wiredesk {' '.join(command)}: median {statistics.median(times):.2f} s ({spread})", flush=True)


async def _fill(kafka: KafkaSettings, pages: int) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, linger_ms=50, max_batch_size=1 << 20, compression_type="zstd"
    )
    await producer.start()
    try:
        for topic in FLOW:
            for number in range(pages):
                key = page_id(f"https://paper.example/{number}").encode()
                origin = f"{PAGES_RAW.name}/0/{number}".encode()
                headers = [] if topic is PAGES_RAW else [("wiredesk_origin", origin), ("wiredesk_origin_time", b"1")]
                # Raw pages have no key, so any partition may hold them.
                partition = 0 if topic is PAGES_RAW else None
                await producer.send(topic.name, BODY, key=key, headers=headers, partition=partition)
        await producer.flush()
    finally:
        await producer.stop()


async def _commit(kafka: KafkaSettings) -> None:
    """Commit the end of every topic for its stage, as in a deployment without lag."""
    for stage in STAGES.values():
        consumer = AIOKafkaConsumer(
            bootstrap_servers=kafka.bootstrap_servers, group_id=stage.group, enable_auto_commit=False
        )
        await consumer.start()
        try:
            counts = await count_partitions(kafka, [stage.consumes.name])
            partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
            consumer.assign(partitions)
            await consumer.commit(await consumer.end_offsets(partitions))
        finally:
            await consumer.stop()


def _timed(command: list[str], kafka: KafkaSettings) -> float:
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "wiredesk.cli", *command],
        env={**os.environ, "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers},
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        print(done.stderr.decode(), file=sys.stderr)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
