"""A lane: one assigned partition on its way through a worker, from its committed offset to the next one."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from services.runtime import metrics
from services.runtime.dead_letters import dead_letter
from services.runtime.errors import FencedError, OutputTooLargeError, TransactionError
from services.runtime.kafka.transactions import TransactionalProducer
from services.runtime.lineage import lineage, origin_seconds
from services.runtime.records import Failure, Outcome, Output, Record
from services.runtime.settings import KafkaSettings, WorkerSettings
from services.runtime.topology import Stage
from services.runtime.worker.backoff import Backoff

log = structlog.get_logger(__name__)


class LaneState(StrEnum):
    """Where a lane is in its life."""

    OPENING = "opening"  # fencing its predecessor, reading the committed offset
    RUNNING = "running"
    FAILED = "failed"  # waiting to open again
    CLOSED = "closed"  # drained, fenced or abandoned


class Computes(Protocol):
    """Whatever computes outcomes, each in its own time."""

    def submit(self, record: Record) -> asyncio.Future[Outcome]:
        """Queue a record; the future gets its outcome."""


class Lane:
    """A partition's records in flight, in the order of their offsets.

    It opens by InitProducerId, which fences whoever had the partition before; only then it reads the committed offset
    and lets the consumer read on from there. While one batch commits, the pool computes the next.

    A lane belongs to one assignment. After a rebalance there is a new one, and whatever this one still does is fenced.

    Args:
        source: the partition.
        version: of the stage's handler, for dead letters.
    """

    def __init__(
        self,
        source: TopicPartition,
        stage: Stage,
        version: str,
        consumer: AIOKafkaConsumer,
        pool: Computes,
        kafka: KafkaSettings,
        settings: WorkerSettings,
    ) -> None:
        self.source = source
        self.state = LaneState.OPENING
        self.trouble: str | None = None
        self._stage = stage
        self._version = version
        self._consumer = consumer
        self._pool = pool
        self._kafka = kafka
        self._settings = settings
        self._group = kafka.on_cluster(stage.group)
        self._flight: deque[tuple[Record, asyncio.Future[Outcome]]] = deque()
        self._bytes = 0
        self._refused: dict[int, Failure] = {}
        self._woken = asyncio.Event()
        self._draining = False
        self._task = asyncio.create_task(self._live(), name=f"lane-{source.topic}-{source.partition}")

    def feed(self, records: Sequence[Record]) -> None:
        """Take records that the consumer returned; pause the partition when that is all that may be in flight.

        Records that come while the lane is not running were fetched from a position that is about to be corrected:
        they are dropped, and fetched again from the right one.
        """
        if self.state is not LaneState.RUNNING or self._draining:
            return
        for record in records:
            refused = self._refused.get(record.offset)
            self._flight.append((record, self._pool.submit(record) if refused is None else _settled(refused)))
            self._bytes += record.size
        metrics.IN_FLIGHT.labels(self.source.partition).set(len(self._flight))
        self._woken.set()
        if not self._has_room():
            self._consumer.pause(self.source)

    @property
    def silent_seconds(self) -> float:
        """How long the broker has not answered a fetch of this partition; 0 while none is asked for."""
        if self.state is not LaneState.RUNNING or self.source in self._consumer.paused():
            return 0.0
        answered = self._consumer.last_poll_timestamp(self.source)  # milliseconds
        return max(0.0, time.time() - answered / 1000) if answered else 0.0

    async def measure_lag(self) -> None:
        """Set the lag: records behind the position, which passes the markers of transactions, and those in flight."""
        if self.state is not LaneState.RUNNING:
            return
        position, highwater = await self._consumer.position(self.source), self._consumer.highwater(self.source)
        if self.state is LaneState.RUNNING and highwater is not None:  # it may have closed meanwhile
            behind = highwater - position
            metrics.LAG.labels(self.source.partition).set(max(0, behind) + len(self._flight))

    async def drain(self, deadline: float) -> None:
        """Take nothing more, commit what is in flight until `deadline` (of the loop's clock), give up the rest.

        What is given up was not committed: the partition's next owner reads it again.
        """
        self._draining = True
        self._woken.set()
        if self.state is LaneState.RUNNING:
            await asyncio.wait({self._task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        if not self._task.done():
            log.warning("lane abandoned", partition=self.source.partition, in_flight=len(self._flight))
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _live(self) -> None:
        """Open and work, again and again, until drained or fenced."""
        backoff = Backoff()
        try:
            while not self._draining:
                self.state = LaneState.OPENING
                try:
                    await self._open_and_work(backoff)
                except FencedError as error:
                    log.warning("lane fenced", partition=self.source.partition, error=str(error))
                    self.trouble = "another worker has taken the partition over"
                    return
                except (TransactionError, KafkaError, OSError) as error:
                    self._fail(error)
                    await backoff.wait()
                except Exception as error:
                    # A defect of ours. What is in flight was not committed: it is read again, and the partition does
                    # not stand still in silence.
                    log.exception("lane failed unexpectedly", partition=self.source.partition)
                    self._fail(error)
                    await backoff.wait()
        finally:
            self.state = LaneState.CLOSED
            self._give_up_flight()

    async def _open_and_work(self, backoff: Backoff) -> None:
        transactional_id = f"{self._group}.{self.source.topic}.{self.source.partition}"
        async with TransactionalProducer(self._kafka, transactional_id, self._settings.transaction_timeout) as producer:
            # In this order: the predecessor is fenced, so what it has committed by now is all that it ever will.
            committed = await self._consumer.committed(self.source)
            if committed is None:
                await self._consumer.seek_to_beginning(self.source)
            else:
                self._consumer.seek(self.source, committed)
            self.state = LaneState.RUNNING
            self.trouble = None
            log.info("lane running", partition=self.source.partition, offset=committed or 0)
            self._consumer.resume(self.source)
            while batch := await self._next_batch():
                await self._commit(producer, batch)
                backoff.reset()

    def _fail(self, error: Exception) -> None:
        self.state = LaneState.FAILED
        self.trouble = str(error)
        metrics.TRANSACTION_FAILURES.labels(type(error.__cause__ or error).__name__).inc()
        log.warning("lane failed, will open again", partition=self.source.partition, error=str(error))
        try:
            self._consumer.pause(self.source)
        except IllegalStateError:  # no longer ours: the rebalance that took it will close this lane
            log.info("partition is gone", partition=self.source.partition)
        self._give_up_flight()

    def _give_up_flight(self) -> None:
        for _, outcome in self._flight:
            outcome.cancel()
        self._flight.clear()
        self._bytes = 0
        metrics.IN_FLIGHT.labels(self.source.partition).set(0)

    def _has_room(self) -> bool:
        return len(self._flight) < self._settings.lane_records and self._bytes < self._settings.lane_bytes

    async def _next_batch(self) -> list[tuple[Record, Outcome]]:
        """Wait for the next outcomes, in order; none when drained.

        The first is waited for as long as it takes. Others that are done join it, and one in work for a moment only:
        under load the commit before this one was the time in which they were computed.
        """
        while not self._flight:
            if self._draining:
                return []
            self._woken.clear()
            await self._woken.wait()
        await asyncio.wait({self._flight[0][1]})
        linger_until = asyncio.get_running_loop().time() + self._settings.transaction_linger
        batch: list[tuple[Record, Outcome]] = []
        # By index: the poll appends to the flight while this waits.
        while len(batch) < min(len(self._flight), self._settings.transaction_records):
            record, outcome = self._flight[len(batch)]
            if not outcome.done():
                await asyncio.wait({outcome}, timeout=max(0.0, linger_until - asyncio.get_running_loop().time()))
            if not outcome.done():
                break
            batch.append((record, outcome.result()))
        return batch

    async def _commit(self, producer: TransactionalProducer, batch: list[tuple[Record, Outcome]]) -> None:
        outputs: list[Output] = []
        makers: list[int] = []
        for index, (record, outcome) in enumerate(batch):
            made = (self._dead_letter(record, outcome),) if isinstance(outcome, Failure) else outcome
            origin = lineage(self._stage, record)
            outputs.extend(replace(output, headers=(*output.headers, *origin)) for output in made)
            makers.extend([index] * len(made))
        next_offset = batch[-1][0].offset + 1
        began = time.time()
        try:
            with metrics.open_transaction(began):
                await producer.commit(outputs, self._group, self.source, next_offset)
        except OutputTooLargeError as error:
            self._blame_size(batch[makers[error.index]], error)
            raise
        self._settle(len(batch))
        self._refused.clear()
        self._count(batch, outputs, began)

    def _dead_letter(self, record: Record, failure: Failure) -> Output:
        log.warning("dead letter", record=record.coordinates, reason=failure.reason, message=failure.message)
        return dead_letter(self._stage, self._version, record, failure)

    def _blame_size(self, culprit: tuple[Record, Outcome], error: OutputTooLargeError) -> None:
        """Remember that a record's output is refused: when the lane has opened again it is dead-lettered instead.

        Where the dead letter itself is refused there is nowhere left to put the record. The lane then stays on it, and
        says so, until its topic takes larger messages: nothing is dropped.
        """
        record, outcome = culprit
        if isinstance(outcome, Failure):
            log.error("dead-letter topic refuses a record of this size", record=record.coordinates, size=error.size)
        self._refused[record.offset] = Failure("output_too_large", str(error))

    def _settle(self, count: int) -> None:
        for _ in range(count):
            record, _ = self._flight.popleft()
            self._bytes -= record.size
        metrics.IN_FLIGHT.labels(self.source.partition).set(len(self._flight))
        # A rebalance may have begun: then the partition is no longer ours to resume.
        if not self._draining and self._has_room() and self.source in self._consumer.assignment():
            self._consumer.resume(self.source)

    def _count(self, batch: Sequence[tuple[Record, Outcome]], outputs: Sequence[Output], began: float) -> None:
        now = time.time()
        metrics.COMMIT_SECONDS.observe(now - began)
        metrics.COMMIT_RECORDS.observe(len(batch))
        metrics.LAST_COMMIT.set(now)
        for output in outputs:
            metrics.RECORDS.labels(output.topic).inc()
        for record, outcome in batch:
            if isinstance(outcome, Failure):
                metrics.DEAD_LETTERS.labels(outcome.reason).inc()
            metrics.SINCE_ORIGIN_SECONDS.observe(max(0.0, now - origin_seconds(self._stage, record)))


def _settled(failure: Failure) -> asyncio.Future[Outcome]:
    outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    outcome.set_result(failure)
    return outcome
