"""Measure what exactly-once costs: a stage's throughput through Kafka, divided by a bare process pool's.

    python bench/overhead.py [--stage extractor] [--pages 600] [--rounds 5] [--processes 2] [--scaling]

Both sides call the same handler, loaded once and forked, on the same records, with the same number of processes, on the
same cores; Kafka runs on these cores, too. A round measures one after the other, and the order alternates; the first
round warms up and is not counted. There are two baselines: `pool`, a loop over `multiprocessing.Pool.imap`, and
`ideal`, the fastest possible
one: forked processes that take the next record from memory and discard the result. wiredesk's side is a worker as it is
deployed, with default settings and a backlog: the measurement begins when all pages are published and all workers have
their partitions, and ends when the broker appends the last output of the first partition that is complete.

With `--scaling` it measures one, two and four partitions, a worker of one process for each, against a bare pool of as
many processes.
"""

import argparse
import asyncio
import contextlib
import functools
import gc
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

import psutil
from aiokafka.errors import GroupCoordinatorNotAvailableError
from pages import pages as public_pages

from tests import topics
from tests.reading import read_topic
from wiredesk import pipeline
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import RejectedError, WiredeskError
from wiredesk.runtime.isolation.template import ONE_THREAD
from wiredesk.runtime.isolation.template_process import load
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.records import Handler, Output, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage
from wiredesk_schemas.headers import ORIGIN

DEADLINE_SECONDS = 300
SETTLE_SECONDS = 2
"""Seconds for the broker to finish its work on the published records."""
DIFFERENT_PAGES = 100
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Shape:
    """What runs at the same time."""

    partitions: int
    workers: int
    processes: int  # of each worker

    @property
    def cores(self) -> int:
        """Number of all processes that compute."""
        return self.workers * self.processes


def main() -> int:
    """Print a line for each stage and shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", action="append", choices=("extractor", "enrichment"))
    parser.add_argument("--pages", type=int, default=600, help="pages of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    os.environ.update(ONE_THREAD)  # as for a worker's processes
    shapes = [Shape(n, n, 1) for n in (1, 2, 4)] if args.scaling else [Shape(2, 1, args.processes)]
    try:
        for name in args.stage or ("extractor", "enrichment"):
            records = list(islice(cycle(inputs(name, args.data)), args.pages))
            with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
                asyncio.run(_measure(Path(folder), pipeline.STAGES[name], records, shapes, args.rounds))
    except WiredeskError as error:
        print(f"overhead: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _measure(folder: Path, stage: Stage, records: list[Record], shapes: list[Shape], rounds: int) -> None:
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        for shape in shapes:
            rates: dict[str, list[float]] = {"kafka": [], "pool": [], "ideal": []}
            for number in range(rounds + 1):
                prefix = f"{stage.name}-{shape.workers}-{number}."
                kafka = stack.kafka_settings(broker).model_copy(update={"topic_prefix": prefix})
                await topics.create(kafka, stage.topics, partitions=shape.partitions)
                await asyncio.sleep(SETTLE_SECONDS)
                for kind in islice(cycle(rates), number % 3, number % 3 + 3):
                    if kind == "kafka":
                        rate = (await through_kafka(kafka, stage, records, shape, folder / f"{prefix}log")).pages
                    else:
                        rate = await asyncio.to_thread(BARE[kind], stage, records, shape.cores)
                    rates[kind].append(rate)
            _tell(stage, shape, len(records), {kind: values[1:] for kind, values in rates.items()})


def _tell(stage: Stage, shape: Shape, pages: int, rates: dict[str, list[float]]) -> None:
    ratio_texts = []
    for kind in BARE:
        ratios = sorted(ours / bare for ours, bare in zip(rates["kafka"], rates[kind], strict=True))
        ratio_texts.append(f"/{kind} {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")
    medians = ", ".join(f"{kind} {statistics.median(values):.1f}" for kind, values in rates.items())
    print(
        f"{stage.name}: {shape.partitions} partitions, {shape.workers} workers of {shape.processes} processes, {pages} "
        f"pages, {len(rates['kafka'])} rounds: pages/s {medians}; kafka{'; kafka'.join(ratio_texts)}",
        flush=True,
    )


@functools.cache
def _loaded(handler: str) -> Handler:
    """Return a handler by `module:function`; processes that are forked after the first call share it."""
    loaded = load(handler)
    gc.collect()
    gc.freeze()  # as a worker's template process does
    return loaded


def _pool(stage: Stage, records: Sequence[Record], processes: int) -> float:
    """Return pages/s of a process pool."""
    _loaded(stage.handler)
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        call = functools.partial(_call, stage.handler)
        pool.map(call, records[: 2 * processes])
        began = time.monotonic()
        for _ in pool.imap(call, records, chunksize=2):
            pass
        return len(records) / (time.monotonic() - began)


def _call(handler: str, record: Record) -> tuple[Output, ...]:
    return tuple(_loaded(handler)(record))


def _ideal(stage: Stage, records: Sequence[Record], processes: int) -> float:
    """Return pages/s of processes that share nothing but a counter."""
    context = multiprocessing.get_context("fork")
    position = context.Value("q", 0)
    loops = [context.Process(target=_loop, args=(_loaded(stage.handler), records, position)) for _ in range(processes)]
    began = time.monotonic()
    for process in loops:
        process.start()
    for process in loops:
        process.join()
    return len(records) / (time.monotonic() - began)


BARE = {"pool": _pool, "ideal": _ideal}


def _loop(handler: Handler, records: Sequence[Record], position: "Synchronized[int]") -> None:
    while True:
        with position.get_lock():
            number = position.value
            position.value += 1
        if number >= len(records):
            return
        handler(records[number])


class Rate(NamedTuple):
    """What a run took."""

    pages: float  # a second
    cpu_ms: float  # of a worker and its processes, for each page


async def through_kafka(kafka: KafkaSettings, stage: Stage, records: Sequence[Record], shape: Shape, log: Path) -> Rate:
    """Return the rate of workers that have their partitions when the pages come, until the first partition is done.

    Workers that join one after the other would start with different backlogs, and the last one would finish alone.
    """
    environment = {"WIREDESK_PROCESSES": str(shape.processes), "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix}
    crew = stack.workers({stage: shape.workers}, kafka.bootstrap_servers, log, environment)
    # Outputs are read at the end: a reader at the same time would use CPU time of the workers.
    async with _explained(log), asyncio.timeout(DEADLINE_SECONDS), crew:
        while len(running := _running(log)) < shape.workers:  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(POLL_SECONDS)
        cpu = _cpu_seconds(running)
        await _publish(kafka, stage, records, shape)
        began = time.time()
        await _committed(kafka, stage, len(records))
        cpu = _cpu_seconds(running) - cpu
    names = [kafka.on_cluster(topic.name) for topic in (*stage.produces, stage.dead_letter_topic)]
    appended: dict[int, list[float]] = {partition: [] for partition in range(shape.partitions)}
    async with contextlib.aclosing(read_topic(kafka, names, from_beginning=True, until_end=True)) as outputs:
        async for record in outputs:
            if record is not None:
                appended[_input_partition(record)].append(record.timestamp / 1000)
    if sum(map(len, appended.values())) != len(records):
        raise WiredeskError(f"{sum(map(len, appended.values()))} outputs of {len(records)} pages")
    ended = min(max(times) for times in appended.values())
    counted = sum(began < at <= ended for times in appended.values() for at in times)
    return Rate(counted / (ended - began), 1000 * cpu / len(records))


@contextlib.asynccontextmanager
async def _explained(log: Path) -> AsyncIterator[None]:
    """Let an exceeded deadline say what the workers said last."""
    try:
        yield
    except TimeoutError as error:
        raise WiredeskError(f"not done after {DEADLINE_SECONDS} s: {_last_line(log)}") from error


async def _publish(kafka: KafkaSettings, stage: Stage, records: Sequence[Record], shape: Shape) -> None:
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        for number, record in enumerate(records):
            await producer.send(
                kafka.on_cluster(stage.consumes.name),
                record.value,
                key=record.key,
                headers=list(record.headers),
                partition=number % shape.partitions,
            )


def _input_partition(output: Record) -> int:
    """Return the partition of the record that an output was made from: published by hand, it is its own origin."""
    origin = next(value for name, value in output.headers if name == ORIGIN)
    return int((origin or b"").rsplit(b"/", 2)[1])


async def _committed(kafka: KafkaSettings, stage: Stage, count: int) -> None:
    """Wait until the stage's group has committed that number of records."""
    async with clients.started(clients.admin(kafka), kafka) as admin:
        while True:
            with contextlib.suppress(GroupCoordinatorNotAvailableError):  # the group is new
                offsets = await admin.list_consumer_group_offsets(kafka.on_cluster(stage.group))
                if sum(max(0, at.offset) for at in offsets.values()) >= count:
                    return
            await asyncio.sleep(POLL_SECONDS)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return lines[-1] if lines else "no worker has written a line"


def _running(log: Path) -> set[int]:
    """Return the ids of the worker processes that have a running lane."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return {json.loads(line)["pid"] for line in lines if "lane running" in line}


def _cpu_seconds(pids: Collection[int]) -> float:
    """Return the CPU seconds of processes and their children, ended ones included."""
    workers = [psutil.Process(pid) for pid in pids]
    return sum(sum(one.cpu_times()[:4]) for worker in workers for one in (worker, *worker.children(recursive=True)))


def inputs(name: str, data: Path, pages: int = DIFFERENT_PAGES) -> list[Record]:
    """Return records of a stage's input topic, made from different pages by the stages before it."""
    raw = [
        Record("pages.raw", 0, n, 0, None, json.dumps({"url": url, "body": html, "content_type": "text/html"}).encode())
        for n, (url, html) in enumerate(islice(public_pages(data), pages))
    ]
    accepted = _made(pipeline.ingest(), raw, pipeline.PAGES_ACCEPTED.name)
    return accepted if name == "extractor" else _made(pipeline.extractor(), accepted, pipeline.ARTICLES_CLEANED.name)


def _made(handler: Handler, records: Sequence[Record], topic: str) -> list[Record]:
    made = []
    for record in records:
        with contextlib.suppress(RejectedError):
            made += [Record(o.topic, 0, 0, 0, o.key, o.value, o.headers) for o in handler(record) if o.topic == topic]
    return made


if __name__ == "__main__":
    sys.exit(main())
