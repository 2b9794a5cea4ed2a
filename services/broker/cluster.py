"""The cluster: one node or three, started and stopped together."""

import asyncio
import base64
import contextlib
import errno
import shutil
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from aiokafka.errors import KafkaError

from services.broker import jars
from services.broker.node import Address, Node
from services.runtime.errors import UnavailableError, WiredeskError
from services.runtime.kafka import clients
from services.runtime.settings import MIB, KafkaSettings

START_SECONDS = 90
POLL_SECONDS = 0.2

MIN_FREE_BYTES = 256 * MIB
"""Below this Kafka starts and fails at its first segments, with a stack trace: better not to start."""


class EmbeddedKafka:
    """A Kafka cluster on this machine, as an async context manager.

    Entering it starts the nodes and waits until they accept clients; leaving it, or the end of this process by any
    means, stops them.

    Args:
        folder: everything that it writes goes below it, and is found again at the next start.
        cache: where Kafka's jars are kept.
        port: of the first node; the others take those after it. 0: any free ones.
        nodes: 1 or 3.
        version: of Kafka; one that is pinned.
        fronts: ports that clients are told instead of the nodes' own: a proxy listens there.
        progress: called while jars are fetched, with how many are there and how many are wanted.

    Raises:
        UnavailableError: on entering, in one line: the port is taken, the disk full, a jar not to be had.
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
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.nodes: list[Node] = []
        self._folder = folder
        self._cache = cache
        self._port = port
        self._count = nodes
        self._version = version
        self._fronts = fronts
        self._progress = progress

    @property
    def bootstrap_servers(self) -> str:
        """Where clients begin: `host:port`, comma-separated."""
        return ",".join(f"127.0.0.1:{node.address.front or node.address.port}" for node in self.nodes)

    async def __aenter__(self) -> Self:
        addresses = [
            Address(
                node=n + 1,
                port=_free_port(self._port + n if self._port else 0),
                controller_port=_free_port(0),
                front=self._fronts[n] if self._fronts else 0,
                internal_port=_free_port(0) if self._fronts else 0,
            )
            for n in range(self._count)
        ]
        cluster_id = self._prepare_folder()
        classpath = await asyncio.to_thread(jars.classpath, self._cache, self._version, self._progress)
        self.nodes = [Node(a, addresses, self._folder / f"node-{a.node}", classpath) for a in addresses]
        try:
            await asyncio.gather(*(node.format(cluster_id) for node in self.nodes))
            for node in self.nodes:
                await node.start()
            await self._accepting()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def ended(self) -> str:
        """Wait until a node ends by itself; return why."""
        while True:
            for node in self.nodes:
                if node.ended:
                    return node.failure()
            await asyncio.sleep(POLL_SECONDS)

    async def _stop(self) -> None:
        await asyncio.gather(*(node.stop() for node in self.nodes))

    def _prepare_folder(self) -> str:
        """Return the cluster's id: drawn once, then kept in the folder."""
        path = self._folder / "cluster-id"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < MIN_FREE_BYTES:
                raise UnavailableError(f"the disk of {self._folder} is full: {MIN_FREE_BYTES // MIB} MiB must be free")
            if not path.exists():
                path.write_text(new_cluster_id(), encoding="ascii")
            return path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise UnavailableError(f"{self._folder} cannot be written: {error.strerror or error}") from error

    async def _accepting(self) -> None:
        """Wait until every node is a member of the cluster that clients see."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while await self._members() < self._count:
                    for node in self.nodes:
                        if node.ended:
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


def new_cluster_id(draw: Callable[[], UUID] = uuid4) -> str:
    """Return a random cluster id, as Kafka writes them: never with a dash first, which its tools take for an option."""
    while True:
        cluster_id = base64.urlsafe_b64encode(draw().bytes).decode("ascii").rstrip("=")
        if not cluster_id.startswith("-"):
            return cluster_id


def _free_port(port: int) -> int:
    """Return the port if it is free, or any free one for 0.

    Raises:
        UnavailableError: it is taken, or not ours to bind.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise UnavailableError(f"port {port} {why}: choose another with --port, or 0 for any") from error
        return int(probe.getsockname()[1])
