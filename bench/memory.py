"""Measure whether a worker's memory stays flat: a backlog of many pages through one worker.

    python bench/memory.py [--pages 100000] [--bytes 20000]

Pages take almost no CPU time, so the worker only moves records, with as many in flight as its settings allow. It prints
the memory of the worker itself and of all its processes together (proportional set size, PSS), as medians of ten parts
of the run.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from burning_stage import SOURCE, STAGE, TARGET

from tests import topics
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import MIB

SAMPLE_SECONDS = 0.5
PARTS = 10
RANDOM = os.urandom(1 << 20)


def main() -> int:
    """Print two lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=20_000, help="of a page")
    args = parser.parse_args()
    logs.quiet()
    try:
        samples = asyncio.run(_run(args.pages, args.bytes))
    except WiredeskError as error:
        print(f"memory: {error}", file=sys.stderr)
        return error.exit_code
    for name, values in samples.items():
        steady = values[len(values) // 5 :]  # during the first fifth the records in flight grow to their limit
        halves = [statistics.median(half) for half in (steady[: len(steady) // 2], steady[len(steady) // 2 :])]
        parts = [statistics.median(steady[n * len(steady) // PARTS :][: len(steady) // PARTS]) for n in range(PARTS)]
        print(
            f"memory: {args.pages} pages of {args.bytes} bytes, {name}: "
            f"MiB {', '.join(f'{p / MIB:.0f}' for p in parts)}; second half ÷ first {halves[1] / halves[0]:.3f}"
        )
    return 0


async def _run(pages: int, size: int) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
        async with stack.embedded_kafka(Path(folder) / "kafka", BrokerSettings()) as broker:
            kafka = stack.kafka_settings(broker)
            await topics.create(kafka, [SOURCE, TARGET, STAGE.dead_letter_topic])
            async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
                for number in range(pages):
                    start = number * 997 % (len(RANDOM) - size)
                    await producer.send(SOURCE.name, RANDOM[start : start + size], partition=number % SOURCE.partitions)
            environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "WIREDESK_METRICS_PORT": "0"}
            command = [sys.executable, str(Path(__file__).parent / "burning_stage.py"), kafka.bootstrap_servers]
            worker = psutil.Popen(command, env={**environment, "WIREDESK_PROCESSES": "2"})
            samples: dict[str, list[float]] = {"the worker": [], "with its processes": []}
            try:
                async with clients.started(
                    clients.reader(kafka, "bench", isolation_level="read_uncommitted"), kafka
                ) as c:
                    while await _written(c) < pages:
                        _sample(worker, samples)
                        await asyncio.sleep(SAMPLE_SECONDS)
            finally:
                worker.terminate()
                await asyncio.to_thread(worker.wait)
            return samples


async def _written(consumer: AIOKafkaConsumer) -> int:
    partitions = [TopicPartition(TARGET.name, n) for n in range(TARGET.partitions)]
    return int(sum((await consumer.end_offsets(partitions)).values()))


def _sample(worker: psutil.Process, samples: dict[str, list[float]]) -> None:
    own = worker.memory_full_info().pss
    samples["the worker"].append(own)
    samples["with its processes"].append(own + sum(p.memory_full_info().pss for p in worker.children(recursive=True)))


if __name__ == "__main__":
    sys.exit(main())
