"""The producer of the intake: it is replaced when a delivery fails, and says when no broker acknowledges anything."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Protocol, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata

from wiredesk.intake import metrics
from wiredesk.pages.record import RawRecord
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, format_error
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)

STALL_SECONDS = 5.0
"""If records wait and none was acknowledged for so long, the intake refuses further ones: a commit takes 0.1 s."""

CLOSE_SECONDS = 5.0
"""Time to close a producer whose broker may be gone."""

CLIENT_ID = "wiredesk-intake"
"""The client id of the intake in the brokers' logs and quotas."""


class Publisher(Protocol):
    """What accepts the records of pages."""

    @property
    def trouble(self) -> Trouble | None:
        """Why no record is accepted now; None if records are."""

    async def send(self, record: RawRecord, key: bytes | None) -> asyncio.Future[RecordMetadata]:
        """Pass on a record; the future is done when the brokers have acknowledged or refused it.

        Args:
            key: records of one key stay in their order.

        Raises:
            UndeliveredError: it was not passed on.
        """


class UndeliveredError(Exception):
    """A record was not passed on; the message is one line."""


class KafkaPublisher:
    """Publishes records to a topic, acknowledged by all in-sync replicas.

    An idempotent producer sends a record again until a broker has it, for as long as brokers are away. A record that is
    refused all the same leaves a gap in the producer's sequence numbers, which brokers then refuse: after any failure
    another producer is opened.

    Args:
        topic: in the topology, without prefix.
    """

    def __init__(self, kafka: KafkaSettings, topic: str) -> None:
        self._kafka = kafka
        self._topic = kafka.on_cluster(topic)
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()
        self._trouble: Trouble | None = Trouble(TroubleKind.STARTING, "starting: no broker has answered yet")
        self._waiting = 0
        self._progress_at = time.monotonic()
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> Trouble | None:
        """Why no record is accepted now: no producer is open, or no broker acknowledges what was sent."""
        if self._trouble is not None:
            return self._trouble
        silent = time.monotonic() - self._progress_at
        if self._waiting and silent > STALL_SECONDS:
            return Trouble(
                TroubleKind.BROKER_SILENT, f"{self._waiting} pages wait, and none was acknowledged for {silent:.0f} s"
            )
        return None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Open producers for the duration of a block; at its end, wait for what was sent, for a limited time.

        Raises:
            UsageError: the settings of the connection are wrong.
        """
        clients.connection(self._kafka)  # checks the settings
        opening = asyncio.create_task(self._keep_open())
        try:
            yield self
        finally:
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await opening
            if self._producer is not None:
                self._retire(self._producer, CLOSE_SECONDS)
            await asyncio.gather(*self._retiring)

    async def send(self, record: RawRecord, key: bytes | None) -> asyncio.Future[RecordMetadata]:
        """Pass on a record; the future is done when the brokers have acknowledged or refused it.

        Raises:
            UndeliveredError: it was not passed on.
        """
        if self._producer is None:
            raise UndeliveredError(str(self._trouble or "no producer is open"))
        if not self._waiting:
            self._progress_at = time.monotonic()
        value, headers = record
        try:
            delivery: asyncio.Future[RecordMetadata] = await self._producer.send(
                self._topic, value=value, key=key, headers=headers
            )
        except CLIENT_ERRORS as error:
            if not isinstance(error, KafkaTimeoutError):  # then the buffer was full, and the record never in it
                self._fail(error)
            raise UndeliveredError(self.explain(error)) from error
        self._waiting += 1
        delivery.add_done_callback(self._delivered)
        return delivery

    def explain(self, error: BaseException) -> str:
        """Return why a record was not delivered, in one line."""
        denied = authorization.refusal(error, self._kafka, authorization.PRODUCING)
        return denied or format_error(error)

    def _delivered(self, delivery: asyncio.Future[RecordMetadata]) -> None:
        self._waiting -= 1
        error = None if delivery.cancelled() else delivery.exception()
        if error is None:
            self._progress_at = time.monotonic()
        else:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._failed.is_set():
            log.warning("pages are not delivered, opening another producer", reason=self.explain(error))
        self._failed.set()

    async def _keep_open(self) -> None:
        """Open a producer, and another one after each failure."""
        backoff = Backoff()
        while True:
            try:
                producer = await self._open()
            except (UnavailableError, UsageError, *CLIENT_ERRORS) as error:
                kind = TroubleKind.FORBIDDEN if isinstance(error, ForbiddenError) else TroubleKind.NO_PRODUCER
                self._trouble = Trouble(kind, str(error) or format_error(error))
                log.warning("no producer", reason=self._trouble.message)
                await backoff.wait()
                continue
            log.info("producer open", topic=self._topic)
            metrics.PRODUCERS.inc()
            self._failed.clear()
            self._producer, self._trouble = producer, None
            self._progress_at = time.monotonic()
            await self._failed.wait()
            self._producer = None
            self._trouble = Trouble(TroubleKind.NO_PRODUCER, "a delivery failed: another producer is being opened")
            self._retire(producer, self._kafka.request_timeout)
            await backoff.wait()
            backoff.reset()

    async def _open(self) -> AIOKafkaProducer:
        async with Cluster(self._kafka) as cluster:
            await cluster.required_partitions([self._topic])
        producer = clients.producer(self._kafka, CLIENT_ID)
        try:
            async with asyncio.timeout(self._kafka.request_timeout):
                await clients.start(producer, self._kafka)
        except BaseException:
            await _discard(producer)
            raise
        return producer

    def _retire(self, producer: AIOKafkaProducer, seconds: float) -> None:
        task = asyncio.create_task(_retire(producer, seconds))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


async def _retire(producer: AIOKafkaProducer, seconds: float) -> None:
    """Close a producer after it has delivered what it holds; what it holds after that time is not delivered."""
    with contextlib.suppress(TimeoutError, *CLIENT_ERRORS):
        async with asyncio.timeout(seconds):
            await producer.flush()
    await _discard(producer)


async def _discard(producer: AIOKafkaProducer) -> None:
    """Close a producer and fail the deliveries that it holds.

    Its own `stop` would wait for a broker that may be down, and would leave the sockets open if cancelled.
    """
    for step in (producer._sender.close, producer.client.close):  # noqa: SLF001 - see above
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await step()  # type: ignore[no-untyped-call] # aiokafka
    producer._message_accumulator.fail_all(KafkaTimeoutError())  # noqa: SLF001 - nobody else would
    producer._closed = True  # noqa: SLF001 - otherwise it warns at garbage collection that it was not stopped


def is_too_large(error: BaseException) -> bool:
    """Return whether a broker refuses a record for its size."""
    return isinstance(error, MessageSizeTooLargeError)
