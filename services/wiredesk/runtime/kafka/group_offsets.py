"""The offsets that consumer groups have committed, with the note that is stored beside each.

Kafka keeps a string with each committed offset. Ours is JSON, `{"topic_id": …, "leader_epoch": …, "expired": …}`.
Offsets that were set with another tool have no note, and are used without a check.
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
from wiredesk_schemas.headers import MAX_NUMBER

MAX_NOTE_BYTES = 1000
"""The longest note that is parsed, in characters: ours have less than a hundred."""

MAX_EXPIRED = 2**62
"""The largest count of expired records that is accepted, so that adding to it cannot overflow. Any client that may
commit for the group can write any count."""

UNSTABLE_OFFSET_COMMIT = 88
"""The error code of a coordinator while a transaction is pending that may change the offset."""

NONE_COMMITTED = -1
"""Kafka's answer in place of an offset if a group has committed none."""

RETRY_SECONDS = 0.05
"""Pause between two requests: an offset is unstable for some milliseconds only."""

_MOVED = (CoordinatorNotAvailableError, NotCoordinatorError)
"""Errors that mean that another broker is the coordinator now."""


class CommitNote(BaseModel):
    """The note beside a committed offset.

    Attributes:
        topic_id: id of the topic whose offset it is; empty: not known.
        leader_epoch: epoch of the leader that wrote the last record before the offset; -1: not known.
        expired: total number of offsets that retention has deleted before the group read them.
        time_ms: the time that the input has reached, for a stage with a store.
        changelog_id: id of the topic that has the changes of the state; empty: there is no store, or it is not known.
    """

    model_config = ConfigDict(frozen=True)

    topic_id: str = Field("", max_length=40)
    leader_epoch: int = Field(-1, ge=-1, le=MAX_INT32)
    expired: int = Field(0, ge=0, le=MAX_EXPIRED)
    time_ms: int = Field(0, ge=0, le=MAX_NUMBER)
    changelog_id: str = Field("", max_length=40)

    def text(self) -> str:
        """Return the note as it is committed."""
        of_store = set() if self.changelog_id else {"time_ms", "changelog_id"}
        return orjson.dumps(self.model_dump(exclude=of_store)).decode()

    @classmethod
    def parse(cls, text: str | None) -> "CommitNote":
        """Return the note in the metadata of a committed offset; an empty note if wiredesk did not write it."""
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
    confirmed them to the transaction's coordinator. So a plain request may return an offset from before the last
    transaction of the partition's previous owner (decision 6). This request is refused while a transaction is pending,
    and then repeated, also while the coordinator moves; the caller sets the deadline.

    Returns:
        None where no offset is committed.

    Args:
        consumer: a member of the group.
        group: on the cluster.

    Raises:
        KafkaError: the coordinator refuses.
    """
    # aiokafka has no public way to send a request of one's own: only these two private attributes are used.
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
