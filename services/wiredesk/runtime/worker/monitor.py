"""Whether a lane makes progress, and what keeps it from it: the numbers behind health and lag."""

import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from wiredesk.runtime import metrics
from wiredesk.runtime.kafka.fetching import holds_records
from wiredesk.runtime.kafka.open_transactions import open_transactions

BLOCKED_SECONDS = 10.0
"""For so long somebody's transaction may stay open on the partition before that is trouble."""


class LaneMonitor:
    """The progress of a lane.

    Args:
        end: the offset at which the lane ends.

    Attributes:
        blocked: which open transaction keeps the lane from reading on, in a line; None where none does.
    """

    def __init__(self, consumer: AIOKafkaConsumer, source: TopicPartition, end: int) -> None:
        self.blocked: str | None = None
        self._consumer = consumer
        self._source = source
        self._end = end
        self._moved_at = time.monotonic()
        self._blocked_since: float | None = None
        self._awaited_at = 0.0

    def awaits_answer(self) -> None:
        """Note that the broker is asked for more only from now on."""
        self._awaited_at = time.time()

    def fed(self, *, was_idle: bool) -> None:
        """Note that records came, to a lane that had something in flight or was idle."""
        self.awaits_answer()
        if was_idle:
            self.moved()

    def moved(self) -> None:
        """Note that the lane has moved, or has nothing to do."""
        self._moved_at = time.monotonic()

    @property
    def stalled_seconds(self) -> float:
        """How long the lane has had something to do and has not committed anything."""
        return time.monotonic() - self._moved_at

    @property
    def silent_seconds(self) -> float:
        """How long the broker has not answered a fetch of the partition; 0 while none is asked for."""
        if self._source in self._consumer.paused() or holds_records(self._consumer, self._source):
            return 0.0
        answered = self._consumer.last_poll_timestamp(self._source)  # milliseconds
        return max(0.0, time.time() - max(answered / 1000, self._awaited_at)) if answered else 0.0

    async def measure(self, committed: int, in_flight: int, *, is_queued: bool = False) -> None:
        """Set the lag, and see whether what comes next can be read at all.

        The lag is that of Kafka's own tools: from the committed offset to the end of the partition. What stands after
        an open transaction counts, but nobody can read it: a lane that waits for it does not stall. Nor does one whose
        records wait for a process: those in front of them, of other lanes, may take long.

        Args:
            is_queued: no process has begun the first record in flight.

        Raises:
            KafkaError: the partition is not this worker's any more, or its leader does not answer.
        """
        highwater = self._consumer.highwater(self._source)
        if highwater is None:  # nothing has been fetched yet
            return
        last = min(highwater, self._end)
        metrics.LAG.labels(self._source.partition).set(max(0, last - committed))
        stable = self._consumer.last_stable_offset(self._source)
        readable = last if stable is None or stable < 0 else min(stable, last)
        position: int = await self._consumer.position(self._source)
        if is_queued or (position >= readable and not in_flight):
            self.moved()
        await self._see_whether_blocked(is_blocked=position >= readable and readable < last)

    async def _see_whether_blocked(self, *, is_blocked: bool) -> None:
        now = time.monotonic()
        if not is_blocked:
            self._blocked_since = None
        elif self._blocked_since is None:
            self._blocked_since = now
        if self._blocked_since is None or now - self._blocked_since < BLOCKED_SECONDS:
            self.blocked = None
            return
        found = await open_transactions(self._consumer, self._source)
        self.blocked = f"waits: {found[0]}" if found else "waits for an open transaction"
