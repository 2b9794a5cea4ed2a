"""Topics as manifests, for clusters whose topics are declared: Strimzi's KafkaTopic, and Terraform's `kafka_topic`."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Topic

MAX_OBJECT_NAME = 253
"""Characters of an object's name in Kubernetes (RFC 1123)."""

_NOT_OF_OBJECTS = re.compile(r"[^a-z0-9.-]|(?<![a-z0-9])\.|\.(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class DeclaredTopic:
    """A topic as a manifest declares it.

    Attributes:
        name: on the cluster, prefix included.
        partitions: number of its partitions.
        replication: replicas of each partition.
        settings: by their names in Kafka.
    """

    name: str
    partitions: int
    replication: int
    settings: dict[str, str]


def declared(
    kafka: KafkaSettings, topics: Sequence[Topic], partitions: int | None, replication: int
) -> list[DeclaredTopic]:
    """Return topics as `wiredesk topics create` would create them.

    Args:
        kafka: settings of the connection; the prefix is part of every name.
        topics: of the topology.
        partitions: of every topic, in place of its default; those of one partition keep it.
        replication: replicas of each partition.
    """
    return [
        DeclaredTopic(
            kafka.on_cluster(topic.name),
            topic.partitions_of(partitions),
            replication,
            topic.settings(),
        )
        for topic in topics
    ]


def strimzi(topics: Sequence[DeclaredTopic], cluster: str) -> Iterator[str]:
    """Yield the lines of a YAML stream of KafkaTopic objects.

    Args:
        topics: what they declare.
        cluster: name of the Kafka object that they are of.
    """
    for topic in topics:
        yield from (
            "---",
            "apiVersion: kafka.strimzi.io/v1beta2",
            "kind: KafkaTopic",
            "metadata:",
            f"  name: {json.dumps(object_name(topic.name))}",
            "  labels:",
            f"    strimzi.io/cluster: {json.dumps(cluster)}",
            "spec:",
            f"  topicName: {json.dumps(topic.name)}",
            f"  partitions: {topic.partitions}",
            f"  replicas: {topic.replication}",
            "  config:",
        )
        yield from (f"    {name}: {json.dumps(value)}" for name, value in topic.settings.items())


def terraform(topics: Sequence[DeclaredTopic]) -> Iterator[str]:
    """Yield the lines of `kafka_topic` resources, as Terraform's providers for Kafka have them."""
    for topic in topics:
        yield from (
            f'resource "kafka_topic" "{resource_name(topic.name)}" {{',
            f"  name               = {json.dumps(topic.name)}",
            f"  partitions         = {topic.partitions}",
            f"  replication_factor = {topic.replication}",
            "  config = {",
        )
        yield from (f"    {json.dumps(name)} = {json.dumps(value)}" for name, value in topic.settings.items())
        yield from ("  }", "}", "")


def resource_name(topic: str) -> str:
    """Return a valid name of a resource of Terraform for a topic: it begins with a letter or an underscore."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", topic)
    return name if name[:1].isalpha() else f"_{name}"


def object_name(topic: str) -> str:
    """Return a valid name of an object for a topic; it is the topic's own where that is valid."""
    return _NOT_OF_OBJECTS.sub("-", topic.lower())[:MAX_OBJECT_NAME].strip("-.") or "topic"
