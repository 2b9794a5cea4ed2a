"""How far the stages have come: the offsets that their consumer groups have committed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from services.runtime.kafka import clients
from services.runtime.settings import KafkaSettings
from services.runtime.topology import Stage

COORDINATOR_SECONDS = 30
RETRY_SECONDS = 0.25


async def committed(settings: KafkaSettings, stages: Sequence[Stage]) -> dict[TopicPartition, int]:
    """Return the offset up to which each partition is done, by the stage that reads it; absent where nothing is.

    Raises:
        UnavailableError: the cluster cannot be reached.
        KafkaError: a coordinator does not appear in time.
    """
    found: dict[TopicPartition, int] = {}
    async with clients.started(clients.admin(settings), settings) as admin:
        for stage in stages:
            topic = settings.on_cluster(stage.consumes.name)
            listed = await _offsets(admin, settings.on_cluster(stage.group))
            found.update({tp: at.offset for tp, at in listed.items() if tp.topic == topic and at.offset >= 0})
    return found


async def _offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    return dict(await patiently(lambda: admin.list_consumer_group_offsets(group)))


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
