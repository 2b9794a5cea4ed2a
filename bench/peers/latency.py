"""How long a record takes, from its send until a read-committed consumer receives its output."""

import asyncio
import contextlib
import struct
import time
from pathlib import Path

from cost import PARTITIONS, RECORD_BYTES
from peers import Flow, Peer, Terms, Worker

from tests import topics
from tests.reading import read_topic
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

WARM_SECONDS = 3.0
READY_SECONDS = 60
_SENT = struct.Struct("!d")
_PROBE = _SENT.pack(0.0)


async def measure(
    peer: Peer, flow: Flow, terms: Terms, python: Path, folder: Path, rate: float, seconds: float
) -> list[float]:
    """Return the milliseconds that each record took, at a steady rate.

    Raises:
        WiredeskError: the worker exited, or did not start in time.
    """
    kafka = KafkaSettings(bootstrap_servers=flow.servers)
    made = [Topic(flow.source, "Input"), Topic(f"{flow.source}.dlq", "Dead letters"), Topic(flow.target, "Output")]
    await topics.create(kafka, made, partitions=PARTITIONS)
    worker = Worker(peer, "identity", flow, terms, python, folder)
    spent: list[float] = []
    wanted = int(rate * (WARM_SECONDS + seconds))
    reading = read_topic(kafka, [flow.target])
    try:
        async with contextlib.aclosing(reading), asyncio.TaskGroup() as tasks:
            await anext(reading)
            started = asyncio.Event()
            sending = tasks.create_task(_send(kafka, flow.source, rate, wanted, started))
            began = time.monotonic()
            async for record in reading:
                if record is not None and (record.value or b"")[:8] == _PROBE:
                    started.set()
                elif record is not None:
                    (sent,) = _SENT.unpack((record.value or b"")[:8])
                    spent.append(1000 * (time.time() - sent))
                if len(spent) >= wanted:
                    break
                if worker.ended or (not started.is_set() and time.monotonic() - began > READY_SECONDS):
                    sending.cancel()
                    break
    finally:
        worker.kill()
    if len(spent) < wanted:
        raise WiredeskError(f"{flow.group} does not work: {len(spent)} of {wanted} records came through")
    return spent[int(rate * WARM_SECONDS) :]


async def _send(kafka: KafkaSettings, topic: str, rate: float, count: int, started: asyncio.Event) -> None:
    """Send a probe to each partition until one is output; then records at the rate."""
    rest = bytes(RECORD_BYTES - _SENT.size)
    async with clients.started(clients.producer(kafka, "bench"), kafka) as producer:
        while not started.is_set():
            for partition in range(PARTITIONS):
                await producer.send_and_wait(topic, _PROBE + rest, partition=partition)
            await asyncio.sleep(0.2)
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            await producer.send(topic, _SENT.pack(time.time()) + rest, partition=number % PARTITIONS)
