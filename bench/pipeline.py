"""Measure the pipeline on this machine: pages a second through all stages, and the latency of single pages.

    python bench/pipeline.py [--pages 600] [--single 120]

It runs the embedded Kafka and one worker of each stage, publishes the sample article under new addresses, and reads
`articles.enriched` as a consumer would (read-committed). The first round warms up and is not counted. Latency is the
time from a page's append to pages.raw to the moment at which its article can be read: at one page a second, and at half
of the rate that was measured before.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aiokafka import AIOKafkaProducer

from schemas import header
from schemas.headers import ORIGIN_TIME
from services.broker.settings import BrokerSettings
from services.cli import desk
from services.pipeline import ARTICLES_ENRICHED, PAGES_RAW, STAGES, TOPICS
from services.runtime import logs
from services.runtime.errors import WiredeskError
from services.runtime.kafka import clients, topics
from services.runtime.kafka.reading import read
from services.runtime.settings import KafkaSettings

PAGE = (Path(__file__).parents[1] / "samples" / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
ROUNDS = 3
PARTITIONS = 2
DEADLINE_SECONDS = 300


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=600, help="pages of a round")
    parser.add_argument("--single", type=int, default=120, help="pages whose latency is taken, at each of two rates")
    args = parser.parse_args()
    logs.quiet()
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(_run(Path(folder), args.pages, args.single))
    except WiredeskError as error:
        print(f"pipeline: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _run(folder: Path, pages: int, single: int) -> None:
    async with desk.kafka(folder / "kafka", BrokerSettings()) as broker:
        kafka = desk.settings(broker)
        await topics.create(kafka, TOPICS, partitions=PARTITIONS)
        crew = desk.workers(dict.fromkeys(STAGES.values(), 1), kafka.bootstrap_servers, folder / "workers.log")
        async with crew as workers, clients.started(clients.producer(kafka, "bench"), kafka) as producer:
            await desk.ready(workers, DEADLINE_SECONDS)
            addresses = (f"https://bench.example/{n}" for n in range(sys.maxsize))
            rates = [await _round(kafka, producer, addresses, pages) for _ in range(ROUNDS + 1)][1:]
            print(
                f"pipeline: {pages} pages a round, {ROUNDS} rounds, {PARTITIONS} partitions, one worker of each stage: "
                f"median {statistics.median(rates):.1f} pages/s ({min(rates):.1f} to {max(rates):.1f})"
            )
            for told, rate in (("idle", 1.0), ("half of capacity", statistics.median(rates) / 2)):
                spent = sorted(await _latencies(kafka, producer, addresses, single, rate))
                p50, p99 = statistics.median(spent), spent[int(0.99 * (len(spent) - 1))]
                print(
                    f"latency, {told}: {single} pages at {rate:.1f} pages/s: "
                    f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {spent[-1]:.0f} ms"
                )


async def _round(kafka: KafkaSettings, producer: AIOKafkaProducer, addresses: Iterator[str], count: int) -> float:
    reading = read(kafka, [ARTICLES_ENRICHED.name])
    async with asyncio.timeout(DEADLINE_SECONDS), contextlib.aclosing(reading):
        await anext(reading)
        began = time.monotonic()
        for _ in range(count):
            await producer.send(PAGES_RAW.name, _page(next(addresses)))
        seen = 0
        async for record in reading:
            seen += record is not None
            if seen == count:
                return count / (time.monotonic() - began)
    raise AssertionError


async def _latencies(
    kafka: KafkaSettings, producer: AIOKafkaProducer, addresses: Iterator[str], count: int, rate: float
) -> list[float]:
    """Return milliseconds of pages that are sent at a rate, whether the ones before are through or not."""
    spent: list[float] = []
    reading = read(kafka, [ARTICLES_ENRICHED.name])
    async with asyncio.timeout(DEADLINE_SECONDS), contextlib.aclosing(reading), asyncio.TaskGroup() as tasks:
        await anext(reading)
        tasks.create_task(_send(producer, addresses, count, rate))
        async for record in reading:
            if record is not None:
                spent.append(1000 * time.time() - int(header(record.headers, ORIGIN_TIME) or 0))
            if len(spent) == count:
                break
    return spent


async def _send(producer: AIOKafkaProducer, addresses: Iterator[str], count: int, rate: float) -> None:
    began = time.monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        await producer.send(PAGES_RAW.name, _page(next(addresses)))


def _page(url: str) -> bytes:
    return json.dumps({"url": url, "body": PAGE, "content_type": "text/html"}).encode()


if __name__ == "__main__":
    sys.exit(main())
