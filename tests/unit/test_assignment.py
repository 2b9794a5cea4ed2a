"""Lanes start and stop with the partitions that the group assigns and revokes."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import REGISTRY

from wiredesk.runtime import metrics
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker.assignment import Assignment
from wiredesk.runtime.worker.lane import LaneState

ZERO, ONE, TWO = (TopicPartition("in", number) for number in range(3))


class Consumer:
    def __init__(self) -> None:
        self.paused: list[TopicPartition] = []
        self.places: dict[TopicPartition, int] = {}

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused += partitions

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.places[partition] = offset


class Lane:
    """The part of a lane that an assignment uses."""

    def __init__(self, source: TopicPartition, epoch: int) -> None:
        self.source, self.epoch = source, epoch
        self.state = LaneState.RUNNING
        self.trouble: Trouble | None = None
        self.silent_seconds = self.stalled_seconds = 0.0
        self.blocked: str | None = None
        self.restored: float | None = None
        self.deadlines: list[float] = []
        self.regulated = self.measured = 0
        self.refuses = False

    def regulate(self) -> None:
        self.regulated += 1

    async def measure(self) -> None:
        self.measured += 1
        if self.refuses:
            raise KafkaConnectionError

    async def drain(self, deadline: float) -> None:
        self.deadlines.append(deadline)


class Fixture:
    def __init__(self, fitting: int = 99) -> None:
        self.fitting = fitting
        self.consumer = Consumer()
        self.opened: list[Lane] = []
        consumer: Any = self.consumer
        self.assignment = Assignment(consumer, self._open, 20, lambda: self.fitting)

    def _open(self, source: TopicPartition, epoch: int) -> Any:
        assert source in self.consumer.paused, "nothing may be fetched before its lane says from where"
        self.opened.append(Lane(source, epoch))
        return self.opened[-1]

    @property
    def drained(self) -> list[tuple[int, int]]:
        return [(lane.source.partition, lane.epoch) for lane in self.opened if lane.deadlines]


async def test_each_partition_has_a_lane_of_its_own_and_begins_paused() -> None:
    it = Fixture()
    assert it.assignment.trouble() == Trouble(TroubleKind.NOT_JOINED, "not a member of the consumer group yet")
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    assert set(it.assignment.lanes) == {ZERO, ONE}
    assert it.consumer.places == {ZERO: 0, ONE: 0}, "aiokafka need not look for any"
    assert it.drained == []
    assert it.assignment.trouble() is None


async def test_what_is_revoked_is_drained_under_one_deadline() -> None:
    it = Fixture()
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    began = asyncio.get_running_loop().time()
    await it.assignment.on_partitions_revoked([ZERO, ONE])
    assert it.drained == [(0, 1), (1, 1)]
    assert len({deadline for lane in it.opened for deadline in lane.deadlines}) == 1
    assert it.opened[0].deadlines[0] >= began + 20
    assert not it.assignment.lanes


async def test_lanes_of_an_assignment_that_was_lost_without_being_revoked_are_drained_by_the_next() -> None:
    """A member that was removed from its group gets no revocation: its old lanes must not work beside the new ones."""
    it = Fixture()
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    await it.assignment.on_partitions_assigned([ONE, TWO])
    assert it.drained == [(0, 1), (1, 1)]
    assert [(lane.source, lane.epoch) for lane in it.opened[2:]] == [(ONE, 2), (TWO, 2)]
    assert [*it.assignment.lanes] == [ONE, TWO]


async def test_a_partition_that_does_not_work_is_named() -> None:
    it = Fixture()
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    it.opened[1].state = LaneState.FENCED
    assert it.assignment.trouble() == Trouble(TroubleKind.LANE_NOT_RUNNING, "partition 1 is fenced: wait")
    it.opened[1].trouble = Trouble(TroubleKind.FORBIDDEN, "it is not allowed to write")
    it.opened[1].stalled_seconds = 7
    assert it.assignment.trouble() == Trouble(
        TroubleKind.FORBIDDEN, "partition 1 is fenced: it is not allowed to write"
    )
    assert it.assignment.stalled_seconds == 7
    it.opened[1].restored = 0.25
    assert it.assignment.trouble() == Trouble(
        TroubleKind.RESTORING, "partition 1 is restoring its state: 25% of the changelog"
    )
    it.opened[0].blocked = "waits for a transaction"
    assert it.assignment.trouble() == Trouble(TroubleKind.OPEN_TRANSACTION, "partition 0 waits for a transaction")
    it.opened[0].silent_seconds = 60
    assert it.assignment.trouble() == Trouble(
        TroubleKind.BROKER_SILENT, "partition 0: no answer from its broker for 60 s"
    )


async def test_partitions_for_which_there_are_no_descriptors_stand_still_and_are_counted() -> None:
    it = Fixture(fitting=1)
    await it.assignment.on_partitions_assigned([ONE, ZERO])
    assert set(it.assignment.lanes) == {ZERO}
    assert set(it.consumer.paused) == {ZERO, ONE}
    trouble = it.assignment.trouble()
    assert trouble is not None
    assert trouble.kind is TroubleKind.NO_DESCRIPTORS
    assert trouble.message.startswith("1 of 2 partitions are not read")
    it.fitting = 2
    await it.assignment.on_partitions_assigned([ONE, ZERO])
    assert it.assignment.trouble() is None


async def test_metrics_count_lanes_by_state_and_assignments() -> None:
    before = REGISTRY.get_sample_value("wiredesk_rebalances_total") or 0
    it = Fixture()
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    it.opened[1].state = LaneState.FAILED
    lanes = [REGISTRY.get_sample_value("wiredesk_lanes", {"state": state}) for state in ("running", "failed", "fenced")]
    assert lanes == [1, 1, 0]
    assert REGISTRY.get_sample_value("wiredesk_rebalances_total") == before + 1


async def test_a_partition_that_is_gone_has_no_gauges_here_any_more() -> None:
    it = Fixture()
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    for partition in (0, 1, 2):
        metrics.LAG.labels(partition).set(5)
    await it.assignment.on_partitions_revoked([ZERO, ONE])
    lags = [REGISTRY.get_sample_value("wiredesk_lag_records", {"partition": str(number)}) for number in (0, 1, 2)]
    assert lags == [None, None, 5]
    metrics.forget_partition(2)


async def test_every_lane_is_regulated_and_measured_again_and_again_whatever_one_of_them_meets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    it = Fixture()
    assert it.assignment.stalled_seconds == 0
    await it.assignment.on_partitions_assigned([ZERO, ONE])
    it.opened[0].refuses = True
    it.assignment.regulate()
    assert [lane.regulated for lane in it.opened] == [1, 1]

    pauses = 0

    async def sleep(_: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses > 3:
            raise asyncio.CancelledError

    monkeypatch.setattr("asyncio.sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await it.assignment.measure()
    assert [lane.measured for lane in it.opened] == [3, 3]
