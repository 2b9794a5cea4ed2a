"""Measure the pipeline on this machine: pages a second through all stages, and the latency of single pages.

    python bench/pipeline.py [--pages 600] [--single 40]

It runs the embedded Kafka and one worker of each stage, publishes the sample article under new addresses, and reads
`articles.enriched` as a consumer would (read-committed). The first round warms up and is not counted. Latency is the
time from a page's append to pages.raw to the moment at which its article can be read.
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
PAUSE_SECONDS = 0.5
DEADLINE_SECONDS = 300


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=600, help="pages of a round")
    parser.add_argument("--single", type=int, default=40, help="pages that are sent one by one")
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
            spent = sorted(await _singly(kafka, producer, addresses, single))
            p50, p90 = statistics.median(spent), spent[int(0.9 * len(spent))]
            print(
                f"latency: {single} pages, one every {PAUSE_SECONDS} s: "
                f"p50 {p50:.0f} ms, p90 {p90:.0f} ms, most {spent[-1]:.0f} ms"
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


async def _singly(
    kafka: KafkaSettings, producer: AIOKafkaProducer, addresses: Iterator[str], count: int
) -> list[float]:
    spent = []
    reading = read(kafka, [ARTICLES_ENRICHED.name])
    async with asyncio.timeout(DEADLINE_SECONDS), contextlib.aclosing(reading):
        await anext(reading)
        for _ in range(count):
            await producer.send_and_wait(PAGES_RAW.name, _page(next(addresses)))
            async for record in reading:
                if record is not None:
                    spent.append(1000 * time.time() - int(header(record.headers, ORIGIN_TIME) or 0))
                    break
            await asyncio.sleep(PAUSE_SECONDS)
    return spent


def _page(url: str) -> bytes:
    return json.dumps({"url": url, "body": PAGE, "content_type": "text/html"}).encode()


if __name__ == "__main__":
    sys.exit(main())
