"""Two workers and a job of some milliseconds: pages per second, and which outputs exist after a kill -9."""

import asyncio
import contextlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peers import ROOT, Flow, Peer, Terms, Worker

from tests import topics
from tests.reading import read_topic
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage, Topic

PAGE = (ROOT / "samples" / "pages" / "ferry-strike.html").read_text(encoding="utf-8")
COPIES = 8
"""Copies of the sample's markup in one page: about 10 ms of work."""

WORKERS = 2
QUIET_SECONDS = 100
"""Seconds without an output: longer than the session (10 s) and the open transaction (60 s) of a killed worker."""


@dataclass(frozen=True)
class Killed:
    """The result of a run with a kill."""

    rate: float
    lost: int
    duplicated: int


async def measure(peer: Peer, terms: Terms, python: Path, pages: int) -> Killed:
    """Kill one of two workers, with all its processes, when a third is done, and start it again at once.

    Each run has its own broker, without offsets, open transactions and caches of another run.
    """
    with tempfile.TemporaryDirectory(prefix="wiredesk-peers-") as name:
        folder = Path(name)
        async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
            kafka = stack.kafka_settings(broker)
            await _publish(kafka, pages)
            flow = Flow(kafka.bootstrap_servers, "jobs", "done", "wiredesk.peer")

            def start() -> Worker:
                return Worker(peer, "text", flow, terms, python, folder)

            crew = [start() for _ in range(WORKERS)]

            def replace() -> None:
                crew[0].kill()
                crew[0] = start()

            try:
                return await _outputs(kafka, pages, replace)
            finally:
                for worker in crew:
                    worker.kill()


async def _outputs(kafka: KafkaSettings, pages: int, at_a_third: Callable[[], None]) -> Killed:
    seen: Counter[int] = Counter()
    times: list[int] = []
    replaced = False
    loop = asyncio.get_running_loop()
    last = loop.time()
    async with contextlib.aclosing(read_topic(kafka, ["done"], from_beginning=True)) as reading:
        async for record in reading:
            if record is None:
                # Complete and without output for some polls, or without output for so long that no more will arrive.
                if loop.time() - last > (5 if len(seen) == pages else QUIET_SECONDS):
                    break
                continue
            last = loop.time()
            seen[json.loads(record.value or b"{}")["n"]] += 1
            times.append(record.timestamp)
            if not replaced and len(seen) >= pages / 3:
                replaced = True
                at_a_third()
    rate = 1000 * len(times) / max(1, max(times) - min(times))
    return Killed(rate, pages - len(seen), sum(count > 1 for count in seen.values()))


async def _publish(kafka: KafkaSettings, pages: int) -> None:
    jobs, done = Topic("jobs", "Pages"), Topic("done", "Their text")
    stage = Stage("peer", "Reads text", jobs, (done,), "", entry=True)
    await topics.create(kafka, [jobs, done, stage.dead_letter_topic], partitions=WORKERS)
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        for number in range(pages):
            await producer.send(
                "jobs", json.dumps({"n": number, "html": PAGE * COPIES}).encode(), partition=number % WORKERS
            )
