"""The worker: joins the consumer group, hands records to lanes, and ends in order."""

import asyncio
import gc
import os
import time
from collections.abc import Awaitable

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import OffsetsMovedError, UnavailableError
from wiredesk.runtime.isolation import ProcessPool
from wiredesk.runtime.kafka import authorization, clients, diagnosis, topics
from wiredesk.runtime.kafka.fetching import FetchPace, poll
from wiredesk.runtime.kafka.partition_life import PartitionLives
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.worker import descriptors, health
from wiredesk.runtime.worker.assignment import Assignment
from wiredesk.runtime.worker.brake import Brake
from wiredesk.runtime.worker.context import Context
from wiredesk.runtime.worker.in_flight import Budget
from wiredesk.runtime.worker.lane import Lane
from wiredesk.runtime.worker.replay_scope import ReplayScope, Throttle

log = structlog.get_logger(__name__)

type Fetched = dict[TopicPartition, list[Record]]

POLL_MS, IDLE_POLL_MS = 200, 500
"""Longest wait of one poll, and so the delay between a stop being asked for and the drain; the second where nothing has
come for a while. A record ends the wait."""

SEEK_SECONDS = 0.05
"""Pause while the client asks for the offset of a partition whose lane is opening."""

POLL_RECORDS = 256
"""Most records of one poll: what may be in flight is overshot by so many at most."""

STUCK_SECONDS = 120
"""A loop that has not polled for so long will not come back: a restart is the remedy. A rebalance, in which polls
wait for every member, takes up to the session timeout, which is well below."""


class Worker:
    """A worker of a stage. Any number of them share the partitions of the stage's input topic.

    Args:
        bounded: the run that it works for; None: it serves the live stream.
    """

    def __init__(
        self, stage: Stage, kafka: KafkaSettings, settings: WorkerSettings, bounded: ReplayScope | None = None
    ) -> None:
        self._stage = stage
        self._kafka = kafka
        self._settings = settings
        self._bounded = bounded
        self._throttle = Throttle(bounded.rate if bounded is not None else None)
        self._group = bounded.group if bounded is not None else stage.group
        self._pool = ProcessPool.of(stage, settings)
        self._version = ""
        self._partitions = 0
        self._assignment: Assignment | None = None
        self._polled = time.monotonic()
        self._poll_trouble: str | None = None
        self._watch = diagnosis.Watch(kafka)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then commit what is in flight and leave the group.

        Raises:
            UnavailableError: the cluster, a topic or the metrics port is not to be had.
            HandlerError: the stage's handler cannot be loaded, at the start or later.
        """
        structlog.contextvars.bind_contextvars(stage=self._stage.name, pid=os.getpid())
        descriptors.raise_limit()
        self._partitions = await topics.require(self._kafka, self._stage)
        host, port = self._settings.metrics_host, self._settings.metrics_port
        chosen = "metrics_port" in self._settings.model_fields_set
        async with health.serving(
            host, port, alive=self._stuck, ready=self._not_ready, or_any_port=not chosen
        ) as bound:
            log.info("worker starting", metrics_port=bound)
            try:
                if await self._load(stop):
                    gc.freeze()  # what is loaded by now stays: no collection need look at it
                    metrics.STAGE_INFO.labels(self._stage.name, self._version).set(1)
                    await self._consume(stop)
            finally:
                await self._pool.close()
        log.info("worker stopped")

    async def _load(self, stop: asyncio.Event) -> bool:
        """Load the handler; False when the worker was stopped meanwhile."""
        loading, stopping = asyncio.create_task(self._pool.start()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if loading.done():
                self._version = loading.result()
            return loading.done()
        finally:
            loading.cancel()
            stopping.cancel()
            await asyncio.gather(loading, stopping, return_exceptions=True)

    async def _consume(self, stop: asyncio.Event) -> None:
        client_id = f"{self._kafka.on_cluster(self._group)}-{os.getpid()}"
        settings = self._settings
        consumer = clients.member(self._kafka, self._group, client_id, settings.session_timeout, settings.instance_id)
        await clients.start(consumer, self._kafka)
        self._check_descriptors(clients.brokers(consumer))
        try:
            context = Context(
                stage=self._stage,
                version=self._version,
                consumer=consumer,
                lives=PartitionLives(consumer),
                pool=self._pool,
                budget=Budget(settings.worker_records, settings.worker_bytes, lambda: assignment.regulate()),  # noqa: PLW0108 - it comes below
                brake=Brake(settings),
                kafka=self._kafka,
                settings=settings,
                bounded=self._bounded,
            )
            assignment = Assignment(
                consumer,
                lambda source, epoch: Lane(source, epoch, context),
                settings.drain_timeout,
                lambda: descriptors.lanes_that_fit(clients.brokers(consumer)),
            )
            self._assignment = assignment
            topic = self._kafka.on_cluster(self._stage.consumes.name)
            consumer.subscribe([topic], listener=self._assignment)
            measuring = asyncio.create_task(assignment.measure())
            watching = asyncio.create_task(self._watch.run(self._trouble))
            backoff, pace = Backoff(), FetchPace(consumer)
            try:
                most = self._throttle.batch(POLL_RECORDS)
                while not stop.is_set() and self._pool.failure is None:
                    self._polled = time.monotonic()
                    if await self._throttle.turn(POLL_MS / 1000):
                        wait = IDLE_POLL_MS if pace.is_idle else POLL_MS
                        records = await self._poll(poll(consumer, timeout_ms=wait, max_records=most), backoff)
                        pace.polled(records=records)
                log.info("worker stopping")
                await assignment.drain()  # aiokafka's stop does not call the listener
            finally:
                measuring.cancel()
                watching.cancel()
        finally:
            await consumer.stop()
        if self._pool.failure is not None:
            raise self._pool.failure

    def _check_descriptors(self, brokers: int) -> None:
        """Warn where one worker could not serve all partitions of its input, as it must when it is the only one."""
        needed = descriptors.needed(self._partitions, brokers, self._pool.size)
        if needed > descriptors.limit():
            log.warning(
                "too few file descriptors for all partitions: raise 'ulimit -n', or run more workers",
                limit=descriptors.limit(),
                needed=needed,
                partitions=self._partitions,
                for_each_partition=descriptors.of_a_lane(brokers),
            )

    async def _poll(self, fetching: Awaitable[Fetched], backoff: Backoff) -> bool:
        """Poll once; return whether there were records.

        It is never cancelled: that would leak aiokafka's guard against slow consumers.
        """
        try:
            fetched = await fetching
        except NoOffsetForPartitionError:
            await asyncio.sleep(SEEK_SECONDS)  # the lane is about to say where it begins
            return False
        except OffsetOutOfRangeError as error:
            for source, offset in error.args[0].items():
                self._lose_place(source, offset)
            return False
        except UnavailableError:
            raise  # a restart is the remedy
        except Exception as error:  # noqa: BLE001 - whatever it is, the partitions must not stand still in silence
            self._poll_trouble = authorization.refusal(error, self._kafka) or f"{type(error).__name__}: {error}"
            log.warning("poll failed, will try again", error=self._poll_trouble)
            await backoff.wait()
            return False
        finally:
            self._polled = time.monotonic()
        self._poll_trouble = None
        backoff.reset()
        lanes = self._assignment.lanes if self._assignment is not None else {}
        for source, records in fetched.items():
            if source in lanes:
                self._throttle.charge(lanes[source].feed(records))
        return bool(fetched)

    def _lose_place(self, source: TopicPartition, offset: int) -> None:
        if self._assignment is not None and (lane := self._assignment.lanes.get(source)) is not None:
            lane.lose_place(OffsetsMovedError(f"offset {offset} of {source.topic}/{source.partition} is not there"))

    def _stuck(self) -> str | None:
        silent = time.monotonic() - self._polled
        loading = self._settings.load_timeout if self._assignment is None else 0
        if silent > STUCK_SECONDS + self._settings.session_timeout + loading:
            return f"no poll for {silent:.0f} s"
        stalled = self._assignment.stalled_seconds if self._assignment is not None else 0.0
        # A page may take its deadline twice, when its process was killed in between, and its transaction its own.
        if stalled > STUCK_SECONDS + 2 * self._settings.page_deadline + self._settings.transaction_timeout:
            return f"pages wait, and none was committed for {stalled:.0f} s"
        return None

    @property
    def trouble(self) -> str | None:
        """Why it does not work at the moment, in a line; None when it does."""
        return self._not_ready()

    def _not_ready(self) -> str | None:
        return self._watch.explained(self._trouble())

    def _trouble(self) -> str | None:
        if self._assignment is None:
            return "starting: the handler is being loaded"
        return (
            self._stuck()
            or self._pool.trouble
            or self._poll_trouble
            or descriptors.trouble()
            or self._assignment.trouble()
        )
