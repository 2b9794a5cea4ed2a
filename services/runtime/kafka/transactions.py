"""Transactions: outputs and the offset of what they were made from, committed together or not at all."""

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced

from services.runtime.errors import AbortedError, FencedError, InDoubtError, TransactionError
from services.runtime.kafka import clients
from services.runtime.kafka.delivery import CLIENT_ERRORS, CLOSE_SECONDS, close, deliver, enter, nullable, told
from services.runtime.records import Output
from services.runtime.settings import KafkaSettings


class TransactionalProducer:
    """A producer for the outputs of one input partition, as an async context manager.

    Entering it runs InitProducerId: what a predecessor of the same transactional id left open is aborted, and the
    predecessor is fenced. It is disposable: after any error leave the block and make another one, because aiokafka's
    state after an error cannot be relied on (aio-libs/aiokafka#1004, #1098).

    Args:
        transactional_id: stable for the input partition, so that a takeover fences its owner before.
        timeout: seconds that a whole transaction may take; the broker aborts it after that by itself.

    Raises:
        OpeningError: on entering, the coordinator did not answer in time or refused.
    """

    def __init__(self, settings: KafkaSettings, transactional_id: str, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._open = False
        self._producer: AIOKafkaProducer = clients.producer(
            settings,
            client_id=transactional_id,
            transactional_id=transactional_id,
            transaction_timeout_ms=int(timeout * 1000),
            value_serializer=nullable,
        )

    async def __aenter__(self) -> Self:
        await enter(self._producer, self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open and not isinstance(error, FencedError):
            # Whoever opens next aborts it, too; but a worker that stops may have no successor for a while, and readers
            # would wait at the open transaction until its timeout.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._producer.abort_transaction()
        await close(self._producer, flush=error is None)

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
            AbortedError: it failed before the commit was asked for.
            InDoubtError: it failed afterwards.
            FencedError: another producer has taken over, or the broker timed the transaction out.
        """
        failure: type[TransactionError] = AbortedError
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.begin_transaction()
                self._open = True
                await deliver(self._producer, self._settings, outputs)
                await self._producer.send_offsets_to_transaction({source: offset}, group)
                failure = InDoubtError
                await self._producer.commit_transaction()
                self._open = False
        except ProducerFenced as error:
            raise FencedError(told(error)) from error
        except CLIENT_ERRORS as error:
            raise failure(told(error)) from error
