"""The offsets that consumer groups have committed, with the note that is stored beside each.

Kafka keeps a string with each committed offset. Ours is JSON, `{"topic_id": …, "leader_epoch": …, "expired": …}`.
Offsets that were set with another tool have no note, and are taken as they are.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import (
    BrokerResponseError,
    CoordinatorNotAvailableError,
    KafkaError,
    NotCoordinatorError,
    for_code,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wiredesk.runtime.kafka.protocol import StableOffsetFetch
from wiredesk.runtime.records import MAX_INT32

MAX_NOTE_BYTES = 1000
"""The longest note that is parsed: ours have less than a hundred bytes."""

MAX_EXPIRED = 2**62
"""The largest count of expired records that is believed: it can still be added to. Whoever may commit for the group may
write any."""

UNSTABLE_OFFSET_COMMIT = 88
"""The error code by which a coordinator says that a transaction is pending that may change the offset."""

NONE_COMMITTED = -1
"""What Kafka answers in place of an offset where a group has committed none."""

RETRY_SECONDS = 0.05
"""Pause between two requests: an offset is unstable for some milliseconds only."""

_MOVED = (CoordinatorNotAvailableError, NotCoordinatorError)
"""Errors by which a broker says that another one is the coordinator now."""


class CommitNote(BaseModel):
    """The note beside a committed offset.

    Attributes:
        topic_id: of the topic whose offset it is; empty: not known.
        leader_epoch: of the leader that wrote the last record before the offset; -1: not known.
        expired: number of offsets that retention has deleted before the group read them, in all.
    """

    model_config = ConfigDict(frozen=True)

    topic_id: str = Field("", max_length=40)
    leader_epoch: int = Field(-1, ge=-1, le=MAX_INT32)
    expired: int = Field(0, ge=0, le=MAX_EXPIRED)

    def text(self) -> str:
        """Return the note as it is committed."""
        return orjson.dumps(self.model_dump()).decode()

    @classmethod
    def parse(cls, text: str | None) -> "CommitNote":
        """Return the note in a committed offset; one that says nothing where it is none of ours."""
        if not text or len(text) > MAX_NOTE_BYTES:
            return cls()
        try:
            fields: Any = orjson.loads(text)
            return cls.model_validate(fields)
        except (orjson.JSONDecodeError, ValidationError):
            return cls()


@dataclass(frozen=True, slots=True)
class CommittedOffset:
    """A committed offset, and the note beside it."""

    offset: int
    note: CommitNote


class UnstableOffsetError(BrokerResponseError):
    """A transaction is pending that may change the offset."""

    errno = UNSTABLE_OFFSET_COMMIT
    retriable = True


async def stable_committed_offset(
    consumer: AIOKafkaConsumer, group: str, source: TopicPartition
) -> CommittedOffset | None:
    """Return the offset that a group has committed for a partition, once no transaction can change it any more.

    The classic coordinator of Kafka applies the offsets of a transaction on another thread, after it has
    confirmed them to the transaction's coordinator. So a plain request may return an offset that is older than the last
    transaction of the partition's previous owner (decision 6). This one is refused while a transaction is pending, and
    repeated, also while the coordinator moves; the caller sets the deadline.

    Returns:
        None where no offset is committed.

    Args:
        consumer: a member of the group.
        group: on the cluster.

    Raises:
        KafkaError: the coordinator refuses.
    """
    # aiokafka has no public way to send a request of one's own: these two attributes are all that is borrowed.
    coordinator: Any = consumer._coordinator  # noqa: SLF001
    client: Any = consumer._client  # noqa: SLF001
    while True:
        await coordinator.ensure_coordinator_known()
        try:
            response = await client.send(
                coordinator.coordinator_id, StableOffsetFetch(group, source), group=ConnectionGroup.COORDINATION
            )
            return _offset(response)
        except KafkaError as error:
            if not isinstance(error, BrokerResponseError) or isinstance(error, _MOVED):
                coordinator.coordinator_dead()
            if not error.retriable:
                raise
        await asyncio.sleep(RETRY_SECONDS)


def _offset(response: Any) -> CommittedOffset | None:
    _refuse(response.error_code)
    ((_, partitions, _),) = response.topics
    ((_, offset, _, metadata, error_code, _),) = partitions
    _refuse(error_code)
    return None if offset == NONE_COMMITTED else CommittedOffset(int(offset), CommitNote.parse(metadata))


def _refuse(error_code: int) -> None:
    if error_code == UNSTABLE_OFFSET_COMMIT:
        raise UnstableOffsetError
    if error_code:
        raise for_code(error_code)
