"""The assignment: opens and drains lanes as the consumer group assigns and revokes partitions."""

import asyncio
import contextlib
import functools
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from wiredesk.runtime import metrics
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import descriptors
from wiredesk.runtime.worker.lane import Lane, LaneState

log = structlog.get_logger(__name__)

MEASURE_SECONDS = 1.0
"""Pause between two measurements of every lane's lag."""

SILENT_SECONDS = 5.0
"""A broker answers a fetch within a second, with records or without: after this time without an answer, the worker is
not ready."""


class Assignment(ConsumerRebalanceListener):
    """Opens a lane for each assigned partition, and drains all lanes when the group rebalances.

    Rebalances are eager: every partition is revoked, then the new ones are assigned. aiokafka logs what a listener
    raises and continues; so nothing here may fail, and long operations run in the lanes' own tasks: no heartbeat is
    sent until `on_partitions_assigned` has returned.

    Args:
        open_lane: opens the lane of a partition, for an epoch.
        drain_seconds: time for all lanes together to commit the records in flight. Less than the session timeout.
        lanes_that_fit: returns for how many lanes there are file descriptors; called while no lane is open.
        on_assigned: called with the assigned partitions before their lanes open; it takes no time and raises nothing.
    """

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        open_lane: Callable[[TopicPartition, int], Lane],
        drain_seconds: float,
        lanes_that_fit: Callable[[], int] = lambda: sys.maxsize,
        on_assigned: Callable[[Collection[TopicPartition]], Awaitable[None]] | None = None,
    ) -> None:
        self._consumer = consumer
        self._open_lane = open_lane
        self._drain_seconds = drain_seconds
        self._lanes_that_fit = lanes_that_fit
        self._on_assigned = on_assigned
        self._lanes: dict[TopicPartition, Lane] = {}
        self._shortage: Trouble | None = None
        self._epoch = 0
        self.joined = False
        for state in LaneState:
            metrics.LANES.labels(state).set_function(functools.partial(self._count, state))

    @property
    def lanes(self) -> Mapping[TopicPartition, Lane]:
        """The lanes of this worker's partitions."""
        return self._lanes

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Drain all lanes: records that they have not committed are read again by the next owners."""
        if revoked:
            log.info("partitions revoked", partitions=sorted(tp.partition for tp in revoked))
        await self.drain()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Pause the partitions at once, and open their lanes, which resume them at the right offset."""
        # aiokafka began to look up positions before it called this method, perhaps before the previous owner was
        # fenced. Any position is good here: without one, aiokafka would warn about partitions without a committed
        # offset.
        self._consumer.pause(*assigned)
        for tp in assigned:
            self._consumer.seek(tp, 0)
        await self.drain()  # an assignment can be lost without having been revoked
        if self._on_assigned is not None:
            await self._on_assigned(assigned)
        self._epoch += 1
        fitting = sorted(assigned)[: self._lanes_that_fit()]
        self._lanes = {tp: self._open_lane(tp, self._epoch) for tp in fitting}
        self._note_shortage(len(assigned), len(fitting))
        self.joined = True
        metrics.REBALANCES.inc()
        log.info("partitions assigned", partitions=sorted(tp.partition for tp in assigned), epoch=self._epoch)

    def _note_shortage(self, assigned: int, fitting: int) -> None:
        """Report partitions that are not read: if their lanes were opened, no lane could connect."""
        self._shortage = None
        if fitting < assigned:
            reason = (
                f"{assigned - fitting} of {assigned} partitions are not read: there are file descriptors for {fitting} "
                f"only (limit {descriptors.limit()}); raise 'ulimit -n', or start more workers"
            )
            self._shortage = Trouble(TroubleKind.NO_DESCRIPTORS, reason)
            log.error("too few file descriptors", reason=reason)

    async def drain(self) -> None:
        """Drain and close all lanes, under one deadline."""
        deadline = asyncio.get_running_loop().time() + self._drain_seconds
        lanes, self._lanes = self._lanes, {}
        await asyncio.gather(*(lane.drain(deadline) for lane in lanes.values()))
        for tp in lanes:
            metrics.forget_partition(tp.partition)

    def regulate(self) -> None:
        """Pause full partitions, resume the others."""
        for lane in self._lanes.values():
            lane.regulate()

    @property
    def stalled_seconds(self) -> float:
        """The longest time, in seconds, for which a lane has had something to do and has not committed."""
        return max((lane.stalled_seconds for lane in self._lanes.values()), default=0.0)

    async def measure(self) -> None:
        """Update the lag of every lane, and what blocks it, until cancelled."""
        while True:
            await asyncio.sleep(MEASURE_SECONDS)
            for lane in list(self._lanes.values()):
                with contextlib.suppress(KafkaError, OSError):  # revoked meanwhile, or unreachable
                    await lane.measure()

    def trouble(self) -> Trouble | None:
        """Return why the worker is not ready, or None when it is."""
        if not self.joined:
            return Trouble(TroubleKind.NOT_JOINED, "not a member of the consumer group yet")
        for tp, lane in self._lanes.items():
            if (silent := lane.silent_seconds) > SILENT_SECONDS:
                message = f"partition {tp.partition}: no answer from its broker for {silent:.0f} s"
                return Trouble(TroubleKind.BROKER_SILENT, message)
            if lane.restored is not None:
                message = f"partition {tp.partition} is restoring its state: {lane.restored:.0%} of the changelog"
                return Trouble(TroubleKind.RESTORING, message)
            if lane.state is not LaneState.RUNNING:
                cause = lane.trouble or Trouble(TroubleKind.LANE_NOT_RUNNING, "wait")
                return Trouble(cause.kind, f"partition {tp.partition} is {lane.state}: {cause}")
            if lane.blocked is not None:
                return Trouble(TroubleKind.OPEN_TRANSACTION, f"partition {tp.partition} {lane.blocked}")
        return self._shortage

    def _count(self, state: LaneState) -> int:
        return sum(lane.state is state for lane in self._lanes.values())
