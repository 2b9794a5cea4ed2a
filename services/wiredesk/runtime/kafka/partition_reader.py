"""Reading partitions without a consumer group, over a client that others use at the same time."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import structlog
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher as library
from aiokafka.consumer.subscription_state import SubscriptionState

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.kafka import clients, fetching
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings

log = structlog.get_logger(__name__)

POLL_MS = 200
"""How long a poll waits for records."""

QUIET_SECONDS = 30.0
"""After this time without a record, the reader checks that the offsets it waits for still exist."""


class PartitionReader:
    """Fetches the records of partitions, as an async context manager.

    A consumer of aiokafka opens a client of its own. This reader uses the given client, which other readers may use,
    too. It consists of the same parts as a consumer: a subscription state and a fetcher.

    Args:
        client: a started client of aiokafka that has the metadata of the topics, which must exist.
        positions: the start offset of each partition that is read.
        whole: return batches in place of records; see `fetching.WHOLE_BATCHES`.
    """

    def __init__(
        self, client: Any, settings: KafkaSettings, positions: Mapping[TopicPartition, int], *, whole: bool = False
    ) -> None:
        fetching.install()
        self.partitions = list(positions)
        self._client = client
        self._subscription: Any = SubscriptionState()
        self._subscription.assign_from_user(self.partitions)
        options = clients.fetch_options(settings)
        if whole:
            options["value_deserializer"] = fetching.WHOLE_BATCHES
        self._fetcher: Any = library.Fetcher(client, self._subscription, **options)
        for partition, offset in positions.items():
            self._fetcher.seek_to(partition, offset)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._fetcher.close()

    async def poll(self, max_records: int | None = None) -> dict[TopicPartition, list[Record]]:
        """Return what has been fetched, by partition; wait for up to `POLL_MS` if there is nothing.

        Raises:
            UnavailableError: the fetcher has stopped.
            Exception: a response cannot be read, and there are no other records.
        """
        return await fetching.poll_fetcher(
            self._fetcher,
            lambda: self._fetcher.fetched_records(self.partitions, POLL_MS / 1000, max_records=max_records),
        )

    def position(self, partition: TopicPartition) -> int:
        """Return the next offset to be read; -1 while it is not known, because the last one does not exist any more."""
        state = self._subscription.subscription.assignment.state_value(partition)
        return int(state.position) if state.has_valid_position else -1

    def stop(self, partition: TopicPartition) -> None:
        """Stop reading a partition."""
        self._subscription.pause(partition)
        self.partitions = [other for other in self.partitions if other != partition]

    async def batches(
        self,
        stops: Mapping[TopicPartition, int] | None,
        end_offsets: Callable[[Collection[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]],
    ) -> AsyncGenerator[list[Record]]:
        """Yield the records of each poll, which may be none.

        Args:
            stops: the exclusive end offset of each partition; None: read for ever. The end is recognized by the
                position: transaction markers have offsets, too, and are never delivered.
            end_offsets: returns the current end offsets of partitions.

        Raises:
            UnavailableError: the partitions do not reach the end offsets any more.
        """
        quiet_since = time.monotonic()
        with _logging_unreadable() as note:
            while True:
                for partition in self.partitions:
                    if stops is not None and self.position(partition) >= stops[partition]:
                        self.stop(partition)
                if not self.partitions:
                    return
                fetched = await self.poll()
                if fetched or stops is None:
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > QUIET_SECONDS:
                    await self._check_that_they_exist({tp: stops[tp] for tp in self.partitions}, end_offsets)
                    quiet_since = time.monotonic()
                batch = [
                    record
                    for partition, records in fetched.items()
                    for record in records
                    if stops is None or record.offset < stops[partition]
                ]
                for record in batch:
                    note(record)
                yield batch

    async def _check_that_they_exist(
        self,
        stops: Mapping[TopicPartition, int],
        end_offsets: Callable[[Collection[TopicPartition]], Awaitable[Mapping[TopicPartition, int]]],
    ) -> None:
        """Check that the offsets up to `stops` can still be reached.

        Raises:
            UnavailableError: the topic was deleted, created again or truncated.
        """
        known = {tp: stop for tp, stop in stops.items() if self._client.cluster.partitions_for_topic(tp.topic)}
        ends: Mapping[TopicPartition, int] = known
        with contextlib.suppress(TimeoutError, UnavailableError):  # brokers are away: they come back
            async with asyncio.timeout(QUIET_SECONDS):
                ends = await end_offsets(list(known))
        for partition, stop in stops.items():
            if ends.get(partition, 0) < stop:
                raise UnavailableError(
                    f"{partition.topic}/{partition.partition} does not reach offset {stop} any more: its topic was "
                    "deleted, created again or truncated meanwhile; try again"
                )


@contextlib.contextmanager
def _logging_unreadable() -> Iterator[Callable[[Record], None]]:
    """Yield a function to call with each record; at the end log how many records of each topic could not be read."""
    counts: Counter[str] = Counter()
    firsts: dict[str, Record] = {}

    def note(record: Record) -> None:
        if record.defect is not None:
            counts[record.topic] += 1
            firsts.setdefault(record.topic, record)

    try:
        yield note
    finally:
        for topic, first in firsts.items():
            why = first.defect.message if first.defect is not None else ""
            log.warning("records cannot be read", topic=topic, records=counts[topic], first=first.coordinates, why=why)
