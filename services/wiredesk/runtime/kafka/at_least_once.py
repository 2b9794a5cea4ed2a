"""At least once: outputs first, then the changes of the state, then the offset, for clusters without transactions."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from wiredesk.runtime.errors import AbortedError, FencedError, InDoubtError, OutputTooLargeError
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.delivery import CLIENT_ERRORS, Delivered, Delivery, format_error
from wiredesk.runtime.records import ChangelogRecord, Written
from wiredesk.runtime.settings import KafkaSettings


class AtLeastOnceProducer(Delivery):
    """Writes outputs; when all are written, the changes of the state; and when these are, commits the offset.

    After a failure in between, or a rebalance, records are processed again. Their event ids are the same, so a consumer
    that upserts by id is not affected. The group coordinator rejects offsets of a worker that has lost the partition.

    The state is never ahead of the outputs: a record whose changes it has already may become something else when it is
    processed again, but what it was the first time has been written.

    Args:
        consumer: the member of the group that reads the partition.
    """

    def __init__(self, settings: KafkaSettings, client_id: str, timeout: float, consumer: AIOKafkaConsumer) -> None:
        super().__init__(settings, client_id, timeout)
        self._consumer = consumer

    async def commit(
        self,
        outputs: Sequence[Written],
        group: str,  # noqa: ARG002 - the consumer knows its group
        source: TopicPartition,
        offset: int,
        note: str = "",
    ) -> Sequence[Delivered]:
        """Write outputs, then changes, each time awaiting all; then commit the offset; return where they were written.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
            AbortedError: an output was refused; others may have been written.
            InDoubtError: the offset may or may not have been committed.
            FencedError: the group has assigned the partition to another member.
        """
        try:
            async with asyncio.timeout(self._timeout):
                delivered = await self._deliver_only(outputs, changes=False)
                delivered += await self._deliver_only(outputs, changes=True)
        except CLIENT_ERRORS as error:
            raise self._failure(AbortedError, error) from error
        try:
            async with asyncio.timeout(self._timeout):
                await self._consumer.commit({source: (offset, note)})
        except (CommitFailedError, IllegalStateError) as error:
            raise FencedError(format_error(error)) from error
        except CLIENT_ERRORS as error:
            raise self._failure(InDoubtError, error, access=authorization.CONSUMING) from error
        return delivered

    async def _deliver_only(self, outputs: Sequence[Written], *, changes: bool) -> list[Delivered]:
        """Deliver the changes among the outputs, or the others; return where, with their indices among all."""
        indices = [index for index, one in enumerate(outputs) if isinstance(one, ChangelogRecord) == changes]
        try:
            delivered = await self._deliver([outputs[index] for index in indices])
        except OutputTooLargeError as error:
            raise OutputTooLargeError(indices[error.index], error.size) from error
        return [(batch, [indices[place] for place in packed]) for batch, packed in delivered]
