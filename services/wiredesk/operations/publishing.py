"""Publishing pages to `pages.raw`."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from wiredesk.pages.record import RawRecord, key_of
from wiredesk.pipeline import PAGES_RAW
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import MIB, KafkaSettings

IN_FLIGHT = 500
"""Maximum number of unacknowledged records: enough to fill batches."""

IN_FLIGHT_BYTES = 64 * MIB
"""Maximum size of unacknowledged records, for the memory; one record may be larger."""

LINGER_MS = 20
"""Longest wait for a batch to fill, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Published:
    """The result of publishing pages.

    Attributes:
        topic: name of the topic on the cluster.
        sent: pages sent.
        acknowledged: pages that the brokers have acknowledged.
        problem: why the first of the others was not acknowledged; None if all were.
    """

    topic: str
    sent: int
    acknowledged: int
    problem: str | None


async def publish_pages(
    kafka: KafkaSettings, records: Iterable[RawRecord], on_progress: Callable[[int], None] | None = None
) -> Published:
    """Publish pages, and wait until the brokers have acknowledged or rejected all of them.

    Args:
        on_progress: called with the number of pages acknowledged so far.

    Raises:
        UnavailableError: there is no topic, or no broker.
        UsageError: raised by `records`, such as a page without a URL.
    """
    topic = kafka.on_cluster(PAGES_RAW.name)
    async with Cluster(kafka) as cluster:
        await cluster.required_partitions([topic])
    sent = acknowledged = 0
    problem: str | None = None
    waiting: dict[asyncio.Future[RecordMetadata], int] = {}
    async with clients.started(clients.producer(kafka, "wiredesk-publish", linger_ms=LINGER_MS), kafka) as producer:
        iterator = iter(records)
        while True:
            while _has_room(waiting.values()) and (raw := next(iterator, None)) is not None:
                sent += 1
                waiting[await send(producer, topic, raw)] = len(raw[0])
            if not waiting:
                return Published(topic, sent, acknowledged, problem)
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for delivery in done:
                del waiting[delivery]
                error = delivery.exception()
                acknowledged += error is None
                problem = problem or _problem(error, kafka)
            if on_progress is not None:
                on_progress(acknowledged)


def _has_room(sizes: Collection[int]) -> bool:
    """Whether one more record may be sent."""
    return len(sizes) < IN_FLIGHT and sum(sizes) < IN_FLIGHT_BYTES


async def send(producer: AIOKafkaProducer, topic: str, raw: RawRecord) -> asyncio.Future[RecordMetadata]:
    """Pass a page to the producer; the future is done when the broker has acknowledged or rejected it."""
    value, headers = raw
    try:
        delivery: asyncio.Future[RecordMetadata] = await producer.send(
            topic, value=value, key=key_of(raw), headers=headers
        )
    except KafkaError as error:  # rejected before it was sent: too large for any broker
        delivery = asyncio.get_running_loop().create_future()
        delivery.set_exception(error)
    return delivery


def _problem(error: BaseException | None, kafka: KafkaSettings) -> str | None:
    if error is None:
        return None
    return authorization.refusal(error, kafka, authorization.PRODUCING) or f"{type(error).__name__}: {error}"
