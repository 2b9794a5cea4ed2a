"""Fixtures that every test may use: a real Kafka for the whole run, and a desk of its own for each test."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.settings import KafkaSettings
from tests.support import ROOT, Cluster

START_SECONDS = 120


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
    command = [sys.executable, "-m", "services.cli", "broker", "--data", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready "), process.stderr.read()
        yield Cluster(line.removeprefix("ready ").strip(), process.pid, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)
        process.stdout.close()
        process.stderr.close()


@pytest.fixture
def kafka(cluster: Cluster) -> KafkaSettings:
    """Settings with a prefix of their own: tests share the cluster and nothing else."""
    return KafkaSettings(bootstrap_servers=cluster.bootstrap_servers, topic_prefix=f"t{uuid.uuid4().hex[:8]}.")
