"""Reads articles, decides which are sent to whom, and sends them, until it is stopped."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from time import time

import structlog
from aiokafka import TopicPartition

from wiredesk.operations.notifications import metrics
from wiredesk.operations.notifications.copies import Copies
from wiredesk.operations.notifications.deciding import decide
from wiredesk.operations.notifications.delivering import Sender
from wiredesk.operations.notifications.ledger import (
    NOTIFICATIONS_TOPIC,
    TRANSACTIONAL_ID,
    Ledger,
    Pending,
    load_ledger,
)
from wiredesk.operations.notifications.rules import Rules
from wiredesk.pipeline import ARTICLES_ENRICHED
from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import FencedError, ForbiddenError, TransactionError, UnavailableError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas.event import InvalidEventError

log = structlog.get_logger(__name__)

TRANSACTION_SECONDS = 60.0
"""Seconds after which the broker aborts a transaction of a notifier that was killed."""

EXPIRY_SECONDS = 3600.0
"""How often stories that are too old to come again are removed."""

DRAIN_SECONDS = 20.0
"""How long a stop waits for the answers to requests that are on their way."""

MAX_PENDING = 100_000
"""Deliveries that may be pending: then no more articles are read until some are taken or given up."""


async def notify(
    kafka: KafkaSettings,
    rules: Rules,
    stop: asyncio.Event,
    *,
    name: str,
    since_ms: int | None = None,
    until_end: bool = False,
) -> None:
    """Run a notifier until `stop` is set; with `until_end`, until all articles of now are decided and sent.

    A broker that goes away is waited for; everything is read again from the ledger then.

    Args:
        since_ms: where the first run begins, in milliseconds since 1970; None: with the next article.

    Raises:
        UnavailableError: the cluster cannot be reached at the start, or another process of this name has begun.
    """
    backoff = Backoff()
    has_run = False
    while not stop.is_set():
        try:
            async with Cluster(kafka, "wiredesk-notify") as cluster:
                await _prepare(cluster)
                id_ = kafka.on_cluster(f"{TRANSACTIONAL_ID}{name}")
                async with TransactionalProducer(kafka, id_, TRANSACTION_SECONDS) as producer:
                    notifier = await _Notifier.load(cluster, producer, rules, name)
                    has_run = True
                    await notifier.run(stop, since_ms, until_end=until_end)
        except FencedError as error:
            raise UnavailableError(f"another 'wiredesk notify --name {name}' has begun: this one ends") from error
        except ForbiddenError:
            raise
        except (TransactionError, UnavailableError) as error:
            if not has_run or (isinstance(error, TransactionError) and error.is_denied):
                raise
            log.warning("begins again", why=str(error))
            await backoff.wait()
        else:
            return


async def _prepare(cluster: Cluster) -> None:
    """Create the ledger, with as many replicas as the articles have."""
    states = await cluster.topic_states([ARTICLES_ENRICHED])
    await cluster.create_topics([NOTIFICATIONS_TOPIC], replication=max([1, *(state.replication for state in states)]))


class _Notifier:
    def __init__(self, cluster: Cluster, producer: TransactionalProducer, rules: Rules, ledger: Ledger) -> None:
        self.ledger = ledger
        self._cluster = cluster
        self._producer = producer
        self._rules = rules
        # What is pending by transactions that are committed: nothing is sent before its decision is kept.
        self._committed: dict[str, Pending] = {}
        self._copies = Copies()
        self._writing = asyncio.Lock()
        self._settled = asyncio.Event()
        self._senders = {
            name: Sender(name, receiver, self._committed, self._settle) for name, receiver in rules.receivers.items()
        }

    @classmethod
    async def load(cls, cluster: Cluster, producer: TransactionalProducer, rules: Rules, name: str) -> "_Notifier":
        """Read the ledger; the producer has begun before, so that nobody else writes to it."""
        topic_id = await cluster.topic_id(cluster.settings.on_cluster(ARTICLES_ENRICHED.name))
        ledger = await load_ledger(cluster, name, topic_id)
        notifier = cls(cluster, producer, rules, ledger)
        gone = [one for one in ledger.pending.values() if one.receiver not in rules.receivers]
        await notifier._write([ledger.begin(int(time() * 1000)), *(ledger.settle(one.id) for one in gone)])
        await notifier._copies.catch_up(cluster)
        notifier._commit()
        return notifier

    async def run(self, stop: asyncio.Event, since_ms: int | None, *, until_end: bool) -> None:
        """Decide and send, until it is stopped or, with `until_end`, nothing is left."""
        starts = await self._starts(since_ms, until_end=until_end)
        log.info("notifier ready", pending=len(self.ledger.pending))
        sending = [asyncio.create_task(sender.run()) for sender in self._senders.values()]
        stopping = asyncio.create_task(stop.wait())
        deciding = asyncio.create_task(self._decide_all(starts, until_end=until_end))
        tasks = [stopping, deciding, *sending]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for sender in self._senders.values():
                sender.stop()
            # A request that is on its way may be taken: wait for its answer, or it would be sent again.
            await asyncio.wait(sending, timeout=DRAIN_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _decide_all(self, starts: dict[TopicPartition, OffsetRange], *, until_end: bool) -> None:
        expire_at = 0.0
        async with contextlib.aclosing(self._batches(starts, until_end=until_end)) as batches:
            async for batch in batches:
                if batch:
                    await self._decide(batch)
                if time() > expire_at:
                    expire_at = time() + EXPIRY_SECONDS
                    await self._write(self.ledger.expire(int(time() * 1000)))
                while len(self.ledger.pending) >= MAX_PENDING:
                    await self._wait_for_settled()
        while self.ledger.pending:
            await self._wait_for_settled()

    def _batches(self, starts: dict[TopicPartition, OffsetRange], *, until_end: bool) -> AsyncGenerator[list[Record]]:
        if until_end:
            return self._cluster.read_batches(starts)
        return self._cluster.follow({tp: offsets.start for tp, offsets in starts.items()})

    async def _starts(self, since_ms: int | None, *, until_end: bool) -> dict[TopicPartition, OffsetRange]:
        """Return the articles that are not decided yet. Where none were, the start is written down at once."""
        topic = self._cluster.settings.on_cluster(ARTICLES_ENRICHED.name)
        partitions = await self._cluster.required_partitions([topic])
        ranges = self._cluster.settled_ranges if until_end else self._cluster.offset_ranges
        there = await ranges(partitions)
        later = there if since_ms is None else await self._cluster.offset_ranges(partitions, since_ms=since_ms)
        known = self.ledger.positions
        is_first = not known
        first = {tp: offsets.stop if since_ms is None else later[tp].start for tp, offsets in there.items()}
        new = {
            # A partition that was added meanwhile is read from its beginning.
            tp: first[tp] if is_first else there[tp].start
            for tp in partitions
            if tp.partition not in known
        }
        await self._write([self.ledger.move(tp.partition, offset) for tp, offset in new.items()])
        return {tp: OffsetRange(max(known[tp.partition], there[tp].start), there[tp].stop) for tp in partitions}

    async def _decide(self, batch: Sequence[Record]) -> None:
        """Decide records, once copies of them had the time to be found."""
        due = max(record.timestamp for record in batch) / 1000 + self._rules.copies_wait_seconds
        await asyncio.sleep(max(0.0, min(due - time(), self._rules.copies_wait_seconds)))
        await self._copies.catch_up(self._cluster)
        changes: list[Output] = []
        async with self._writing:
            for record in batch:
                with contextlib.suppress(InvalidEventError):  # of an unknown major version, or not ours
                    changes += decide(record, self._rules, self.ledger, self._copies)
            last = {record.partition: record.next_offset for record in batch}
            changes += [self.ledger.move(partition, offset) for partition, offset in last.items()]
            await self._producer.write(changes)
            metrics.ARTICLES.inc(len(batch))
            self._commit()

    def _commit(self) -> None:
        """Let the senders see what is pending now."""
        self._committed.clear()
        self._committed.update(self.ledger.pending)
        for sender in self._senders.values():
            sender.notify()

    async def _settle(self, delivery: Pending) -> None:
        self._committed.pop(delivery.id, None)
        await self._write([self.ledger.settle(delivery.id)])
        self._settled.set()

    async def _wait_for_settled(self) -> None:
        self._settled.clear()
        await self._settled.wait()

    async def _write(self, changes: Sequence[Output]) -> None:
        if changes:
            async with self._writing:
                await self._producer.write(changes)
