"""The pool: outcomes of records, computed in child processes; a bad record costs a child, never the worker."""

import asyncio
import time
from typing import Any

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import HandlerError
from wiredesk.runtime.isolation.errors import ForkError, TemplateGoneError
from wiredesk.runtime.isolation.feeder import Feeder, Job, JobQueue
from wiredesk.runtime.isolation.processes import UNKNOWN_STATUS, Child, describe_status
from wiredesk.runtime.isolation.supervisor import GIVE_UP_SECONDS, PROBATION_SECONDS, TemplateSupervisor
from wiredesk.runtime.records import Outcome, Record
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.topology import Stage

log = structlog.get_logger(__name__)


class ProcessPool:
    """Child processes that compute outcomes.

    Args:
        handler: `module:function` that loads it.
        size: child processes.
        deadline: seconds that one record may compute; its child is killed then, and the outcome is a `timeout`.
        memory_bytes: that a child may allocate beyond its loaded handler.
        log_level: of the processes.
        load_seconds: that loading the handler may take.

    Attributes:
        failure: why the pool has given up, for good; None while it has not. Children that are alive go on.
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
        self._shortage: str | None = None
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
    def trouble(self) -> str | None:
        """Why no further child can be started at present, in a line; None when one can."""
        return self._templates.trouble or self._shortage

    async def start(self) -> str:
        """Load the handler, fork the children, and return the handler's version.

        Raises:
            HandlerError: the handler cannot be loaded.
        """
        version = await self._templates.start()
        self._slots = [asyncio.create_task(self._keep_slot(), name=f"child-{n}") for n in range(self.size)]
        return version

    def submit(self, record: Record) -> Job:
        """Queue a record. Cancelling the job's outcome gives the record up."""
        job = Job(record, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return job

    async def compute(self, record: Record) -> Outcome:
        """Queue a record and wait for its outcome.

        Raises:
            HandlerError: the pool has given up.
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
        """End all processes. Outcomes not yet computed stay unset."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        await self._templates.close()

    async def _keep_slot(self) -> None:
        """Keep one child at work: fork it, feed it, replace it when it ends; until the pool gives up."""
        backoff = Backoff()
        try:
            while True:
                try:
                    await self._feed(await (await self._templates.living()).fork())
                    backoff.reset()
                except TemplateGoneError:
                    continue  # the next turn starts another one
                except ForkError as error:
                    self._note_shortage(str(error))
                    await backoff.wait()
        except HandlerError as error:
            self._give_up(error)
        except Exception as error:
            log.exception("a child process cannot be kept at work")  # a defect of ours
            self._give_up(HandlerError(f"its processes cannot be kept at work: {type(error).__name__}: {error}"))

    async def _feed(self, child: Child) -> None:
        """Feed a child until it ends.

        Raises:
            ForkError: it ended at once, with no record to blame.
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
        if not feeder.fed and time.monotonic() - began < PROBATION_SECONDS:
            status = child.ended.result() if child.ended.done() else UNKNOWN_STATUS
            if status != UNKNOWN_STATUS:  # it ended by itself, and not with its template
                raise ForkError(f"a child process ended as soon as it was forked, {describe_status(status)}")

    def _note_shortage(self, reason: str) -> None:
        """Note that no child can be started.

        Raises:
            HandlerError: for too long, and none is left.
        """
        self._shortage = reason
        now = time.monotonic()
        if self._short_since is None:
            self._short_since = now
        log.warning("no child process can be started, will try again", error=reason, living=self._living)
        if not self._living and now - self._short_since >= GIVE_UP_SECONDS:
            raise HandlerError(f"{reason}; given up after {now - self._short_since:.0f} s")

    def _forget_shortage(self) -> None:
        self._shortage, self._short_since = None, None

    def _give_up(self, error: HandlerError) -> None:
        self.failure = self.failure or error
        self._failed.set()
