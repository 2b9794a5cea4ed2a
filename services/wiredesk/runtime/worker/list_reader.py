"""Reading a list of suppressed keys: to its end before the first record is processed, and again every second."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence

import structlog
from aiokafka import TopicPartition

from wiredesk.runtime import metrics, suppression
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import AbortedError, UnavailableError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.suppression import SuppressionList
from wiredesk.runtime.topology import Stage, Suppression
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)

CLIENT_ID = "wiredesk-suppression"
"""The client id in the broker's logs, metrics and quotas."""

POLL_SECONDS = 1.0
"""Pause between two looks for new keys: each costs a request to one broker."""

FRESH_SECONDS = 2.0
"""The end of the list was read at most this long before outputs are compared with it. Who adds a key can rely on it."""

STALE_SECONDS = 30.0
"""Longest wait for that; then nothing is written, and the lane opens again."""


class ListReader:
    """The list of suppressed keys of a stage, as a worker has it; empty for a stage that has no list."""

    def __init__(self, stage: Stage, kafka: KafkaSettings) -> None:
        self._stage = stage
        self._kafka = kafka
        self._suppression = stage.suppression
        self._suppressor = None if stage.suppression is None else suppression.load(stage.suppression)
        self._keys = SuppressionList()
        self._topic_id = ""
        self._position = 0
        self._read_at = time.monotonic()
        self._failure = ""
        self._asked, self._done = asyncio.Event(), asyncio.Event()

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Read the list to its end, and follow it for the duration of a block.

        Raises:
            UnavailableError: on entering: the topic does not exist, or the cluster does not answer.
        """
        if self._suppression is None:
            yield
            return
        async with Cluster(self._kafka, CLIENT_ID) as cluster:
            await self._read(cluster, self._suppression)
        log.info("list of suppressed keys read", topic=self._suppression.topic.name, keys=len(self._keys))
        following = asyncio.create_task(self._follow(self._suppression))
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing may be written now: the end of the list has not been read for too long."""
        if self._suppression is None or self.age <= STALE_SECONDS:
            return None
        why = f": {self._failure}" if self._failure else ""
        name = self._kafka.on_cluster(self._suppression.topic.name)
        return Trouble(TroubleKind.LIST_NOT_READ, f"the end of {name} was last read {self.age:.0f} s ago{why}")

    async def refresh(self) -> None:
        """Wait until the list is fresh, or is stale for too long."""
        deadline = time.monotonic() + STALE_SECONDS
        while self._suppression is not None and self.age > FRESH_SECONDS and (left := deadline - time.monotonic()) > 0:
            self._done.clear()
            self._asked.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._done.wait()

    def apply(self, record: Record, outputs: Sequence[Output]) -> Sequence[Output]:
        """Return the outputs of a record, those that are suppressed replaced.

        Raises:
            AbortedError: the end of the list has not been read for too long.
        """
        if self._suppressor is None:
            return outputs
        if (trouble := self.trouble) is not None:
            raise AbortedError(str(trouble))
        written, count = suppression.suppressed(self._suppressor, self._keys, self._stage, record, outputs)
        if count:
            metrics.SUPPRESSED.inc(count)
        return written

    @property
    def age(self) -> float:
        """Seconds since the end of the list was asked for, and then read."""
        return time.monotonic() - self._read_at

    async def _follow(self, followed: Suppression) -> None:
        backoff = Backoff()
        while True:
            try:
                async with Cluster(self._kafka, CLIENT_ID) as cluster:
                    while True:
                        await self._read(cluster, followed)
                        self._failure = ""
                        self._done.set()
                        backoff.reset()
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(POLL_SECONDS):
                                await self._asked.wait()
                        self._asked.clear()
            except Exception as error:  # noqa: BLE001 - whatever it is, the list must be read again
                self._failure = str(error) or type(error).__name__
                log.warning("list of suppressed keys cannot be read, will retry", error=self._failure)
                await backoff.wait()

    async def _read(self, cluster: Cluster, followed: Suppression) -> None:
        """Read from the position to the end; from the beginning, if the topic was deleted and created again."""
        asked_at = time.monotonic()
        name = self._kafka.on_cluster(followed.topic.name)
        topic = (await cluster.required_topics([name]))[name]
        partitions = list(topic.topic_partitions)
        if partitions != [TopicPartition(name, 0)]:
            raise UnavailableError(f"{name} has {len(partitions)} partitions: the order of its keys needs exactly one")
        (there,) = (await cluster.offset_ranges(partitions)).values()
        keys = self._keys
        if topic.id != self._topic_id or there.stop < self._position:
            keys, self._position = SuppressionList(), 0
        if there.stop > self._position:
            wanted = {partitions[0]: OffsetRange(max(self._position, there.start), there.stop)}
            async with contextlib.aclosing(cluster.read_range(wanted)) as records:
                async for record in records:
                    keys.apply(record)
        self._keys, self._topic_id, self._position, self._read_at = keys, topic.id, there.stop, asked_at
        metrics.SUPPRESSED_KEYS.set(len(keys))
