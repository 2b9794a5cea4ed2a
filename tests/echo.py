"""Running the echo stage in this process: for tests of the runtime that need a worker, but no articles."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaProducer

from tests.handlers import SOURCE, STAGE, TARGET
from tests.reading import read_topic
from tests.waiting import deadline
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import MIB, KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.worker import Worker
from wiredesk.testing.patience import setting

TOPICS = (SOURCE, TARGET, STAGE.dead_letter_topic)
SETTINGS = WorkerSettings(
    page_deadline=setting(3),
    page_memory_bytes=256 * MIB,
    metrics_port=0,
    session_timeout=setting(10),
    drain_timeout=setting(5),
)


@contextlib.asynccontextmanager
async def worker(
    kafka: KafkaSettings, settings: WorkerSettings = SETTINGS, stage: Stage = STAGE
) -> AsyncIterator[asyncio.Event]:
    """Run a worker in this process for the length of a block; setting the event stops it in an orderly way."""
    stop = asyncio.Event()
    task = asyncio.create_task(Worker(stage, kafka, settings).run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(deadline()):
            await task


async def send(kafka: KafkaSettings, values: list[bytes], partition: int = 0) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, max_request_size=1 << 27)
    await producer.start()
    try:
        for number, value in enumerate(values):
            await producer.send(kafka.on_cluster("in"), value, key=str(number).encode(), partition=partition)
    finally:
        await producer.stop()


async def outcomes(kafka: KafkaSettings, count: int) -> list[Record]:
    """Wait for a number of records in the output and the dead-letter topic."""
    records: list[Record] = []
    names = [kafka.on_cluster(TARGET.name), kafka.on_cluster(STAGE.dead_letter_topic.name)]
    reading = read_topic(kafka, names, from_beginning=True)
    async with asyncio.timeout(deadline()), contextlib.aclosing(reading):
        async for record in reading:
            if record is not None:
                records.append(record)
            if len(records) >= count:
                return records
    raise AssertionError
