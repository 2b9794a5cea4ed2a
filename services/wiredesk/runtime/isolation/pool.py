"""The process pool: computes the outcomes of records in child processes.

A record that is submitted becomes a `Job` in the queue. Each child has a `Feeder`, which sends it bundles of records
and sets the outcomes of their jobs from its answers. A record fails if it exceeds its deadline, or if two children died
while processing it; the other records of its bundle are retried one by one.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import HandlerError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import ChildEndedError, ForkError, PeerClosedError, TemplateGoneError
from wiredesk.runtime.isolation.template import (
    GIVE_UP_SECONDS,
    PROBATION_SECONDS,
    UNKNOWN_STATUS,
    Child,
    TemplateSupervisor,
    describe_status,
)
from wiredesk.runtime.records import Failure, Outcome, Record
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)

WINDOW = 2
"""Bundles that a child holds: the one that it computes and the next, so that it never waits for the event loop."""

BUNDLE_SECONDS = 0.01
"""Target processing time of a bundle, estimated from recent records. A slow handler gets one page at a time; a fast one
gets many, because it would otherwise wait for messages most of the time."""

BUNDLE_RECORDS = 256
"""The most records in a bundle."""

BUNDLE_BYTES = 1 << 20
"""A bundle takes no further record once it has this many bytes."""

PACE_WEIGHT = 0.05
"""Weight of a new duration in the moving average of durations."""

MAX_CRASHES = 2
"""A record is retried once after its child died: the child may have been killed from outside, or an earlier record may
have corrupted its memory. If a second child dies, the record is the cause."""


@dataclass(eq=False, slots=True)
class Job:
    """A record to be computed.

    Attributes:
        taken: a child has received it.
        isolated: it is given to a child without other records, because a child died or overran its deadline while
            processing its bundle.
        crashes: children that died while they computed this record.
        ended: when it was computed, in seconds since 1970; 0: not yet, or by no child.
        seconds: how long that took.
    """

    record: Record
    outcome: asyncio.Future[Outcome]
    taken: bool = False
    isolated: bool = False
    crashes: int = field(default=0)
    ended: float = 0.0
    seconds: float = 0.0

    def settle(self, outcome: Outcome) -> None:
        """Set the outcome, unless the job was cancelled."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class JobQueue(asyncio.Queue[Job]):
    """Jobs in the order of submission; jobs that a child did not finish come first.

    Attributes:
        pace: moving average of the seconds that a record takes.
    """

    pace = BUNDLE_SECONDS

    def give_back(self, jobs: Iterable[Job]) -> None:
        """Put back jobs that a child took and did not finish, in their order."""
        for job in reversed(list(jobs)):
            self.put_nowait(job)

    async def bundle(self) -> deque[Job]:
        """Wait for jobs, and take as many as a child should receive at once."""
        first = await self.get()
        bundle = deque((first,))
        most = min(BUNDLE_RECORDS, int(BUNDLE_SECONDS / max(self.pace, 1e-6)))
        size = first.record.size
        while len(bundle) < most and size < BUNDLE_BYTES and not first.isolated and self._jobs:
            if self._jobs[0].isolated:
                break
            bundle.append(self._jobs.popleft())  # the queue is unbounded: no putter waits for room
            size += bundle[-1].record.size
        return bundle

    def observe_duration(self, seconds: float) -> None:
        """Update the moving average with the duration of a record, in seconds."""
        self.pace += PACE_WEIGHT * (seconds - self.pace)

    def _init(self, maxsize: int) -> None:  # noqa: ARG002 - asyncio's own interface for queues of another order
        self._jobs: deque[Job] = deque()
        self._queue = self._jobs

    def _put(self, item: Job) -> None:
        if item.taken:
            self._jobs.appendleft(item)
        else:
            self._jobs.append(item)


class Feeder:
    """Sends bundles to one child until it ends, and sets the outcomes of their jobs.

    Args:
        deadline: seconds that one record may take.

    Attributes:
        has_fed: whether any record was sent to the child.
    """

    def __init__(self, child: Child, queue: JobQueue, deadline: float) -> None:
        self.has_fed = False
        self._child = child
        self._queue = queue
        self._deadline = deadline
        self._room = asyncio.Semaphore(WINDOW)
        self._given: asyncio.Queue[deque[Job]] = asyncio.Queue()
        self._has_overrun = False
        self._unfinished: Iterable[Job] = ()

    async def run(self) -> None:
        """Send bundles to the child until it ends. Jobs without an outcome go back to the queue."""
        giving = asyncio.create_task(self._give())
        try:
            await self._take()
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            left = list(self._unfinished)  # first: the order of the records stays
            while not self._given.empty():
                left += self._given.get_nowait()
            self._queue.give_back(left)

    async def _give(self) -> None:
        while True:
            await self._room.acquire()
            bundle = await self._queue.bundle()
            wanted = deque(job for job in bundle if not job.outcome.done())  # the others were cancelled in the queue
            if not wanted:
                self._room.release()
                continue
            for job in wanted:
                job.taken = True
            self.has_fed = True
            self._given.put_nowait(wanted)
            with contextlib.suppress(ConnectionError):  # `_take` notices that the child has ended
                self._child.writer.write(frames.pack([frames.fields_of(job.record) for job in wanted]))
                await self._child.writer.drain()

    async def _take(self) -> None:
        """Receive answers until the child exits, crashes, or is killed because a record exceeded its deadline."""
        while (bundle := await self._next_given()) is not None:
            while bundle:
                try:
                    answers, last = await self._answers()
                except TimeoutError:
                    self._fail_timed_out(bundle)
                    return
                except ChildEndedError:
                    await self._fail_crashed(bundle)
                    return
                metrics.PAGE_SECONDS.observe([seconds for _, seconds in answers])
                ended = time.time() - sum(seconds for _, seconds in answers)
                for result, seconds in answers:
                    self._queue.observe_duration(seconds)
                    ended += seconds
                    bundle[0].ended, bundle[0].seconds = ended, seconds
                    if self._settle(bundle[0], result):
                        bundle.popleft()
                if last:
                    self._unfinished = bundle
                    return
            self._room.release()

    def _settle(self, job: Job, result: frames.Result) -> bool:
        """Set the outcome of a job; return False if it is to be computed again instead, by another child."""
        job.settle(frames.outcome_of(result))
        return True

    async def _next_given(self) -> deque[Job] | None:
        """Return the next bundle that the child computes, or None when the idle child has ended."""
        if not self._given.empty():
            return self._given.get_nowait()
        getting = asyncio.ensure_future(self._given.get())
        either: tuple[asyncio.Future[Any], ...] = (getting, self._child.ended)
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else None
        finally:
            getting.cancel()

    async def _answers(self) -> tuple[list[frames.Answer], bool]:
        """Read the child's next answers; kill the child when its current record exceeds the deadline.

        Raises:
            TimeoutError: the record exceeded its deadline.
            ChildEndedError: the child exited.
        """
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._deadline, self._grant_grace)
        try:
            answers: tuple[list[frames.Answer], bool] = await frames.read(self._child.reader)
        except PeerClosedError as error:
            if self._has_overrun:
                raise TimeoutError from None
            raise ChildEndedError(f"child {self._child.pid} ended") from error
        finally:
            self._timer.cancel()
        return answers

    def _grant_grace(self) -> None:
        # The worker itself may have been stopped (SIGSTOP, a suspended machine) while the answer was in the socket: let
        # the loop read it before the record counts as timed out.
        grace = min(1.0, self._deadline / 10)
        self._timer = asyncio.get_running_loop().call_later(grace, self._overrun)

    def _overrun(self) -> None:
        self._has_overrun = True
        self._child.kill()

    def _fail_timed_out(self, bundle: deque[Job]) -> None:
        if len(bundle) > 1:
            self._retry_isolated(bundle)
        else:
            bundle[0].ended, bundle[0].seconds = time.time(), self._deadline
            self._settle(bundle[0], Failure("timeout", f"not done after {self._deadline:g} s (WIREDESK_PAGE_DEADLINE)"))

    async def _fail_crashed(self, bundle: deque[Job]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self._child.ended)
        status = self._child.ended.result() if self._child.ended.done() else UNKNOWN_STATUS
        job = bundle[0]
        job.crashes += len(bundle) == 1  # of several records, it is not known which one the child was computing
        log.warning(
            "child process died",
            pid=self._child.pid,
            record=job.record.coordinates,
            unanswered=len(bundle),
            wait_status=status,
            crashes=job.crashes,
        )
        if job.crashes < MAX_CRASHES:
            self._retry_isolated(bundle)
        else:
            died = f"its process died {job.crashes} times while it computed this record, {describe_status(status)}"
            self._settle(job, Failure("crash", died))

    def _retry_isolated(self, bundle: deque[Job]) -> None:
        """Retry the unanswered records of a bundle one by one: it is not known which one the child was computing."""
        for job in bundle:
            job.isolated = True
        self._unfinished = bundle


class ProcessPool:
    """Child processes that compute the outcomes of records.

    Args:
        handler: `module:function` that returns the handler.
        size: number of child processes.
        deadline: seconds that one record may take; then its child is killed, and the outcome is a failure with the
            reason `timeout`.
        memory_bytes: memory that a child may allocate in addition to the loaded handler.
        log_level: log level of the processes.
        load_seconds: time limit for loading the handler.

    Attributes:
        failure: why the pool has stopped for good; None while it works. Children that are alive continue.
    """

    def __init__(
        self,
        handler: str,
        *,
        size: int,
        deadline: float,
        memory_bytes: int,
        log_level: str = "info",
        load_seconds: float = 120.0,
    ) -> None:
        self.size = size
        self.failure: HandlerError | None = None
        self._deadline = deadline
        self._templates = TemplateSupervisor(handler, memory_bytes, log_level, load_seconds)
        self._queue = JobQueue()
        self._slots: list[asyncio.Task[None]] = []
        self._living = 0
        self._short_since: float | None = None
        self._shortage: Trouble | None = None
        self._failed = asyncio.Event()

    @classmethod
    def of(cls, stage: Stage, settings: WorkerSettings) -> "ProcessPool":
        """Return a pool for a stage."""
        return cls(
            stage.handler,
            size=settings.processes or stage.default_processes,
            deadline=settings.page_deadline,
            memory_bytes=settings.page_memory_bytes,
            log_level=settings.log_level,
            load_seconds=settings.load_timeout,
        )

    @property
    def trouble(self) -> Trouble | None:
        """Why no child can be started now; None if one can."""
        return self._templates.trouble or self._shortage

    async def start(self) -> str:
        """Load the handler, fork the children, and return the handler's version.

        Raises:
            HandlerError: the handler cannot be loaded.
            UsageError: it cannot be loaded with these settings.
        """
        version = await self._templates.start()
        self._slots = [asyncio.create_task(self._keep_slot(), name=f"child-{n}") for n in range(self.size)]
        return version

    def submit(self, record: Record) -> Job:
        """Queue a record. Cancelling the job's outcome drops the record."""
        job = Job(record, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return job

    async def compute(self, record: Record) -> Outcome:
        """Queue a record and wait for its outcome.

        Raises:
            HandlerError: the pool has stopped.
        """
        outcome = self.submit(record).outcome
        failing = asyncio.create_task(self._failed.wait())
        either: tuple[asyncio.Future[Any], ...] = (outcome, failing)
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not outcome.done() and self.failure is not None:
                raise self.failure
            return outcome.result()
        finally:
            failing.cancel()
            outcome.cancel()

    async def close(self) -> None:
        """Stop all processes. Outcomes that are not known yet stay unset."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        await self._templates.close()

    async def _keep_slot(self) -> None:
        """Keep one child running: fork it, feed it, replace it when it ends; until the pool stops."""
        backoff = Backoff()
        try:
            while True:
                try:
                    await self._feed(await (await self._templates.living()).fork())
                    backoff.reset()
                except TemplateGoneError:
                    continue  # the next iteration restarts the template
                except ForkError as error:
                    self._note_shortage(error)
                    await backoff.wait()
        except HandlerError as error:
            self._give_up(error)
        except Exception as error:
            log.exception("child process cannot be kept running")  # a defect of the pool
            self._give_up(HandlerError(f"child processes cannot be kept running: {type(error).__name__}: {error}"))

    async def _feed(self, child: Child) -> None:
        """Feed a child until it ends.

        Raises:
            ForkError: it ended at once, before it had received any record.
        """
        feeder = Feeder(child, self._queue, self._deadline)
        began = time.monotonic()
        proving = asyncio.get_running_loop().call_later(PROBATION_SECONDS, self._forget_shortage)
        self._living += 1
        try:
            await feeder.run()
        finally:
            self._living -= 1
            proving.cancel()
            child.kill()
        metrics.CHILD_ENDS.inc()
        if not feeder.has_fed and time.monotonic() - began < PROBATION_SECONDS:
            status = child.ended.result() if child.ended.done() else UNKNOWN_STATUS
            if status != UNKNOWN_STATUS:  # it ended by itself, not with its template
                raise ForkError(f"a child process ended as soon as it was forked, {describe_status(status)}")

    def _note_shortage(self, error: ForkError) -> None:
        """Remember that no child can be started.

        Raises:
            HandlerError: this has been so for too long, and no child is left.
        """
        self._shortage = Trouble(TroubleKind.NO_PROCESS, str(error))
        now = time.monotonic()
        if self._short_since is None:
            self._short_since = now
        log.warning("no child process can be started, will retry", error=str(error), living=self._living)
        if not self._living and now - self._short_since >= GIVE_UP_SECONDS:
            raise HandlerError(f"{error}; gave up after {now - self._short_since:.0f} s")

    def _forget_shortage(self) -> None:
        self._shortage, self._short_since = None, None

    def _give_up(self, error: HandlerError) -> None:
        self.failure = self.failure or error
        self._failed.set()
