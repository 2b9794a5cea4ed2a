"""Two brokers on one folder: the second exits with a message, and the first continues."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import topics
from tests.echo import TOPICS
from tests.support import ROOT
from tests.waiting import deadline
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wait_until


def start(data: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "wiredesk.cli", "broker", "--data", str(data), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def bootstrap(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready "), process.communicate()[1]
    return line.removeprefix("ready ").strip()


def kafkas(data: Path) -> list[int]:
    """Return the Kafka processes whose settings are in a folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if "kafka.Kafka" in line and str(data) in line[-1] and "wiredesk.local.broker.guard" not in line:
            found.append(process.pid)
    return found


@pytest.mark.timeout(240)
async def test_of_brokers_that_start_at_once_one_runs_and_outlives_a_kill(tmp_path: Path) -> None:
    """Then it is killed with SIGKILL and started again at once: the new one waits until the old Kafka has exited."""
    data = tmp_path / "data"
    rivals = [start(data) for _ in range(4)]
    try:
        wait_until(lambda: sum(rival.poll() is not None for rival in rivals) == 3, "three of them have ended")
        (first,) = (rival for rival in rivals if rival.poll() is None)
        for rival in rivals:
            if rival is not first:
                _, error = rival.communicate()
                assert rival.returncode == 1
                assert f"in use by process {first.pid} (wiredesk broker since " in error
                assert error.count("\n") == 1
        kafka = KafkaSettings(bootstrap_servers=bootstrap(first))
        await topics.create(kafka, TOPICS)
        before = kafkas(data)
        assert len(before) == 1
        os.kill(before[0], signal.SIGSTOP)  # otherwise it would have ended before the check
        first.kill()
        first.wait()
        with (data / "kafka" / "lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(before[0], signal.SIGCONT)
        rivals.append(again := start(data))
        kafka = KafkaSettings(bootstrap_servers=bootstrap(again))
        after = kafkas(data)
        assert len(after) == 1
        assert after != before
        assert not await topics.create(kafka, TOPICS)  # they were kept
    finally:
        for rival in rivals:
            if rival.poll() is None:
                os.kill(rival.pid, signal.SIGTERM)
            rival.communicate(timeout=deadline())
