"""An intake in this process, without Kafka: what it publishes is kept, and the test decides what is acknowledged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiokafka import TopicPartition
from aiokafka.structs import RecordMetadata

from wiredesk.intake.delivery import UndeliveredError
from wiredesk.intake.server import Intake
from wiredesk.intake.settings import IntakeSettings
from wiredesk.pages.record import RawRecord
from wiredesk.runtime.trouble import Trouble

URL = "https://paper.example/story"
EVENT = b'{"url": "https://paper.example/story", "body": "<p>A story.</p>"}'
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}


@dataclass
class Broker:
    """Takes records in place of Kafka.

    Attributes:
        decide: called with a record; returns what becomes of it: True, it is acknowledged; an error, it is refused; None:
            it waits, in `waiting`.
    """

    decide: Callable[[RawRecord], bool | Exception | None] = lambda _: True
    records: list[RawRecord] = field(default_factory=list)
    waiting: list[asyncio.Future[RecordMetadata]] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send(self, record: RawRecord) -> asyncio.Future[RecordMetadata]:
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
