"""Whether a lane makes progress, by the state of its consumer."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from wiredesk.runtime.worker import monitor
from wiredesk.runtime.worker.monitor import BLOCKED_SECONDS, LaneMonitor

SOURCE = TopicPartition("in", 77)


class Consumer:
    """The part of a consumer that a monitor uses."""

    def __init__(self) -> None:
        self.end: int | None = 100
        self.stable: int | None = 100
        self.at = 100
        self.is_paused = False
        self.answered = 0  # milliseconds
        self._fetcher = SimpleNamespace(_records=dict[TopicPartition, object]())

    def highwater(self, _: TopicPartition) -> int | None:
        return self.end

    def last_stable_offset(self, _: TopicPartition) -> int | None:
        return self.stable

    async def position(self, _: TopicPartition) -> int:
        return self.at

    def paused(self) -> set[TopicPartition]:
        return {SOURCE} if self.is_paused else set()

    def last_poll_timestamp(self, _: TopicPartition) -> int:
        return self.answered


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    monkeypatch.setattr("time.time", clock)
    return clock


@pytest.fixture
def consumer() -> Consumer:
    return Consumer()


def measured(consumer: Any, stop: int = 1 << 60) -> LaneMonitor:
    return LaneMonitor(consumer, SOURCE, stop)


def lag() -> float | None:
    return REGISTRY.get_sample_value("wiredesk_lag_records", {"partition": "77"})


async def test_lag_is_what_is_not_committed_whatever_has_been_read(clock: Clock, consumer: Consumer) -> None:
    del clock
    it = measured(consumer)
    lags = []
    for committed in (60, 100, 120):  # the end offset of a recreated topic may be lower
        await it.measure(committed, 0)
        lags.append(lag())
    assert lags == [40, 0, 0]
    assert REGISTRY.get_sample_value("wiredesk_committed_offset", {"partition": "77"}) == 120
    await measured(consumer, stop=80).measure(60, 0)
    assert lag() == 20, "a replay's lane ends with its run"


async def test_before_the_first_fetch_nothing_is_known(clock: Clock, consumer: Consumer) -> None:
    consumer.end = None
    it = measured(consumer)
    clock.now += 50
    await it.measure(0, 0)
    assert it.stalled_seconds == 50


@pytest.mark.parametrize(
    ("position", "in_flight", "stable", "stalls"),
    [
        (100, 0, 100, False),  # all is done
        (100, 3, 100, True),  # all is read, and not all is done
        (90, 0, 100, True),  # something can be read
        (90, 0, 90, False),  # what comes next is somebody's open transaction
        (90, 2, 90, True),  # the same, and something is in work
        (100, 0, None, False),  # a broker that does not report it
        (90, 0, -1, True),
        (0, 0, 0, False),  # the first record is of an open transaction
    ],
)
async def test_a_lane_stalls_only_with_something_to_do(
    clock: Clock, consumer: Consumer, position: int, in_flight: int, stable: int | None, *, stalls: bool
) -> None:
    consumer.at, consumer.stable = position, stable
    it = measured(consumer)
    clock.now += 50
    await it.measure(0, in_flight)
    assert it.stalled_seconds == (50 if stalls else 0)


async def test_a_lane_does_not_stall_while_its_records_wait_for_a_process(clock: Clock, consumer: Consumer) -> None:
    """The records of other lanes are ahead of them: with slow handlers that may take minutes."""
    consumer.at, consumer.stable = 100, 100
    it = measured(consumer)
    clock.now += 500
    await it.measure(0, 3, is_queued=True)
    assert it.stalled_seconds == 0


async def test_an_open_transaction_is_trouble_after_a_while_and_is_named(
    clock: Clock, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now: list[str] = ["producer 7 has a transaction open"]

    async def asked(*_: object) -> list[str]:
        return open_now

    monkeypatch.setattr(monitor, "open_transactions", asked)
    consumer.at = consumer.stable = 90
    it = measured(consumer)
    blocked = []

    async def measure(seconds: float) -> None:
        clock.now += seconds
        await it.measure(90, 0)
        blocked.append(it.blocked)

    for seconds in (0.0, BLOCKED_SECONDS - 1, 1.0):
        await measure(seconds)
    open_now.clear()
    await measure(0)
    consumer.stable = 100
    await measure(0)
    consumer.stable = 90
    await measure(0)
    assert blocked == [
        None,
        None,
        "waits: producer 7 has a transaction open",
        "waits for an open transaction",
        None,
        None,  # another transaction, a new while
    ]


@pytest.mark.parametrize(("position", "stable"), [(100, 100), (80, 90)], ids=["idle", "at work before it"])
async def test_a_lane_that_can_read_or_has_read_all_is_not_blocked(
    clock: Clock, consumer: Consumer, monkeypatch: pytest.MonkeyPatch, position: int, stable: int
) -> None:
    async def asked(*_: object) -> list[str]:
        raise AssertionError

    monkeypatch.setattr(monitor, "open_transactions", asked)
    consumer.at, consumer.stable = position, stable
    it = measured(consumer)
    for _ in range(3):
        clock.now += BLOCKED_SECONDS
        await it.measure(0, 0)
    assert it.blocked is None


def test_silence_counts_from_the_last_answer_while_one_is_awaited(clock: Clock, consumer: Consumer) -> None:
    it = measured(consumer)
    assert it.silent_seconds == 0, "nothing was asked yet"
    consumer.answered = int((clock.now - 7) * 1000)
    assert it.silent_seconds == 7
    consumer.answered = int((clock.now - 0.5) * 1000)
    assert it.silent_seconds == 0.5
    consumer.is_paused = True
    assert it.silent_seconds == 0
    consumer.is_paused = False
    consumer._fetcher._records[SOURCE] = object()
    assert it.silent_seconds == 0, "a slow replay takes what was fetched bit by bit: no more is asked for"
    consumer._fetcher._records.clear()
    it.note_resumed()
    assert it.silent_seconds == 0, "it is asked for only now"
    clock.now += 6
    assert it.silent_seconds == 6
