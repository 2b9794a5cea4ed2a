"""The peers: what they are, how they are started, and what they cost."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STREAMS = HERE / "streams"
BUILD_SECONDS = 300


@dataclass(frozen=True)
class Peer:
    """A library, and how it is run.

    Attributes:
        jobs: the jobs that it can do.
        missing: why it cannot be run here, in a line; None where it can.
    """

    name: str
    guarantee: str
    command: Callable[[Path], list[str]]
    jobs: tuple[str, ...] = ("identity", "text")
    missing: Callable[[Path], str | None] = lambda _: None


def _own(script: str) -> Callable[[Path], list[str]]:
    return lambda _: [sys.executable, str(HERE / script)]


def _theirs(script: str) -> Callable[[Path], list[str]]:
    return lambda python: [str(python), str(HERE / script)]


def _no_environment(python: Path) -> str | None:
    return None if python.exists() else f"no {python}: 'make peers' installs the peers' own environment"


def _no_streams(_: Path) -> str | None:
    """Build the Kafka Streams application, where that is possible and has not been done."""
    if (STREAMS / "target" / "streams.jar").exists():
        return None
    if shutil.which("mvn") is None or shutil.which("java") is None:
        return "no 'mvn' and 'java' on this machine"
    built = subprocess.run(
        ["mvn", "-q", "-B", "package"],  # noqa: S607 - from the PATH, as is said
        cwd=STREAMS,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    return None if built.returncode == 0 else f"'mvn package' failed: {built.stdout.strip()[:200]}"


def _streams_command(_: Path) -> list[str]:
    return ["java", "-cp", f"{STREAMS}/target/streams.jar:{STREAMS}/target/dependency/*", "StreamsWorker"]


PEERS = (
    Peer("wiredesk", "exactly once", _own("wiredesk_worker.py")),
    Peer("Kafka Streams", "exactly once", _streams_command, ("identity",), _no_streams),
    Peer("Quix Streams", "exactly once", _theirs("quix_worker.py"), missing=_no_environment),
    Peer("arroyo", "at least once", _theirs("arroyo_worker.py"), missing=_no_environment),
    Peer("FastStream, batches", "at least once", _theirs("faststream_worker.py"), missing=_no_environment),
    Peer("bare confluent-kafka loop", "exactly once", _own("confluent_worker.py")),
    Peer("bare aiokafka loop", "exactly once (1)", _own("aiokafka_worker.py")),
)
"""Footnote 1: only while no partition moves; see its file."""


@dataclass(frozen=True)
class Terms:
    """Settings that are equal for all peers.

    Attributes:
        commit_records: records after which a worker commits, where it can count them.
        commit_ms: milliseconds after which it does.
        codec: of the outputs.
        own: environment of wiredesk's worker; empty: its settings' defaults.
    """

    commit_records: int = 1000
    commit_ms: int = 100
    codec: str = "zstd"
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """What one run reads and writes on the cluster."""

    servers: str
    source: str
    target: str
    group: str


class Worker:
    """A worker of a peer as a process, with its child processes."""

    def __init__(self, peer: Peer, job: str, flow: Flow, terms: Terms, python: Path, folder: Path) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{HERE}:{ROOT}",
            "BENCH_SERVERS": flow.servers,
            "BENCH_INPUT": flow.source,
            "BENCH_OUTPUT": flow.target,
            "BENCH_GROUP": flow.group,
            "BENCH_JOB": job,
            "BENCH_COMMIT_RECORDS": str(terms.commit_records),
            "BENCH_COMMIT_MS": str(terms.commit_ms),
            "BENCH_CODEC": terms.codec,
            "BENCH_FOLDER": str(folder),
            **terms.own,
        }
        with (folder / f"{flow.group}.log").open("ab") as log:
            self._process = psutil.Popen(
                peer.command(python),
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether it ended by itself."""
        return self._process.poll() is not None

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that it has used so far: all threads and processes, including those that have ended."""
        return cpu_seconds(self._process)

    def kill(self) -> None:
        """Kill it with all its child processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU seconds that a process and its descendants have used."""
    spent = 0.0
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            spent += sum(one.cpu_times()[:4])  # user, system, and both of children that have ended
    return spent


def embedded_brokers() -> list[psutil.Process]:
    """Return the brokers that this process has started; to be called before it starts anything else."""
    return [p for p in psutil.Process().children(recursive=True) if p.name() == "java"]
