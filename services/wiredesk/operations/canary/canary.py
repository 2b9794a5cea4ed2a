"""The canary: sends a probe through every partition, and measures when a reader has its article."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from wiredesk.operations.canary import metrics
from wiredesk.operations.canary.probe import Probe, probes
from wiredesk.operations.canary.readership import Readership
from wiredesk.operations.canary.round_trips import RoundTrip, RoundTrips
from wiredesk.pipeline import ARTICLES_ENRICHED, ENRICHMENT, EXTRACTOR, PAGES_RAW, REVISIONS
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, WiredeskError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.lineage import origin_of
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk_schemas.headers import is_synthetic

log = structlog.get_logger(__name__)

LATER_TOPICS = tuple(stage.consumes for stage in (EXTRACTOR, REVISIONS, ENRICHMENT))
"""The topics between raw pages and enriched articles, which are keyed by page."""

CHECK_SECONDS = 0.2
"""How often it is checked which probes are missing."""

CLIENT_ID = "wiredesk-canary"
"""The client id in the logs, metrics and quotas of brokers."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When probes are sent, and until when they must have arrived.

    Attributes:
        interval: seconds from one round of probes to the next.
        deadline: seconds after which a probe is missing.
    """

    interval: float
    deadline: float


class Canary:
    """Sends probes and reads articles, over one cluster.

    Args:
        readership: counts the articles that are no probes; None: nobody wants to know.
        on_end: called with every probe that arrived or is missing.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        pace: Pace,
        readership: Readership | None = None,
        on_end: Callable[[RoundTrip], None] | None = None,
    ) -> None:
        self._kafka = kafka
        self._pace = pace
        self._readership = readership
        self._on_end = on_end
        self._trips = RoundTrips(pace.deadline)
        # The clock, not a number from 1: a canary that starts again says something new.
        self._numbers = count(int(time.time()))
        self._trouble: Trouble | None = Trouble(TroubleKind.STARTING, "starting")

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be measured now; None if it can."""
        return self._trouble

    async def run(self, stop: asyncio.Event) -> None:
        """Send probes until stopped. What is wrong with Kafka is logged, and tried again."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                async with self._reading() as sender:
                    self._trouble = None
                    backoff.reset()
                    await self._send_rounds(sender, stop)
            except (WiredeskError, KafkaError, OSError) as error:
                line = authorization.refusal(error, self._kafka) or str(error)
                log.warning("the canary cannot measure, will retry", error=line)
                self._trouble = Trouble(TroubleKind.STARTING, line)
                await backoff.wait()

    async def once(self) -> int:
        """Send one round, wait for all of its probes, and return how many there are.

        Raises:
            ForbiddenError: Kafka denies an operation.
            UnavailableError: there is no topic or no broker, or a probe was not acknowledged.
        """
        async with self._reading() as sender:
            sent = await self._send_round(sender)
            if problem := next(filter(None, sent), None):
                raise problem
            while len(self._trips):
                await asyncio.sleep(CHECK_SECONDS)
                sender.check()
                self._note_missing()
            return len(sent)

    @contextlib.asynccontextmanager
    async def _reading(self) -> "AsyncIterator[_Sender]":
        """Read enriched articles for the duration of a block; probes are sent within it."""
        self._trips.forget()
        began = asyncio.Event()
        async with Cluster(self._kafka, CLIENT_ID) as cluster:
            await cluster.required_topics(self._kafka.on_cluster(one.name) for one in (PAGES_RAW, ARTICLES_ENRICHED))
            producer = clients.producer(self._kafka, CLIENT_ID, linger_ms=0)
            async with clients.started(producer, self._kafka):
                reading = asyncio.create_task(self._read(began), name="canary-reader")
                starting = asyncio.create_task(began.wait())
                try:
                    await asyncio.wait({reading, starting}, return_when=asyncio.FIRST_COMPLETED)
                    yield _Sender(cluster, producer, reading)
                finally:
                    reading.cancel()
                    starting.cancel()
                    await asyncio.gather(reading, starting, return_exceptions=True)

    async def _read(self, began: asyncio.Event) -> None:
        topic = self._kafka.on_cluster(ARTICLES_ENRICHED.name)
        async with (
            Cluster(self._kafka, CLIENT_ID) as cluster,
            contextlib.aclosing(cluster.read_topic([topic])) as records,
        ):
            async for record in records:
                began.set()
                if record is None:
                    continue
                if is_synthetic(record.headers):
                    self._end(self._trips.arrived(origin_of(record), time.monotonic()))
                elif self._readership is not None:
                    self._readership.count(record)

    async def _send_rounds(self, sender: "_Sender", stop: asyncio.Event) -> None:
        due = time.monotonic()
        while not stop.is_set():
            sender.check()
            if time.monotonic() >= due:
                due = max(due + self._pace.interval, time.monotonic())
                await self._send_round(sender)
            self._note_missing()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await stop.wait()

    async def _send_round(self, sender: "_Sender") -> list[WiredeskError | None]:
        """Send a probe through every partition; return for each why it was not acknowledged, or None."""
        number = next(self._numbers)
        return await asyncio.gather(*(self._send(sender, probe, number) for probe in await sender.probes()))

    async def _send(self, sender: "_Sender", probe: Probe, number: int) -> WiredeskError | None:
        began = time.monotonic()
        try:
            origin = await sender.send(probe, number)
        except KafkaError as error:
            metrics.NOT_SENT.labels(probe.partition).inc()
            denied = authorization.refusal(error, self._kafka, authorization.PRODUCING)
            problem = ForbiddenError(denied) if denied else UnavailableError(f"{type(error).__name__}: {error}")
            log.warning("probe not sent", partition=probe.partition, error=str(problem))
            return problem
        metrics.SENT.labels(probe.partition).inc()
        metrics.MISSING.labels(probe.partition)
        self._end(self._trips.sent(origin, probe.partition, began))
        return None

    def _end(self, trip: RoundTrip | None) -> None:
        if trip is None:
            return
        if trip.age is None:
            metrics.MISSING.labels(trip.partition).inc()
            log.warning("probe is missing", partition=trip.partition, seconds=self._pace.deadline)
        else:
            metrics.AGE_SECONDS.observe(trip.age)
            metrics.LAST_AGE.labels(trip.partition).set(trip.age)
            metrics.LAST_ARRIVED.labels(trip.partition).set(time.time() - trip.age)
        if self._on_end is not None:
            self._on_end(trip)

    def _note_missing(self) -> None:
        for trip in self._trips.missing(time.monotonic()):
            self._end(trip)


class _Sender:
    """Publishes probes.

    Args:
        reading: the task that looks for their articles.
    """

    def __init__(self, cluster: Cluster, producer: AIOKafkaProducer, reading: asyncio.Task[None]) -> None:
        self._cluster = cluster
        self._producer = producer
        self._reading = reading
        self._raw = cluster.settings.on_cluster(PAGES_RAW.name)
        self._sizes: dict[str, int] = {}
        self._probes: list[Probe] = []

    def check(self) -> None:
        """Raise what ended the reading of articles.

        Raises:
            UnavailableError: it cannot be read.
        """
        if self._reading.done():
            self._reading.result()
            raise UnavailableError("articles are not read any more")

    async def probes(self) -> list[Probe]:
        """Return the probes of the partitions that there are now."""
        on_cluster = self._cluster.settings.on_cluster
        topics = await self._cluster.required_topics([self._raw, *(on_cluster(one.name) for one in LATER_TOPICS)])
        sizes = {name: len(topic.topic_partitions) for name, topic in topics.items()}
        if sizes != self._sizes:
            later = {name: size for name, size in sizes.items() if name != self._raw}
            self._sizes, self._probes = sizes, probes(sizes[self._raw], later)
        return self._probes

    async def send(self, probe: Probe, number: int) -> str:
        """Publish a probe; return the coordinates of its raw page when it is acknowledged."""
        value, headers = probe.record(number, datetime.now(UTC))
        sent = await self._producer.send_and_wait(self._raw, value=value, headers=headers, partition=probe.partition)
        return f"{sent.topic}/{sent.partition}/{sent.offset}"
