"""The cluster: one node or three, started and stopped together."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka.errors import KafkaError

from wiredesk.local.broker import data_folder, jars
from wiredesk.local.broker.folder_lock import FolderLock
from wiredesk.local.broker.jars import FetchProgress
from wiredesk.local.broker.node import Address, Node
from wiredesk.local.ports import free_port
from wiredesk.runtime.errors import UnavailableError, WiredeskError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.settings import KafkaSettings

START_SECONDS = 90
"""Time within which a broker must answer after its start; it takes 3 to 5 s on an idle machine."""

POLL_SECONDS = 0.2
"""Pause between two attempts to connect while it starts."""


class EmbeddedKafka:
    """A Kafka cluster on this machine, as an async context manager.

    Entering it starts the nodes and waits until they accept clients. Leaving it stops them, and so does the end of this
    process, even if it is killed.

    Args:
        folder: holds all files that it writes; the next start continues with them.
        cache: where Kafka's jars are kept.
        port: port of the first node; the others use the ports after it. 0: any free ports.
        nodes: 1 or 3.
        version: version of Kafka; it must be pinned.
        fronts: advertised ports in place of the nodes' own: a proxy listens there.
        on_fetch: called while jars are fetched; see `jars.classpath`.
        owner: the command that starts it, for the error message of another one that wants the same folder.

    Raises:
        UnavailableError: on entering, in one line: the folder is in use or holds another cluster, the port is taken,
            the disk is full, or a jar cannot be fetched.
    """

    def __init__(
        self,
        folder: Path,
        cache: Path,
        *,
        port: int = 0,
        nodes: int = 1,
        version: str = jars.KAFKA_VERSION,
        fronts: Sequence[int] = (),
        on_fetch: Callable[[FetchProgress], None] | None = None,
        owner: str = "wiredesk",
    ) -> None:
        self.nodes: list[Node] = []
        self._folder = folder
        self._cache = cache
        self._port = port
        self._count = nodes
        self._version = version
        self._fronts = fronts
        self._on_fetch = on_fetch
        self._lock = FolderLock(folder, owner)

    @property
    def bootstrap_servers(self) -> str:
        """The bootstrap servers for clients: `host:port`, comma-separated."""
        return ",".join(f"127.0.0.1:{node.address.front or node.address.port}" for node in self.nodes)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(data_folder.prepare, self._folder)
        await self._lock.acquire()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def _start(self) -> None:
        addresses = [
            Address(
                node=n + 1,
                port=_checked_port(self._port + n) if self._port else free_port(),
                controller_port=free_port(),
                front=self._fronts[n] if self._fronts else 0,
                internal_port=free_port() if self._fronts else 0,
            )
            for n in range(self._count)
        ]
        cluster_id = data_folder.cluster_id(self._folder, self._count)
        classpath = await asyncio.to_thread(jars.classpath, self._cache, self._version, self._on_fetch)
        self.nodes = [
            Node(a, addresses, self._folder / f"node-{a.node}", classpath, held=self._lock.fd, cache=self._cache)
            for a in addresses
        ]
        await asyncio.gather(*(node.format(cluster_id) for node in self.nodes))
        for node in self.nodes:
            await node.start()
        await self._accepting()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def ended(self) -> str:
        """Wait until a node exits by itself; return why."""
        while True:
            for node in self.nodes:
                if node.ended:
                    return node.failure()
            await asyncio.sleep(POLL_SECONDS)

    async def _stop(self) -> None:
        try:
            await asyncio.gather(*(node.stop() for node in self.nodes))
        finally:
            self._lock.release()

    async def _accepting(self) -> None:
        """Wait until every node is a member of the cluster that clients see."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while await self._members() < self._count:
                    for node in self.nodes:
                        if node.ended:
                            await node.drop_start()
                            raise UnavailableError(node.failure())
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise UnavailableError(
                f"Kafka did not start within {START_SECONDS} s; its log: {self.nodes[0].log}"
            ) from None

    async def _members(self) -> int:
        settings = KafkaSettings(bootstrap_servers=self.bootstrap_servers, security_protocol="PLAINTEXT")
        with contextlib.suppress(WiredeskError, KafkaError, OSError):
            async with clients.started(clients.admin(settings), settings) as admin:
                return len((await admin.describe_cluster())["brokers"])
        return 0


def _checked_port(port: int) -> int:
    """Return the port if it is free.

    Raises:
        UnavailableError: it is taken, or this user may not bind it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise UnavailableError(f"port {port} {why}: choose another with --port, or 0 for any") from error
        return port
