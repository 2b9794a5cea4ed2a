"""A lane: one assigned partition on its way through a worker, from its committed offset to the next one."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import (
    BrakePulledError,
    FencedError,
    OffsetsMovedError,
    OutputTooLargeError,
    TransactionError,
)
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.delivery import Delivery
from wiredesk.runtime.records import Failure, Outcome, Output, Record
from wiredesk.runtime.worker.context import Context
from wiredesk.runtime.worker.in_flight import Batch, InFlight
from wiredesk.runtime.worker.monitor import LaneMonitor
from wiredesk.runtime.worker.opening import beginning
from wiredesk.runtime.worker.outputs import count, outputs_of
from wiredesk.runtime.worker.place import Place
from wiredesk.runtime.worker.state import LaneState

log = structlog.get_logger(__name__)

TRY_PATIENCE = 2.0
"""Seconds for which a lane that may try a record waits for one, before it is another lane's turn."""

PASS_SECONDS = 0.25
IDLE_SECONDS = 2.0
"""After so long without a record to process a lane commits how far it has come without one: a bounded lane, which may
be done then, and one of the live stream, whose group would else lag behind by the markers of transactions for ever."""


class Lane:
    """A partition's records in flight, in the order of their offsets.

    It opens by InitProducerId, which fences whoever had the partition before; only then it reads the committed offset
    and lets the consumer read on from there. While one batch commits, the pool computes the next.

    A lane belongs to one assignment, its epoch. After a rebalance there is a new one, and what this one still does is
    dropped here, or fenced there.

    Args:
        epoch: counts the assignments of this worker.
    """

    def __init__(self, source: TopicPartition, epoch: int, context: Context) -> None:
        self.source = source
        self.state = LaneState.OPENING
        self.trouble: str | None = None
        self._epoch = epoch
        self._context = context
        self._flight = InFlight(context.pool, context.budget, context.settings)
        self._refused: dict[int, Failure] = {}
        self._moved: OffsetsMovedError | None = None
        self._expected = 0
        self._place = Place(source, context.lives)
        self._end = context.end(source)
        self._patience = IDLE_SECONDS if context.bounded is None else PASS_SECONDS
        self.progress = LaneMonitor(context.consumer, source, self._end)
        self._drained = asyncio.Event()
        self._task = asyncio.create_task(self._live(), name=f"lane-{source.topic}-{source.partition}-{epoch}")

    def feed(self, records: Sequence[Record]) -> int:
        """Take records that the consumer returned; pause the partition when that is all that may be in flight.

        Return how many are to be processed.

        Records that come while the lane is not running were fetched from a position that is about to be corrected:
        they are dropped, and fetched again from the right one. So are those from before that position.
        """
        if self.state is not LaneState.RUNNING or self._drained.is_set():
            return 0
        before = len(self._flight)
        self.progress.fed(was_idle=not before)
        self._place.fetched(records)
        start, end, wants = self._expected, self._end, self._context.wants
        self._flight.add([r for r in records if start <= r.offset < end and wants(r)], self._refused)
        self._expected = max(start, records[-1].next_offset)
        self.regulate()
        return len(self._flight) - before

    def regulate(self) -> None:
        """Pause the partition when the lane or the worker is full, resume it when neither is."""
        metrics.IN_FLIGHT.labels(self.source.partition).set(len(self._flight))
        consumer = self._context.consumer
        # In a rebalance the partition is no longer ours to resume.
        if self.state is not LaneState.RUNNING or self._drained.is_set() or self.source not in consumer.assignment():
            return
        if self._moved is not None:
            return
        paused = self.source in consumer.paused()
        takes = self._flight.has_room and self._expected < self._end
        if takes and paused:
            self.progress.awaits_answer()
            consumer.resume(self.source)
        elif not takes and not paused:
            consumer.pause(self.source)

    def lose_place(self, error: OffsetsMovedError) -> None:
        """Have the lane open again, when what is in flight is committed: what it would read next is not there."""
        if self.state is LaneState.RUNNING and self._moved is None:
            self._moved = error
            self._context.consumer.pause(self.source)
            self._flight.submit()  # it wakes

    @property
    def silent_seconds(self) -> float:
        """How long the broker has not answered a fetch of this partition; 0 while none is asked for."""
        return self.progress.silent_seconds if self.state is LaneState.RUNNING else 0.0

    @property
    def stalled_seconds(self) -> float:
        """How long the lane has had something to do and has not committed anything; 0 where it does not run."""
        return self.progress.stalled_seconds if self.state is LaneState.RUNNING else 0.0

    async def measure(self) -> None:
        """Set the lag, and see whether what comes next can be read at all."""
        if self.state is LaneState.RUNNING:
            flight = self._flight
            await self.progress.measure(self._place.committed or 0, len(flight), is_queued=flight.is_queued)

    async def drain(self, deadline: float) -> None:
        """Take nothing more, commit what is in work until `deadline` (of the loop's clock), give up the rest.

        What is given up was not committed: the partition's next owner reads it again.
        """
        self._drained.set()
        self._flight.give_up_waiting()
        if self.state is LaneState.RUNNING:
            await asyncio.wait({self._task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        if not self._task.done():
            log.warning("lane abandoned", partition=self.source.partition, in_flight=len(self._flight))
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _live(self) -> None:
        """Open and work, again and again, until drained. Every way in which work can end is a branch here."""
        backoff = Backoff()
        try:
            while not self._drained.is_set():
                self._moved = None
                try:
                    async with self._context.brake.turn():
                        self.state = LaneState.OPENING
                        await self._open_and_work(backoff)
                except BrakePulledError as error:
                    self._stop(LaneState.BRAKED, str(error))
                except FencedError as error:
                    self._fail(LaneState.FENCED, error)
                    await self._await_verdict()
                except (TransactionError, OffsetsMovedError, KafkaError, OSError) as error:
                    self._fail(LaneState.FAILED, error)
                    await backoff.wait()
                except Exception as error:
                    # A defect of ours. What is in flight was not committed: it is read again, and the partition does
                    # not stand still in silence.
                    log.exception("lane failed unexpectedly", partition=self.source.partition)
                    self._fail(LaneState.FAILED, error)
                    await backoff.wait()
        finally:
            self.state = LaneState.CLOSED
            self._flight.give_up()

    async def _open_and_work(self, backoff: Backoff) -> None:
        context = self._context
        async with context.output(self.source) as output:
            # In this order: the predecessor is fenced, so what it has committed by now is all that it ever will.
            async with asyncio.timeout(context.settings.transaction_timeout):
                begin = await beginning(context, self.source)
            context.consumer.seek(self.source, begin.offset)
            self._place.begin(begin)
            self._expected = begin.offset
            self.progress.moved()
            self.state, self.trouble = LaneState.RUNNING, None
            log.info("lane running", partition=self.source.partition, offset=begin.offset, epoch=self._epoch)
            self.regulate()
            await self._work(output, backoff)

    async def _work(self, output: Delivery, backoff: Backoff) -> None:
        """Commit batch after batch, until drained.

        Raises:
            BrakePulledError: the worker is to stand still.
        """
        brake = self._context.brake
        self._flight.one_by_one = trying = brake.pulled
        while not brake.pulled or trying:
            try:
                patience = TRY_PATIENCE if trying else self._patience
                if not await self._flight.first(lambda: not self._drained.is_set() and self._moved is None, patience):
                    if self._moved is not None:
                        raise self._moved
                    return
            except TimeoutError:
                if trying:
                    break  # no record to be tried: it is another lane's turn
                await self._pass_over(output)
                continue
            batch = await self._flight.batch()
            allowed = brake.judge([isinstance(outcome, Failure) for _, outcome in batch], trying=trying)
            if allowed is None:
                break
            batch = batch[:allowed]
            if not batch:
                return
            await self._commit(output, batch)
            backoff.reset()
            if trying and not brake.pulled:
                self._flight.one_by_one = trying = False
                self._flight.submit()
            trying = trying and not isinstance(batch[-1][1], Failure)
        raise BrakePulledError(brake.reason)

    async def _await_verdict(self) -> None:
        """Wait until the group has said whose the partition is.

        A member that lost it learns so by its next heartbeat, and drains this lane. Where nothing of the kind comes
        the partition is still ours: it was the coordinator that ended a transaction of ours which took too long.
        """
        try:
            async with asyncio.timeout(self._context.two_heartbeats):
                await self._drained.wait()
        except TimeoutError:
            log.warning("partition is still assigned here, will open again", partition=self.source.partition)

    def _fail(self, state: LaneState, error: Exception) -> None:
        metrics.TRANSACTION_FAILURES.labels(type(error).__name__).inc()
        line = authorization.refusal(error, self._context.kafka) or str(error)
        log.warning("lane stopped", partition=self.source.partition, state=state, kind=type(error).__name__, error=line)
        self._stop(state, line)

    def _stop(self, state: LaneState, trouble: str) -> None:
        self.state, self.trouble = state, trouble
        try:
            self._context.consumer.pause(self.source)
        except IllegalStateError:  # no longer ours: the rebalance that took it will close this lane
            log.info("partition is gone", partition=self.source.partition)
        self._flight.give_up()
        metrics.IN_FLIGHT.labels(self.source.partition).set(0)

    async def _commit(self, output: Delivery, batch: Batch) -> None:
        made = outputs_of(self._context, batch, self._place.topic_id)
        began = time.time()
        try:
            await self._commit_at(output, made.outputs, min(self._end, batch[-1][0].next_offset), batch[-1][0])
        except OutputTooLargeError as error:
            self._blame_size(batch[made.makers[error.index]], error)
            raise
        self._flight.settle(len(batch))
        self._refused.clear()
        self.regulate()
        count(batch, made, began)

    async def _commit_at(
        self, output: Delivery, outputs: Sequence[Output], offset: int, last: Record | None = None
    ) -> None:
        await self._place.confirm(None if last is None else last.offset)
        with metrics.open_transaction(time.time()):
            await output.commit(outputs, self._context.group, self.source, offset, self._place.note(last))
        self._place.came_to(offset)
        self.progress.moved()

    async def _pass_over(self, output: Delivery) -> None:
        """Commit how far the lane has come while nothing of it is in flight.

        That is after what a bounded lane does not want, and after the markers of transactions, which are never
        delivered. A partition that has nothing is committed once, too: then every tool knows that its lag is 0.
        """
        if len(self._flight):
            return
        self.progress.moved()
        position = min(self._end, await self._context.consumer.position(self.source))
        if len(self._flight):  # meanwhile
            return
        self._expected = max(self._expected, position)
        self.regulate()
        if self._place.is_at(position):
            await self._place.look()
        else:
            await self._commit_at(output, (), position)

    def _blame_size(self, culprit: tuple[Record, Outcome], error: OutputTooLargeError) -> None:
        """Remember that a record's output is refused: when the lane has opened again it is dead-lettered instead.

        Where the dead letter itself is refused there is nowhere left to put the record. The lane then stays on it, and
        says so, until its topic takes larger messages: nothing is dropped.
        """
        record, outcome = culprit
        if isinstance(outcome, Failure):
            log.error("dead-letter topic refuses a record of this size", record=record.coordinates, size=error.size)
        self._refused[record.offset] = Failure("output_too_large", str(error))
