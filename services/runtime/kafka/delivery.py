"""Delivering outputs with a producer that is thrown away after any error, whatever guarantee it works under."""

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, MessageSizeTooLargeError

from services.runtime.errors import AbortedError, FencedError, InDoubtError, OpeningError, OutputTooLargeError
from services.runtime.kafka import clients
from services.runtime.records import Output
from services.runtime.settings import KafkaSettings

CLOSE_SECONDS = 2
"""For each step of taking leave of a producer; its broker may be gone, and nothing is left to be saved."""

CLIENT_ERRORS = (TimeoutError, KafkaError, OSError, KeyError, AssertionError)
"""What aiokafka raises when something is wrong at the other end: it asserts where it is surprised (#1098, #1004)."""

_NULL = object()
"""Stands for a null value. aiokafka asserts that key or value is given, but a record with neither can be received, and
must fit into the dead-letter topic; the assertion looks at what comes before serialisation."""


class Commits(Protocol):
    """Writes what came of a batch, and how far the partition is done. An async context manager."""

    async def __aenter__(self) -> Self:
        """Open it."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""

    async def commit(self, outputs: Sequence[Output], group: str, source: TopicPartition, offset: int) -> None:
        """Write outputs, and commit the offset of the next record to be read."""


class AtLeastOnceProducer:
    """Outputs first, then the offset: for clusters that allow no transactions.

    A failure between the two, or a takeover, writes outputs again. Their event ids are the same: who upserts by id does
    not notice. The group's coordinator refuses offsets of a worker that has lost the partition.

    Args:
        consumer: the member of the group that reads the partition.
        timeout: seconds that outputs and offset may take.

    Raises:
        OpeningError: on entering, no broker answered in time.
    """

    def __init__(self, settings: KafkaSettings, client_id: str, timeout: float, consumer: AIOKafkaConsumer) -> None:
        self._settings = settings
        self._timeout = timeout
        self._consumer = consumer
        self._producer: AIOKafkaProducer = clients.producer(settings, client_id=client_id, value_serializer=nullable)

    async def __aenter__(self) -> Self:
        await enter(self._producer, self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await close(self._producer, flush=error is None)

    async def commit(self, outputs: Sequence[Output], group: str, source: TopicPartition, offset: int) -> None:  # noqa: ARG002 - the consumer knows its group
        """Write outputs, await them all, then commit the offset.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
            AbortedError: an output was refused; others may have been written.
            InDoubtError: the offset may or may not have been committed.
            FencedError: the group has given the partition to another member.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await deliver(self._producer, self._settings, outputs)
        except CLIENT_ERRORS as error:
            raise AbortedError(told(error)) from error
        try:
            async with asyncio.timeout(self._timeout):
                await self._consumer.commit({source: offset})
        except (CommitFailedError, IllegalStateError) as error:
            raise FencedError(told(error)) from error
        except CLIENT_ERRORS as error:
            raise InDoubtError(told(error)) from error


async def enter(producer: AIOKafkaProducer, timeout: float) -> None:  # noqa: ASYNC109 - told to the caller's caller, too
    """Start a producer.

    Raises:
        OpeningError: it could not be started in time.
    """
    try:
        async with asyncio.timeout(timeout):
            await producer.start()
    except BaseException as error:
        await close(producer, flush=False)
        if isinstance(error, CLIENT_ERRORS):
            raise OpeningError(f"the producer cannot start: {told(error)}") from error
        raise


async def deliver(producer: AIOKafkaProducer, settings: KafkaSettings, outputs: Sequence[Output]) -> None:
    """Send outputs and await every delivery.

    Raises:
        OutputTooLargeError: one is larger than its topic allows.
    """
    deliveries: list[asyncio.Future[object]] = []
    for output in outputs:
        sent = await producer.send(
            settings.on_cluster(output.topic),
            value=_NULL if output.value is None else output.value,
            key=output.key,
            headers=list(output.headers),
        )
        deliveries.append(sent)
    results = await asyncio.gather(*deliveries, return_exceptions=True)
    for index, result in enumerate(results):
        if isinstance(result, MessageSizeTooLargeError):
            raise OutputTooLargeError(index, len(outputs[index].value or b""))
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def close(producer: AIOKafkaProducer, *, flush: bool) -> None:
    """Take leave of a producer.

    Args:
        flush: wait for what it has not sent. After an error there is nothing that may still be sent, and its `stop`
            would wait for a broker that may be gone, and leave its sockets open when it is given up.
    """
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            if flush:
                await producer.stop()
                return
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer._sender.close()  # noqa: SLF001 - see above
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.client.close()
    producer._closed = True  # noqa: SLF001 - or it complains, when collected, that nobody stopped it


def nullable(value: object) -> object:
    """Serialise a value that may be null."""
    return None if value is _NULL else value


def told(error: BaseException) -> str:
    """Return an error in words."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
