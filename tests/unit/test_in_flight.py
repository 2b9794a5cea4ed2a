"""When a batch closes, and how much may be in flight."""

import asyncio

import pytest

from tests.waiting import deadline
from wiredesk.runtime.isolation.pool import Job
from wiredesk.runtime.records import Failure, Record
from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.worker.in_flight import BULK_RECORDS, Budget, InFlight

SETTINGS = WorkerSettings(
    lane_records=20, lane_bytes=10_000, transaction_records=4, transaction_bytes=1000, transaction_age=5
)


class Pool:
    """Gives outcomes when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, record: Record) -> Job:
        self.jobs.append(Job(record, asyncio.get_running_loop().create_future()))
        return self.jobs[-1]

    def finish(self, *numbers: int) -> None:
        for number in numbers:
            self.jobs[number].settle(())


class Fixture:
    def __init__(self, **changes: float) -> None:
        self.pool = Pool()
        self.rooms = 0
        self.budget = Budget(10, 5000, self._room)
        self.in_flight = InFlight(self.pool, self.budget, SETTINGS.model_copy(update=changes))

    def _room(self) -> None:
        self.rooms += 1

    def add(self, count: int, size: int = 10) -> None:
        for _ in range(count):
            self.in_flight.add([Record("in", 0, len(self.pool.jobs), 0, None, b"x" * size)])

    async def batch(self) -> list[int]:
        assert await self.in_flight.first(lambda: True)
        return [record.offset for record, _ in await self.in_flight.batch()]


async def test_a_single_page_goes_at_once() -> None:
    it = Fixture(transaction_age=60, transaction_linger=60)
    it.add(1)
    it.pool.finish(0)
    assert await it.batch() == [0]


async def test_records_are_queued_until_a_process_has_begun_the_first() -> None:
    it = Fixture()
    queued = [it.in_flight.is_queued]
    it.add(2)
    queued.append(it.in_flight.is_queued)
    it.pool.jobs[0].taken = True
    queued.append(it.in_flight.is_queued)
    it.pool.jobs[0].taken = False
    it.pool.finish(0)  # settled without a process
    queued.append(it.in_flight.is_queued)
    assert queued == [False, True, False, False]


async def test_it_closes_by_count() -> None:
    it = Fixture()
    it.add(6)
    it.pool.finish(*range(6))
    assert await it.batch() == [0, 1, 2, 3]


async def test_it_closes_by_bytes_exactly() -> None:
    it = Fixture(transaction_linger=3600, transaction_age=3600)
    for size in (999, 1, 1):
        it.add(1, size=size)
    it.pool.finish(*range(3))
    forming = asyncio.create_task(it.batch())
    await cycles()
    assert forming.done()
    assert forming.result() == [0, 1]


async def test_it_stays_open_for_as_long_as_it_may_linger() -> None:
    it = Fixture(transaction_linger=1)
    it.add(2)
    it.pool.finish(0)
    forming = asyncio.create_task(it.batch())
    await cycles()
    assert not forming.done()
    it.pool.finish(1)
    assert await forming == [0, 1]


async def test_it_closes_by_bytes() -> None:
    it = Fixture()
    it.add(4, size=600)
    it.pool.finish(*range(4))
    assert await it.batch() == [0, 1]


@pytest.mark.parametrize(("following", "waits"), [(3, False), (7, False), (8, True), (12, True)])
async def test_a_page_waits_for_a_fuller_transaction_only_with_many_after_it(*, following: int, waits: bool) -> None:
    it = Fixture(transaction_linger=0, transaction_age=3600, transaction_records=16)
    it.add(1 + following)
    it.pool.finish(0)
    forming = asyncio.create_task(it.batch())
    await cycles()
    assert forming.done() is not waits
    it.in_flight.release_all()
    await asyncio.wait({forming})


async def test_it_closes_by_age_soon_when_little_is_in_work() -> None:
    it = Fixture(transaction_linger=0.01, transaction_age=3600)
    it.add(2)
    it.pool.finish(0)
    async with asyncio.timeout(deadline()):  # the other one is never done
        assert await it.batch() == [0]


async def test_it_waits_for_more_when_much_is_in_work() -> None:
    it = Fixture(transaction_linger=0)
    it.add(BULK_RECORDS + 1)
    it.pool.finish(0)
    forming = asyncio.create_task(it.batch())
    await asyncio.sleep(0)
    assert not forming.done()
    it.pool.finish(1, 2, 3)
    assert await forming == [0, 1, 2, 3]


async def test_order_is_kept_though_later_ones_are_done_first() -> None:
    it = Fixture(transaction_linger=0)
    it.add(3)
    it.pool.finish(2, 1)
    forming = asyncio.create_task(it.batch())
    await asyncio.sleep(0)
    assert not forming.done()
    it.pool.finish(0)
    assert await forming == [0, 1, 2]


async def test_bounds_of_the_worker_hold_for_all_lanes() -> None:
    it = Fixture()
    other = InFlight(it.pool, it.budget, SETTINGS)
    it.add(6)
    rooms = [(it.in_flight.has_room, other.has_room)]
    for offset in range(4):
        other.add([Record("in", 1, offset, 0, None, b"")])
    rooms.append((it.in_flight.has_room, other.has_room))
    it.pool.finish(0)
    it.in_flight.release_committed(1)
    rooms.append((it.in_flight.has_room, other.has_room))
    assert rooms == [(True, True), (False, False), (True, True)]
    assert it.rooms == 1
    it.in_flight.release_all()
    other.release_all()
    assert len(it.in_flight) == len(other) == 0


async def test_bytes_are_bounded_too() -> None:
    it = Fixture()
    it.add(1, size=4999)
    rooms = [it.in_flight.has_room]
    it.in_flight.release_all()
    assert (rooms, it.rooms) == ([True], 0), "nobody was kept waiting"
    it.add(1, size=5000)
    rooms = [it.in_flight.has_room]
    it.in_flight.release_all()
    assert [*rooms, it.in_flight.has_room] == [False, True]


async def test_a_lane_is_full_by_count_of_what_is_in_work_and_what_waits() -> None:
    it = Fixture(lane_records=3)
    it.in_flight.one_by_one = True  # one is in work, the others wait
    rooms = []
    for _ in range(3):
        rooms.append(it.in_flight.has_room)
        it.add(1)
    assert [*rooms, it.in_flight.has_room, len(it.in_flight)] == [True, True, True, False, 3]
    it.in_flight.release_committed(1)
    assert (it.in_flight.has_room, len(it.in_flight)) == (True, 2)


async def test_a_lane_is_full_by_bytes() -> None:
    it = Fixture(lane_bytes=100)
    rooms = []
    for size in (40, 59, 1):
        rooms.append(it.in_flight.has_room)
        it.add(1, size=size)
    rooms.append(it.in_flight.has_room)
    assert rooms == [True, True, True, False], "100 bytes are all that it may have"
    it.in_flight.release_committed(1)
    rooms = [it.in_flight.has_room]
    it.add(1, size=40)
    rooms.append(it.in_flight.has_room)
    it.in_flight.release_unstarted()
    assert [*rooms, it.in_flight.has_room] == [True, False, True], "nobody has begun them"


async def test_a_waiter_for_a_first_record_is_woken_by_it_and_by_a_drain() -> None:
    it = Fixture()
    wanted = True
    waiting = asyncio.create_task(it.in_flight.first(lambda: wanted))
    await cycles()
    it.add(1)
    await cycles()
    states = [waiting.done()]
    it.pool.finish(0)
    await cycles()
    states.append(waiting.done())
    assert states == [False, True]
    assert waiting.result()
    it.in_flight.release_committed(1)
    waiting = asyncio.create_task(it.in_flight.first(lambda: wanted))
    await cycles()
    wanted = False
    it.in_flight.release_unstarted()
    await cycles()
    assert not waiting.result()


async def cycles() -> None:
    """Let everybody else do what can be done at once."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_drain_keeps_what_is_in_work_and_gives_up_the_rest() -> None:
    it = Fixture()
    it.add(5)
    it.pool.jobs[0].taken = it.pool.jobs[1].taken = True
    it.in_flight.release_unstarted()
    assert len(it.in_flight) == 2
    assert [job.outcome.cancelled() for job in it.pool.jobs] == [False, False, True, True, True]
    it.pool.finish(0, 1)
    assert await it.batch() == [0, 1]
    it.in_flight.release_committed(2)
    assert not await it.in_flight.first(lambda: False)


async def test_what_was_not_even_submitted_is_given_up_and_makes_room() -> None:
    it = Fixture(lane_bytes=100)
    it.in_flight.one_by_one = True

    def add(*offsets: int) -> bool:
        it.in_flight.add([Record("in", 0, offset, 0, None, b"x" * 40) for offset in offsets])
        return it.in_flight.has_room

    rooms = [add(0, 1, 2)]
    it.pool.jobs[0].taken = True
    it.in_flight.release_unstarted()
    assert (len(it.in_flight), len(it.pool.jobs)) == (1, 1)
    rooms += [it.in_flight.has_room, add(1, 2)]
    it.in_flight.release_all()
    assert len(it.in_flight) == 0
    assert [*rooms, it.in_flight.has_room] == [False, True, False, True]


async def test_a_drain_keeps_what_is_done() -> None:
    it = Fixture()
    it.add(3)
    it.pool.finish(0, 1)
    it.in_flight.release_unstarted()
    assert await it.batch() == [0, 1]


async def test_one_by_one_submits_and_commits_single_records() -> None:
    it = Fixture()
    it.in_flight.one_by_one = True
    it.add(1)
    for offset in (1, 2):
        it.in_flight.add([Record("in", 0, offset, 0, None, b"")])
    assert len(it.pool.jobs) == 1
    it.pool.finish(0)
    assert await it.batch() == [0]
    it.in_flight.release_committed(1)
    assert len(it.pool.jobs) == 2
    it.in_flight.one_by_one = False
    it.in_flight.submit()
    assert len(it.pool.jobs) == 3


async def test_one_by_one_commits_single_records_of_what_was_submitted_before() -> None:
    it = Fixture()
    it.add(3)
    it.pool.finish(0, 1, 2)
    it.in_flight.one_by_one = True
    assert await it.batch() == [0]


async def test_a_refused_record_has_its_outcome_already() -> None:
    it = Fixture()
    failure = Failure("output_too_large", "for a test")
    it.in_flight.add([Record("in", 0, 0, 0, None, b"")], {0: failure})
    assert await it.in_flight.first(lambda: True)
    assert [outcome for _, outcome in await it.in_flight.batch()] == [failure]
    assert not it.pool.jobs
