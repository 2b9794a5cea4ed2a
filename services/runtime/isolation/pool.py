"""The pool: outcomes of records, computed in child processes; a bad record costs a child, never the worker."""

import asyncio
import functools

import structlog

from services.runtime import metrics
from services.runtime.isolation.feeder import Feeder, Job, JobQueue
from services.runtime.isolation.processes import Template
from services.runtime.records import Record
from services.runtime.settings import WorkerSettings
from services.runtime.topology import Stage

log = structlog.get_logger(__name__)

RESPAWN_SECONDS = 0.5
"""Pause before a template that died is started anew: loading takes seconds, and a loop of it would take the machine."""


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
        self._queue = JobQueue()
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
        job = Job(record, asyncio.get_running_loop().create_future())
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
                await Feeder(child, self._queue, self._deadline).run()
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
