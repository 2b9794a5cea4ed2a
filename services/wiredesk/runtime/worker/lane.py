"""A lane: one assigned partition in a worker, from its committed offset to the next commit.

A record's way: the worker polls it and feeds it to its partition's lane; the lane submits it to the process pool; when
its outcome and those of the records before it are known, the lane commits them in one transaction: outputs, dead
letters and the offset after the last record.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from enum import StrEnum

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import (
    BrakePulledError,
    FencedError,
    ForbiddenError,
    OffsetsMovedError,
    OutputTooLargeError,
    StateError,
    TransactionError,
    UnavailableError,
)
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.delivery import Delivery
from wiredesk.runtime.records import Failure, Outcome, Record, Written
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker.batch_outputs import BatchOutputs
from wiredesk.runtime.worker.in_flight import Batch, InFlight
from wiredesk.runtime.worker.lane_deps import LaneDeps
from wiredesk.runtime.worker.monitor import LaneMonitor
from wiredesk.runtime.worker.position import Position, find_start

log = structlog.get_logger(__name__)

TRIAL_SECONDS = 2.0
"""While the brake is pulled: how long a lane waits for a record to try, before it is another lane's turn."""

IDLE_SECONDS = 2.0
"""After this time without a record, a lane of the live stream commits its position: transaction markers, which are
never delivered, would otherwise count as lag for ever."""

REPLAY_IDLE_SECONDS = 0.25
"""The same for a lane of a replay, which may have reached its stop offset."""


class LaneState(StrEnum):
    """The states of a lane."""

    OPENING = "opening"
    """The lane fences the previous owner and reads the committed offset."""

    RESTORING = "restoring"
    """The lane has fenced the previous owner, and restores the state of its partition."""

    RUNNING = "running"
    """The lane processes records."""

    BRAKED = "braked"
    """The lane is paused, because the worker's brake is pulled."""

    FENCED = "fenced"
    """The lane was fenced, and waits for the group to say who owns the partition."""

    FAILED = "failed"
    """The lane failed, and waits before it opens again."""

    CLOSED = "closed"
    """The lane has ended."""


class Lane:
    """A partition's records in flight, in the order of their offsets.

    It opens by InitProducerId, which fences the partition's previous owner; only then does it read the committed
    offset, and the consumer continues from there. While one batch commits, the pool computes the next.

    A lane belongs to one assignment, its epoch. After a rebalance there is a new lane; anything that the old one still
    does is dropped in this worker, or fenced at the broker.

    Args:
        epoch: counts the assignments of this worker.

    Attributes:
        trouble: why the lane does not run; None while it runs or opens for the first time.
    """

    def __init__(self, deps: LaneDeps, source: TopicPartition, epoch: int) -> None:
        self.source = source
        self.state = LaneState.OPENING
        self.trouble: Trouble | None = None
        self._epoch = epoch
        self._deps = deps
        self._store = deps.store(source)
        self._in_flight = InFlight(deps.pool, deps.budget, deps.settings)
        self._refused: dict[int, Failure] = {}
        self._moved: OffsetsMovedError | None = None
        self._next_offset = 0
        self._position = Position(source, deps.identities)
        self._stop_offset = deps.stop_offset(source)
        self._idle_seconds = IDLE_SECONDS if deps.scope is None else REPLAY_IDLE_SECONDS
        self._monitor = LaneMonitor(deps.consumer, source, self._stop_offset)
        self._drained = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"lane-{source.topic}-{source.partition}-{epoch}")

    # What the worker and the assignment call

    def feed(self, records: Sequence[Record]) -> int:
        """Take records that the consumer returned, and pause the partition when the limits are reached.

        Return how many of them are to be processed.

        Records that come while the lane is not running were fetched from a position that is about to be corrected: they
        are dropped, and fetched again from the right position. Records before that position are dropped, too.
        """
        if self.state is not LaneState.RUNNING or self._drained.is_set():
            return 0
        before = len(self._in_flight)
        self._monitor.note_records(was_idle=not before)
        self._position.note_fetched(records)
        start, stop, accepts = self._next_offset, self._stop_offset, self._deps.accepts
        self._in_flight.add([r for r in records if start <= r.offset < stop and accepts(r)], self._refused)
        self._next_offset = max(start, records[-1].next_offset)
        self.regulate()
        return len(self._in_flight) - before

    def regulate(self) -> None:
        """Pause the partition when the lane or the worker is full, resume it when neither is."""
        metrics.IN_FLIGHT.labels(self.source.partition).set(len(self._in_flight))
        consumer = self._deps.consumer
        # During a rebalance the partition is not assigned to this worker any more.
        if self.state is not LaneState.RUNNING or self._drained.is_set() or self.source not in consumer.assignment():
            return
        if self._moved is not None:
            return
        is_paused = self.source in consumer.paused()
        has_room = self._in_flight.has_room and self._next_offset < self._stop_offset
        if has_room and is_paused:
            self._monitor.note_resumed()
            consumer.resume(self.source)
        elif not has_room and not is_paused:
            consumer.pause(self.source)

    def reopen(self, error: OffsetsMovedError) -> None:
        """Open the lane again once the records in flight are committed: its next offset does not exist any more."""
        if self.state is LaneState.RUNNING and self._moved is None:
            self._moved = error
            self._deps.consumer.pause(self.source)
            self._in_flight.submit()  # it wakes the lane

    async def drain(self, deadline: float) -> None:
        """Take no more records, commit those that are being computed until `deadline` (of the loop's clock), then end.

        Records that are not committed by then are read again by the partition's next owner.
        """
        self._drained.set()
        self._in_flight.release_unstarted()
        if self.state is LaneState.RUNNING:
            await asyncio.wait({self._task}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        if not self._task.done():
            log.warning("lane abandoned", partition=self.source.partition, in_flight=len(self._in_flight))
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def measure(self) -> None:
        """Set the lag metric, and find out whether the next records can be read at all."""
        if self.state is LaneState.RUNNING:
            committed, is_queued = self._position.committed or 0, self._in_flight.is_queued
            await self._monitor.measure(committed, len(self._in_flight), is_queued=is_queued)
            if self._store is not None:
                self._store.measure()

    @property
    def silent_seconds(self) -> float:
        """Seconds for which the broker has not answered a fetch of this partition; 0 while none is sent."""
        return self._monitor.silent_seconds if self.state is LaneState.RUNNING else 0.0

    @property
    def stalled_seconds(self) -> float:
        """Seconds for which the lane has had something to do and has not committed; 0 while it does not run."""
        return self._monitor.stalled_seconds if self.state is LaneState.RUNNING else 0.0

    @property
    def restored(self) -> float | None:
        """Share of the changelog that is read, while the state is being restored; None otherwise."""
        return self._store.progress if self._store is not None and self.state is LaneState.RESTORING else None

    @property
    def blocked(self) -> str | None:
        """Which open transaction blocks the lane, in one line; None if none does."""
        return self._monitor.blocked

    # Its life

    async def _run(self) -> None:
        """Open the lane and process records, again and again, until drained: a branch here for each way to fail."""
        backoff = Backoff()
        try:
            while not self._drained.is_set():
                self._moved = None
                try:
                    async with self._deps.brake.turn():
                        self.state = LaneState.OPENING
                        await self._open(backoff)
                except BrakePulledError as error:
                    self._stop(LaneState.BRAKED, Trouble(TroubleKind.BRAKED, str(error)))
                except FencedError as error:
                    self._fail(LaneState.FENCED, error)
                    await self._await_verdict()
                except (
                    TransactionError,
                    OffsetsMovedError,
                    StateError,
                    UnavailableError,
                    KafkaError,
                    OSError,
                ) as error:
                    self._fail(LaneState.FAILED, error)
                    await backoff.wait()
                except Exception as error:
                    # A bug of ours. The records in flight were not committed: they are read again, and the failure
                    # appears in the log and in the worker's readiness.
                    log.exception("lane failed unexpectedly", partition=self.source.partition)
                    self._fail(LaneState.FAILED, error)
                    await backoff.wait()
        finally:
            self.state = LaneState.CLOSED
            self._in_flight.release_all()

    async def _open(self, backoff: Backoff) -> None:
        """Fence the previous owner, find the offset to start from, and process records from there."""
        deps, scope = self._deps, self._deps.scope
        async with contextlib.AsyncExitStack() as opened:
            # In this order: once the previous owner is fenced, it cannot commit any more, so the changelog and the
            # committed offset are final.
            delivery = await opened.enter_async_context(deps.delivery(self.source))
            if self._store is not None:
                self.state = LaneState.RESTORING
                await self._store.restore()
                self.state = LaneState.OPENING
            async with asyncio.timeout(deps.settings.transaction_timeout):
                needs_offset = scope is not None and self._stop_offset > 0
                start = await find_start(
                    deps.consumer, deps.identities, deps.group, self.source, needs_offset=needs_offset
                )
            if self._store is not None:
                self._in_flight.pool = await opened.enter_async_context(self._store.running(start.note))
            deps.consumer.seek(self.source, start.offset)
            self._position.start(start)
            self._next_offset = start.offset
            self._monitor.note_progress()
            self.state, self.trouble = LaneState.RUNNING, None
            log.info("lane running", partition=self.source.partition, offset=start.offset, epoch=self._epoch)
            self.regulate()
            await self._commit_batches(delivery, backoff)

    async def _commit_batches(self, delivery: Delivery, backoff: Backoff) -> None:
        """Commit one batch after another, until drained.

        Raises:
            BrakePulledError: the worker must pause.
            OffsetsMovedError: the lane must open again.
            TransactionError: a commit failed.
        """
        brake = self._deps.brake
        self._in_flight.one_by_one = is_trial = brake.pulled
        while not brake.pulled or is_trial:
            try:
                timeout = TRIAL_SECONDS if is_trial else self._idle_seconds
                if not await self._in_flight.first(self._may_continue, timeout):
                    if self._moved is not None:
                        raise self._moved
                    return
            except TimeoutError:
                if is_trial:
                    break  # no record to try: it is another lane's turn
                await self._commit_position(delivery)
                continue
            batch = await self._in_flight.batch()
            allowed = brake.judge([isinstance(outcome, Failure) for _, outcome in batch], trying=is_trial)
            if allowed is None:
                break
            batch = batch[:allowed]
            if not batch:
                return
            await self._commit_batch(delivery, batch)
            backoff.reset()
            if is_trial and not brake.pulled:
                self._in_flight.one_by_one = is_trial = False
                self._in_flight.submit()
            is_trial = is_trial and not isinstance(batch[-1][1], Failure)
        raise BrakePulledError(brake.reason)

    def _may_continue(self) -> bool:
        return not self._drained.is_set() and self._moved is None

    async def _commit_batch(self, delivery: Delivery, batch: Batch) -> None:
        if self._deps.suppression_list is not None:
            await self._deps.suppression_list.refresh()
        written = BatchOutputs.of(self._deps, self._position.topic_id, batch)
        began = time.time()
        last = batch[-1][0]
        if self._deps.tracer is not None:
            self._deps.tracer.processed(batch, written.traces, self._in_flight.spent(len(batch)))
        try:
            await self._commit(delivery, written.outputs, min(self._stop_offset, last.next_offset), last)
        except OutputTooLargeError as error:
            self._refuse(*batch[written.sources[error.index]], error)
            raise
        self._in_flight.release_committed(len(batch))
        self._refused.clear()
        self.regulate()
        written.record_metrics(batch, began)
        if self._deps.tracer is not None:
            self._deps.tracer.committed(batch, written.traces, began)

    async def _commit_position(self, delivery: Delivery) -> None:
        """Commit the consumer's position while no record is in flight.

        The position may be after records that a replay skips, and after transaction markers, which are never delivered.
        The position of an empty partition is committed once, too, so that every tool shows a lag of 0.
        """
        if len(self._in_flight):
            return
        if self._store is not None:
            self._store.check()
        self._monitor.note_progress()
        offset = min(self._stop_offset, await self._deps.consumer.position(self.source))
        if len(self._in_flight):  # meanwhile
            return
        self._next_offset = max(self._next_offset, offset)
        self.regulate()
        if self._position.is_committed(offset):
            await self._position.check_when_idle()
        else:
            await self._commit(delivery, (), offset, None)

    async def _commit(self, delivery: Delivery, outputs: Sequence[Written], offset: int, last: Record | None) -> None:
        await self._position.check(None if last is None else last.offset)
        note = self._position.commit_note(last, {} if self._store is None else self._store.note(offset))
        with metrics.OPEN_TRANSACTION.track(time.time()):
            delivered = await delivery.commit(outputs, self._deps.group, self.source, offset, note)
        if self._store is not None:
            self._store.committed(offset, delivered)
        self._position.note_committed(offset)
        self._monitor.note_progress()

    # Its failures

    def _refuse(self, record: Record, outcome: Outcome, error: OutputTooLargeError) -> None:
        """Remember that a record's output is too large: when the lane opens again, the record is dead-lettered.

        If the dead letter itself is too large, the lane retries the record, and logs an error each time, until the
        dead-letter topic accepts larger messages: nothing is dropped.
        """
        if isinstance(outcome, Failure):
            log.error("dead-letter topic refuses a record of this size", record=record.coordinates, size=error.size)
        self._refused[record.offset] = Failure("output_too_large", str(error))

    async def _await_verdict(self) -> None:
        """Wait until the group has said who owns the partition.

        A member that lost the partition learns it from its next heartbeat, and drains this lane. Otherwise the
        partition is still assigned to this worker: the coordinator has ended a transaction that took too long.
        """
        try:
            async with asyncio.timeout(self._deps.verdict_seconds):
                await self._drained.wait()
        except TimeoutError:
            log.warning("partition is still assigned here, will open again", partition=self.source.partition)

    def _fail(self, state: LaneState, error: Exception) -> None:
        metrics.TRANSACTION_FAILURES.labels(type(error).__name__).inc()
        denied = authorization.refusal(error, self._deps.kafka)
        is_denied = denied is not None or isinstance(error, ForbiddenError)
        is_denied |= isinstance(error, TransactionError) and error.is_denied
        kind = TroubleKind.FORBIDDEN if is_denied else TroubleKind.LANE_NOT_RUNNING
        line = denied or str(error)
        log.warning("lane stopped", partition=self.source.partition, state=state, kind=type(error).__name__, error=line)
        self._stop(state, Trouble(kind, line))

    def _stop(self, state: LaneState, trouble: Trouble) -> None:
        self.state, self.trouble = state, trouble
        try:
            self._deps.consumer.pause(self.source)
        except IllegalStateError:  # revoked: the rebalance that took the partition will drain this lane
            log.info("partition is no longer assigned", partition=self.source.partition)
        self._in_flight.release_all()
        metrics.IN_FLIGHT.labels(self.source.partition).set(0)
