"""Reading topics outside of any group: what is committed, from the beginning or from now, to the end or for ever."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import clients, topics
from wiredesk.runtime.kafka.fetching import poll
from wiredesk.runtime.kafka.open_transactions import open_transactions
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings

log = structlog.get_logger(__name__)

POLL_MS = 200

NOTE_SECONDS = 2.0
"""After so long it is said what is waited for. On a topic that is written a transaction is always open, for less."""


QUIET_SECONDS = 30.0
"""After so long without a record it is looked whether those that are waited for can come at all."""


async def read(
    settings: KafkaSettings, names: Sequence[str], *, from_beginning: bool = False, until_end: bool = False
) -> AsyncGenerator[Record | None]:
    """Yield the records of topics as they are committed; close it with `contextlib.aclosing`.

    None is yielded first, when reading has begun: whatever is committed from there on will be seen. It is yielded
    again whenever a poll found nothing, so that a reader can look at its clock.

    Args:
        names: of the topics, on the cluster.
        from_beginning: begin with the oldest record, not with what comes.
        until_end: stop where the topics ended when reading began. That is told by positions: the markers at the end of
            transactions have offsets, too, and are never delivered.

    Raises:
        UsageError: a topic does not exist.
        UnavailableError: the cluster cannot be reached.
    """
    counts = await topics.partitions(settings, names)
    missing = [name for name in names if name not in counts]
    if missing:
        raise UsageError(f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows what is there")
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    async with clients.started(clients.reader(settings, "wiredesk-reader"), settings) as consumer:
        consumer.assign(partitions)
        if from_beginning:
            await consumer.seek_to_beginning(*partitions)
        else:
            await consumer.seek_to_end(*partitions)
        ends = await consumer.end_offsets(partitions) if until_end else {}
        yield None
        waiting = _Waiting(consumer)
        with _noting_unreadable() as note:
            while not (until_end and await _reached(consumer, ends)):
                fetched = await poll(consumer, timeout_ms=POLL_MS)
                await waiting.polled(ends, records=bool(fetched))
                for found in fetched.values():
                    for record in found:
                        if not until_end or record.offset < ends[TopicPartition(record.topic, record.partition)]:
                            note(record)
                            yield record
                if not fetched:
                    yield None


type Span = tuple[int, int]
"""Offsets of a partition: the first, and the one behind the last."""


async def ends(
    settings: KafkaSettings,
    partitions: Sequence[TopicPartition],
    *,
    since_ms: int | None = None,
    patience: float | None = None,
) -> dict[TopicPartition, Span]:
    """Return which offsets partitions hold, as far as they can be read.

    What stands behind an open transaction cannot be read before it ends. On a topic that is written there is always
    one, for some milliseconds; one that a worker left open when it was killed, for as long as a minute.

    Args:
        since_ms: only those that arrived at that time or later, in milliseconds since 1970.
        patience: seconds that transactions which are open now are waited for, so that nothing is left out; None: what
            stands behind them is.

    Raises:
        UnavailableError: the cluster cannot be reached, or a transaction stays open.
    """
    async with clients.started(clients.reader(settings, "wiredesk-reader"), settings) as consumer:
        first = await consumer.beginning_offsets(partitions)
        last = await consumer.end_offsets(partitions)
        if patience is not None:
            last = await _settled(settings, consumer, partitions, patience)
        if since_ms is not None:
            found = await consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
            first = {tp: at.offset if (at := found[tp]) is not None else last[tp] for tp in partitions}
    return {tp: (min(first[tp], last[tp]), last[tp]) for tp in partitions}


async def _settled(
    settings: KafkaSettings, consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], patience: float
) -> dict[TopicPartition, int]:
    """Wait until all can be read that stands in partitions now; return their ends."""
    uncommitted = clients.reader(settings, "wiredesk-reader", isolation_level="read_uncommitted")
    async with clients.started(uncommitted, settings) as everything:
        last: dict[TopicPartition, int] = await everything.end_offsets(partitions)
    began = asyncio.get_running_loop().time()
    is_noted = False
    while short := [tp for tp, end in (await consumer.end_offsets(partitions)).items() if end < last[tp]]:
        waited = asyncio.get_running_loop().time() - began
        if waited > patience:
            raise UnavailableError(
                f"waited for {patience:g} s, and {await _why(consumer, short[0])}: what stands after that cannot be "
                "read; try again when it has ended"
            )
        if waited > NOTE_SECONDS and not is_noted:
            log.warning("waits", seconds_at_most=patience, why=await _why(consumer, short[0]))
            is_noted = True
        await asyncio.sleep(POLL_MS / 1000)
    return last


async def _why(consumer: AIOKafkaConsumer, source: TopicPartition) -> str:
    """Return why a partition cannot be read to its end, in words."""
    with contextlib.suppress(KafkaError):  # not allowed to know, or the leader is on the move
        if found := await open_transactions(consumer, source):
            return str(found[0])
    return f"a transaction on {source.topic}/{source.partition} is open"


async def between(
    settings: KafkaSettings, spans: Mapping[TopicPartition, Span], *, key: bytes | None = None
) -> AsyncGenerator[Record]:
    """Yield the committed records of some offsets; close it with `contextlib.aclosing`.

    Args:
        key: only those that have it.

    Raises:
        UnavailableError: the cluster cannot be reached.
    """
    left = {tp: span for tp, span in spans.items() if span[0] < span[1]}
    if not left:
        return
    async with clients.started(clients.reader(settings, "wiredesk-reader"), settings) as consumer:
        consumer.assign(list(left))
        for tp, (start, _) in left.items():
            consumer.seek(tp, start)
        waiting = _Waiting(consumer)
        with _noting_unreadable() as note:
            while left:
                fetched = await poll(consumer, *left, timeout_ms=POLL_MS)
                await waiting.polled({tp: last for tp, (_, last) in left.items()}, records=bool(fetched))
                for tp, found in fetched.items():
                    for record in found:
                        if record.offset < spans[tp][1]:
                            note(record)
                            if key in (None, record.key):
                                yield record
                for tp in list(left):
                    if await consumer.position(tp) >= left[tp][1]:
                        del left[tp]
                        consumer.pause(tp)


class _Waiting:
    """Waits for what stands in front of offsets; not for ever, where a topic was deleted or made anew meanwhile."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._since = time.monotonic()

    async def polled(self, ends: Mapping[TopicPartition, int], *, records: bool) -> None:
        """Take note of a poll, which had records or none.

        Raises:
            UnavailableError: the partitions do not reach up to the offsets any more.
        """
        if records or not ends:
            self._since = time.monotonic()
        if time.monotonic() - self._since < QUIET_SECONDS:
            return
        there = {tp: end for tp, end in ends.items() if self._consumer.partitions_for_topic(tp.topic)}
        with contextlib.suppress(TimeoutError):  # brokers are away: they come back
            async with asyncio.timeout(QUIET_SECONDS):
                there = await self._consumer.end_offsets(list(there))
        self._since = time.monotonic()
        for tp, end in ends.items():
            if there.get(tp, 0) < end:
                raise UnavailableError(
                    f"{tp.topic}/{tp.partition} does not reach offset {end} any more: its topic was deleted, made anew "
                    "or cut back meanwhile; try again"
                )


@contextlib.contextmanager
def _noting_unreadable() -> Iterator[Callable[[Record], None]]:
    """Yield what looks at each record; at the end of the block say how many of a topic could not be read."""
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


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    positions = await asyncio.gather(*(consumer.position(partition) for partition in ends))
    return all(position >= end for position, end in zip(positions, ends.values(), strict=True))
