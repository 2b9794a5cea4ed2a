"""The records of a lane that were received and are not committed yet, within limits for the lane and for the worker."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Protocol

from wiredesk.runtime.isolation.pool import Job
from wiredesk.runtime.records import Failure, Outcome, Record
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.tracing import Spent

BULK_RECORDS = 8
"""If this many records follow it in the lane, a finished record has to wait anyway, so nothing is lost if it waits for
a fuller transaction."""

type Batch = list[tuple[Record, Outcome]]
"""The records of one transaction with their outcomes, in the order of their offsets."""


class RecordPool(Protocol):
    """Computes the outcomes of records, in any order."""

    def submit(self, record: Record) -> Job:
        """Queue a record; the job receives its outcome."""


class Budget:
    """The records and bytes that all lanes of a worker may have in flight together.

    Args:
        on_room: called when there is room again.
    """

    def __init__(self, records: int, size: int, on_room: Callable[[], None]) -> None:
        self._records = records
        self._bytes = size
        self._on_room = on_room

    @property
    def full(self) -> bool:
        """Whether no lane may take more."""
        return self._records <= 0 or self._bytes <= 0

    def take(self, records: int, size: int) -> None:
        """Count received records and their bytes."""
        self._records -= records
        self._bytes -= size

    def give_back(self, records: int, size: int) -> None:
        """Subtract released records and their bytes."""
        was_full = self.full
        self._records += records
        self._bytes += size
        if was_full and not self.full:
            self._on_room()


class InFlight:
    """The records of one lane that are in flight, in the order of their offsets.

    Attributes:
        one_by_one: records are submitted one at a time, because the brake is pulled.
        pool: computes the records; None before a lane with a state has opened.
    """

    def __init__(self, pool: RecordPool | None, budget: Budget, settings: WorkerSettings) -> None:
        self.one_by_one = False
        self.pool = pool
        self._budget = budget
        self._settings = settings
        self._jobs: deque[Job] = deque()
        self._waiting: deque[tuple[Record, Failure | None]] = deque()
        self._bytes = 0
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._jobs) + len(self._waiting)

    @property
    def is_queued(self) -> bool:
        """Whether no process has taken the first record, and its outcome is not known."""
        return bool(self._jobs) and not (self._jobs[0].taken or self._jobs[0].outcome.done())

    @property
    def has_room(self) -> bool:
        """Whether the lane may take more, by its own limits and by the worker's."""
        return (
            len(self) < self._settings.lane_records
            and self._bytes < self._settings.lane_bytes
            and not self._budget.full
        )

    def add(self, records: Sequence[Record], refused: Mapping[int, Failure] | None = None) -> None:
        """Add records. If a record cannot be read, or its output was rejected before, its outcome is already known.

        Args:
            refused: by offset, the failure of a record whose output was rejected as too large.
        """
        size = sum(record.memory for record in records)
        self._budget.take(len(records), size)
        self._bytes += size
        for record in records:
            if record.defect is not None:
                failure: Failure | None = Failure(record.defect.reason, record.defect.message)
            else:
                failure = refused.get(record.offset) if refused else None
            self._waiting.append((record, failure))
        self.submit()

    def submit(self) -> None:
        """Submit waiting records to the pool: all of them, or one at a time while the brake is pulled."""
        while self.pool is not None and self._waiting and not (self.one_by_one and self._jobs):
            record, refused = self._waiting.popleft()
            self._jobs.append(self.pool.submit(record) if refused is None else _settled(record, refused))
        self._woken.set()

    async def first(self, is_wanted: Callable[[], bool], timeout: float | None = None) -> bool:  # noqa: ASYNC109 - it covers a part of the wait only
        """Wait for the first record and its outcome; return False as soon as `is_wanted` does.

        Args:
            timeout: seconds in which a record must come; its outcome may take longer.

        Raises:
            TimeoutError: no record came.
        """
        async with asyncio.timeout(timeout):
            while not self._jobs:
                if not is_wanted():
                    return False
                self._woken.clear()
                await self._woken.wait()
        await asyncio.wait({self._jobs[0].outcome})
        return True

    async def batch(self) -> Batch:
        """Return the outcomes that form the next transaction, in order, once the first of them is known.

        A batch is complete by count, by bytes, when nothing else is being computed, or by age. The age limit is short
        while few records are in flight, so that outputs are published at once, and longer while many are queued,
        because full transactions save work on the brokers.
        """
        opened = asyncio.get_running_loop().time()
        while not self._closes(batch := self._done()):
            in_bulk = len(self) - len(batch) >= BULK_RECORDS
            age = self._settings.transaction_age if in_bulk else self._settings.transaction_linger
            left = opened + age - asyncio.get_running_loop().time()
            if left <= 0:
                break
            # With many records, wait for the last one that fits in: it would cost too much to wake up for each of them.
            last = min(len(self._jobs), self._settings.transaction_records) - 1 if in_bulk else len(batch)
            await asyncio.wait({self._jobs[last].outcome}, timeout=left)
        return batch

    def _closes(self, batch: Batch) -> bool:
        return (
            len(batch) == min(len(self._jobs), self._settings.transaction_records)
            or sum(record.size for record, _ in batch) >= self._settings.transaction_bytes
            or self.one_by_one
        )

    def _done(self) -> Batch:
        """Return the known outcomes from the first record on, as many as one transaction may hold."""
        batch: Batch = []
        size = 0
        for job in islice(self._jobs, 1 if self.one_by_one else self._settings.transaction_records):
            if not job.outcome.done() or size >= self._settings.transaction_bytes:
                break
            batch.append((job.record, job.outcome.result()))
            size += job.record.size
        return batch

    def spent(self, count: int) -> list[Spent]:
        """Return when the first records were computed."""
        return [Spent(job.ended, job.seconds) for job in islice(self._jobs, count)]

    def release_committed(self, count: int) -> None:
        """Release the first records, which are committed."""
        self._release([self._jobs.popleft() for _ in range(count)])
        self.submit()

    def release_unstarted(self) -> None:
        """Release the records that no child has taken: the partition's next owner reads them again."""
        self._release_waiting()
        untaken = []
        while self._jobs and not (self._jobs[-1].taken or self._jobs[-1].outcome.done()):
            untaken.append(self._jobs.pop())
        self._release(untaken)
        self._woken.set()

    def release_all(self) -> None:
        """Release all records."""
        self._release_waiting()
        jobs, self._jobs = self._jobs, deque()
        self._release(list(jobs))

    def _release_waiting(self) -> None:
        waiting, self._waiting = self._waiting, deque()
        self._subtract([record for record, _ in waiting])

    def _release(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            job.outcome.cancel()
        self._subtract([job.record for job in jobs])

    def _subtract(self, records: Sequence[Record]) -> None:
        size = sum(record.memory for record in records)
        self._bytes -= size
        self._budget.give_back(len(records), size)


def _settled(record: Record, failure: Failure) -> Job:
    job = Job(record, asyncio.get_running_loop().create_future(), taken=True)
    job.settle(failure)
    return job
