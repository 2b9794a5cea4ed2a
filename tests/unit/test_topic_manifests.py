"""Topics as manifests: what `wiredesk topics export` prints."""

import re

import pytest
import yaml

from wiredesk import registry
from wiredesk.operations.topic_manifests import declared, strimzi, terraform
from wiredesk.runtime.settings import KafkaSettings

PREFIX = "Desk_A."
"""A prefix that is valid in Kafka, and not in names of Kubernetes."""

KAFKA = KafkaSettings(topic_prefix=PREFIX)


@pytest.mark.parametrize("partitions", [None, 12])
def test_strimzi_declares_what_topics_create_creates(partitions: int | None) -> None:
    topics = registry.topics()
    objects = list(yaml.safe_load_all("\n".join(strimzi(declared(KAFKA, topics, partitions, 3), "news"))))
    assert len(objects) == len(topics)
    for topic, declares in zip(topics, objects, strict=True):
        assert declares["kind"] == "KafkaTopic"
        assert declares["metadata"]["labels"] == {"strimzi.io/cluster": "news"}
        assert declares["spec"] == {
            "topicName": PREFIX + topic.name,
            "partitions": topic.partitions_of(partitions),
            "replicas": 3,
            "config": topic.settings(),
        }


def test_names_of_objects_are_valid_and_distinct() -> None:
    lines = "\n".join(strimzi(declared(KAFKA, registry.topics(), None, 1), "news"))
    names = [one["metadata"]["name"] for one in yaml.safe_load_all(lines)]
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", name) for name in names)
    assert len(names) == len(set(names))


def test_terraform_declares_the_same() -> None:
    topics = declared(KAFKA, registry.topics(), None, 3)
    text = "\n".join(terraform(topics))
    assert re.findall(r'^  name               = "(.+)"$', text, re.MULTILINE) == [topic.name for topic in topics]
    assert re.findall(r"^  partitions         = (\d+)$", text, re.MULTILINE) == [str(one.partitions) for one in topics]
    settings = [dict(re.findall(r'^    "(.+)" = "(.+)"$', part, re.MULTILINE)) for part in text.split("resource ")[1:]]
    assert settings == [topic.settings for topic in topics]


@pytest.mark.parametrize("prefix", ["", "2026.", "-x.", "News_1."])
def test_names_of_terraform_are_valid(prefix: str) -> None:
    topics = declared(KafkaSettings(topic_prefix=prefix), registry.topics(), None, 3)
    names = re.findall(r'^resource "kafka_topic" "([^"]*)"', "\n".join(terraform(topics)), re.MULTILINE)
    assert len(set(names)) == len(topics)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) for name in names)
