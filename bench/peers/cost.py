"""What a record costs: CPU time of client and broker, and records per second, from a backlog."""

import asyncio
import random
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from peers import Flow, Peer, Terms, Worker, cpu_seconds

from tests import topics
from wiredesk.runtime.errors import WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

RECORD_BYTES = 1000
PARTITIONS = 2
POLL_SECONDS = 0.1
DEADLINE_SECONDS = 300
ALPHABET = "etaoin shrdlu cmfwyp vbgkjq xz "


@dataclass(frozen=True)
class Cost:
    """The cost of one record, averaged over all that were committed during the measurement."""

    client_us: float
    broker_us: float
    records_per_second: float


async def publish(kafka: KafkaSettings, topic: str, records: int) -> None:
    """Write the backlog: texts that all differ, and compress to about a half."""
    draw = random.Random(7)
    async with clients.started(clients.producer(kafka, "bench", linger_ms=20), kafka) as producer:
        for number in range(records):
            value = "".join(draw.choices(ALPHABET, k=RECORD_BYTES)).encode()
            await producer.send(topic, value, key=b"%016d" % number, partition=number % PARTITIONS)


async def measure(
    peer: Peer, flow: Flow, terms: Terms, python: Path, folder: Path, records: int, broker: psutil.Process
) -> Cost:
    """Run one worker over the backlog; its first third warms both sides up and is not counted.

    Raises:
        WiredeskError: the worker exited, or did not finish in time.
    """
    kafka = KafkaSettings(bootstrap_servers=flow.servers)
    await topics.create(kafka, [Topic(flow.target, "Output")], partitions=PARTITIONS)
    async with clients.started(clients.admin(kafka), kafka) as admin:
        worker = Worker(peer, "identity", flow, terms, python, folder)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                before = await _reach(admin, flow, worker, broker, records // 3)
                after = await _reach(admin, flow, worker, broker, records * 19 // 20)
        except TimeoutError as error:
            raise WiredeskError(f"{peer.name} is not through after {DEADLINE_SECONDS} s: {folder}") from error
        finally:
            worker.kill()
        await admin.delete_topics([flow.target])
    done, client, brokers, seconds = (b - a for a, b in zip(before, after, strict=True))
    return Cost(1e6 * client / done, 1e6 * brokers / done, done / seconds)


async def _reach(
    admin: AIOKafkaAdminClient, flow: Flow, worker: Worker, broker: psutil.Process, records: int
) -> tuple[float, float, float, float]:
    """Wait until that number of records is committed; return how many are, both CPU times, and the time."""
    while True:
        if worker.ended:
            raise WiredeskError(f"{flow.group} ended by itself")
        committed = await _committed(admin, flow.group)
        if committed >= records:
            return committed, worker.cpu_seconds, cpu_seconds(broker), time.monotonic()
        await asyncio.sleep(POLL_SECONDS)


async def _committed(admin: AIOKafkaAdminClient, group: str) -> int:
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    except KafkaError:  # the group is new
        return 0
    return sum(max(0, at.offset) for at in offsets.values())
