"""Describing and creating the topics of a cluster."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.admin import CreateTopicsRequest, DeleteTopicsRequest
from aiokafka.protocol.metadata import MetadataRequest

from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization
from wiredesk.runtime.kafka.descriptions import PartitionDescription, TopicDescription, TopicState
from wiredesk.runtime.kafka.partition_identity import format_topic_id
from wiredesk.runtime.kafka.protocol import TopicMetadata
from wiredesk.runtime.kafka.topic_settings import TopicSettingsClient
from wiredesk.runtime.topology import Stage, Topic, changelogs_of

CREATE_TIMEOUT_MS = 30_000
"""How long a broker may take to create or delete topics."""


class TopicClient(TopicSettingsClient):
    """The methods of `Cluster` for topics."""

    async def describe_topics(self, names: Iterable[str]) -> dict[str, TopicDescription]:
        """Return the topics that exist, by name; the others are left out.

        They are requested by name: a list of all topics would leave out the topics that this client may not describe,
        as if they did not exist.

        Raises:
            ForbiddenError: this client may not describe one of them.
        """
        names = list(names)
        if not names:
            return {}
        async with self._explained():
            answer = await self._ask_any(TopicMetadata(*names))
        described, hidden = {}, []
        for error, name, topic_id, _, partitions, *_ in answer.topics:
            if error == authorization.TOPIC_REFUSED:
                hidden.append(name)
            elif partitions:
                of_topic = [
                    PartitionDescription(number, leader, len(replicas), len(in_sync))
                    for _, number, leader, _, replicas, in_sync, *_ in partitions
                ]
                in_order = tuple(sorted(of_topic, key=lambda partition: partition.number))
                described[name] = TopicDescription(name, format_topic_id(topic_id), in_order)
        if hidden:
            raise authorization.invisible(self.settings, hidden)
        return {name: described[name] for name in names if name in described}

    async def topic_id(self, name: str) -> str:
        """Return the id of a topic; empty if it does not exist."""
        described = await self.describe_topics([name])
        return described[name].id if name in described else ""

    async def topic_states(self, topics: Sequence[Topic]) -> list[TopicState]:
        """Return the state of each topic of the topology."""
        described = await self.describe_topics([self.settings.on_cluster(topic.name) for topic in topics])
        states = []
        for topic in topics:
            there = described.get(self.settings.on_cluster(topic.name))
            partitions, replication = (len(there.partitions), there.replication) if there is not None else (0, 0)
            states.append(TopicState(topic, partitions, replication))
        return states

    async def partitions(self, names: Iterable[str]) -> list[TopicPartition]:
        """Return the partitions of those topics that exist, in order."""
        described = await self.describe_topics(names)
        return [partition for topic in described.values() for partition in topic.topic_partitions]

    async def required_topics(self, names: Iterable[str]) -> dict[str, TopicDescription]:
        """Return topics that must exist, by name.

        Raises:
            UnavailableError: one of the topics does not exist.
        """
        names = list(names)
        described = await self.describe_topics(names)
        if missing := [name for name in names if name not in described]:
            raise UnavailableError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
        return described

    async def required_partitions(self, names: Iterable[str]) -> list[TopicPartition]:
        """Return the partitions of topics that must exist, in order.

        Raises:
            UnavailableError: one of the topics does not exist.
        """
        described = await self.required_topics(names)
        return [partition for topic in described.values() for partition in topic.topic_partitions]

    async def input_partitions(self, stage: Stage, numbers: Iterable[int] = ()) -> list[TopicPartition]:
        """Return the partitions of a stage's input topic.

        Args:
            stage: of the topology.
            numbers: partition numbers that must exist.

        Raises:
            UsageError: one of the partitions does not exist.
            UnavailableError: a topic of the stage does not exist.
        """
        topics = [*stage.topics, *changelogs_of([stage])]
        partitions = await self.required_partitions([self.settings.on_cluster(topic.name) for topic in topics])
        name = self.settings.on_cluster(stage.consumes.name)
        inputs = [partition for partition in partitions if partition.topic == name]
        if wrong := [number for number in numbers if number >= len(inputs)]:
            raise UsageError(f"{name} has no partition {wrong[0]}: they are 0 to {len(inputs) - 1}")
        return inputs

    async def create_topics(
        self, topics: Sequence[Topic], *, partitions: int | None = None, replication: int = 1
    ) -> list[str]:
        """Create the topics that are missing, and return their names; those that exist stay as they are.

        When it returns, every broker that answers knows them.

        Args:
            topics: of the topology.
            partitions: number of partitions of every topic, in place of its default; those of one partition keep it.
            replication: replicas of each partition.

        Raises:
            UnavailableError: the cluster refuses one.
        """
        names = [self.settings.on_cluster(topic.name) for topic in topics]
        # Kafka requires CREATE even for topics that exist; a client that only uses them need not have it.
        likes = [self.settings.on_cluster(topic.partitioned_as) for topic in topics if topic.partitioned_as is not None]
        there = await self.describe_topics([*names, *likes])
        wanted: list[Any] = [
            (
                name,
                self._partitions_of(topic, partitions, there),
                replication,
                [],
                list(topic.settings().items()),
            )
            for name, topic in zip(names, topics, strict=True)
            if name not in there
        ]
        created = []
        request = CreateTopicsRequest(wanted, CREATE_TIMEOUT_MS, validate_only=False)
        async with self._explained():
            answer = await self._ask_controller(request) if wanted else None
            for name, code, message in answer.topic_errors if answer else ():
                if code == 0:
                    created.append(name)
                elif code in (authorization.TOPIC_REFUSED, authorization.CLUSTER_REFUSED):
                    raise authorization.forbidden(self.settings, "CREATE", f"topic {name}")
                elif code != TopicAlreadyExistsError.errno:
                    raise UnavailableError(f"topic {name} cannot be created: {message or for_code(code).__name__}")
            await self._wait_until_known(names)
        return created

    async def delete_topic(self, topic: Topic) -> None:
        """Delete a topic of the topology and its records; nothing is done if it does not exist.

        When it returns, no broker that answers lists it: a late one would have `create_topics` believe that it
        is still there.

        Raises:
            UnavailableError: the cluster refuses, or a broker lists it for too long.
        """
        name = self.settings.on_cluster(topic.name)
        async with self._explained():
            answer = await self._ask_controller(DeleteTopicsRequest([name], CREATE_TIMEOUT_MS))
        for _, code in answer.topic_error_codes:
            if code in (authorization.TOPIC_REFUSED, authorization.CLUSTER_REFUSED):
                raise authorization.forbidden(self.settings, "DELETE", f"topic {name}")
            if code not in (0, UnknownTopicOrPartitionError.errno):
                raise UnavailableError(f"topic {name} cannot be deleted: {for_code(code).__name__}")
        async with self._explained():
            late = await self._late_broker(TopicMetadata(name), _listed)
        if late is not None:
            raise UnavailableError(f"topic {name} is deleted, but broker {late[0]} still lists it: check its log")

    def _partitions_of(self, topic: Topic, partitions: int | None, there: Mapping[str, TopicDescription]) -> int:
        """Return how many partitions a new topic gets."""
        like = there.get(self.settings.on_cluster(topic.partitioned_as)) if topic.partitioned_as is not None else None
        if like is not None:
            return len(like.partitions)
        return topic.partitions_of(partitions)

    async def _wait_until_known(self, names: Sequence[str]) -> None:
        """Wait until every broker knows topics: the controller answers at once, the other brokers learn of them later.

        Raises:
            UnavailableError: a broker that answers does not know them in time.
        """
        late = await self._late_broker(TopicMetadata(*names), lambda answer: set(names) - _listed(answer))
        if late is not None:
            raise UnavailableError(
                f"topic {late[1]} exists, but broker {late[0]} does not list it: check its log, "
                "and your permission to describe topics"
            )

    async def count_brokers(self) -> int:
        """Return how many brokers are in the cluster."""
        async with self._explained():
            return len((await self._ask_any(MetadataRequest([]))).brokers)


def _listed(answer: Any) -> set[str]:
    """Return the names of those topics that a broker knows, of those that it was asked for."""
    return {name for _, name, _, _, partitions, *_ in answer.topics if partitions}
