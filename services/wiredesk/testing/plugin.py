"""The pytest plug-in: a real Kafka for the whole run, and for each test topics and stages of its own.

Pytest loads it in every run of an environment in which wiredesk is installed. So it imports nothing at the top but
pytest, and no fixture is used automatically.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wiredesk.runtime.settings import KafkaSettings
    from wiredesk.testing.processes import KafkaProcess
    from wiredesk.testing.running_stage import StartStage


@pytest.fixture(scope="session")
def wiredesk_cluster(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[KafkaProcess]":
    """An Apache Kafka, embedded: started once for the whole run, with the command `wiredesk broker`.

    If WIREDESK_TEST_BOOTSTRAP_SERVERS names a cluster, that cluster is used. Nothing is deleted there.
    """
    from wiredesk.testing.processes import KafkaProcess, run_broker  # noqa: PLC0415

    if servers := os.environ.get("WIREDESK_TEST_BOOTSTRAP_SERVERS"):
        yield KafkaProcess(servers, 0, tmp_path_factory.mktemp("kafka"))
        return
    with run_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture
def wiredesk_kafka(wiredesk_cluster: "KafkaProcess") -> "KafkaSettings":
    """Settings with a topic prefix of the test's own: tests share the cluster, but no topics and no groups."""
    from wiredesk.runtime.settings import KafkaSettings  # noqa: PLC0415

    prefix = f"t{uuid.uuid4().hex[:8]}."
    return KafkaSettings(
        bootstrap_servers=wiredesk_cluster.bootstrap_servers, topic_prefix=prefix, security_protocol="PLAINTEXT"
    )


@pytest.fixture
def wiredesk_stage(wiredesk_kafka: "KafkaSettings", tmp_path: Path) -> "Iterator[StartStage]":
    """A function that starts a stage, given its name: its topics are created, and a worker runs until the test ends."""
    from wiredesk.testing.running_stage import StageStarter  # noqa: PLC0415

    with ExitStack() as running:
        yield StageStarter(wiredesk_kafka, tmp_path / "workers.log", running)
