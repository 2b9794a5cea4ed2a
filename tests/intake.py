"""Intakes of tests: in this process, without Kafka, where the test decides what is acknowledged; and as processes."""

import asyncio
import contextlib
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiokafka import TopicPartition
from aiokafka.structs import RecordMetadata

from wiredesk.intake.delivery import UndeliveredError
from wiredesk.intake.server import Intake
from wiredesk.intake.settings import IntakeSettings
from wiredesk.local.ports import free_port
from wiredesk.pages.record import RawRecord
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.trouble import Trouble
from wiredesk.testing import commands
from wiredesk.testing.patience import scaled
from wiredesk.testing.processes import ANSWER_SECONDS, environment, wait_until

URL = "https://paper.example/story"
EVENT = b'{"url": "https://paper.example/story", "body": "<p>A story.</p>"}'
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
HTML = {"Content-Type": "text/html; charset=gb2312"}


@dataclass
class Broker:
    """Takes records in place of Kafka.

    Attributes:
        decide: called with a record; returns what becomes of it: True, it is acknowledged; an error, it is refused; None:
            it waits, in `waiting`.
    """

    decide: Callable[[RawRecord], bool | Exception | None] = lambda _: True
    records: list[RawRecord] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    waiting: list[asyncio.Future[RecordMetadata]] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send(self, record: RawRecord, key: bytes | None) -> asyncio.Future[RecordMetadata]:
        delivery: asyncio.Future[RecordMetadata] = asyncio.get_running_loop().create_future()
        decision = self.decide(record)
        if isinstance(decision, UndeliveredError):
            raise decision
        if decision is None:
            self.waiting.append(delivery)
        elif isinstance(decision, Exception):
            delivery.set_exception(decision)
        else:
            self.acknowledge(delivery)
        self.records.append(record)
        self.keys.append(key)
        return delivery

    def acknowledge(self, delivery: asyncio.Future[RecordMetadata]) -> None:
        offset = len(self.records)
        delivery.set_result(RecordMetadata("pages.raw", 0, TopicPartition("pages.raw", 0), offset, None, 0, None))

    def acknowledge_all(self) -> None:
        while self.waiting:
            self.acknowledge(self.waiting.pop(0))


@dataclass(frozen=True)
class Reply:
    """The answer to a request."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Client:
    """A client of an intake."""

    url: str
    broker: Broker
    session: aiohttp.ClientSession

    async def post(self, data: Any = EVENT, headers: dict[str, str] | None = None, query: str = "") -> Reply:
        return await self.request("POST", f"/pages{query}", data=data, headers=JSON if headers is None else headers)

    async def request(self, method: str, path: str, **options: Any) -> Reply:
        async with self.session.request(method, self.url + path, **options) as answer:
            is_json = answer.content_type.endswith("json") and method != "HEAD"
            body = await (answer.json(content_type=None) if is_json else answer.text())
            return Reply(answer.status, dict(answer.headers), body)


@contextlib.asynccontextmanager
async def intake(broker: Broker | None = None, **settings: Any) -> AsyncIterator[Client]:
    """Run an intake for the duration of a block."""
    broker = broker or Broker()
    serving = Intake(IntakeSettings(intake_port=0, **settings), broker).serving()
    async with serving as url, aiohttp.ClientSession(auto_decompress=False) as session:
        yield Client(url, broker, session)


@dataclass
class IntakeProcess:
    """An intake as in production.

    Attributes:
        log: file that its log is appended to.
        settings: environment variables of its own.
        port: port that it listens on; 0: any free one.
    """

    kafka: KafkaSettings
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Start it, for the first time or after its end."""
        own = {**environment(self.kafka), "WIREDESK_INTAKE_PORT": str(self.port), **self.settings}
        with self.log.open("ab") as output:
            self.process = commands.start(["intake"], own, output)

    def status(self, path: str) -> int:
        """Return the status of a page of it; 0 if it does not answer."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=scaled(ANSWER_SECONDS)) as answer:  # noqa: S310 - our own
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def is_ready(self) -> bool:
        """Whether it publishes.

        Raises:
            AssertionError: it exited.
        """
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2000:]
        return self.status("/health/ready") == 200

    def kill(self) -> None:
        """Kill it, as a power failure would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Stop it by SIGTERM, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(scaled(60))


@contextlib.contextmanager
def intake_process(kafka: KafkaSettings, folder: Path, **settings: str) -> Iterator[IntakeProcess]:
    """Run an intake as a process for the duration of a block; it publishes when the block begins."""
    process = IntakeProcess(kafka, folder / "intake.log", settings)
    try:
        wait_until(process.is_ready, "the intake is ready")
        yield process
    finally:
        if process.process.poll() is None:
            process.kill()
