"""Delivering outputs: what the producers of both guarantees have in common."""

import abc
import asyncio
import contextlib
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from wiredesk.runtime.errors import OpeningError, OutputTooLargeError, TransactionError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk.runtime.records import ChangelogRecord, Written
from wiredesk.runtime.settings import KafkaSettings

CLOSE_SECONDS = 2
"""Timeout for each shutdown step of a producer: its broker may be down, and there is nothing left to save."""

CLIENT_ERRORS = (TimeoutError, KafkaError, OSError, KeyError, AssertionError)
"""What aiokafka raises when a broker fails or cannot be reached; in some cases an assertion fails (#1098, #1004)."""

type Delivered = tuple[RecordMetadata, list[int]]
"""Where a batch of outputs was written, and the indices of these outputs."""


class Delivery(abc.ABC):
    """A producer for the outputs of one input partition, as an async context manager.

    After any error, leave the block and create another producer: aiokafka's state after an error cannot be trusted
    (aio-libs/aiokafka#1004, #1098).

    Args:
        timeout: seconds that each step may take.
        options: of the producer.

    Raises:
        OpeningError: on entering, the producer could not be started in time.
    """

    def __init__(self, settings: KafkaSettings, client_id: str, timeout: float, **options: Any) -> None:
        self._settings = settings
        self._timeout = timeout
        self._producer: AIOKafkaProducer = clients.producer(settings, client_id, **options)

    @abc.abstractmethod
    async def commit(
        self, outputs: Sequence[Written], group: str, source: TopicPartition, offset: int, note: str = ""
    ) -> Sequence[Delivered]:
        """Write outputs, and commit the offset after the records from which they were made.

        Return where they were written.

        Args:
            outputs: with topic names as in the topology.
            group: on the cluster.
            source: the input partition.
            offset: offset of the next record to be read there.
            note: metadata of the committed offset.

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
                raise self._failure(OpeningError, error, "the producer cannot start: ") from error
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and await _in_time(self._producer.stop()):
            return
        await self._discard()

    async def _discard(self) -> None:
        """Close the producer and drop unsent records.

        Its own `stop` would wait for a broker that may be down, and would leave the sockets open if cancelled.
        """
        await _in_time(self._producer._sender.close())  # noqa: SLF001 - see above
        await _in_time(self._producer.client.close())
        self._producer._closed = True  # noqa: SLF001 - otherwise it warns at garbage collection that it was not stopped

    def _failure[E: TransactionError](
        self,
        kind: type[E],
        error: BaseException,
        prefix: str = "",
        access: authorization.Access = authorization.PRODUCING,
    ) -> E:
        """Return our error for an error of the client; a denied operation is named with its resource."""
        denied = authorization.refusal(error, self._settings, access)
        return kind(prefix + (denied or format_error(error)), is_denied=denied is not None)

    async def _deliver(self, outputs: Sequence[Written]) -> list[Delivered]:
        """Send outputs in batches, await every delivery, and return where the batches were written.

        Every delivery is awaited, because a batch that is refused fails only its own future. aiokafka gets whole
        batches, not single records: for small records its `send` takes a fifth of a worker's time.

        Raises:
            OutputTooLargeError: an output is larger than its topic allows.
        """
        sent = await self._send(outputs)
        results = await asyncio.gather(*(delivery for delivery, _ in sent), return_exceptions=True)
        for result, (_, packed) in zip(results, sent, strict=True):
            if isinstance(result, MessageSizeTooLargeError):
                # A batch of several outputs is smaller than the topics of wiredesk allow. If a topic allows less,
                # report the largest output.
                largest = max(packed, key=lambda index: len(outputs[index].value or b""))
                raise OutputTooLargeError(largest, len(outputs[largest].value or b""))
        delivered = []
        for result, (_, packed) in zip(results, sent, strict=True):
            if isinstance(result, BaseException):
                raise result
            delivered.append((result, packed))
        return delivered

    async def _send(self, outputs: Sequence[Written]) -> list[tuple[asyncio.Future[RecordMetadata], list[int]]]:
        """Send outputs, in their order within a partition; return each batch's delivery and the indices of its outputs.

        A batch is sent when the next output does not fit in, and at the end. An output that fits into no batch is sent
        alone.
        """
        producer = self._producer
        topics = {name: await self._partitions(name) for name in {output.topic for output in outputs}}
        now = int(time.time() * 1000)
        sent = []
        filling: dict[tuple[str, int], tuple[BatchBuilder, list[int]]] = {}
        for index, output in enumerate(outputs):
            topic, partitions, available = topics[output.topic]
            at = now
            if isinstance(output, ChangelogRecord):
                target, at = (topic, output.partition), output.time_ms
            else:
                target = topic, partition_for(output.key, partitions, available)
            builder, packed = filling.get(target) or filling.setdefault(target, (producer.create_batch(), []))
            key, value, headers = output.key, output.value, list(output.headers)
            if builder.append(timestamp=at, key=key, value=value, headers=headers) is None:
                sent.append((await producer.send_batch(builder, topic, partition=target[1]), packed))
                filling[target] = builder, packed = producer.create_batch(), []
                builder.append(timestamp=at, key=key, value=value, headers=headers)
            packed.append(index)
        for (topic, partition), (builder, packed) in filling.items():
            sent.append((await producer.send_batch(builder, topic, partition=partition), packed))
        return sent

    async def _partitions(self, name: str) -> tuple[str, list[int], set[int]]:
        """Return a topic's name on the cluster, its partitions, and those that have a leader."""
        topic = self._settings.on_cluster(name)
        partitions = sorted(await self._producer.partitions_for(topic))
        return topic, partitions, self._producer.client.cluster.available_partitions_for_topic(topic)


def coordinates(delivered: Sequence[Delivered], count: int) -> list[str | None]:
    """Return the coordinates of each output; None if the broker had it from an earlier attempt, and does not say where.

    Args:
        count: number of outputs.
    """
    written: list[str | None] = [None] * count
    for batch, packed in delivered:
        if batch.offset >= 0:
            for offset, index in enumerate(packed, start=batch.offset):
                written[index] = f"{batch.topic}/{batch.partition}/{offset}"
    return written


def format_error(error: BaseException) -> str:
    """Return an error as text: its type, and its message if it has one."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


async def _in_time(step: Any) -> bool:
    """Await a shutdown step; return whether it succeeded in time."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await step
            return True
    return False
