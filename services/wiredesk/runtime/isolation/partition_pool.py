"""The pool of one partition with a state: computes its records one after another, in their order.

A record that raises, exceeds its deadline or its memory, or kills its process, fails alone and changes nothing: the
keeper forks another child, which has the changes of all records before it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import HandlerError, StateError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import ForkError, TemplateGoneError
from wiredesk.runtime.isolation.frames import ChangeFields, Entry
from wiredesk.runtime.isolation.keeper import Keeper
from wiredesk.runtime.isolation.pool import Feeder, Job, JobQueue
from wiredesk.runtime.isolation.template import PROBATION_SECONDS, Child, TemplateSupervisor
from wiredesk.runtime.records import ChangelogRecord, Failure, Outcome, Output, Record
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.topology import Stage
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)


class _Computed(NamedTuple):
    """A record that is computed and not committed.

    Attributes:
        time_ms: the time that the input has reached with it.
        changes: that it makes.
    """

    offset: int
    time_ms: int
    changes: Sequence[ChangeFields]


class KeeperProcesses:
    """The template of a stateful stage, and what it forks: a keeper for each partition.

    Attributes:
        failure: why no keeper can be forked any more; None while one can.
        size: processes of the worker that do not belong to a partition.
    """

    def __init__(self, stage: Stage, settings: WorkerSettings) -> None:
        self.failure: HandlerError | None = None
        self.size = 1
        self._deadline = settings.page_deadline
        self._shortage: Trouble | None = None
        self._templates = TemplateSupervisor(
            stage.handler,
            settings.page_memory_bytes,
            settings.log_level,
            settings.load_timeout,
            settings.state_memory,
        )

    @property
    def trouble(self) -> Trouble | None:
        """Why no keeper can be forked now; None if one can."""
        return self._templates.trouble or self._shortage

    async def start(self) -> str:
        """Load the handler, and return its version.

        Raises:
            HandlerError: the handler cannot be loaded.
            UsageError: it cannot be loaded with these settings.
        """
        return await self._templates.start()

    async def close(self) -> None:
        """Stop all processes."""
        await self._templates.close()

    async def keeper(self) -> Keeper:
        """Fork a keeper with a state without any change.

        Raises:
            StateError: none can be forked now.
        """
        try:
            process, sockets = await (await self._templates.living()).fork_keeper()
        except HandlerError as error:
            self.failure = error
            raise StateError(str(error)) from error
        except (ForkError, TemplateGoneError) as error:
            raise StateError(f"the state has no process: {error}") from error
        return Keeper(process, sockets)

    def partition(
        self, keeper: Keeper, changelog: Callable[[Entry], list[ChangelogRecord]], time_ms: int
    ) -> "PartitionPool":
        """Return a pool that computes the records of the partition whose state a keeper has; see `PartitionPool`."""
        return PartitionPool(keeper, self._deadline, changelog, time_ms, self._note_shortage)

    def _note_shortage(self, error: ForkError | None) -> None:
        self._shortage = None if error is None else Trouble(TroubleKind.NO_PROCESS, str(error))


class PartitionPool:
    """Computes the records of one partition.

    Args:
        deadline: seconds that one record may take.
        changelog: returns what is written for the changes of a record.
        time_ms: the time that the input had reached with the last committed record.
        note_shortage: called with the error when no child can be forked, and with None when one can again.
    """

    def __init__(
        self,
        keeper: Keeper,
        deadline: float,
        changelog: Callable[[Entry], list[ChangelogRecord]],
        time_ms: int,
        note_shortage: Callable[[ForkError | None], None],
    ) -> None:
        self.time_ms = time_ms
        self._keeper = keeper
        self._deadline = deadline
        self._changelog = changelog
        self._note_shortage = note_shortage
        self._queue = JobQueue()
        self._open: deque[Job] = deque()
        self._computed: deque[_Computed] = deque()
        self._failure: StateError | None = None
        keeper.apply([(time_ms, ())])  # records without changes have moved it, too
        self._task = asyncio.create_task(self._keep_child())

    def submit(self, record: Record) -> Job:
        """Queue the next record of the partition; the job fails with `StateError` if the state is lost."""
        job = Job(record, asyncio.get_running_loop().create_future())
        if self._failure is not None:
            _break(job, self._failure)
            return job
        self._open.append(job)
        self._queue.put_nowait(job)
        return job

    def check(self) -> None:
        """Check that records can be computed.

        Raises:
            StateError: the state is lost.
        """
        if self._failure is not None:
            raise self._failure

    def time_before(self, offset: int) -> int:
        """Return the time that the input has reached with the records before an offset."""
        times = [one.time_ms for one in self._computed if one.offset < offset]
        return times[-1] if times else self.time_ms

    def committed(self, offset: int) -> None:
        """Take note that the changes of the records before an offset are committed: the state has them from now on."""
        entries: list[Entry] = []
        while self._computed and self._computed[0].offset < offset:
            one = self._computed.popleft()
            self.time_ms = one.time_ms
            entries.append((one.time_ms, one.changes))
        if entries:
            self._keeper.apply(entries)

    async def close(self) -> None:
        """Stop computing, and end the child. The keeper stays."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def take_answer(self, job: Job, result: frames.Result) -> None:
        """Set the outcome of the next record."""
        time_ms = max(self._computed[-1].time_ms if self._computed else self.time_ms, job.record.timestamp)
        changes: Sequence[ChangeFields] = ()
        outcome: Outcome
        if isinstance(result, Failure):
            outcome = result
        else:
            outputs, changes = cast("frames.StatefulFields", result)
            outcome = (*map(Output._make, outputs), *self._changelog((time_ms, changes)))
        self._computed.append(_Computed(job.record.offset, time_ms, changes))
        job.settle(outcome)
        while self._open and self._open[0].outcome.done():
            self._open.popleft()

    async def _keep_child(self) -> None:
        """Keep one child running: fork it, feed it, replace it when it ends; until the state is lost."""
        backoff = Backoff()
        try:
            while True:
                try:
                    child = await self._keeper.fork(self._pending)
                except ForkError as error:
                    self._note_shortage(error)
                    log.warning("no child process can be started, will retry", error=str(error))
                    await backoff.wait()
                    continue
                if await self._feed(child):
                    self._note_shortage(None)
                    backoff.reset()
                else:
                    await backoff.wait()
        except TemplateGoneError:
            self._fail(StateError(self._keeper.failure or "the process that kept the state has ended"))
        except Exception as error:
            log.exception("child process cannot be kept running")  # a defect of the pool
            self._fail(StateError(f"child processes cannot be kept running: {type(error).__name__}: {error}"))

    def _pending(self) -> list[Entry]:
        return [(one.time_ms, one.changes) for one in self._computed]

    async def _feed(self, child: Child) -> bool:
        """Feed a child until it ends; return False if it ended at once."""
        feeder = OrderedFeeder(child, self._queue, self._deadline, self)
        began = time.monotonic()
        try:
            await feeder.run()
        finally:
            child.kill()
        metrics.CHILD_ENDS.inc()
        return feeder.has_fed or time.monotonic() - began >= PROBATION_SECONDS

    def _fail(self, error: StateError) -> None:
        self._failure = error
        for job in self._open:
            _break(job, error)
        self._open.clear()


class OrderedFeeder(Feeder):
    """Feeds the only child of a partition."""

    def __init__(self, child: Child, queue: JobQueue, deadline: float, pool: PartitionPool) -> None:
        super().__init__(child, queue, deadline)
        self._pool = pool
        self._settled = 0

    def _settle(self, job: Job, result: frames.Result) -> bool:
        is_short_of_memory = isinstance(result, Failure) and result.reason == "memory"
        if is_short_of_memory and self._settled:
            # Perhaps the changes of the records before it have taken the memory: another child shows it.
            job.isolated = True
            return False
        self._settled += 1
        self._pool.take_answer(job, result)
        return True


def _break(job: Job, error: StateError) -> None:
    if not job.outcome.done():
        job.outcome.set_exception(error)
        job.outcome.exception()  # retrieved: asyncio need not log it where nobody waits for this record
