"""What tests of the running system share: worker processes, publishing, waiting for conditions with a deadline."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import psutil
from aiokafka import AIOKafkaProducer

from tests.patience import at_present, scaled, setting
from wiredesk.local.broker import jars
from wiredesk.pipeline import PAGES_RAW, TERMINAL_TOPICS
from wiredesk.runtime.kafka.reading import read
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk_schemas.headers import Header

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
SECONDS = 60.0
"""What anything may take on a quiet machine."""

DEADLINE = scaled(SECONDS)
"""The same on this one, for a wait that takes plain seconds. Waits with other seconds: `scaled` of tests/patience.py."""

KAFKA_VERSIONS = ("3.9.1", jars.KAFKA_VERSION, "4.4.0")
"""The oldest that is supported, the one that is embedded, and the newest."""


@dataclass(frozen=True)
class Cluster:
    """A broker that the tests started: where it is, and the process that runs it."""

    bootstrap_servers: str
    pid: int
    folder: Path


@dataclass
class WorkerProcess:
    """A worker, as a platform engineer runs it."""

    stage: str
    kafka: KafkaSettings
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    command: ClassVar[tuple[str, ...]] = (sys.executable, "-m", "wiredesk.cli", "worker")

    def __post_init__(self) -> None:
        self.port = free_port()
        own = {**environment(self.kafka), **defaults(), "WIREDESK_METRICS_PORT": str(self.port), **self.settings}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.command, self.stage],
                cwd=ROOT,
                env=own,
                stdout=output,
                stderr=output,
            )

    def get(self, path: str) -> tuple[int, str]:
        """Ask it over HTTP; status 0 where it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=scaled(2)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"{self.stage} ended: {self.log.read_text()[-2000:]}"
        return self.get("/readyz")[0] == 200

    def metric(self, name: str) -> float:
        """Return a metric, summed over its labels."""
        lines = self.get("/metrics")[1].splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((name + " ", name + "{")))

    def terminate(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)


@contextlib.contextmanager
def workers(
    kafka: KafkaSettings, stages: Sequence[str], log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[list[WorkerProcess]]:
    """Run workers for the length of a block, ready from the start."""
    crew = [WorkerProcess(stage, kafka, log, settings or {}) for stage in stages]
    try:
        for worker in crew:
            wait_until(worker.is_ready, f"{worker.stage} is ready")
        yield crew
    finally:
        for worker in crew:
            if worker.process.poll() is None:
                worker.process.terminate()
        for worker in crew:
            worker.process.wait(DEADLINE)


def defaults() -> dict[str, str]:
    """Return the deadlines that a worker has where a test sets no others, in the machine's seconds."""
    fields = ("session_timeout", "drain_timeout", "page_deadline", "transaction_timeout")
    return {f"WIREDESK_{name.upper()}": str(setting(WorkerSettings.model_fields[name].default)) for name in fields}


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the environment of a command that is to reach a cluster."""
    return {
        **os.environ,
        "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix,
    }


def wiredesk(kafka: KafkaSettings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as its users would."""
    return subprocess.run(
        [sys.executable, "-m", "wiredesk.cli", *arguments],
        cwd=ROOT,
        env=environment(kafka),
        capture_output=True,
        text=True,
        check=False,
    )


def wait_until(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait for a condition, or fail.

    Args:
        seconds: of a quiet machine; on a busy one it waits longer, by the load at each moment.
    """
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + scaled(seconds), f"not within {seconds:g} s × {at_present():.1f}: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class Raw:
    """A record for pages.raw."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()


async def publish(kafka: KafkaSettings, pages: Iterable[Raw]) -> list[str]:
    """Publish with a bare Kafka client; return the origins, in order."""
    topic = kafka.on_cluster(PAGES_RAW.name)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        max_request_size=1 << 28,
        compression_type="gzip",
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
"""Records in the topics in which pages end, by the origin that they carry."""


async def ends_of(kafka: KafkaSettings, origins: Iterable[str], seconds: float = SECONDS) -> Ends:
    """Wait until every origin has ended, then read on to the end of the topics: a second end must not be missed."""
    wanted = set(origins)
    names = [kafka.on_cluster(topic.name) for topic in TERMINAL_TOPICS]
    began = time.monotonic()
    reading = read(kafka, names, from_beginning=True)
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
    """Read topics to their end, and sort what belongs to some origins by it."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    reading = read(kafka, names, from_beginning=True, until_end=True)
    async with contextlib.aclosing(reading):
        async for record in reading:
            if record is not None and origin(record) in wanted:
                found[origin(record)].append(record)
    return dict(found)


def origin(record: Record) -> str:
    return text(record, "wiredesk_origin")


def text(record: Record, name: str) -> str:
    """Return a header's last value."""
    return next((value or b"" for key, value in reversed(record.headers) if key == name), b"").decode()


def templates() -> list[psutil.Process]:
    """Return the template processes of the pools in this process."""
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if any(part.endswith("isolation.template") for part in process.cmdline()):
                found.append(process)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
