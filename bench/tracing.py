"""Measure what tracing costs: a stage's throughput and CPU time with tracing on, divided by those with tracing off.

    OMP_NUM_THREADS=1 python bench/tracing.py [--stage extractor] [--pages 600] [--rounds 5] [--processes 2]

A round measures both, one after the other, and the order alternates; the first round warms up and is not counted. Every
trace is recorded, and a collector on the same cores takes the spans and discards them, so the figure holds all that
tracing costs: describing, handing over, encoding, sending.

Where rounds differ by more than tracing costs, the last line is the one to believe: the CPU time of all that tracing
does for the same records, alone in one process, beside that of a page.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import pickle
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import batched, cycle, islice
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
from wiredesk.runtime.lineage import lineage
from wiredesk.runtime.records import Outcome, Record
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.tracing import sampling
from wiredesk.runtime.tracing.exporter_process import Exporter, make_exporter, unpacked
from wiredesk.runtime.tracing.tracer import Spent, Tracer

BATCH = 8
"""Records of a transaction: as few make the most spans."""

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
                page_ms = asyncio.run(_measure(Path(folder), pipeline.STAGES[name], records, shape, args.rounds, url))
                own = sorted(_own_ms(pipeline.STAGES[name], records, url) for _ in range(args.rounds + 1))
                print(
                    f"all that tracing does: {statistics.median(own):.2f} ms CPU a page ({own[0]:.2f} to "
                    f"{own[-1]:.2f}), {statistics.median(own) / page_ms:.1%} of a page's",
                    flush=True,
                )
                print(f"{name}: the collector took {received.value / 1e6:.1f} MB of spans", flush=True)
    except WiredeskError as error:
        print(f"tracing: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _measure(folder: Path, stage: Stage, records: list[Record], shape: Shape, rounds: int, url: str) -> float:
    """Print the rates, and return the milliseconds of CPU that a page takes without tracing."""
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
    return statistics.median(rate.cpu_ms for rate in rates["off"][1:])


def _own_ms(stage: Stage, records: list[Record], url: str) -> float:
    """Return the milliseconds of CPU a page that its spans take, from the record to the collector."""
    packets: list[bytes] = []
    tracer = Tracer(
        stage.name,
        stage.group,
        sampling.sampler({}),
        lambda spans: packets.append(pickle.dumps([tuple(span) for span in spans], pickle.HIGHEST_PROTOCOL)),
    )
    with _tracing(url):
        exporter = Exporter(stage.name, make_exporter("otlp"))
    began = time.process_time()
    for batch in batched(records, BATCH):
        traces = [tracer.trace(record, lineage(stage, record)) for record in batch]
        for record, trace in zip(batch, traces, strict=True):
            trace.continued(record.headers)
        done: list[tuple[Record, Outcome]] = [(record, ()) for record in batch]
        tracer.processed(done, traces, [Spent(time.time(), 0.04)] * len(batch))
        tracer.committed(done, traces, time.time())
    for packet in packets:
        exporter.export(unpacked(packet))
    exporter.close()
    return 1000 * (time.process_time() - began) / len(records)


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
