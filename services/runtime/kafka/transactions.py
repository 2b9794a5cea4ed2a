"""Transactions: outputs and the offset of what they were made from, committed together or not at all."""

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, ProducerFenced

from services.runtime.errors import FencedError, OutputTooLargeError, TransactionError
from services.runtime.kafka import clients
from services.runtime.records import Output
from services.runtime.settings import KafkaSettings

CLOSE_SECONDS = 5

NULL = object()
"""Stands for a null value. aiokafka asserts that key or value is given, but a record with neither can be received, and
must fit into the dead-letter topic; the assertion looks at what comes before serialisation."""


class TransactionalProducer:
    """A producer for the outputs of one input partition, as an async context manager.

    Entering it runs InitProducerId: what a predecessor of the same transactional id left open is aborted, and the
    predecessor is fenced. It is disposable: after any error leave the block and make another one, because aiokafka's
    state after an error cannot be relied on (aio-libs/aiokafka#1004, #1098).

    Args:
        transactional_id: stable for the input partition, so that a takeover fences its owner before.
        timeout: seconds that a whole transaction may take; the broker aborts it after that by itself.

    Raises:
        TransactionError: on entering, the coordinator did not answer in time or refused.
    """

    def __init__(self, settings: KafkaSettings, transactional_id: str, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._producer: AIOKafkaProducer = clients.producer(
            settings,
            client_id=transactional_id,
            transactional_id=transactional_id,
            transaction_timeout_ms=int(timeout * 1000),
            value_serializer=lambda value: None if value is NULL else value,
        )

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.start()
        except BaseException as error:
            await self._close()
            if isinstance(error, TimeoutError | KafkaError | OSError):
                raise TransactionError(f"the producer cannot start: {_told(error)}") from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def commit(self, outputs: Sequence[Output], group: str, source: TopicPartition, offset: int) -> None:
        """Write outputs and the group's offset in one transaction.

        Every delivery is awaited first: a record that is refused fails its own future only, and the transaction would
        be committed without it.

        Args:
            outputs: with topic names as in the topology.
            group: on the cluster.
            source: the partition that they were made from.
            offset: of the next record to be read there.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
            FencedError: another producer has taken over.
            TransactionError: anything else; it may or may not have been committed: read the committed offset again.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.begin_transaction()
                await self._deliver(outputs)
                await self._producer.send_offsets_to_transaction({source: offset}, group)
                await self._producer.commit_transaction()
        except ProducerFenced as error:
            raise FencedError(_told(error)) from error
        except (TimeoutError, KafkaError, OSError, KeyError, AssertionError) as error:
            raise TransactionError(_told(error)) from error

    async def _deliver(self, outputs: Sequence[Output]) -> None:
        deliveries: list[asyncio.Future[object]] = []
        for output in outputs:
            sent = await self._producer.send(
                self._settings.on_cluster(output.topic),
                value=NULL if output.value is None else output.value,
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

    async def _close(self) -> None:
        # Stopping flushes, and waits for a broker that may be gone; nothing is left to be saved here.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._producer.stop()


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
