"""The brake, on a clock of its own."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.runtime.settings import WorkerSettings
from wiredesk.runtime.worker.brake import LONGEST_SECONDS, PASSES, Brake
from wiredesk.testing.patience import scaled

SETTINGS = WorkerSettings(brake_share=0.5, brake_window=60, brake_records=10, brake_retry=5)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def brake(clock: Clock, **changes: float) -> Brake:
    return Brake(SETTINGS.model_copy(update=changes), clock)


def note(brake: Brake, outcomes: str) -> None:
    """Note outcomes, written as a line: `.` passed, `x` failed."""
    for outcome in outcomes:
        brake.note(failed=outcome == "x")


@pytest.mark.parametrize(
    ("outcomes", "pulled"),
    [
        ("xxxxxxxxx", False),  # too few for a decision
        ("xxxxxxxxxx", True),
        (".x.x.x.x.x", False),  # half is not above half
        (".x.x.x.x.xx", True),
        ("." * 96 + "xxxx", False),
    ],
)
def test_it_is_pulled_above_a_share(clock: Clock, outcomes: str, pulled: bool) -> None:  # noqa: FBT001 - a table
    tested = brake(clock)
    note(tested, outcomes)
    assert tested.pulled is pulled
    assert bool(tested.reason) is pulled


def test_what_is_older_than_the_window_does_not_count(clock: Clock) -> None:
    tested = brake(clock)
    note(tested, "x" * 9)
    clock.now += 61
    note(tested, "xx.......")
    assert not tested.pulled


def test_a_share_of_one_means_never(clock: Clock) -> None:
    tested = brake(clock, brake_share=1)
    note(tested, "x" * 1000)
    assert not tested.pulled


def test_it_is_released_when_enough_pass_in_a_row(clock: Clock) -> None:
    tested = brake(clock)
    note(tested, "x" * 10)
    states = []
    for outcomes in ("." * (PASSES - 1) + "x" + "." * (PASSES - 1), ".", "x" * 9):  # it counts from zero again
        note(tested, outcomes)
        states.append(tested.pulled)
    assert states == [True, False, False]


async def test_tries_come_one_lane_at_a_time_at_growing_intervals(clock: Clock) -> None:
    tested = brake(clock)
    async with tested.turn():
        pass  # at once
    note(tested, "x" * 10)
    waits = []
    for _ in range(9):
        waits.append(await waits_for_a_turn(tested, clock))
        note(tested, "x")
    assert waits[0] == pytest.approx(5, abs=1.1)
    assert waits[1] == pytest.approx(10, abs=1.6)
    assert waits[-1] == pytest.approx(LONGEST_SECONDS, rel=0.11)


async def test_intervals_grow_on_when_it_is_pulled_again_soon(clock: Clock) -> None:
    tested = brake(clock)
    for expected in (5, 10, 20):
        note(tested, "x" * 10)
        assert await waits_for_a_turn(tested, clock) == pytest.approx(expected, rel=0.2, abs=0.6)
        note(tested, "." * PASSES)
    clock.now += 61
    note(tested, "x" * 10)
    clock.now += 6
    assert await enters(tested), "after a good window it begins with the shortest again"


async def test_a_release_wakes_the_lanes_that_wait(clock: Clock) -> None:
    tested = brake(clock)
    note(tested, "x" * 10)
    waiting = asyncio.create_task(enters(tested, patience=scaled(10)))
    await asyncio.sleep(0)
    note(tested, "." * PASSES)
    assert await waiting


async def test_when_a_try_releases_it_all_lanes_work_side_by_side(clock: Clock) -> None:
    tested = brake(clock)
    note(tested, "x" * 10)
    clock.now += 10
    working = 0
    done = asyncio.Event()

    async def lane() -> None:
        nonlocal working
        async with tested.turn():
            note(tested, "." * PASSES)
            working += 1
            await done.wait()

    lanes = [asyncio.create_task(lane()) for _ in range(4)]
    async with asyncio.timeout(scaled(5)):
        while working < len(lanes):
            await asyncio.sleep(0)
    done.set()
    await asyncio.gather(*lanes)
    note(tested, "x" * 10)
    clock.now += 100
    assert await enters(tested), "and turns are taken again"


async def test_a_lane_that_is_closed_while_it_waits_gives_its_turn_away(clock: Clock) -> None:
    tested = brake(clock)
    note(tested, "x" * 10)
    waiting = asyncio.create_task(enters(tested, patience=scaled(60)))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    clock.now += 10
    assert await enters(tested)


async def waits_for_a_turn(brake: Brake, clock: Clock) -> float:
    """Return the seconds until a lane may try a record."""
    began = clock.now
    while not await enters(brake):
        clock.now += 0.5
    return clock.now - began


async def enters(brake: Brake, patience: float = 0.001) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience), brake.turn():
            return True
    return False


@pytest.mark.parametrize(("seconds", "counts"), [(1, True), (59, True), (60, False), (3600, False)])
def test_the_window_is_as_long_as_it_is_set(clock: Clock, seconds: float, *, counts: bool) -> None:
    tested = brake(clock, brake_window=60)
    note(tested, "xxxxxx")
    clock.now += seconds
    note(tested, "xxxx")
    assert tested.pulled is counts


def test_what_passed_before_the_window_excuses_nothing(clock: Clock) -> None:
    tested = brake(clock)
    for _ in range(50):
        note(tested, "." * 20)
        clock.now += 1
    clock.now += 60
    note(tested, "x" * 10)
    assert tested.pulled
    assert "10 of the last 10 records" in tested.reason


@given(st.lists(st.lists(st.booleans(), max_size=12), max_size=30))
def test_a_batch_counts_as_its_outcomes_one_by_one(batches: list[list[bool]]) -> None:
    settings = WorkerSettings(brake_records=10)
    by_batch, one_by_one = (Brake(settings, clock=lambda: 0.0) for _ in range(2))
    for batch in batches:
        allowed = by_batch.judge(batch, trying=False)
        for failed in batch[:allowed]:
            one_by_one.note(failed=failed)
        assert (by_batch.pulled, by_batch.reason) == (one_by_one.pulled, one_by_one.reason)
        if by_batch.pulled:
            return
