"""How far consumer groups have come: the offsets that they have committed; and setting them by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.structs import OffsetAndMetadata

from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.cluster_client import retry_until_coordinator
from wiredesk.runtime.kafka.commit_note import CommitNote, Committed
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage


async def committed(settings: KafkaSettings, stages: Sequence[Stage]) -> dict[TopicPartition, Committed]:
    """Use `Cluster.committed_offsets`."""
    async with Cluster(settings) as cluster:
        return {tp: at for stage in stages for tp, at in (await cluster.committed_offsets(stage)).items()}


async def group_offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, Committed]:
    """Return the offsets that a group has committed, with their notes.

    Args:
        group: on the cluster.

    Raises:
        KafkaError: its coordinator does not appear in time, or refuses.
    """
    listed: dict[TopicPartition, OffsetAndMetadata] = await retry_until_coordinator(
        lambda: admin.list_consumer_group_offsets(group)
    )
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
    responses: list[Any] = await retry_until_coordinator(lambda: admin.describe_consumer_groups([group]))
    code, _, state, _, _, members, *_ = responses[0].groups[0]
    if code:
        raise for_code(code)(group)
    return state, members


async def set_offsets(settings: KafkaSettings, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Use `Cluster.set_group_offsets`; the group is without prefix here."""
    async with Cluster(settings) as cluster:
        await cluster.set_group_offsets(settings.on_cluster(group), offsets)


async def delete_group(settings: KafkaSettings, group: str) -> None:
    """Use `Cluster.delete_group`; the group is without prefix here."""
    async with Cluster(settings) as cluster:
        await cluster.delete_group(settings.on_cluster(group))
