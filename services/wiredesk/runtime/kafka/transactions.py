"""Exactly once: outputs and the offset of their input, committed together or not at all."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from aiokafka import TopicPartition
from aiokafka.errors import IllegalOperation, ProducerFenced

from wiredesk.runtime.errors import AbortedError, FencedError, InDoubtError, TransactionError
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, CLOSE_SECONDS, Delivered, Delivery, coordinates
from wiredesk.runtime.records import Output, Written
from wiredesk.runtime.settings import KafkaSettings

type More = Callable[[Sequence[str | None]], Sequence[Output]]
"""Returns further outputs, given the coordinates of the first ones (see `delivery.coordinates`)."""


class TransactionalProducer(Delivery):
    """Writes outputs and the offset in one transaction.

    Entering it runs InitProducerId: a transaction that a previous producer with the same transactional id left open is
    aborted, and that producer is fenced.

    Args:
        transactional_id: the same for every owner of an input partition, so that a new owner fences the previous one.
        timeout: seconds that a whole transaction may take; after that the broker aborts it.
    """

    def __init__(self, settings: KafkaSettings, transactional_id: str, timeout: float) -> None:
        super().__init__(
            settings,
            transactional_id,
            timeout,
            transactional_id=transactional_id,
            transaction_timeout_ms=int(timeout * 1000),
        )
        self._open = False

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open and not isinstance(error, FencedError):
            # The partition's next owner would abort it, too; but there may be none for a while, and read-committed
            # consumers would wait for the open transaction until its timeout.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._producer.abort_transaction()
        self._cause()  # otherwise asyncio logs that its exception was never retrieved
        await super().__aexit__(kind, error, trace)

    async def commit(
        self, outputs: Sequence[Written], group: str, source: TopicPartition, offset: int, note: str = ""
    ) -> Sequence[Delivered]:
        """Write outputs and the group's offset in one transaction; return where the outputs were written.

        Every delivery is awaited first: otherwise the transaction would be committed without a record that was refused.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
            AbortedError: it failed before the commit was requested.
            InDoubtError: it failed after that.
            FencedError: another producer has the transactional id, or the broker has timed the transaction out.
        """
        return await self._in_transaction(outputs, None, {source: (offset, note)}, group)

    async def write(self, outputs: Sequence[Written], more: More | None = None) -> None:
        """Write outputs in one transaction without an offset.

        Args:
            more: returns further outputs of the same transaction, which depend on where the first ones were written.

        Raises:
            OutputTooLargeError, AbortedError, InDoubtError, FencedError: as `commit` does.
        """
        await self._in_transaction(outputs, more, {}, "")

    async def _in_transaction(
        self,
        outputs: Sequence[Written],
        more: More | None,
        offsets: Mapping[TopicPartition, tuple[int, str]],
        group: str,
    ) -> Sequence[Delivered]:
        failure: type[TransactionError] = AbortedError
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.begin_transaction()
                self._open = True
                delivered = await self._deliver(outputs)
                if more is not None:
                    await self._deliver(more(coordinates(delivered, len(outputs))))
                if offsets:
                    await self._producer.send_offsets_to_transaction(dict(offsets), group)
                failure = InDoubtError
                await self._producer.commit_transaction()
                self._open = False
                return delivered
        except ProducerFenced as error:
            raise self._failure(FencedError, error) from error
        except (IllegalOperation, *CLIENT_ERRORS) as error:
            raise self._failure(failure, self._cause() or error) from error

    def _cause(self) -> BaseException | None:
        """Return why aiokafka ended the transaction by itself: the sends only fail with "no transaction"."""
        ended = self._producer._txn_manager.wait_for_transaction_end()  # noqa: SLF001 - it has no public name
        return ended.exception() if ended is not None and ended.done() and not ended.cancelled() else None
