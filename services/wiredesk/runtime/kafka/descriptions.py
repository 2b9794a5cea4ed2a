"""Descriptions of topics and consumer groups, as a cluster returns them."""

import contextlib
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.coordinator.protocol import ConsumerProtocol

from wiredesk.runtime.topology import Topic

IDLE_STATES = ("Empty", "Dead")
"""States of a consumer group without members, in Kafka's words."""


@dataclass(frozen=True, slots=True)
class PartitionDescription:
    """A partition: its leader (-1: none), and the numbers of its replicas and of its in-sync replicas."""

    number: int
    leader: int
    replicas: int
    in_sync: int


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A topic that exists.

    Attributes:
        name: on the cluster.
        id: as Kafka's own tools write it: 22 characters. A topic that is deleted and created again has another one.
    """

    name: str
    id: str
    partitions: tuple[PartitionDescription, ...]

    @property
    def topic_partitions(self) -> list[TopicPartition]:
        """Its partitions, in order."""
        return [TopicPartition(self.name, partition.number) for partition in self.partitions]

    @property
    def replication(self) -> int:
        """The number of replicas of its first partition."""
        return self.partitions[0].replicas


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic of the topology, as it is on the cluster; `partitions` is 0 if it is missing."""

    topic: Topic
    partitions: int
    replication: int


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A member of a consumer group: its client id, its host, and its partitions of all topics."""

    client_id: str
    host: str
    partitions: tuple[TopicPartition, ...]


@dataclass(frozen=True, slots=True)
class GroupDescription:
    """A consumer group: its state in Kafka's words (Stable, Empty, Dead, PreparingRebalance), and its members."""

    state: str
    members: tuple[GroupMember, ...]

    @property
    def is_idle(self) -> bool:
        """Whether it has no members."""
        return self.state in IDLE_STATES


def decode_member(_: str, client_id: str, host: str, __: bytes, assignment: bytes) -> GroupMember:
    """Return a member of a group, from the fields of the protocol; its assignment may be anything."""
    partitions: list[Any] = []
    with contextlib.suppress(ValueError, IndexError, TypeError):  # a client of the group wrote it
        partitions = ConsumerProtocol.ASSIGNMENT.decode(assignment).partitions() if assignment else []
    return GroupMember(client_id, host.removeprefix("/"), tuple(sorted(partitions)))
