"""A throttle lets so many records a second pass."""

import pytest

from wiredesk.runtime.records import Record
from wiredesk.runtime.replay_scope import accept_all
from wiredesk.runtime.worker.throttle import Throttle


def test_a_run_without_filters_wants_every_record() -> None:
    assert accept_all(Record("in", 0, 0, 0, None, None))


async def test_a_throttle_lets_through_what_was_asked_for_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now, taken = 0.0, 0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("asyncio.sleep", sleep)
    throttle = Throttle(40, clock=lambda: now)
    while now < 100:
        if await throttle.turn(0.2):
            batch = throttle.batch(64)
            throttle.charge(batch)
            taken += batch
            now += 0.001
    assert 0.95 * 4000 < taken <= 4000 + 40


@pytest.mark.parametrize(("rate", "most"), [(0.5, 1), (4, 1), (8, 2), (40, 10), (256, 64), (10_000, 64), (None, 64)])
def test_a_throttle_asks_for_a_quarter_of_a_second_at_once(rate: float | None, most: int) -> None:
    assert Throttle(rate).batch(64) == most


async def test_without_a_rate_nothing_is_held_back() -> None:
    throttle = Throttle(None)
    throttle.charge(1_000_000)
    assert await throttle.turn(0)


async def test_a_throttle_waits_no_longer_than_it_may_and_says_whether_it_is_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    throttle = Throttle(10, clock=lambda: 0.0)
    throttle.charge(5)
    assert [await throttle.turn(0.2), await throttle.turn(0.5), await throttle.turn(9)] == [False, True, True]
    assert slept == [0.2, 0.5, 0.5]


async def test_a_throttle_begins_without_credit() -> None:
    throttle = Throttle(40, clock=lambda: 0.0)
    turns = [await throttle.turn(0)]
    throttle.charge(1)
    turns.append(await throttle.turn(0))
    assert turns == [True, False]


async def test_a_throttle_that_had_nothing_to_do_owes_no_more_than_a_second() -> None:
    now = 0.0
    throttle = Throttle(40, clock=lambda: now)
    assert await throttle.turn(0)
    now = 3600.0
    taken = 0
    while await throttle.turn(0):
        throttle.charge(1)
        taken += 1
    assert 40 <= taken <= 41
