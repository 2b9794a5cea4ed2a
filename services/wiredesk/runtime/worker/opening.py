"""Where a lane begins to read: at the committed offset, as far as that still means what it meant."""

import asyncio
from dataclasses import dataclass

import structlog
from aiokafka import TopicPartition

from wiredesk.runtime import metrics
from wiredesk.runtime.errors import OpeningError
from wiredesk.runtime.kafka import offsets
from wiredesk.runtime.kafka.commit_note import CommitNote, Committed
from wiredesk.runtime.kafka.leader_epochs import end_of_epoch
from wiredesk.runtime.kafka.partition_life import PartitionLife
from wiredesk.runtime.worker.context import Context

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a lane begins.

    Attributes:
        offset: of the first record to be read.
        committed: the offset that the group has committed in this life of the partition; None where there is none.
        life: of the partition.
        note: to be committed with the next offset.
        is_noted: whether the committed offset says already which life it is of.
    """

    offset: int
    committed: int | None
    life: PartitionLife
    note: CommitNote
    is_noted: bool = False


async def beginning(context: Context, source: TopicPartition) -> Beginning:
    """Return where a lane begins; to be asked once whoever had the partition before is fenced.

    An offset of another life of the topic, or of a part of the log that was cut off, is not gone on from, and what
    retention has deleted before it was read is counted.

    Raises:
        OpeningError: a bounded run has no offsets any more.
        KafkaError: a broker refuses, or does not answer.
    """
    consumer = context.consumer
    life = await context.lives.of(source, asyncio.get_running_loop().time())
    committed = await offsets.committed(consumer, context.group, source)
    first: int = (await consumer.beginning_offsets([source]))[source]
    if committed is not None and committed.note.topic_id not in ("", life.topic_id):
        _moved("recreated", source, "the topic was made anew: it is read from its beginning", committed.offset, first)
        committed = None
    if committed is None:
        if context.bounded is not None and context.end(source):
            raise OpeningError(f"the offsets of {context.group} are gone: nobody knows how far it has come")
        return Beginning(first, None, life, CommitNote(topic_id=life.topic_id))
    start = await _within_log(context, source, committed)
    expired = max(0, first - start)
    if expired:
        metrics.EXPIRED.inc(expired)
        _moved("expired", source, "retention has deleted records before they were read", start, first)
    note = CommitNote(
        topic_id=life.topic_id, leader_epoch=committed.note.leader_epoch, expired=committed.note.expired + expired
    )
    return Beginning(max(start, first), committed.offset, life, note, committed.note.topic_id == life.topic_id)


async def _within_log(context: Context, source: TopicPartition, committed: Committed) -> int:
    """Return the committed offset, or where the log was cut back before it: what was read after that is gone."""
    if committed.note.leader_epoch >= 0:
        end = await end_of_epoch(context.consumer, source, committed.note.leader_epoch)
    else:
        end = (await context.consumer.end_offsets([source]))[source]
    if end is None or end >= committed.offset:
        return committed.offset
    _moved("cut_back", source, "the log was cut back (an unclean election?)", committed.offset, end)
    return end


def _moved(kind: str, source: TopicPartition, what: str, before: int, after: int) -> None:
    metrics.OFFSETS_MOVED.labels(kind).inc()
    log.warning("offsets moved", what=what, topic=source.topic, partition=source.partition, before=before, after=after)
