"""The broker and workers of a test, as processes, like in production."""

import contextlib
import http.client
import math
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from wiredesk.local.ports import free_port
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.testing import commands
from wiredesk.testing.patience import MOST, at_present, scaled, setting

SECONDS = 60.0
"""Default deadline, in seconds on a quiet machine."""

STOP_SECONDS = 120.0
"""How long a broker may take to stop, on a quiet machine."""

LOAD_SECONDS = 240.0
"""How long a handler may take to load, on a quiet machine; where deadlines scale most, it is the longest setting. A
replay has a lower priority: beside busy processes it takes ten times as long to load as alone."""

ANSWER_SECONDS = 10.0
"""How long a worker that listens may take to answer, on a quiet machine."""

POLL_SECONDS = 0.05
"""Seconds between two checks of a condition; it is longer for one that takes long."""

_COMMAND = (sys.executable, "-m", "wiredesk.cli")


@dataclass(frozen=True)
class KafkaProcess:
    """A broker that a test started: its address, the process that runs it, and its folder."""

    bootstrap_servers: str
    pid: int
    folder: Path


@contextlib.contextmanager
def run_broker(folder: Path, *options: str) -> Iterator[KafkaProcess]:
    """Run `wiredesk broker` for the duration of a block.

    Args:
        folder: for its data; it must be empty or the folder of the same broker.
        options: of the command, beside the folder and a free port.

    Raises:
        RuntimeError: it does not start; the message is its own.
    """
    command = [*_COMMAND, "broker", "--data", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours
    with process:
        assert process.stdout is not None  # noqa: S101 - they are pipes
        assert process.stderr is not None  # noqa: S101
        try:
            line = process.stdout.readline()
            if not line.startswith("ready "):
                raise RuntimeError(f"the broker does not start: {process.stderr.read().strip()}")
            yield KafkaProcess(line.removeprefix("ready ").strip(), process.pid, folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(scaled(STOP_SECONDS))


@dataclass
class WorkerProcess:
    """A worker process, started as in production.

    Attributes:
        stage: the name of its stage.
        log: file that its log is appended to.
        settings: environment variables of its own.
        port: port of its metrics endpoint.
        command: what runs it, without the stage: an interpreter, `-m`, a module and its arguments.
    """

    stage: str
    kafka: KafkaSettings
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    command: ClassVar[tuple[str, ...]] = (*_COMMAND, "worker")

    def __post_init__(self) -> None:
        self.port = free_port()
        own = {**environment(self.kafka), **deadlines(), "WIREDESK_METRICS_PORT": str(self.port), **self.settings}
        _, _, module, *arguments = self.command
        with self.log.open("ab") as output:
            self.process = commands.start([*arguments, self.stage], own, output, module=module)

    def get(self, path: str) -> tuple[int, str]:
        """Send it an HTTP request; return status and body, or status 0 if it does not answer."""
        try:
            url = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(url, timeout=scaled(ANSWER_SECONDS)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, http.client.HTTPException):  # it ends, or has no time, before its answer is whole
            return 0, ""

    def is_ready(self) -> bool:
        """Whether it has loaded its handler and been assigned its partitions.

        Raises:
            AssertionError: it exited; the message has the end of its log.
        """
        if self.process.poll() is not None:
            raise AssertionError(f"{self.stage} exited: {self.log.read_text(encoding='utf-8')[-2000:]}")
        return self.get("/readyz")[0] == HTTPStatus.OK

    def metric(self, name: str) -> float:
        """Return a metric, summed over its labels; `name{label="value"}` is the sum of those with this label.

        While the worker does not answer it is NaN, which equals nothing: it would otherwise seem to have no lag.
        """
        status, answer = self.get("/metrics")
        if status != HTTPStatus.OK:
            return math.nan
        name, _, label = name.removesuffix("}").partition("{")
        own = (line for line in answer.splitlines() if line.startswith((name + " ", name + "{")) and label in line)
        return sum(float(line.split()[-1]) for line in own)

    def terminate(self) -> int:
        """Stop it by SIGTERM, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(scaled(SECONDS))


@contextlib.contextmanager
def workers(
    kafka: KafkaSettings, stages: Sequence[str], log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[list[WorkerProcess]]:
    """Run a worker of each stage for the duration of a block; they are ready when it begins."""
    running = [WorkerProcess(stage, kafka, log, settings or {}) for stage in stages]
    try:
        for worker in running:
            wait_until(worker.is_ready, f"{worker.stage} is ready")
        yield running
    finally:
        for worker in running:
            if worker.process.poll() is None:
                worker.process.terminate()
        for worker in running:
            worker.process.wait(scaled(SECONDS))


def deadlines() -> dict[str, str]:
    """Return the default deadlines of a worker under test, scaled to this machine."""
    fields = ("session_timeout", "drain_timeout", "page_deadline", "transaction_timeout")
    return {f"WIREDESK_{name.upper()}": str(setting(WorkerSettings.model_fields[name].default)) for name in fields}


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the environment of a command that connects to a cluster."""
    return {
        **os.environ,
        **load_timeout(),
        "WIREDESK_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "WIREDESK_TOPIC_PREFIX": kafka.topic_prefix,
    }


def load_timeout() -> dict[str, str]:
    """Return the time that loading a handler may take, scaled to the present load."""
    return {"WIREDESK_LOAD_TIMEOUT": f"{min(scaled(LOAD_SECONDS), LOAD_SECONDS * MOST):g}"}


def wiredesk(kafka: KafkaSettings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as its users would, and return its output and exit code."""
    return commands.run(arguments, environment(kafka))


def wait_until(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait for a condition, or fail.

    Args:
        what: the condition in words, for the message.
        seconds: of a quiet machine; on a busy one it waits longer, scaled by the present load.
    """
    began = asked = time.monotonic()
    while not condition():
        answered = time.monotonic()
        if answered > began + scaled(seconds):
            raise AssertionError(f"not within {seconds:g} s x {at_present():.1f}: {what}")
        # A condition that runs a command would otherwise take the processors from what it waits for.
        time.sleep(max(POLL_SECONDS, answered - asked))
        asked = time.monotonic()
