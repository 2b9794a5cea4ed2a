"""Measure what tracing costs: a stage's throughput and CPU time with tracing on, divided by those with tracing off.

    OMP_NUM_THREADS=1 python bench/tracing.py [--stage extractor] [--pages 600] [--rounds 5] [--processes 2]

A round measures both, one after the other, and the order alternates; the first round warms up and is not counted. Every
trace is recorded, and a collector on the same cores takes the spans and discards them, so the figure holds all that
tracing costs: describing, handing over, encoding, sending.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle, islice
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from overhead import SETTLE_SECONDS, Rate, Shape, inputs, through_kafka

from tests import topics
from wiredesk import pipeline
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.isolation.template import ONE_THREAD
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import Stage

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The variable that switches tracing on."""


def main() -> int:
    """Print a line for each stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", action="append", choices=("extractor",))
    parser.add_argument("--pages", type=int, default=600, help="pages of a measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public corpora")
    args = parser.parse_args()
    logs.quiet()
    os.environ.update(ONE_THREAD)  # as for a worker's processes
    os.environ.pop(ENDPOINT, None)
    shape = Shape(2, 1, args.processes)
    try:
        for name in args.stage or ("extractor",):
            records = list(islice(cycle(inputs(name, args.data)), args.pages))
            with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder, collector() as (url, received):
                asyncio.run(_measure(Path(folder), pipeline.STAGES[name], records, shape, args.rounds, url))
                print(f"{name}: the collector took {received.value / 1e6:.1f} MB of spans", flush=True)
    except WiredeskError as error:
        print(f"tracing: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _measure(folder: Path, stage: Stage, records: list[Record], shape: Shape, rounds: int, url: str) -> None:
    rates: dict[str, list[Rate]] = {"off": [], "on": []}
    async with stack.embedded_kafka(folder / "kafka", BrokerSettings()) as broker:
        for number in range(rounds + 1):
            for kind in islice(cycle(rates), number % 2, number % 2 + 2):
                prefix = f"{kind}-{number}."
                kafka = stack.kafka_settings(broker).model_copy(update={"topic_prefix": prefix})
                await topics.create(kafka, stage.topics, partitions=shape.partitions)
                await asyncio.sleep(SETTLE_SECONDS)
                with _tracing(url if kind == "on" else ""):
                    rates[kind].append(await through_kafka(kafka, stage, records, shape, folder / f"{prefix}log"))
    print(f"{stage.name}: {len(records)} pages, {rounds} rounds", flush=True)
    for position, unit in enumerate(("pages/s", "ms CPU a page")):
        off, on = ([rate[position] for rate in rates[kind][1:]] for kind in ("off", "on"))
        ratios = sorted(one / other for one, other in zip(on, off, strict=True))
        print(
            f"{unit}: off {statistics.median(off):.1f}, on {statistics.median(on):.1f}; on/off "
            f"{statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})",
            flush=True,
        )


@contextlib.contextmanager
def _tracing(url: str) -> Iterator[None]:
    """Switch tracing on or off in the workers that are started in a block."""
    os.environ[ENDPOINT] = url
    try:
        yield
    finally:
        del os.environ[ENDPOINT]


@contextlib.contextmanager
def collector() -> Iterator[tuple[str, "Synchronized[int]"]]:
    """Run a collector that discards spans; yield its address, and the bytes that it took."""
    context = multiprocessing.get_context("fork")
    received = context.Value("q", 0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with received.get_lock():
                received.value += len(body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    process = context.Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        process.terminate()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
