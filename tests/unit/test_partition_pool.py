"""The processes of one partition with a state: what records do to them, and what the state is afterwards."""

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import psutil
import pytest

from tests.handlers import COUNTER, STAGE
from tests.support import templates
from tests.waiting import deadline
from wiredesk.runtime.errors import StateError, UsageError
from wiredesk.runtime.isolation.frames import Entry
from wiredesk.runtime.isolation.keeper import Keeper
from wiredesk.runtime.isolation.partition_pool import KeeperProcesses, PartitionPool
from wiredesk.runtime.isolation.pool import Job, ProcessPool
from wiredesk.runtime.records import ChangelogRecord, Failure, Output, Record
from wiredesk.runtime.settings import MIB, WorkerSettings
from wiredesk.runtime.topology import Stage, Store
from wiredesk.testing.patience import setting

SETTINGS = WorkerSettings(page_deadline=setting(3), page_memory_bytes=256 * MIB, state_memory=64 * MIB)


def changelog(entry: Entry) -> list[ChangelogRecord]:
    time_ms, changes = entry
    return [ChangelogRecord("changes", key, value, 0, time_ms) for key, value in changes]


@contextlib.asynccontextmanager
async def processes(stage: Stage = COUNTER, settings: WorkerSettings = SETTINGS) -> AsyncIterator[KeeperProcesses]:
    its = KeeperProcesses(stage, settings)
    try:
        await its.start()
        yield its
    finally:
        await its.close()


@contextlib.asynccontextmanager
async def partition(time_ms: int = 0) -> AsyncIterator[tuple[Keeper, PartitionPool]]:
    async with processes() as its:
        keeper = await its.keeper()
        pool = its.partition(keeper, changelog, time_ms)
        try:
            yield keeper, pool
        finally:
            await pool.close()
            await keeper.close()


def record(offset: int, key: bytes, value: bytes = b"", timestamp: int = 0) -> Record:
    return Record("in", 0, offset, timestamp, key, value)


async def settled(job: Job) -> str | int:
    """Return the count that was published, or why there is none."""
    async with asyncio.timeout(deadline()):
        outcome = await job.outcome
    if isinstance(outcome, Failure):
        return outcome.reason
    output, change = outcome
    assert isinstance(output, Output)
    assert isinstance(change, ChangelogRecord)
    assert output.value == change.value
    return int(output.value or b"")


def child() -> psutil.Process:
    (template,) = templates()
    return next(one for one in template.children(recursive=True) if one.ppid() != template.pid)


def expected(records: Sequence[Record]) -> list[str | int]:
    counts: Counter[bytes | None] = Counter()
    wanted: list[str | int] = []
    for one in records:
        if not one.value:
            counts[one.key] += 1
        wanted.append(POISON[one.value] if one.value else counts[one.key])
    return wanted


POISON = {
    b"raise": "error",
    b"exit": "crash",
    b"crash": "crash",
    b"allocate": "memory",
    b"reject": "unwanted",
    b"unkeepable": "state_too_large",
    b"hang": "timeout",
}


async def test_poison_in_any_place_costs_itself_alone() -> None:
    values = [b"", *POISON, b"", b"exit", b"exit", b"", *reversed(POISON), b""]
    records = [record(offset, b"%d" % (offset % 2), value) for offset, value in enumerate(values)]
    async with partition() as (_, pool):
        jobs = [pool.submit(one) for one in records]
        assert [await settled(job) for job in jobs] == expected(records)


@pytest.mark.parametrize("seed", range(3))
async def test_a_child_that_is_killed_at_any_time_changes_no_result(seed: int) -> None:
    """A part of the changes is in the keeper, a part is computed and not committed: the next child needs both."""
    chooser = random.Random(seed)
    records = [record(offset, b"%d" % chooser.randrange(5)) for offset in range(400)]
    results: list[str | int] = []
    async with partition() as (keeper, pool):
        while len(results) < len(records):
            following = records[len(results) : len(results) + chooser.randrange(1, 60)]
            jobs = [pool.submit(one) for one in following]
            if chooser.random() < 0.5:
                with contextlib.suppress(StopIteration, psutil.NoSuchProcess):
                    child().kill()
            results += [await settled(job) for job in jobs]
            if chooser.random() < 0.5:
                pool.committed(len(results) - chooser.randrange(0, 5))
        pool.committed(len(records))
        assert (await keeper.settle()).keys == 5
    assert results == expected(records)


async def test_the_time_of_the_input_never_goes_back() -> None:
    async with partition(time_ms=50) as (_, pool):
        times = (10, 70, 60)
        jobs = [pool.submit(record(offset, b"k", timestamp=time_ms)) for offset, time_ms in enumerate(times)]
        changes = [(await job.outcome)[1] for job in jobs]  # type: ignore[index]
        assert [change.time_ms for change in changes if isinstance(change, ChangelogRecord)] == [50, 70, 70]
        assert [pool.time_before(offset) for offset in range(4)] == [50, 50, 70, 70]
        pool.committed(2)
        assert pool.time_before(2) == 70


async def test_a_time_that_records_without_changes_have_moved_is_kept() -> None:
    """A key that has expired before a restart stays forgotten, though the next record's timestamp is earlier."""
    async with processes(replace(COUNTER, handler="tests.handlers:forgetful")) as its:
        keeper = await its.keeper()
        keeper.apply([(1, [(b"k", b"7")])])
        for time_ms, count in ((51, 8), (52, 1)):
            pool = its.partition(keeper, changelog, time_ms)
            assert await settled(pool.submit(record(0, b"k", timestamp=2))) == count
            await pool.close()
        await keeper.close()


async def test_a_keeper_that_ends_breaks_what_waits_for_it() -> None:
    async with partition() as (_, pool):
        assert await settled(pool.submit(record(0, b"k"))) == 1
        waiting = pool.submit(record(1, b"k", b"hang"))
        while not waiting.taken:
            await asyncio.sleep(0.01)
        psutil.Process(child().ppid()).send_signal(signal.SIGKILL)
        for job in (waiting, pool.submit(record(2, b"k"))):
            with pytest.raises(StateError, match="has ended"):
                await settled(job)
        with pytest.raises(StateError):
            pool.check()


async def test_a_state_that_needs_too_much_memory_says_which_setting_limits_it() -> None:
    async with processes() as its:
        keeper = await its.keeper()
        try:
            with pytest.raises(StateError, match="WIREDESK_STATE_MEMORY"):
                await fill(keeper, 200)
        finally:
            await keeper.close()


async def fill(keeper: Keeper, mebibytes: int) -> None:
    for number in range(mebibytes):
        keeper.apply([(0, [(b"%d" % number, bytes(MIB))])])
    await keeper.settle()


async def test_a_change_that_the_state_cannot_apply_costs_its_record() -> None:
    """It must not reach the changelog: no restore would come past it."""
    stage = replace(COUNTER, handler="tests.handlers:picky")
    async with processes(stage) as its:
        keeper = await its.keeper()
        pool = its.partition(keeper, changelog, 0)
        jobs = [pool.submit(record(offset, key)) for offset, key in enumerate((b"a", b"bad", b"a"))]
        assert [await settled(job) for job in jobs] == [1, "error", 2]
        await pool.close()
        await keeper.close()


async def test_a_store_and_a_handler_with_a_state_belong_together() -> None:
    with pytest.raises(UsageError, match="has no new_state"):
        async with processes(replace(STAGE, store=Store("counts"))):
            pass
    pool = ProcessPool.of(replace(COUNTER, store=None), SETTINGS)
    with pytest.raises(UsageError, match="names no store"):
        await pool.start()
    await pool.close()
