"""The committed offset of a partition, once no transaction can change it any more.

aiokafka asks for offsets by version 3 of OffsetFetch, which answers with what is committed and says nothing of what is
about to be. Kafka's classic coordinator applies the offsets of a transaction on another thread, after it has told the
transaction's coordinator that all is done; so the offset that version 3 returns may be older than the predecessor's
last transaction (decision 6). Version 7 (KIP-447) can be asked to refuse in that case.
"""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import (
    BrokerResponseError,
    CoordinatorNotAvailableError,
    KafkaError,
    NotCoordinatorError,
    for_code,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields

from wiredesk.runtime.kafka.commit_note import CommitNote, Committed

UNSTABLE_OFFSET_COMMIT = 88
NONE_COMMITTED = -1

RETRY_SECONDS = 0.05
"""Between two questions: an offset is unstable for some milliseconds only."""

_MOVED = (CoordinatorNotAvailableError, NotCoordinatorError)


class UnstableOffsetError(BrokerResponseError):
    """A transaction is pending that may change the offset."""

    errno = UNSTABLE_OFFSET_COMMIT
    retriable = True


class OffsetFetchResponse_v7(Response):  # noqa: N801 - named as aiokafka names its messages
    """The answer, with an error for each partition and one for all."""

    API_KEY = 9
    API_VERSION = 7
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            CompactArray(
                ("name", CompactString("utf-8")),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("offset", Int64),
                        ("leader_epoch", Int32),
                        ("metadata", CompactString("utf-8")),
                        ("error_code", Int16),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("error_code", Int16),
        ("tags", TaggedFields),
    )


class OffsetFetchRequest_v7(RequestStruct):  # noqa: N801 - the same
    """The question; `require_stable` makes the coordinator refuse while a transaction is pending."""

    API_KEY = 9
    API_VERSION = 7
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = OffsetFetchResponse_v7
    SCHEMA = Schema(
        ("group_id", CompactString("utf-8")),
        (
            "topics",
            CompactArray(("name", CompactString("utf-8")), ("partitions", CompactArray(Int32)), ("tags", TaggedFields)),
        ),
        ("require_stable", Boolean),
        ("tags", TaggedFields),
    )


class StableOffsetFetch(Request[OffsetFetchRequest_v7]):
    """Builds the question for one partition."""

    API_KEY = 9

    def __init__(self, group: str, source: TopicPartition) -> None:
        self._group = group
        self._source = source

    def build(self, request_struct_class: type[OffsetFetchRequest_v7]) -> OffsetFetchRequest_v7:
        """Return the message."""
        topics: list[Any] = [(self._source.topic, [self._source.partition], {})]
        return request_struct_class(self._group, topics, True, {})  # noqa: FBT003 - positional, as the protocol has it


async def committed(consumer: AIOKafkaConsumer, group: str, source: TopicPartition) -> Committed | None:
    """Return the group's committed offset of a partition, None where there is none.

    It waits as long as a transaction that may change the offset is not finished, and while the coordinator moves; the
    caller sets the deadline.

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


def _offset(response: Any) -> Committed | None:
    _refuse(response.error_code)
    ((_, partitions, _),) = response.topics
    ((_, offset, _, metadata, error_code, _),) = partitions
    _refuse(error_code)
    return None if offset == NONE_COMMITTED else Committed(int(offset), CommitNote.parse(metadata))


def _refuse(error_code: int) -> None:
    if error_code == UNSTABLE_OFFSET_COMMIT:
        raise UnstableOffsetError
    if error_code:
        raise for_code(error_code)
