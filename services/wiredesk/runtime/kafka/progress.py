"""How far consumer groups have come: the offsets that they have committed; and setting them by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupIdNotFound, KafkaError, NoError, NonEmptyGroup, for_code
from aiokafka.protocol.admin import DeleteGroupsRequest
from aiokafka.structs import OffsetAndMetadata

from wiredesk.runtime.errors import ForbiddenError, UnavailableError
from wiredesk.runtime.kafka import authorization, clients
from wiredesk.runtime.kafka.commit_note import CommitNote, Committed
from wiredesk.runtime.kafka.delivery import format_error
from wiredesk.runtime.kafka.partition_life import topic_id
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

COORDINATOR_SECONDS = 30
RETRY_SECONDS = 0.25


async def committed(settings: KafkaSettings, stages: Sequence[Stage]) -> dict[TopicPartition, Committed]:
    """Return the offset up to which each partition is done, by the stage that reads it; absent where nothing is.

    An offset of a topic that has been deleted and made anew since says nothing of the new one: it is left out.

    Raises:
        UnavailableError: the cluster cannot be reached.
        KafkaError: a coordinator does not appear in time.
    """
    found: dict[TopicPartition, Committed] = {}
    async with clients.started(clients.admin(settings), settings) as admin:
        for stage in stages:
            topic = settings.on_cluster(stage.consumes.name)
            lives = ("", await topic_id(admin, topic))
            listed = await group_offsets(admin, settings.on_cluster(stage.group))
            found.update({tp: at for tp, at in listed.items() if tp.topic == topic and at.note.topic_id in lives})
    return found


async def group_offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, Committed]:
    """Return the offsets that a group has committed, with their notes.

    Args:
        group: on the cluster.

    Raises:
        KafkaError: its coordinator does not appear in time, or refuses.
    """
    listed: dict[TopicPartition, OffsetAndMetadata] = await patiently(lambda: admin.list_consumer_group_offsets(group))
    return {tp: Committed(at.offset, CommitNote.parse(at.metadata)) for tp, at in listed.items() if at.offset >= 0}


async def group_state(admin: AIOKafkaAdminClient, group: str) -> tuple[str, list[Any]]:
    """Return a group's state, as Kafka calls it, and its members, as the protocol has them.

    Groups are asked for one by one: aiokafka reads an answer of version 3 as one of version 2, which fits for a single
    group only.

    Args:
        group: on the cluster.

    Raises:
        KafkaError: its coordinator does not appear in time, or refuses.
    """
    responses: list[Any] = await patiently(lambda: admin.describe_consumer_groups([group]))
    code, _, state, _, _, members, *_ = responses[0].groups[0]
    if code:
        raise for_code(code)(group)
    return state, members


async def set_offsets(settings: KafkaSettings, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit offsets for a group that has no members; its coordinator refuses where it has some.

    Beside each is noted which life of its topic it is of; what was noted there of expired records is kept.

    Args:
        group: without prefix.

    Raises:
        UnavailableError: the cluster cannot be reached, or refuses.
    """
    async with clients.started(clients.admin(settings), settings) as admin:
        lives = {topic: await topic_id(admin, topic) for topic in {tp.topic for tp in offsets}}
        before = await group_offsets(admin, settings.on_cluster(group))
    noted: dict[TopicPartition, tuple[int, str]] = {}
    for tp, offset in offsets.items():
        was = before[tp].note if tp in before else CommitNote()
        expired = was.expired if was.topic_id == lives[tp.topic] else 0
        noted[tp] = offset, CommitNote(topic_id=lives[tp.topic], expired=expired).text()
    consumer: AIOKafkaConsumer = clients.reader(settings, "wiredesk-offsets", group_id=settings.on_cluster(group))
    async with clients.started(consumer, settings):
        consumer.assign(list(offsets))
        try:
            await consumer.commit(noted)
        except KafkaError as error:
            if (line := authorization.refusal(error, settings)) is not None:
                raise ForbiddenError(line) from error
            raise UnavailableError(
                f"offsets of {group} cannot be set: {format_error(error)}; has it workers?"
            ) from error


async def delete_group(settings: KafkaSettings, group: str) -> None:
    """Delete a group that has done its work: its offsets would lag more and more, for every tool that looks.

    A group that still has members stays: the last of them deletes it.

    Args:
        group: without prefix.

    Raises:
        UnavailableError: the cluster cannot be reached.
        ForbiddenError: Kafka does not allow it.
    """
    name = settings.on_cluster(group)
    async with clients.started(clients.admin(settings), settings) as admin:
        error = await patiently(lambda: _delete(admin, name))
    if error in (NoError, NonEmptyGroup, GroupIdNotFound):
        return
    if (line := authorization.refusal(error(name), settings, authorization.DELETING)) is not None:
        raise ForbiddenError(line)
    raise UnavailableError(f"group {name} cannot be deleted: {error.__name__}")


async def _delete(admin: AIOKafkaAdminClient, name: str) -> type[KafkaError]:
    """Ask a group's coordinator to delete it; return its verdict, unless it may be another one in a moment."""
    client: Any = admin._client  # noqa: SLF001 - aiokafka has no method for it
    response = await client.send(await admin.find_coordinator(name), DeleteGroupsRequest([name]))
    ((_, code),) = response.results
    error = for_code(code)
    if error.retriable:
        raise error(name)
    return error


async def patiently[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask a group's coordinator; on a new cluster that of the first group takes a moment to appear.

    Raises:
        KafkaError: it did not, in time.
    """
    deadline = asyncio.get_running_loop().time() + COORDINATOR_SECONDS
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)
