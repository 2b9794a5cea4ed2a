"""What the client library makes of a broker's answer, replaced: our reading of batches instead of its own.

The library has no place to put another reader into. Its fetcher looks up two classes by name when an answer comes;
`install` sets those names, and a test tells when they are gone. What a consumer returns then are our own records.
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
"""Of memory for the records of one partition in an answer. The answer itself is bounded, but packed: where it holds
more it is read up to there, and the rest is fetched again."""

RECORD_BYTES = 512
"""That a record takes in memory beside what stands in it."""


_failures: ContextVar[list[Exception] | None] = ContextVar("failures", default=None)
"""What has kept answers from being read to their ends, in the poll that is running."""


class PartitionRecords(fetcher.PartitionRecords):
    """The records of one partition in an answer.

    Its base class knows which transactions were aborted, and how far the partition has been read.
    """

    def _unpack_records(self) -> Iterator[Record]:
        """Yield the records of the answer.

        Whatever is raised here would cost the records that were taken before it, from this answer or from that of
        another partition: the library has counted them as read. So reading ends in front of it, and it is noted.
        """
        try:
            yield from self._read()
        except Exception as error:
            noted = _failures.get()
            if noted is None:
                raise
            noted.append(error)
            log.exception("answer of a broker cannot be read on", offset=self.next_fetch_offset)

    def _read(self) -> Iterator[Record]:
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
            # The last offset of a batch is kept when its last record is compacted away.
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)

    def _is_read(self, batch: Batch) -> bool:
        """Whether a batch holds records for us: it is no marker, and its transaction was not aborted."""
        if self._isolation_level == fetcher.READ_COMMITTED and batch.producer_id >= 0:
            self._consume_aborted_up_to(batch.base_offset)  # type: ignore[no-untyped-call]
            if batch.is_abort:
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return False
        return not batch.is_control


def install() -> None:
    """Have the library's fetcher read answers with these classes, in this process."""
    fetcher.MemoryRecords = Batches  # type: ignore[assignment, attr-defined] # what is called of it is there
    fetcher.PartitionRecords = PartitionRecords  # type: ignore[misc] # a class is a name like others


IDLE_SECONDS = 5.0
"""Without a record, after which a consumer is idle."""

IDLE_WAIT_MS = 1000
"""How long a broker then holds a fetch that it has nothing for. It answers at once when a record comes."""


class FetchPace:
    """Has an idle consumer ask its brokers less often: each answer costs both ends the same, with records or without.

    A fetch that is held keeps a partition waiting that is resumed meanwhile; so a consumer with a paused partition, be
    it full or newly assigned, is not idle.

    Attributes:
        is_idle: whether nothing has come for a while.
    """

    def __init__(self, consumer: AIOKafkaConsumer, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_idle = False
        self._consumer = consumer
        # The library reads it for each fetch, and has no setter.
        self._fetcher = cast("Any", consumer._fetcher)  # noqa: SLF001
        self._busy_wait_ms: int = self._fetcher._fetch_max_wait_ms  # noqa: SLF001
        self._clock = clock
        self._busy_at = clock()

    def polled(self, *, records: bool) -> None:
        """Take note of a poll, which had records or none."""
        if records or self._consumer.paused():
            self._busy_at = self._clock()
        self.is_idle = self._clock() - self._busy_at >= IDLE_SECONDS
        self._fetcher._fetch_max_wait_ms = IDLE_WAIT_MS if self.is_idle else self._busy_wait_ms  # noqa: SLF001


def holds_records(consumer: AIOKafkaConsumer, partition: TopicPartition) -> bool:
    """Return whether there are records of a partition that were fetched and not polled yet: no more are asked for."""
    fetching: Any = consumer._fetcher  # noqa: SLF001 - it has no public name
    return partition in fetching._records  # noqa: SLF001 - the same


async def poll(
    consumer: AIOKafkaConsumer, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
) -> dict[TopicPartition, list[Record]]:
    """Return what a consumer has fetched, by partition. It must not be cancelled: a guard of aiokafka's would leak.

    Args:
        partitions: of which records are returned; none: all that are assigned.
        timeout_ms: milliseconds to wait where there is nothing.
        max_records: in all, at most.

    Raises:
        UnavailableError: the client has given up fetching, or its group: another answer it would never bring.
        Exception: there are no records, as an answer cannot be read. What is in it will be fetched again.
    """
    in_group: Any = getattr(consumer._coordinator, "_coordination_task", None)  # noqa: SLF001 - it has no public name
    if in_group is not None and in_group.done():
        raise UnavailableError(
            "the Kafka client has left its consumer group after something that it did not understand"
        )
    return await poll_fetcher(
        consumer._fetcher,  # noqa: SLF001 - the same
        lambda: consumer.getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records),
    )


async def poll_fetcher(fetching: Any, take: Callable[[], Awaitable[Any]]) -> dict[TopicPartition, list[Record]]:
    """Return what a fetcher of the library has fetched, by partition.

    Args:
        take: takes records from the fetcher.

    Raises:
        UnavailableError: the fetcher has given up.
        Exception: there are no records, as an answer cannot be read. What is in it will be fetched again.
    """
    if fetching.error_future.done():  # the library does not look
        raise UnavailableError("the Kafka client has stopped fetching after an answer that it did not understand")
    failures: list[Exception] = []
    context = _failures.set(failures)
    try:
        fetched: dict[TopicPartition, list[Record]] = await take()
    finally:
        _failures.reset(context)
    if failures and not fetched:
        raise failures[0]
    return fetched
