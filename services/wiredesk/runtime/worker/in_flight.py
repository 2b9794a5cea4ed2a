"""What is in flight: records taken and not yet committed, within bounds for the lane and for the worker."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Protocol

from wiredesk.runtime.isolation import Job
from wiredesk.runtime.records import Failure, Outcome, Record
from wiredesk.runtime.settings import WorkerSettings

BULK_RECORDS = 8
"""With so many records behind it in its lane a finished record waits for its turn anyway, and loses nothing when it
waits for a fuller transaction."""

NONE_REFUSED: Mapping[int, Failure] = {}

type Batch = list[tuple[Record, Outcome]]


class RecordPool(Protocol):
    """Whatever computes outcomes, each in its own time."""

    def submit(self, record: Record) -> Job:
        """Queue a record; the job gets its outcome."""


class Budget:
    """Records and bytes that all lanes of a worker may have in flight together.

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
        """Count records in, and their bytes."""
        self._records -= records
        self._bytes -= size

    def give_back(self, records: int, size: int) -> None:
        """Count records out, and their bytes."""
        was_full = self.full
        self._records += records
        self._bytes += size
        if was_full and not self.full:
            self._on_room()


class InFlight:
    """The records of one lane, in the order of their offsets."""

    def __init__(self, pool: RecordPool, budget: Budget, settings: WorkerSettings) -> None:
        self._pool = pool
        self._budget = budget
        self._settings = settings
        self._jobs: deque[Job] = deque()
        self._waiting: deque[tuple[Record, Failure | None]] = deque()
        self._bytes = 0
        self._woken = asyncio.Event()
        self.one_by_one = False

    def __len__(self) -> int:
        return len(self._jobs) + len(self._waiting)

    @property
    def is_queued(self) -> bool:
        """Whether no process has begun the first record, nor is its outcome known."""
        return bool(self._jobs) and not (self._jobs[0].taken or self._jobs[0].outcome.done())

    @property
    def has_room(self) -> bool:
        """Whether the lane may take more, for its own part and for the worker's."""
        return (
            len(self) < self._settings.lane_records
            and self._bytes < self._settings.lane_bytes
            and not self._budget.full
        )

    def add(self, records: Sequence[Record], refused: Mapping[int, Failure] = NONE_REFUSED) -> None:
        """Take records. The outcome is known already where one cannot be read, or an earlier try was refused.

        Args:
            refused: by offset, why.
        """
        size = sum(record.memory for record in records)
        self._budget.take(len(records), size)
        self._bytes += size
        for record in records:
            defect = record.defect
            failure = refused.get(record.offset) if defect is None else Failure(defect.reason, defect.message)
            self._waiting.append((record, failure))
        self.submit()

    def submit(self) -> None:
        """Hand records that wait to the pool: all of them, or one at a time while the brake is pulled."""
        while self._waiting and not (self.one_by_one and self._jobs):
            record, refused = self._waiting.popleft()
            self._jobs.append(self._pool.submit(record) if refused is None else _settled(record, refused))
        self._woken.set()

    async def first(self, wanted: Callable[[], bool], patience: float | None = None) -> bool:
        """Wait for the first record and its outcome; False when it is not wanted any more.

        Args:
            patience: seconds in which it must come; its outcome takes what it takes.

        Raises:
            TimeoutError: no record came.
        """
        async with asyncio.timeout(patience):
            while not self._jobs:
                if not wanted():
                    return False
                self._woken.clear()
                await self._woken.wait()
        await asyncio.wait({self._jobs[0].outcome})
        return True

    async def batch(self) -> Batch:
        """Return the outcomes that form the next transaction, in order, once the first of them is there.

        It closes by count, by bytes, when nothing else is in work, or by age: short where that makes a reader wait,
        longer where a queue does so anyway and full transactions save the brokers' time.
        """
        opened = asyncio.get_running_loop().time()
        while not self._closes(batch := self._done()):
            in_bulk = len(self) - len(batch) >= BULK_RECORDS
            age = self._settings.transaction_age if in_bulk else self._settings.transaction_linger
            left = opened + age - asyncio.get_running_loop().time()
            if left <= 0:
                break
            # In bulk for the last record that may belong to it: to look at each would cost more than it tells.
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
        """Return the outcomes from the first record on, as far as they are there and one transaction may hold them."""
        batch: Batch = []
        size = 0
        for job in islice(self._jobs, 1 if self.one_by_one else self._settings.transaction_records):
            if not job.outcome.done() or size >= self._settings.transaction_bytes:
                break
            batch.append((job.record, job.outcome.result()))
            size += job.record.size
        return batch

    def settle(self, count: int) -> None:
        """Let go of the first records: they are committed."""
        self._let_go([self._jobs.popleft() for _ in range(count)])
        self.submit()

    def give_up_waiting(self) -> None:
        """Let go of the records that no child has begun: whoever has the partition next reads them again."""
        self._drop_waiting()
        untaken = []
        while self._jobs and not (self._jobs[-1].taken or self._jobs[-1].outcome.done()):
            untaken.append(self._jobs.pop())
        self._let_go(untaken)
        self._woken.set()

    def give_up(self) -> None:
        """Let go of all records."""
        self._drop_waiting()
        jobs, self._jobs = self._jobs, deque()
        self._let_go(list(jobs))

    def _drop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, deque()
        self._forget([record for record, _ in waiting])

    def _let_go(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            job.outcome.cancel()
        self._forget([job.record for job in jobs])

    def _forget(self, records: Sequence[Record]) -> None:
        size = sum(record.memory for record in records)
        self._bytes -= size
        self._budget.give_back(len(records), size)


def _settled(record: Record, failure: Failure) -> Job:
    job = Job(record, asyncio.get_running_loop().create_future(), taken=True)
    job.settle(failure)
    return job
