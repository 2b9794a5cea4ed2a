"""Measure the pipeline with real pages: pages per second, CPU time per page, and the latency of single pages.

    python bench/pipeline.py [--pages 300] [--rounds 3] [--single 60] [--data ../shared/data]

It runs the embedded Kafka and one worker of each stage, publishes pages of the public corpora under new addresses, as a
crawler does (binary mode, the value is the page), and reads the terminal topics as a consumer would (read-committed):
`articles.enriched`, `pages.skipped`, and the dead-letter topics. The first round warms up and is not counted.

CPU time is that of a worker with all its processes, and of the broker, over the rounds that count. Latency is the time
from a page's append to `pages.raw` to the time at which its article can be read: at one page per second, and at half of
the rate that was measured before.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import psutil
from aiokafka import AIOKafkaProducer
from pages import pages

from tests import topics
from tests.reading import read_topic
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.pipeline import PAGES_RAW, STAGES, TERMINAL_TOPICS, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import header
from wiredesk_schemas.headers import ORIGIN_TIME

SETS = ("article-extraction-benchmark", "publisher-pages")
PARTITIONS = 2
DEADLINE_SECONDS = 600
LATENCIES = {"one page a second": 1.0, "half of capacity": None}

type Page = tuple[str, bytes]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300, help="pages of a round")
    parser.add_argument("--rounds", type=int, default=3, help="that count, after the first one")
    parser.add_argument("--single", type=int, default=60, help="pages whose latency is taken, at each of two rates")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    corpus = [(url, html.encode()) for url, html in pages(args.data, SETS)]
    try:
        with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
            asyncio.run(_run(Path(folder), args, corpus))
    except WiredeskError as error:
        print(f"pipeline: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _run(folder: Path, args: argparse.Namespace, corpus: list[Page]) -> None:
    async with deployed(folder, corpus, args.pages) as deployment:
        bench, before = deployment.bench, deployment.cpu()
        rounds = [await bench.round(args.pages) for _ in range(args.rounds)]
        after = deployment.cpu()
        _print_rounds(args, corpus, rounds, {name: after[name] - before[name] for name in after})
        median = statistics.median(one.rate for one in rounds)
        for name, fixed in LATENCIES.items():
            rate = fixed or median / 2
            spent = sorted(await bench.latencies(args.single, rate))
            p50, p99 = statistics.median(spent), spent[int(0.99 * (len(spent) - 1))]
            print(
                f"latency, {name}: {args.single} pages at {rate:.1f} pages/s: "
                f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {spent[-1]:.0f} ms",
                flush=True,
            )


@contextlib.asynccontextmanager
async def deployed(folder: Path, corpus: list[Page], pages: int) -> "AsyncIterator[Deployment]":
    """Run the embedded Kafka with one worker of each stage, warmed up by so many pages."""
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        java = next(process for process in psutil.Process().children(recursive=True) if process.name() == "java")
        kafka = stack.kafka_settings(broker)
        await topics.create(kafka, TOPICS, partitions=PARTITIONS)
        crew = stack.workers(dict.fromkeys(STAGES.values(), 1), kafka.bootstrap_servers, folder / "workers.log")
        async with crew as workers, clients.started(clients.producer(kafka, "bench"), kafka) as producer:
            await stack.wait_until_ready(workers, DEADLINE_SECONDS)
            bench = Bench(kafka, producer, _endless(corpus))
            await bench.round(pages)
            yield Deployment(kafka, bench, lambda: _cpu_seconds(workers, java), folder / "kafka")


@dataclass(frozen=True)
class Round:
    """Pages per second, and how many reached each terminal topic."""

    rate: float
    terminal_counts: Mapping[str, int]


class Bench:
    """Publishes pages and waits for their outcomes."""

    def __init__(self, kafka: KafkaSettings, producer: AIOKafkaProducer, source: Iterator[Page]) -> None:
        self._kafka = kafka
        self._producer = producer
        self._source = source

    async def round(self, pages: int) -> Round:
        """Publish pages at once; return when all have an outcome."""
        terminal_counts: Counter[str] = Counter()
        async with self._ended() as reading:
            began = time.monotonic()
            sending = asyncio.create_task(self._send(pages, None))
            async for record in reading:
                if record is not None:
                    terminal_counts[record.topic] += 1
                if terminal_counts.total() == pages:
                    break
            rate = pages / (time.monotonic() - began)
            await sending
        return Round(rate, terminal_counts)

    async def latencies(self, pages: int, rate: float) -> list[float]:
        """Return milliseconds of pages that are sent at a rate, whether the previous ones are processed or not."""
        spent: list[float] = []
        async with self._ended() as reading:
            sending = asyncio.create_task(self._send(pages, rate))
            async for record in reading:
                if record is not None:
                    spent.append(1000 * time.time() - int(header(record.headers, ORIGIN_TIME) or 0))
                if len(spent) == pages:
                    break
            await sending
        return spent

    @contextlib.asynccontextmanager
    async def _ended(self) -> AsyncIterator[AsyncGenerator[Record | None]]:
        """Read the terminal topics, from now on."""
        reading = read_topic(self._kafka, [topic.name for topic in TERMINAL_TOPICS])
        async with asyncio.timeout(DEADLINE_SECONDS), contextlib.aclosing(reading):
            await anext(reading)
            yield reading

    async def spans(self, phases: Sequence[tuple[float, float]]) -> list[tuple[str, float, float]]:
        """Send pages at one rate (pages per second) after the other (seconds).

        Returns:
            For each page its terminal topic, and when it was appended and done, in seconds.
        """
        wanted, spans = sum(int(rate * seconds) for rate, seconds in phases), list[tuple[str, float, float]]()
        async with self._ended() as reading:
            sending = asyncio.create_task(self._send_phases(phases))
            async for record in reading:
                if record is not None:
                    appended = int(header(record.headers, ORIGIN_TIME) or 0) / 1000
                    spans.append((record.topic, appended, time.time()))
                if len(spans) == wanted:
                    break
            await sending
        return spans

    async def _send_phases(self, phases: Sequence[tuple[float, float]]) -> None:
        for rate, seconds in phases:
            await self._send(int(rate * seconds), rate)

    async def _send(self, pages: int, rate: float | None) -> None:
        began = time.monotonic()
        for number in range(pages):
            if rate is not None:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            url, page = next(self._source)
            headers = {"ce_specversion": "1.0", "ce_id": url, "ce_source": "/bench", "ce_subject": url}
            headers |= {"ce_type": "dev.wiredesk.page.raw.v1", "content-type": "text/html; charset=utf-8"}
            await self._producer.send(
                PAGES_RAW.name, page, headers=[(name, value.encode()) for name, value in headers.items()]
            )


@dataclass(frozen=True)
class Deployment:
    """The pipeline on the cores of this machine.

    Attributes:
        bench: sends pages through it.
        cpu: CPU seconds of each worker, and of the broker, so far.
        data: the folder of the broker's data.
    """

    kafka: KafkaSettings
    bench: Bench
    cpu: Callable[[], Mapping[str, float]]
    data: Path


def _endless(corpus: list[Page]) -> Iterator[Page]:
    for number, (url, page) in zip(count(), cycle(corpus), strict=False):
        yield f"{url}{'&' if '?' in url else '?'}bench={number}", page


def _cpu_seconds(workers: list[stack.WorkerProcess], broker: psutil.Process) -> dict[str, float]:
    """Return the CPU seconds of each worker with all its processes, including ended ones, and of the broker."""
    processes = {w.stage.name: psutil.Process(w.process.pid) for w in workers if w.process is not None}
    processes["broker"] = broker
    return {
        name: sum(sum(one.cpu_times()[:4]) for one in (process, *process.children(recursive=True)))
        for name, process in processes.items()
    }


def _print_rounds(args: argparse.Namespace, corpus: list[Page], rounds: list[Round], cpu: Mapping[str, float]) -> None:
    rates = [one.rate for one in rounds]
    terminal_counts = sum((Counter(one.terminal_counts) for one in rounds), Counter[str]())
    size = statistics.mean(len(page) for _, page in corpus)
    pages = args.pages * len(rounds)
    print(
        f"pipeline: {len(corpus)} different pages of {size / 1000:.0f} kB on average, {args.pages} a round, "
        f"{len(rounds)} rounds, {PARTITIONS} partitions, one worker of each stage"
    )
    print(f"pages/s: median {statistics.median(rates):.1f} ({min(rates):.1f} to {max(rates):.1f})")
    print("CPU a page: " + ", ".join(f"{name} {1000 * seconds / pages:.1f} ms" for name, seconds in cpu.items()))
    print(
        "pages by terminal topic: " + ", ".join(f"{name} {number}" for name, number in terminal_counts.most_common()),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
