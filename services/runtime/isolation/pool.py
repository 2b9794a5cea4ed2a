"""The pool: outcomes of records, computed in child processes; a bad record costs a child, never the worker."""

import asyncio
import contextlib
import functools
import itertools
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.runtime import metrics
from services.runtime.isolation import frames
from services.runtime.isolation.processes import Child, Template
from services.runtime.records import Failure, Outcome, Record
from services.runtime.settings import WorkerSettings
from services.runtime.topology import Stage

log = structlog.get_logger(__name__)

WINDOW = 2
"""Records that a child holds: one in work and one behind it, so that it never waits for the event loop."""

MAX_CRASHES = 2
"""A record in whose work a child died is tried once more: the child may have been killed from outside, or by what an
earlier record left behind. The second death is the record's own."""

RESPAWN_SECONDS = 0.5
"""Pause before a template that died is started anew: loading takes seconds, and a loop of it would take the machine."""


@dataclass(order=True)
class Job:
    """A record to be worked on; jobs are taken in the order in which they were submitted."""

    number: int
    record: Record = field(compare=False)
    outcome: asyncio.Future[Outcome] = field(compare=False)
    taken: bool = field(default=False, compare=False)  # by a child: its outcome is near
    crashes: int = field(default=0, compare=False)

    def settle(self, outcome: Outcome) -> None:
        """Set the outcome, unless nobody waits for it any more."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class ProcessPool:
    """Child processes that compute outcomes.

    Args:
        handler: `module:function` that loads it.
        size: child processes.
        deadline: seconds that one record may compute; its child is killed then, and the outcome is a `timeout`.
        memory_bytes: that a child may allocate beyond its loaded handler.
        log_level: of the processes.
    """

    def __init__(self, handler: str, *, size: int, deadline: float, memory_bytes: int, log_level: str = "info") -> None:
        self.size = size
        self._deadline = deadline
        self._start_template = functools.partial(Template.start, handler, memory_bytes, log_level)
        self._template: Template | None = None
        self._respawning = asyncio.Lock()
        self._numbers = itertools.count()
        self._queue: asyncio.PriorityQueue[Job] = asyncio.PriorityQueue()
        self._slots: list[asyncio.Task[None]] = []

    @classmethod
    def of(cls, stage: Stage, settings: WorkerSettings) -> "ProcessPool":
        """Return a pool for a stage."""
        return cls(
            stage.handler,
            size=settings.processes or stage.default_processes,
            deadline=settings.page_deadline,
            memory_bytes=settings.page_memory_bytes,
            log_level=settings.log_level,
        )

    async def start(self) -> str:
        """Load the handler, fork the children, and return the handler's version.

        Raises:
            HandlerError: the handler cannot be loaded.
        """
        self._template = await self._start_template()
        self._slots = [asyncio.create_task(self._keep_slot(), name=f"child-{n}") for n in range(self.size)]
        return self._template.version

    def submit(self, record: Record) -> Job:
        """Queue a record. Cancelling the job's outcome gives the record up."""
        job = Job(next(self._numbers), record, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return job

    async def close(self) -> None:
        """End all processes. Outcomes not yet computed stay unset."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        if self._template is not None:
            await self._template.close()

    async def _keep_slot(self) -> None:
        """Keep one child at work: fork it, feed it, replace it when it ends."""
        while True:
            try:
                child = await (await self._living_template()).fork()
            except EOFError:
                continue  # the template died; the next turn starts another
            try:
                await _Feeder(child, self._queue, self._deadline).run()
            finally:
                child.kill()
            metrics.CHILD_ENDS.inc()

    async def _living_template(self) -> Template:
        async with self._respawning:
            if self._template is None or self._template.gone.done():
                if self._template is not None:
                    await self._template.close()
                    await asyncio.sleep(RESPAWN_SECONDS)
                try:
                    self._template = await self._start_template()
                except Exception:
                    log.exception("handler cannot be loaded again")
                    self._template = None
                    await asyncio.sleep(RESPAWN_SECONDS)
                    raise EOFError from None
            return self._template


class _Feeder:
    """Feeds one child until it ends, and settles what it was given."""

    def __init__(self, child: Child, queue: asyncio.PriorityQueue[Job], deadline: float) -> None:
        self._child = child
        self._queue = queue
        self._deadline = deadline
        self._room = asyncio.Semaphore(WINDOW)
        self._given: asyncio.Queue[Job] = asyncio.Queue()
        self._overran = False

    async def run(self) -> None:
        giving = asyncio.create_task(self._give())
        try:
            await self._take()
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            while not self._given.empty():
                self._queue.put_nowait(self._given.get_nowait())

    async def _give(self) -> None:
        while True:
            await self._room.acquire()
            job = await self._queue.get()
            if job.outcome.done():  # given up while it waited
                self._room.release()
                continue
            job.taken = True
            self._given.put_nowait(job)
            with contextlib.suppress(ConnectionError):  # whoever reads the answers finds the child gone
                self._child.writer.write(frames.pack(job.record))
                await self._child.writer.drain()

    async def _take(self) -> None:
        """Take answers until the child ends: by itself, by a crash, or by us when a record overruns its deadline."""
        while True:
            job = await self._next_given()
            if job is None:
                return
            started = asyncio.get_running_loop().time()
            try:
                outcome, last = await self._answer()
            except TimeoutError:
                job.settle(Failure("timeout", f"not done after {self._deadline:g} s (WIREDESK_PAGE_DEADLINE)"))
                return
            except EOFError:
                await self._blame(job)
                return
            metrics.PAGE_SECONDS.observe(asyncio.get_running_loop().time() - started)
            job.settle(outcome)
            self._room.release()
            if last:
                return

    async def _next_given(self) -> Job | None:
        """Return the next job that the child works on, or None when the idle child has ended."""
        if not self._given.empty():
            return self._given.get_nowait()
        getting = asyncio.ensure_future(self._given.get())
        either: tuple[asyncio.Future[Any], ...] = (getting, self._child.ended)
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else None
        finally:
            getting.cancel()

    async def _answer(self) -> tuple[Outcome, bool]:
        """Read the child's next answer; kill the child when it overruns the deadline.

        Raises:
            TimeoutError: it did.
            EOFError: the child ended by itself.
        """
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._deadline, self._grant_grace)
        try:
            answer: tuple[Outcome, bool] = await frames.read(self._child.reader)
        except EOFError:
            if self._overran:
                raise TimeoutError from None
            raise
        finally:
            self._timer.cancel()
        return answer

    def _grant_grace(self) -> None:
        # This worker itself may have been stopped (SIGSTOP, a suspended machine) with the answer at hand: the loop gets
        # a chance to read it before the page is blamed.
        grace = min(1.0, self._deadline / 10)
        self._timer = asyncio.get_running_loop().call_later(grace, self._overrun)

    def _overrun(self) -> None:
        self._overran = True
        self._child.kill()

    async def _blame(self, job: Job) -> None:
        job.crashes += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self._child.ended)
        status = self._child.ended.result() if self._child.ended.done() else -1
        log.warning(
            "child process died",
            pid=self._child.pid,
            record=job.record.coordinates,
            wait_status=status,
            crashes=job.crashes,
        )
        if job.crashes < MAX_CRASHES:
            self._queue.put_nowait(job)
        else:
            job.settle(Failure("crash", f"its process died {job.crashes} times at work on it, {_told(status)}"))


def _told(status: int) -> str:
    signal_number = status & 0x7F
    if status < 0:
        return "of an unknown cause"
    return f"by signal {signal_number}" if signal_number else f"with exit code {status >> 8}"
