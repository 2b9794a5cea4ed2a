"""Whether a lane makes progress, and what prevents it: measurements for liveness, readiness and lag."""

import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from wiredesk.runtime import metrics
from wiredesk.runtime.kafka.fetching import holds_records
from wiredesk.runtime.kafka.open_transactions import open_transactions

BLOCKED_SECONDS = 10.0
"""A producer's transaction on the partition may stay open for this long before it counts as trouble."""


class LaneMonitor:
    """Observes one lane.

    Args:
        stop_offset: the offset at which the lane stops (exclusive).

    Attributes:
        blocked: which open transaction blocks the lane, in one line; None if none does.
    """

    def __init__(self, consumer: AIOKafkaConsumer, source: TopicPartition, stop_offset: int) -> None:
        self.blocked: str | None = None
        self._consumer = consumer
        self._source = source
        self._stop_offset = stop_offset
        self._progress_at = time.monotonic()
        self._blocked_since: float | None = None
        self._resumed_at = 0.0

    def note_resumed(self) -> None:
        """Take note that the consumer fetches again from now on."""
        self._resumed_at = time.time()

    def note_records(self, *, was_idle: bool) -> None:
        """Take note that the lane received records; before, it was idle or had records in flight."""
        self.note_resumed()
        if was_idle:
            self.note_progress()

    def note_progress(self) -> None:
        """Take note that the lane has committed, or has nothing to do."""
        self._progress_at = time.monotonic()

    @property
    def stalled_seconds(self) -> float:
        """Seconds for which the lane has had something to do and has not committed."""
        return time.monotonic() - self._progress_at

    @property
    def silent_seconds(self) -> float:
        """Seconds for which the broker has not answered a fetch of the partition; 0 while none is sent."""
        if self._source in self._consumer.paused() or holds_records(self._consumer, self._source):
            return 0.0
        answered = self._consumer.last_poll_timestamp(self._source)  # milliseconds
        return max(0.0, time.time() - max(answered / 1000, self._resumed_at)) if answered else 0.0

    async def measure(self, committed: int, in_flight: int, *, is_queued: bool = False) -> None:
        """Set the metrics of lag and position, and find out whether the next records can be read at all.

        Lag is what Kafka's own tools show: from the committed offset to the end of the partition. It includes the
        records in flight, and those after an open transaction, which no consumer can read yet: a lane that waits for
        them does not stall. Nor does a lane whose records wait for a process because records of other lanes were queued
        first.

        Args:
            committed: offset of the group.
            in_flight: number of records.
            is_queued: no process has taken the first record in flight.

        Raises:
            KafkaError: the partition was revoked, or its leader does not answer.
        """
        highwater = self._consumer.highwater(self._source)
        if highwater is None:  # nothing has been fetched yet
            return
        end = min(highwater, self._stop_offset)
        metrics.LAG.labels(self._source.partition).set(max(0, end - committed))
        metrics.COMMITTED.labels(self._source.partition).set(committed)
        stable = self._consumer.last_stable_offset(self._source)
        readable = end if stable is None or stable < 0 else min(stable, end)
        position: int = await self._consumer.position(self._source)
        if is_queued or (position >= readable and not in_flight):
            self.note_progress()
        await self._update_blocked(is_blocked=position >= readable and readable < end)

    async def _update_blocked(self, *, is_blocked: bool) -> None:
        now = time.monotonic()
        if not is_blocked:
            self._blocked_since = None
        elif self._blocked_since is None:
            self._blocked_since = now
        if self._blocked_since is None or now - self._blocked_since < BLOCKED_SECONDS:
            self.blocked = None
            return
        transactions = await open_transactions(self._consumer, self._source)
        self.blocked = f"waits: {transactions[0]}" if transactions else "waits for an open transaction"
