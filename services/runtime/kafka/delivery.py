"""Delivering outputs: what both guarantees share."""

import abc
import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata

from services.runtime.errors import OpeningError, OutputTooLargeError
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


class Delivery(abc.ABC):
    """A producer for the outputs of one input partition, as an async context manager.

    It is disposable: after any error leave the block and make another one, because aiokafka's state after an error
    cannot be relied on (aio-libs/aiokafka#1004, #1098).

    Args:
        timeout: seconds that each step may take.
        options: of the producer.

    Raises:
        OpeningError: on entering, it could not be started in time.
    """

    def __init__(self, settings: KafkaSettings, client_id: str, timeout: float, **options: Any) -> None:
        self._settings = settings
        self._timeout = timeout
        self._producer: AIOKafkaProducer = clients.producer(
            settings, client_id, value_serializer=lambda value: None if value is _NULL else value, **options
        )

    @abc.abstractmethod
    async def commit(
        self, outputs: Sequence[Output], group: str, source: TopicPartition, offset: int, note: str = ""
    ) -> None:
        """Write outputs, and how far the partition is done.

        Args:
            outputs: with topic names as in the topology.
            group: on the cluster.
            source: the partition that they were made from.
            offset: of the next record to be read there.
            note: kept beside the offset.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
            TransactionError: anything else, by its kind.
        """

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.start()
        except BaseException as error:
            await self._discard()
            if isinstance(error, CLIENT_ERRORS):
                raise OpeningError(f"the producer cannot start: {told(error)}") from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and await _in_time(self._producer.stop()):
            return
        await self._discard()

    async def _discard(self) -> None:
        """Drop the producer with all that it has not sent.

        Its own `stop` would wait for a broker that may be gone, and leave the sockets open when it is given up.
        """
        await _in_time(self._producer._sender.close())  # noqa: SLF001 - see above
        await _in_time(self._producer.client.close())
        self._producer._closed = True  # noqa: SLF001 - or it complains, when collected, that nobody stopped it

    async def _deliver(self, outputs: Sequence[Output]) -> list[str | None]:
        """Send outputs and await every delivery: one that is refused fails its own future only.

        Return the coordinates of each; None where the broker has it from an earlier try and does not say where.

        Raises:
            OutputTooLargeError: one is larger than its topic allows.
        """
        deliveries: list[asyncio.Future[RecordMetadata]] = []
        for output in outputs:
            sent = await self._producer.send(
                self._settings.on_cluster(output.topic),
                value=_NULL if output.value is None else output.value,
                key=output.key,
                headers=list(output.headers),
            )
            deliveries.append(sent)
        results = await asyncio.gather(*deliveries, return_exceptions=True)
        for index, result in enumerate(results):
            if isinstance(result, MessageSizeTooLargeError):
                raise OutputTooLargeError(index, len(outputs[index].value or b""))
        places: list[str | None] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            places.append(f"{result.topic}/{result.partition}/{result.offset}" if result.offset >= 0 else None)
        return places


def told(error: BaseException) -> str:
    """Return an error in words."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


async def _in_time(step: Any) -> bool:
    """Take a step of taking leave; whether it succeeded in time."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await step
            return True
    return False
