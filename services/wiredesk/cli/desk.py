"""A desk on this machine: the embedded Kafka, the topics, and workers as processes, started and ended together."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from wiredesk.cli import console
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

if TYPE_CHECKING:
    from wiredesk.local.broker.cluster import EmbeddedKafka

STOP_SECONDS = 30
RESTART_SECONDS = 2.0
"""Before a worker that ended by itself is started again: one that cannot start must not spin."""

LOCAL = {"WIREDESK_SESSION_TIMEOUT": "10", "WIREDESK_DRAIN_TIMEOUT": "5"}
"""Settings of workers on this machine where the user has none: no network here can make a living worker look dead, and
the partitions of one that does not come back wait for its session to end."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a service manager, and a terminal that is closed."""

NODES = (1, 3)

ASK_SECONDS = 2.0
POLL_SECONDS = 0.2


@contextlib.contextmanager
def stopping() -> Iterator[asyncio.Event]:
    """Yield an event that a signal to end sets, for the length of a block: everything then ends in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def settings(broker: "EmbeddedKafka") -> KafkaSettings:
    """Return how to reach an embedded Kafka: it has no security, and a prefix makes no difference to it."""
    return KafkaSettings(bootstrap_servers=broker.bootstrap_servers, security_protocol="PLAINTEXT", topic_prefix="")


@contextlib.asynccontextmanager
async def kafka(
    folder: Path, broker_settings: BrokerSettings, *, port: int = 0, nodes: int = 1, owner: str = "wiredesk"
) -> "AsyncIterator[EmbeddedKafka]":
    """Run the embedded Kafka for the length of a block, with a progress bar while its jars are fetched.

    Args:
        owner: the command that runs it, for whoever finds the folder in use.

    Raises:
        UnavailableError: it cannot start, or is not part of this installation.
        UsageError: a number of nodes that forms no quorum.
    """
    try:
        from wiredesk.local.broker.cluster import EmbeddedKafka  # noqa: PLC0415 - a stage's image has no broker
    except ImportError as error:
        raise UnavailableError("the embedded broker is not part of this installation (extra 'broker')") from error
    if nodes not in NODES:
        raise UsageError(f"--nodes {nodes}: 1 or 3 nodes form a quorum")
    columns = (TextColumn("fetching Kafka"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress:
        task = progress.add_task("jars", visible=False)
        broker = EmbeddedKafka(
            folder,
            broker_settings.cache_dir,
            port=port,
            nodes=nodes,
            owner=owner,
            progress=lambda done, total: progress.update(task, completed=done, total=total, visible=done < total),
        )
        await broker.__aenter__()
    try:
        yield broker
    finally:
        await broker.__aexit__(None, None, None)


async def until_stopped(stop: asyncio.Event, broker: "EmbeddedKafka") -> None:
    """Wait for a signal.

    Raises:
        UnavailableError: the broker ended by itself.
    """
    waiting = asyncio.create_task(stop.wait())
    watching = asyncio.create_task(broker.ended())
    try:
        await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done() and not stop.is_set():
            raise UnavailableError(watching.result())
    finally:
        waiting.cancel()
        watching.cancel()


@dataclass(slots=True)
class WorkerProcess:
    """A worker as a process, started again when it ends by itself.

    Attributes:
        instance_id: its name in the group: started again it has its partitions at once, however it ended.
        port: of its metrics.
        restarts: times that it was started again.
    """

    stage: Stage
    instance_id: str
    port: int
    restarts: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def get(self, path: str) -> tuple[int, str]:
        """Ask the worker over HTTP; status 0 where it does not answer."""
        import aiohttp  # noqa: PLC0415 - it takes as long to import as all else, and few commands ask

        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ASK_SECONDS)) as session,
                session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
            ):
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""

    async def is_ready(self) -> bool:
        """Whether it has its models and its partitions."""
        status, _ = await self.get("/readyz")
        return status == HTTPStatus.OK


@contextlib.asynccontextmanager
async def workers(
    counts: Mapping[Stage, int], bootstrap_servers: str, log: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[list[WorkerProcess]]:
    """Run workers for the length of a block; their logs are appended to one file.

    Args:
        counts: workers of each stage.
        settings: environment variables of theirs, beside ours and instead of them.
    """
    environment = {
        **os.environ,
        "WIREDESK_BOOTSTRAP_SERVERS": bootstrap_servers,
        "WIREDESK_SECURITY_PROTOCOL": "PLAINTEXT",
        "WIREDESK_TOPIC_PREFIX": "",
        "WIREDESK_METRICS_HOST": "127.0.0.1",
    }
    for name, value in LOCAL.items():
        environment.setdefault(name, value)
    environment.update(settings or {})
    crew = [
        WorkerProcess(stage, f"{stage.name}-{number}", _free_port())
        for stage, count in counts.items()
        for number in range(count)
    ]
    keepers = [asyncio.create_task(_keep(worker, environment, log)) for worker in crew]
    try:
        yield crew
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*(_end(worker) for worker in crew))


async def ready(crew: Sequence[WorkerProcess], seconds: float) -> None:
    """Wait until every worker has loaded its models and has its partitions.

    Raises:
        UnavailableError: one ended instead, or it took too long.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while not all(await asyncio.gather(*(worker.is_ready() for worker in crew))):
        for worker in crew:
            if worker.restarts:
                raise UnavailableError(f"the {worker.stage.name} worker does not start")
        if asyncio.get_running_loop().time() > deadline:
            raise UnavailableError(f"the workers are not ready after {seconds:g} s")
        await asyncio.sleep(POLL_SECONDS)


async def _keep(worker: WorkerProcess, environment: Mapping[str, str], log: Path) -> None:
    while True:
        with log.open("ab") as output:
            worker.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "wiredesk.cli.owned",
                "worker",
                worker.stage.name,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C is ours to handle: workers are told to stop before the broker is.
                start_new_session=True,
                env={
                    **environment,
                    "WIREDESK_METRICS_PORT": str(worker.port),
                    "WIREDESK_INSTANCE_ID": worker.instance_id,
                },
            )
        await worker.process.wait()
        worker.restarts += 1
        worker.port = _free_port()  # another process may have taken the old one meanwhile
        await asyncio.sleep(RESTART_SECONDS)


async def _end(worker: WorkerProcess) -> None:
    if worker.process is None or worker.process.returncode is not None:
        return
    worker.process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await worker.process.wait()
    except TimeoutError:
        worker.process.kill()
        await worker.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
