"""What our tests share beside `wiredesk.testing`: pages to publish, and their outcomes."""

import asyncio
import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiokafka import AIOKafkaProducer

from tests.reading import read_topic
from wiredesk.local.broker import jars
from wiredesk.pipeline import PAGES_RAW, TERMINAL_TOPICS
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import SECONDS
from wiredesk_schemas.headers import Header

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "services" / "wiredesk" / "samples"
KAFKA_VERSIONS = ("3.9.1", jars.KAFKA_VERSION, "4.4.0")
"""The oldest supported version, the embedded one, and the newest."""


@dataclass(frozen=True)
class Raw:
    """A record for pages.raw."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()


async def publish(kafka: KafkaSettings, pages: Iterable[Raw], *, compression: str | None = "gzip") -> list[str]:
    """Publish with a bare Kafka client; return the origins, in order."""
    topic = kafka.on_cluster(PAGES_RAW.name)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        max_request_size=1 << 28,
        compression_type=compression,
        value_serializer=lambda value: value.value,  # aiokafka refuses a null value before it is serialised
    )
    await producer.start()
    try:
        sent = [await producer.send(topic, key=p.key, value=p, headers=list(p.headers)) for p in pages]
        written = await asyncio.gather(*sent)
    finally:
        await producer.stop()
    return [f"{topic}/{w.partition}/{w.offset}" for w in written]


type Ends = dict[str, list[Record]]
"""Records in the terminal topics, by their origin."""


async def ends_of(kafka: KafkaSettings, origins: Iterable[str], seconds: float = SECONDS) -> Ends:
    """Wait until every origin has an outcome, then read to the end of the topics: a second outcome must not be missed."""
    wanted = set(origins)
    names = [kafka.on_cluster(topic.name) for topic in TERMINAL_TOPICS]
    began = time.monotonic()
    reading = read_topic(kafka, names, from_beginning=True)
    async with contextlib.aclosing(reading):
        missing = set(wanted)
        async for record in reading:
            if record is not None:
                missing.discard(origin(record))
            if not missing:
                break
            assert time.monotonic() < began + scaled(seconds), f"{len(missing)} have not ended: {sorted(missing)[:5]}"
    return await collect(kafka, names, wanted)


async def collect(kafka: KafkaSettings, names: Sequence[str], wanted: set[str]) -> Ends:
    """Read topics to their end, and return the records of these origins, by origin."""
    by_origin: defaultdict[str, list[Record]] = defaultdict(list)
    reading = read_topic(kafka, names, from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None and origin(record) in wanted:
                by_origin[origin(record)].append(record)
    return dict(by_origin)


def origin(record: Record) -> str:
    return text(record, "wiredesk_origin")


def text(record: Record, name: str) -> str:
    """Return a header's last value."""
    return next((value or b"" for key, value in reversed(record.headers) if key == name), b"").decode()


def whole_lines(written: str) -> list[str]:
    """Return the lines of a file that a process is writing: the last one may not be whole yet."""
    return written[: written.rfind("\n") + 1].splitlines()


def templates() -> list[psutil.Process]:
    """Return the template processes of the pools in this process."""
    processes = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if any(part.endswith("isolation.template_process") for part in process.cmdline()):
                processes.append(process)
    return processes


def unmeasured() -> dict[str, str]:
    """Return the environment of a process that is measured itself: without coverage, which has modules of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
