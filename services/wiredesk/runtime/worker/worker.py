"""The worker: joins the consumer group, feeds records to lanes, and shuts down cleanly."""

import asyncio
import functools
import gc
import os
import time
from collections.abc import Awaitable
from dataclasses import replace

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import OffsetsMovedError, UnavailableError
from wiredesk.runtime.isolation.partition_pool import KeeperProcesses
from wiredesk.runtime.isolation.pool import ProcessPool
from wiredesk.runtime.kafka import authorization, clients, diagnosis
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.fetching import FetchPace, poll
from wiredesk.runtime.kafka.partition_identity import PartitionIdentities
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import ReplayScope
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.tracing import Tracer, tracing
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import descriptors, health
from wiredesk.runtime.worker.assignment import Assignment
from wiredesk.runtime.worker.brake import Brake
from wiredesk.runtime.worker.in_flight import Budget
from wiredesk.runtime.worker.lane import Lane
from wiredesk.runtime.worker.lane_deps import LaneDeps
from wiredesk.runtime.worker.lane_store import LaneStores
from wiredesk.runtime.worker.list_reader import ListReader
from wiredesk.runtime.worker.throttle import Throttle

log = structlog.get_logger(__name__)

type Fetched = dict[TopicPartition, list[Record]]
"""The records of one poll."""

POLL_MS = 200
"""Longest wait of one poll in milliseconds, and so the longest delay between a stop request and the drain. A poll
returns as soon as there is a record."""

IDLE_POLL_MS = 500
"""The same for a worker that has not received a record for a while."""

SEEK_SECONDS = 0.05
"""Pause while the client asks for the position of a partition whose lane is opening."""

POLL_RECORDS = 256
"""Maximum number of records of one poll: the limit on records in flight can be exceeded by this number."""

STUCK_SECONDS = 120
"""A worker that has not polled for this time will not recover: it must be restarted. During a rebalance, polls wait for
all members, but only up to the session timeout, which is much shorter."""


class Worker:
    """A worker of a stage. Any number of them share the partitions of the stage's input topic.

    Args:
        scope: the replay run that it works for; None: it serves the live stream.
    """

    def __init__(
        self, stage: Stage, kafka: KafkaSettings, settings: WorkerSettings, scope: ReplayScope | None = None
    ) -> None:
        self._stage = stage
        self._kafka = kafka
        self._settings = settings
        self._scope = scope
        self._throttle = Throttle(scope.rate if scope is not None else None)
        self._group = scope.group if scope is not None else stage.group
        self._pool = ProcessPool.of(stage, settings) if stage.store is None else KeeperProcesses(stage, settings)
        self._stores: LaneStores | None = None
        if isinstance(self._pool, KeeperProcesses):
            self._stores = LaneStores(
                self._pool,
                stage.changelog_of(self._group),
                kafka,
                kafka.on_cluster(stage.restoring_group) if scope is None else None,
            )
        self._list = ListReader(stage, kafka)
        self._version = ""
        self._tracer: Tracer | None = None
        self._partitions = 0
        self._assignment: Assignment | None = None
        self._polled_at = time.monotonic()
        self._poll_trouble: Trouble | None = None
        self._watch = diagnosis.Watch(kafka)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then commit the records in flight and leave the group.

        Raises:
            UnavailableError: the cluster, a topic or the metrics port is not available.
            HandlerError: the stage's handler cannot be loaded, at the start or later.
            UsageError: it cannot be loaded with these settings.
        """
        structlog.contextvars.bind_contextvars(stage=self._stage.name, pid=os.getpid())
        descriptors.raise_limit()
        async with Cluster(self._kafka) as cluster:
            self._partitions = len(await cluster.input_partitions(self._stage))
        host, port = self._settings.metrics_host, self._settings.metrics_port
        is_port_set = "metrics_port" in self._settings.model_fields_set
        async with health.serving(
            self._stage.name,
            host,
            port,
            variables="WIREDESK_METRICS",
            alive=self.stuck,
            ready=self.trouble,
            or_any_port=not is_port_set,
        ) as bound_port:
            log.info("worker starting", metrics_port=bound_port)
            try:
                if await self._load(stop):
                    gc.freeze()  # what is loaded by now stays: garbage collection need not visit it
                    metrics.STAGE_INFO.labels(self._stage.name, self._version).set(1)
                    group = self._kafka.on_cluster(self._group)
                    async with self._list.following(), tracing(self._stage.name, group) as self._tracer:
                        await self._consume(stop)
            finally:
                if self._stores is not None:
                    await self._stores.keep(())
                await self._pool.close()
        log.info("worker stopped")

    def trouble(self) -> Trouble | None:
        """Return why the worker is not ready, or None when it is."""
        trouble, cause = self._trouble(), self._watch.cause
        return trouble if trouble is None or cause is None else replace(trouble, message=f"{trouble}: {cause}")

    def stuck(self) -> Trouble | None:
        """Return why the worker must be restarted, or None when it need not."""
        silent = time.monotonic() - self._polled_at
        load_seconds = self._settings.load_timeout if self._assignment is None else 0
        if silent > STUCK_SECONDS + self._settings.session_timeout + load_seconds:
            return Trouble(TroubleKind.NOT_POLLING, f"no poll for {silent:.0f} s")
        stalled = self._assignment.stalled_seconds if self._assignment is not None else 0.0
        # A page may take its deadline twice, if its process was killed in between; then comes the transaction's
        # timeout.
        if stalled > STUCK_SECONDS + 2 * self._settings.page_deadline + self._settings.transaction_timeout:
            return Trouble(TroubleKind.NOT_COMMITTING, f"pages wait, and none was committed for {stalled:.0f} s")
        return None

    def _trouble(self) -> Trouble | None:
        if self._assignment is None:
            return Trouble(TroubleKind.STARTING, "starting: the handler is being loaded")
        return (
            self.stuck()
            or self._pool.trouble
            or self._list.trouble
            or self._poll_trouble
            or descriptors.trouble()
            or self._assignment.trouble()
        )

    def _is_in_trouble(self) -> bool:
        return self._trouble() is not None

    async def _load(self, stop: asyncio.Event) -> bool:
        """Load the handler; return False when the worker was stopped meanwhile."""
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
        """Join the group, and poll until stopped; then drain the lanes and leave the group."""
        client_id = f"{self._kafka.on_cluster(self._group)}-{os.getpid()}"
        settings = self._settings
        consumer = clients.member(self._kafka, self._group, client_id, settings.session_timeout, settings.instance_id)
        await clients.start(consumer, self._kafka)
        self._check_descriptors(clients.brokers(consumer))
        try:
            assignment = self._assignment = self._new_assignment(consumer)
            consumer.subscribe([self._kafka.on_cluster(self._stage.consumes.name)], listener=assignment)
            measuring = asyncio.create_task(assignment.measure())
            watching = asyncio.create_task(self._watch.run(self._is_in_trouble))
            try:
                await self._poll_until(stop, consumer, assignment)
                log.info("worker stopping")
                await assignment.drain()  # aiokafka's stop does not call the listener
            finally:
                measuring.cancel()
                watching.cancel()
        finally:
            await consumer.stop()
        if self._pool.failure is not None:
            raise self._pool.failure

    def _new_assignment(self, consumer: AIOKafkaConsumer) -> Assignment:
        settings = self._settings
        deps = LaneDeps(
            stage=self._stage,
            version=self._version,
            consumer=consumer,
            identities=PartitionIdentities(consumer),
            pool=None if isinstance(self._pool, KeeperProcesses) else self._pool,
            budget=Budget(settings.worker_records, settings.worker_bytes, self._regulate),
            brake=Brake(settings),
            kafka=self._kafka,
            settings=settings,
            suppression_list=self._list,
            scope=self._scope,
            stores=self._stores,
            tracer=self._tracer,
        )
        lanes_that_fit = functools.partial(_lanes_that_fit, consumer, stateful=self._stage.store is not None)
        keep = None if self._stores is None else self._stores.keep
        return Assignment(consumer, functools.partial(Lane, deps), settings.drain_timeout, lanes_that_fit, keep)

    def _regulate(self) -> None:
        if self._assignment is not None:
            self._assignment.regulate()

    async def _poll_until(self, stop: asyncio.Event, consumer: AIOKafkaConsumer, assignment: Assignment) -> None:
        """Poll and feed the lanes until stopped, or until the pool has failed."""
        backoff, pace = Backoff(), FetchPace(consumer)
        most = self._throttle.batch(POLL_RECORDS)
        while not stop.is_set() and self._pool.failure is None:
            self._polled_at = time.monotonic()
            if await self._throttle.turn(POLL_MS / 1000):
                timeout_ms = IDLE_POLL_MS if pace.is_idle else POLL_MS
                polling = poll(consumer, timeout_ms=timeout_ms, max_records=most)
                pace.polled(records=await self._feed(polling, assignment, backoff))

    async def _feed(self, polling: Awaitable[Fetched], assignment: Assignment, backoff: Backoff) -> bool:
        """Feed the lanes with the records of one poll; return whether there were records.

        The poll is never cancelled: that would leak aiokafka's guard against slow consumers.
        """
        try:
            fetched = await polling
        except NoOffsetForPartitionError:
            await asyncio.sleep(SEEK_SECONDS)  # the partition's lane is about to set its position
            return False
        except OffsetOutOfRangeError as error:
            for source, offset in error.args[0].items():
                if (lane := assignment.lanes.get(source)) is not None:
                    lane.reopen(OffsetsMovedError(f"offset {offset} of {source.topic}/{source.partition} is gone"))
            return False
        except UnavailableError:
            raise  # a restart is the remedy
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker must retry and report it
            denied = authorization.refusal(error, self._kafka)
            kind = TroubleKind.POLL_FAILED if denied is None else TroubleKind.FORBIDDEN
            self._poll_trouble = Trouble(kind, denied or f"{type(error).__name__}: {error}")
            log.warning("poll failed, will retry", error=str(self._poll_trouble))
            await backoff.wait()
            return False
        finally:
            self._polled_at = time.monotonic()
        self._poll_trouble = None
        backoff.reset()
        for source, records in fetched.items():
            if source in assignment.lanes:
                self._throttle.charge(assignment.lanes[source].feed(records))
        return bool(fetched)

    def _check_descriptors(self, brokers: int) -> None:
        """Warn if one worker could not read all partitions of its input, as it must when it is the only one."""
        is_stateful = self._stage.store is not None
        needed = descriptors.needed(self._partitions, brokers, self._pool.size, stateful=is_stateful)
        if needed > descriptors.limit():
            log.warning(
                "too few file descriptors for all partitions: raise 'ulimit -n', or run more workers",
                limit=descriptors.limit(),
                needed=needed,
                partitions=self._partitions,
                for_each_partition=descriptors.of_a_lane(brokers, stateful=is_stateful),
            )


def _lanes_that_fit(consumer: AIOKafkaConsumer, *, stateful: bool) -> int:
    return descriptors.lanes_that_fit(clients.brokers(consumer), stateful=stateful)
