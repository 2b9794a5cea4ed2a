"""A replay beside the live stream, killed repeatedly: how it affects the live stream, and whether it adds up.

    python -m tests.faults.replaying [--articles 100000] [--seconds 60] [--seed N] [--keep FOLDER]

Articles go through the pipeline on stages that cost almost nothing. Then live pages come at a steady rate, and their
latency is measured: with nothing beside them, and beside a replay of all articles, by time range, into a topic of its
own, at half of the rate that the replay has when it is let run. That replay is killed with -9 three times and resumed.
At the end three count: the run's own account, `wiredesk audit`, and a witness that shares no code with the product.
Exit code 1 unless all of them find every article once.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests import topics
from tests.faults import crew
from tests.support import ROOT
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.operations.replays.processing import position
from wiredesk.operations.replays.run import Run, load_runs
from wiredesk.pipeline import ARTICLES_CLEANED, ARTICLES_ENRICHED, PAGES_RAW, STAGES, TOPICS
from wiredesk.runtime import logs
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled, setting

PARTITIONS = 6
LIVE_PAGES_A_SECOND = 40.0
KILLS = (0.2, 0.45, 0.7)
"""Shares of the replay's range at which it is killed."""

SETTINGS = {
    "WIREDESK_SESSION_TIMEOUT": str(setting(10)),
    "WIREDESK_DRAIN_TIMEOUT": str(setting(5)),
    "WIREDESK_LOG_LEVEL": "warning",
}
REPLAY = ("-m", "tests.replaced", "enrichment=tests.faults.light_stages:enrichment", "--", "replay")
DEADLINE_SECONDS = 900
POLL_SECONDS = 0.5


@dataclass
class Result:
    """The result of a run; latencies in milliseconds, from the raw page to the enriched article."""

    articles: int
    full_rate: float = 0.0
    half_rate: float = 0.0
    alone: list[int] = field(default_factory=list)
    beside: list[int] = field(default_factory=list)
    kills: int = 0
    account: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    witness: dict[str, Any] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether all counts find every article once."""
        return (
            self.account["adds_up"]
            and self.account["ended"][V2] == self.articles
            and self.audit["missing"] == self.audit["duplicated"] == 0
            and self.witness == {"read": self.articles, "missing": 0, "duplicated": 0, "unexpected": 0}
        )

    def summary(self) -> str:
        """Return the result as text."""
        counts = {name: self.account[name] for name in ("read", "missing", "duplicated", "unexpected", "expired")}
        audit = {name: self.audit[name] for name in ("pages", "enriched", "in_flight", "missing", "duplicated")}
        before, after = _p99(self.alone), _p99(self.beside)
        return "\n".join(
            (
                f"{self.articles} articles replayed by time range; killed with -9 {self.kills} times",
                f"rate: {self.full_rate:.0f}/s let run, {self.half_rate:.0f}/s asked for",
                f"account: {counts}",
                f"audit: {audit}",
                f"witness: {self.witness}",
                f"live pages at {LIVE_PAGES_A_SECOND:.0f}/s, latency alone: {_spread(self.alone)}",
                f"live pages at {LIVE_PAGES_A_SECOND:.0f}/s, latency beside: {_spread(self.beside)}",
                f"p99 beside to alone: {after / before:.2f}",
                "clean" if self.clean else "NOT CLEAN",
            )
        )


V1, V2 = "articles.enriched.v1", "articles.enriched.v2"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60, help="for which the live stream is measured alone")
    parser.add_argument("--seed", type=int, default=1, help="of the pages' lengths")
    parser.add_argument("--keep", type=Path, help="folder for broker and logs, kept; default: a temporary one")
    args = parser.parse_args()
    logs.quiet()
    with contextlib.ExitStack() as stack:
        folder = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wiredesk-replaying-")))
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(_Run(folder, args.articles, args.seconds, args.seed).run())
    print(result.summary())  # noqa: T201
    return 0 if result.clean else 1


class _Run:
    def __init__(self, folder: Path, articles: int, seconds: float, seed: int) -> None:
        self._folder = folder
        self._seconds = seconds
        self._rng = random.Random(seed)
        self._result = Result(articles)
        self._kafka = KafkaSettings()
        self._environment: dict[str, str] = {}
        self._span: list[int] = []

    async def run(self) -> Result:
        result = self._result
        async with stack.embedded_kafka(self._folder / "kafka", BrokerSettings()) as broker:
            self._kafka = stack.kafka_settings(broker)
            self._environment = {**SETTINGS, "WIREDESK_BOOTSTRAP_SERVERS": self._kafka.bootstrap_servers}
            await topics.create(self._kafka, TOPICS, partitions=PARTITIONS)
            workers = crew.light(self._environment, self._folder / "workers.log")
            try:
                for stage in STAGES:
                    workers.join(stage)
                since, until = await self._fill(result.articles)
                self._span = [int(at.timestamp() * 1000) for at in (since, until)]
                span = ("--from", since.isoformat(), "--to", until.isoformat())
                full = await self._replayed(await self._start("enrichment", *span, "--into", V1))
                self._say(f"let run: {full}")
                result.full_rate = await self._rate(V1)
                async with self._live(result.alone):
                    await asyncio.sleep(self._seconds)  # it is what is measured
                result.half_rate = result.full_rate / 2
                async with self._live(result.beside):
                    half = ("--rate", f"{result.half_rate:.1f}")
                    result.account = await self._killed(await self._start("enrichment", *span, "--into", V2, *half))
                result.audit = await self._audit()
                result.witness = await self._count()
            finally:
                await workers.disband()
        return result

    async def _fill(self, articles: int) -> tuple[datetime, datetime]:
        """Enrich a number of articles; return the time range in which they became cleaned articles."""
        since = datetime.now(UTC)
        async with AIOKafkaProducer(
            bootstrap_servers=self._kafka.bootstrap_servers, linger_ms=20, compression_type="zstd"
        ) as producer:
            for number in range(articles):
                await producer.send(PAGES_RAW.name, self._page(number), key=b"%d" % number)
        await self._enriched(articles)
        self._say(f"{articles} articles are there after {(datetime.now(UTC) - since).total_seconds():.0f} s")
        return since, datetime.now(UTC)

    def _page(self, number: int) -> bytes:
        padding = self._rng.randbytes(self._rng.randrange(100, 2000)).hex()
        return b"light:%d:extractor:pass:%s" % (number, padding.encode())

    async def _enriched(self, count: int) -> None:
        async with asyncio.timeout(scaled(DEADLINE_SECONDS)):
            while (await self._audit())["enriched"] < count:
                await asyncio.sleep(POLL_SECONDS)

    @contextlib.asynccontextmanager
    async def _live(self, latencies: list[int]) -> AsyncIterator[None]:
        """Publish live pages during a block, and measure their latencies until a consumer has them."""
        consumer = AIOKafkaConsumer(
            ARTICLES_ENRICHED.name,
            bootstrap_servers=self._kafka.bootstrap_servers,
            isolation_level="read_committed",
            fetch_max_wait_ms=50,
        )
        async with consumer:
            await consumer.seek_to_end()
            for partition in consumer.assignment():
                await consumer.position(partition)
            reading = asyncio.create_task(self._read(consumer, latencies))
            ended = asyncio.Event()
            publishing = asyncio.create_task(self._publish(ended))
            try:
                yield
                ended.set()
                count = await publishing
                async with asyncio.timeout(scaled(DEADLINE_SECONDS)):
                    while len(latencies) < count:
                        await asyncio.sleep(POLL_SECONDS)
            finally:
                publishing.cancel()
                reading.cancel()
                await asyncio.gather(publishing, reading, return_exceptions=True)

    async def _read(self, consumer: AIOKafkaConsumer, latencies: list[int]) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                now = int(time.time() * 1000)
                latencies += [now - int(dict(record.headers)["wiredesk_origin_time"]) for record in records]

    async def _publish(self, ended: asyncio.Event) -> int:
        """Publish at a steady rate; return the number of pages."""
        count, began = 0, time.monotonic()
        async with AIOKafkaProducer(bootstrap_servers=self._kafka.bootstrap_servers) as producer:
            while not ended.is_set():
                await producer.send(PAGES_RAW.name, self._page(count), key=b"live-%d" % count)
                count += 1
                due = began + count / LIVE_PAGES_A_SECOND - time.monotonic()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), max(0.0, due))
        return count

    async def _start(self, *options: str) -> asyncio.subprocess.Process:
        with (self._folder / "replay.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *REPLAY,
                *options,
                "--json",
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )

    async def _replayed(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        """Wait for the end of a replay, and return its reconciliation."""
        async with asyncio.timeout(scaled(DEADLINE_SECONDS)):
            output, _ = await process.communicate()
        assert output, f"see {self._folder / 'replay.log'}"
        account: dict[str, Any] = json.loads(output)
        return account

    async def _killed(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        """Kill a replay several times, resume it each time, and return its reconciliation."""
        run = await self._planned()
        for part in KILLS:
            async with asyncio.timeout(scaled(DEADLINE_SECONDS)):
                while (done := await self._done(run)) < part * run.size:
                    await asyncio.sleep(POLL_SECONDS)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            self._result.kills += 1
            self._say(f"killed at {done} of {run.size} offsets")
            process = await self._start("--resume", run.id)
        return await self._replayed(process)

    async def _done(self, run: Run) -> int:
        async with Cluster(self._kafka) as cluster:
            now = await position(cluster, run)
        assert now is not None
        return now.done

    async def _planned(self) -> Run:
        """Return the run, once it is saved.

        It is not looked up with `wiredesk replay list`: starting a command twice a second takes half a core, which
        would slow down the live stream.
        """
        async with asyncio.timeout(scaled(DEADLINE_SECONDS)):
            while True:
                async with Cluster(self._kafka) as cluster:
                    runs = await load_runs(cluster)
                for saved in runs.values():
                    if saved.run.into == V2:
                        return saved.run
                await asyncio.sleep(POLL_SECONDS)

    async def _rate(self, topic: str) -> float:
        """Return how many records per second were appended to a topic."""
        times: list[int] = []
        async with AIOKafkaConsumer(
            topic, bootstrap_servers=self._kafka.bootstrap_servers, auto_offset_reset="earliest"
        ) as consumer:
            while len(times) < self._result.articles:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    times += [record.timestamp for record in records]
        return len(times) / ((max(times) - min(times)) / 1000)

    async def _audit(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(await self._wiredesk("audit", "--json"))
        return report

    async def _count(self) -> dict[str, Any]:
        command = ("-m", "tests.faults.replay_witness", self._kafka.bootstrap_servers, ARTICLES_CLEANED.name, V2)
        report: dict[str, Any] = json.loads(await self._python(*command, *map(str, self._span)))
        return report

    async def _wiredesk(self, *arguments: str) -> str:
        return await self._python("-m", "wiredesk.cli", *arguments)

    async def _python(self, *command: str) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        return output.decode()

    def _say(self, what: str) -> None:
        print(what, flush=True)  # noqa: T201


def _p99(values: list[int]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _spread(values: list[int]) -> str:
    median, p99 = statistics.median(values), _p99(values)
    return f"{len(values)} pages, median {median:.0f} ms, p99 {p99:.0f} ms, max {max(values)} ms"


if __name__ == "__main__":
    sys.exit(main())
