"""Measure how many file descriptors a worker takes: by itself, and for each of its partitions.

    python bench/descriptors.py [--nodes 3] [--partitions 2 16 48]

A worker in this process reads a topic with that number of partitions, with records in all of them. The result is the
maximum number of descriptors that were open while it worked, minus those that were open before.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from aiokafka import AIOKafkaProducer
from burning_stage import SOURCE, STAGE, TARGET

from tests import topics
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.worker import Worker, descriptors

SETTINGS = WorkerSettings(metrics_port=0, processes=1)
RECORDS = 50
LOOK_SECONDS = 0.1
WORK_SECONDS = 10.0


def main() -> int:
    """Print a line for each number of partitions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--partitions", type=int, nargs="+", default=[2, 16, 48])
    args = parser.parse_args()
    logs.configure("error")
    logs.quiet()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # for the processes of the pool
    try:
        asyncio.run(_run(args.nodes, args.partitions))
    except WiredeskError as error:
        print(f"descriptors: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _run(nodes: int, partitions: list[int]) -> None:
    descriptors.raise_limit()
    with tempfile.TemporaryDirectory(prefix="wiredesk-bench-") as folder:
        async with stack.embedded_kafka(Path(folder) / "kafka", BrokerSettings(), nodes=nodes) as broker:
            for count in partitions:
                kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=f"of-{count}.")
                await topics.create(kafka, (SOURCE, STAGE.dead_letter_topic), partitions=count, replication=nodes)
                await topics.create(kafka, (TARGET,), replication=nodes)
                taken = await _taken(kafka, count)
                expected = descriptors.of_a_lane(nodes)
                print(
                    f"descriptors: {nodes} brokers, {count} partitions: {taken}, {taken / count:.2f} for each "
                    f"(assumed: {descriptors.OWN}, and {expected} for each)"
                )


async def _taken(kafka: KafkaSettings, partitions: int) -> int:
    before = descriptors.in_use()
    stop = asyncio.Event()
    worker = Worker(STAGE, kafka, SETTINGS)
    working = asyncio.create_task(worker.run(stop))
    try:
        while worker.trouble() is not None and not working.done():  # noqa: ASYNC110 - it is looked at, as a probe does
            await asyncio.sleep(LOOK_SECONDS)
        await _send(kafka, partitions)
        most = 0
        for _ in range(int(WORK_SECONDS / LOOK_SECONDS)):
            await asyncio.sleep(LOOK_SECONDS)
            most = max(most, descriptors.in_use())
        return most - before
    finally:
        stop.set()
        await working


async def _send(kafka: KafkaSettings, partitions: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    try:
        for number in range(RECORDS * partitions):
            key = str(number).encode()
            await producer.send(kafka.on_cluster(SOURCE.name), b"0", key=key, partition=number % partitions)
    finally:
        await producer.stop()


if __name__ == "__main__":
    sys.exit(main())
