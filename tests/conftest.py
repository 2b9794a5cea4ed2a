"""Fixtures that every test may use: a real Kafka for the whole run, and a desk of its own for each test.

And the rules that hold for all of them: deadlines scale with the machine, and who needs Kafka is marked so.
"""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.patience import scaled
from tests.support import ROOT, Cluster
from wiredesk.runtime.settings import KafkaSettings

START_SECONDS = 120

NEEDS_KAFKA = ("tests/kafka/", "tests/faults/", "tests/examples/")

# An example that takes long says something about the machine; one that never ends is ended by the test's deadline.
hypothesis.settings.register_profile("wiredesk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("wiredesk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Kafka: `make test-fast` leaves it out."""
    for item in items:
        if item.nodeid.startswith(NEEDS_KAFKA) or "cluster" in getattr(item, "fixturenames", ()):
            item.add_marker("kafka")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Scale the time after which pytest-timeout ends a test, before it sets its timer."""
    marker = item.get_closest_marker("timeout")
    seconds = float(marker.args[0] if marker is not None else item.config.getini("timeout"))
    item.add_marker(pytest.mark.timeout(scaled(seconds)), append=False)
    return (yield)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    """Settings of whoever runs the tests must not reach them."""
    for name in [name for name in os.environ if name.startswith("WIREDESK_") and name != "WIREDESK_CACHE_DIR"]:
        del os.environ[name]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Kafka, started by the command that a user would type, once for the whole run."""
    folder = tmp_path_factory.mktemp("kafka")
    yield from running_broker(folder, "--nodes", "1")


def running_broker(folder: Path, *options: str) -> Iterator[Cluster]:
    """Run `wiredesk broker` and wait for its line."""
    command = [sys.executable, "-m", "wiredesk.cli", "broker", "--data", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready "), process.stderr.read()
        yield Cluster(line.removeprefix("ready ").strip(), process.pid, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(scaled(START_SECONDS))
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def kafka(cluster: Cluster) -> KafkaSettings:
    """Settings with a prefix of their own: tests share the cluster and nothing else."""
    return KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix=f"t{uuid.uuid4().hex[:8]}.")
