"""Fetching with aiokafka, with the parser of `batches` in place of its own.

aiokafka has no hook for another parser. Its fetcher looks up two classes by name for each response; `install` sets
these names, and a test fails when they are gone. A consumer then returns records of the class `Record`.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any, cast

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka.batches import Batch, Batches
from wiredesk.runtime.records import Record

log = structlog.get_logger(__name__)


ANSWER_BYTES = 64 << 20
"""Memory for the records of one partition in a response. The size of the response is limited before decompression only:
if it holds more, it is read up to this limit, and the rest is fetched again."""

RECORD_BYTES = 512
"""Memory that a record takes in addition to its content."""

WHOLE_BATCHES = object()
"""In place of a fetcher's `value_deserializer`: the fetcher returns batches, each as the value of a record. A process
that only passes them on need not parse them."""

_failures: ContextVar[list[Exception] | None] = ContextVar("failures", default=None)
"""The errors that stopped the parsing of responses in the current poll."""


class PartitionRecords(fetcher.PartitionRecords):
    """The records of one partition in a response.

    The base class has the aborted transactions, and the offset up to which the partition has been read.
    """

    def _unpack_records(self) -> Iterator[Record]:
        """Yield the records of the response.

        An exception here would lose the records that the poll has already taken, from this response or from that of
        another partition: aiokafka counts them as read. So parsing stops at that point, and the exception is kept for
        `poll`.
        """
        try:
            yield from self._read()
        except Exception as error:
            noted = _failures.get()
            if noted is None:
                raise
            noted.append(error)
            log.exception("response of a broker cannot be read further", offset=self.next_fetch_offset)

    def _read(self) -> Iterator[Record]:
        if self._value_deserializer is WHOLE_BATCHES:
            yield from self._whole_batches()
            return
        topic, partition = self._tp
        room = ANSWER_BYTES
        for batch in self._records:
            if self._is_read(batch):
                for record in batch.records(topic, partition, self.next_fetch_offset):
                    self.next_fetch_offset = record.next_offset
                    yield record
                    room -= RECORD_BYTES + record.memory
                    if room <= 0:
                        return
            # A batch keeps its last offset when its last record is compacted away.
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)

    def _whole_batches(self) -> Iterator[Record]:
        """Yield each batch as one record: its bytes, and the offset from which on its records are to be read."""
        topic, partition = self._tp
        for batch in self._records:
            start = max(self.next_fetch_offset, batch.base_offset)
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)
            if self._is_read(batch):
                yield Record(topic, partition, start, -1, None, bytes(batch.data))

    def _is_read(self, batch: Batch) -> bool:
        """Return whether a batch has records: it is not a transaction marker, and its transaction was not aborted."""
        if self._isolation_level == fetcher.READ_COMMITTED and batch.producer_id >= 0:
            self._consume_aborted_up_to(batch.base_offset)  # type: ignore[no-untyped-call]
            if batch.is_abort:
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return False
        return not batch.is_control


def install() -> None:
    """Make aiokafka's fetcher parse responses with these classes, in this process."""
    fetcher.MemoryRecords = Batches  # type: ignore[assignment, attr-defined] # it has the methods that are called
    fetcher.PartitionRecords = PartitionRecords  # type: ignore[misc] # the name of a class is set


IDLE_SECONDS = 5.0
"""A consumer without records for this time is idle."""

IDLE_WAIT_MS = 1000
"""How long a broker waits for records before it answers the fetch of an idle consumer. It answers at once when a record
comes."""


class FetchPace:
    """Makes an idle consumer fetch less often: a response without records costs as much as one with records.

    A waiting fetch delays partitions that are resumed meanwhile. So a consumer with a paused partition, whether its
    lane is full or opening, is not idle.

    Attributes:
        is_idle: whether no record has come for a while.
    """

    def __init__(self, consumer: AIOKafkaConsumer, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_idle = False
        self._consumer = consumer
        # aiokafka reads the value for each fetch, and has no setter.
        self._fetcher = cast("Any", consumer._fetcher)  # noqa: SLF001
        self._busy_wait_ms: int = self._fetcher._fetch_max_wait_ms  # noqa: SLF001
        self._clock = clock
        self._busy_at = clock()

    def polled(self, *, records: bool) -> None:
        """Take note of a poll, which returned records or none."""
        if records or self._consumer.paused():
            self._busy_at = self._clock()
        self.is_idle = self._clock() - self._busy_at >= IDLE_SECONDS
        self._fetcher._fetch_max_wait_ms = IDLE_WAIT_MS if self.is_idle else self._busy_wait_ms  # noqa: SLF001


def holds_records(consumer: AIOKafkaConsumer, partition: TopicPartition) -> bool:
    """Return whether records of a partition were fetched and not polled yet: meanwhile no fetch is sent."""
    fetching: Any = consumer._fetcher  # noqa: SLF001 - it has no public name
    return partition in fetching._records  # noqa: SLF001 - the same


async def poll(
    consumer: AIOKafkaConsumer, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
) -> dict[TopicPartition, list[Record]]:
    """Return the records that a consumer has fetched, by partition. Must not be cancelled: aiokafka's guard would leak.

    Args:
        partitions: partitions whose records are returned; none given: all assigned ones.
        timeout_ms: milliseconds to wait for records.
        max_records: the most records in total.

    Raises:
        UnavailableError: the client has stopped fetching, or has left its group, and will never return records again.
        Exception: a response cannot be read, and there are no other records. It will be fetched again.
    """
    in_group: Any = getattr(consumer._coordinator, "_coordination_task", None)  # noqa: SLF001 - it has no public name
    if in_group is not None and in_group.done():
        raise UnavailableError("the Kafka client has left its consumer group after an unexpected error")
    return await poll_fetcher(
        consumer._fetcher,  # noqa: SLF001 - the same
        lambda: consumer.getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records),
    )


async def poll_fetcher(fetching: Any, take: Callable[[], Awaitable[Any]]) -> dict[TopicPartition, list[Record]]:
    """Return what a fetcher of the library has fetched, by partition.

    Args:
        take: takes records from the fetcher.

    Raises:
        UnavailableError: the fetcher has stopped.
        Exception: a response cannot be read, and there are no other records. It will be fetched again.
    """
    if fetching.error_future.done():  # the library does not look
        raise UnavailableError("the Kafka client has stopped fetching after a response that it could not parse")
    failures: list[Exception] = []
    context = _failures.set(failures)
    try:
        fetched: dict[TopicPartition, list[Record]] = await take()
    finally:
        _failures.reset(context)
    if failures and not fetched:
        raise failures[0]
    return fetched
