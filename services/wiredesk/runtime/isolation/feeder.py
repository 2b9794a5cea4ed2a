"""The feeder: gives one child bundles of records, and settles them by its answers."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import ChildEndedError, PeerClosedError
from wiredesk.runtime.isolation.processes import Child, describe_status
from wiredesk.runtime.records import Failure, Outcome, Record

log = structlog.get_logger(__name__)

WINDOW = 2
"""Bundles that a child holds: one in work and one behind it, so that it never waits for the event loop."""

BUNDLE_SECONDS = 0.01
BUNDLE_RECORDS = 256
BUNDLE_BYTES = 1 << 20
"""A bundle is what is done in so long, by the pace of late, and at most so much: one page where pages take time, many
records where a handler does little, and would wait for messages more than it works."""

PACE_WEIGHT = 0.05
"""Of a new time in the moving average."""

MAX_CRASHES = 2
"""A record in whose work a child died is tried once more: the child may have been killed from outside, or by what an
earlier record left behind. The second death is the record's own."""


@dataclass(eq=False, slots=True)
class Job:
    """A record to be worked on.

    Attributes:
        taken: by a child: its outcome is near.
        alone: it is given to a child without others, because a child came to grief over the bundle that it was in.
    """

    record: Record
    outcome: asyncio.Future[Outcome]
    taken: bool = False
    alone: bool = False
    crashes: int = field(default=0)

    def settle(self, outcome: Outcome) -> None:
        """Set the outcome, unless nobody waits for it any more."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class JobQueue(asyncio.Queue[Job]):
    """Jobs in the order in which they were submitted; those that were given to a child before come first.

    Attributes:
        pace: seconds that a record has taken of late.
    """

    pace = BUNDLE_SECONDS

    def give_back(self, jobs: Iterable[Job]) -> None:
        """Put back jobs that a child took and did not finish, in their order."""
        for job in reversed(list(jobs)):
            self.put_nowait(job)

    async def bundle(self) -> deque[Job]:
        """Wait for jobs, and take as many as a child should have at once."""
        first = await self.get()
        found = deque((first,))
        most = min(BUNDLE_RECORDS, int(BUNDLE_SECONDS / max(self.pace, 1e-6)))
        size = first.record.size
        while len(found) < most and size < BUNDLE_BYTES and not first.alone and self._jobs:
            if self._jobs[0].alone:
                break
            found.append(self._jobs.popleft())  # nobody waits for room in this queue
            size += found[-1].record.size
        return found

    def took(self, seconds: float) -> None:
        """Note the time that a record took."""
        self.pace += PACE_WEIGHT * (seconds - self.pace)

    def _init(self, maxsize: int) -> None:  # noqa: ARG002 - of asyncio's own interface for queues of another order
        self._jobs: deque[Job] = deque()
        self._queue = self._jobs

    def _put(self, item: Job) -> None:
        if item.taken:
            self._jobs.appendleft(item)
        else:
            self._jobs.append(item)


class Feeder:
    """Feeds one child until it ends, and settles what it was given.

    Args:
        deadline: seconds that one record may compute.

    Attributes:
        fed: whether the child was given any record.
    """

    def __init__(self, child: Child, queue: JobQueue, deadline: float) -> None:
        self._child = child
        self._queue = queue
        self._deadline = deadline
        self._room = asyncio.Semaphore(WINDOW)
        self._given: asyncio.Queue[deque[Job]] = asyncio.Queue()
        self._overran = False
        self.fed = False

    async def run(self) -> None:
        """Feed the child until it ends. What it leaves undone goes back to the queue."""
        giving = asyncio.create_task(self._give())
        try:
            await self._take()
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            left: list[Job] = []
            while not self._given.empty():
                left += self._given.get_nowait()
            self._queue.give_back(left)

    async def _give(self) -> None:
        while True:
            await self._room.acquire()
            bundle = await self._queue.bundle()
            wanted = deque(job for job in bundle if not job.outcome.done())  # the others were given up as they waited
            if not wanted:
                self._room.release()
                continue
            for job in wanted:
                job.taken = True
            self.fed = True
            self._given.put_nowait(wanted)
            with contextlib.suppress(ConnectionError):  # whoever reads the answers finds the child gone
                self._child.writer.write(frames.pack([frames.fields_of(job.record) for job in wanted]))
                await self._child.writer.drain()

    async def _take(self) -> None:
        """Take answers until the child ends: by itself, by a crash, or by us when a record overruns its deadline."""
        while (bundle := await self._next_given()) is not None:
            while bundle:
                try:
                    answers, last = await self._answer()
                except TimeoutError:
                    self._blame_time(bundle)
                    return
                except ChildEndedError:
                    await self._blame_crash(bundle)
                    return
                metrics.PAGE_SECONDS.observe([seconds for _, seconds in answers])
                for told, seconds in answers:
                    self._queue.took(seconds)
                    bundle.popleft().settle(frames.outcome_of(told))
                if last:
                    self._queue.give_back(bundle)
                    return
            self._room.release()

    async def _next_given(self) -> deque[Job] | None:
        """Return the next bundle that the child works on, or None when the idle child has ended."""
        if not self._given.empty():
            return self._given.get_nowait()
        getting = asyncio.ensure_future(self._given.get())
        either: tuple[asyncio.Future[Any], ...] = (getting, self._child.ended)
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else None
        finally:
            getting.cancel()

    async def _answer(self) -> tuple[list[frames.Answer], bool]:
        """Read the child's next answers; kill the child when the record that it is at overruns the deadline.

        Raises:
            TimeoutError: it did.
            ChildEndedError: the child ended by itself.
        """
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._deadline, self._grant_grace)
        try:
            answers: tuple[list[frames.Answer], bool] = await frames.read(self._child.reader)
        except PeerClosedError as error:
            if self._overran:
                raise TimeoutError from None
            raise ChildEndedError(f"child {self._child.pid} ended") from error
        finally:
            self._timer.cancel()
        return answers

    def _grant_grace(self) -> None:
        # This worker itself may have been stopped (SIGSTOP, a suspended machine) with the answer at hand: the loop gets
        # a chance to read it before the page is blamed.
        grace = min(1.0, self._deadline / 10)
        self._timer = asyncio.get_running_loop().call_later(grace, self._overrun)

    def _overrun(self) -> None:
        self._overran = True
        self._child.kill()

    def _blame_time(self, bundle: deque[Job]) -> None:
        if len(bundle) > 1:
            self._retry_alone(bundle)
        else:
            bundle[0].settle(Failure("timeout", f"not done after {self._deadline:g} s (WIREDESK_PAGE_DEADLINE)"))

    async def _blame_crash(self, bundle: deque[Job]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self._child.ended)
        status = self._child.ended.result() if self._child.ended.done() else -1
        job = bundle[0]
        job.crashes += len(bundle) == 1  # of several nobody knows at which it was
        log.warning(
            "child process died",
            pid=self._child.pid,
            record=job.record.coordinates,
            unanswered=len(bundle),
            wait_status=status,
            crashes=job.crashes,
        )
        if job.crashes < MAX_CRASHES:
            self._retry_alone(bundle)
        else:
            job.settle(
                Failure("crash", f"its process died {job.crashes} times at work on it, {describe_status(status)}")
            )

    def _retry_alone(self, bundle: deque[Job]) -> None:
        """Try again one by one what a child did not answer: which of them it was at is not known."""
        for job in bundle:
            job.alone = True
        self._queue.give_back(bundle)
