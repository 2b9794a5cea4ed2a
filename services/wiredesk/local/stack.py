"""A local stack: the embedded Kafka, and workers as child processes, started and stopped together."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.local.ports import free_port
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiredesk.local.broker.cluster import EmbeddedKafka
    from wiredesk.local.broker.jars import FetchProgress

WORKER_COMMAND = (sys.executable, "-m", "wiredesk.cli.child_main", "worker")
"""The command of a worker that exits with its supervisor; the name of the stage is appended."""

STOP_SECONDS = 30.0
"""How long a worker may take to stop before it is killed."""

RESTART_SECONDS = 2.0
"""Pause before a worker that has exited is restarted, so that one that cannot start does not restart in a tight
loop."""

LOCAL_DEFAULTS = {"WIREDESK_SESSION_TIMEOUT": "10", "WIREDESK_DRAIN_TIMEOUT": "5"}
"""Default settings of local workers. The partitions of a dead worker stay idle until its session times out; on loopback
a short timeout is safe, because no network delay makes a live worker look dead."""

REQUEST_SECONDS = 2.0
"""Timeout of an HTTP request to a worker."""

POLL_SECONDS = 0.2
"""Pause between two checks whether all workers are ready."""


def kafka_settings(broker: "EmbeddedKafka") -> KafkaSettings:
    """Return the settings for an embedded Kafka: plain text, no topic prefix; the environment is ignored."""
    return KafkaSettings(bootstrap_servers=broker.bootstrap_servers, security_protocol="PLAINTEXT", topic_prefix="")


@contextlib.asynccontextmanager
async def embedded_kafka(
    folder: Path,
    broker_settings: BrokerSettings,
    *,
    port: int = 0,
    nodes: int = 1,
    owner: str = "wiredesk",
    on_fetch: "Callable[[FetchProgress], None] | None" = None,
) -> "AsyncIterator[EmbeddedKafka]":
    """Run the embedded Kafka for the duration of a block.

    Args:
        folder: where Kafka keeps its data and its logs.
        port: port of the first node; 0 for any free port.
        nodes: 1 or 3.
        owner: the command that runs it, for the error message of another one that wants the same folder.
        on_fetch: called while jars are fetched, from any thread.

    Raises:
        UnavailableError: it cannot start, or is not part of this installation.
    """
    try:
        from wiredesk.local.broker.cluster import EmbeddedKafka  # noqa: PLC0415 - a stage's image has no broker
    except ImportError as error:
        raise UnavailableError("the embedded broker is not part of this installation (extra 'broker')") from error
    broker = EmbeddedKafka(folder, broker_settings.cache_dir, port=port, nodes=nodes, owner=owner, on_fetch=on_fetch)
    async with broker:
        yield broker


async def wait_until_stopped(stop: asyncio.Event, broker: "EmbeddedKafka") -> None:
    """Wait until the event is set.

    Raises:
        UnavailableError: the broker exited by itself.
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
    """A worker as a child process, restarted when it exits by itself.

    Attributes:
        instance_id: its group instance id (static membership); a restarted worker gets its partitions back at once.
        port: port of its metrics endpoint.
        restarts: how often it was restarted.
    """

    stage: Stage
    instance_id: str
    port: int
    restarts: int = 0
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def get(self, path: str) -> tuple[int, str]:
        """Send the worker an HTTP request; return status and body, or status 0 if it does not answer."""
        import aiohttp  # noqa: PLC0415 - slow to import, and few commands need it

        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS)) as session,
                session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
            ):
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""

    async def is_ready(self) -> bool:
        """Whether it has loaded its models and been assigned its partitions."""
        status, _ = await self.get("/readyz")
        return status == HTTPStatus.OK


@contextlib.asynccontextmanager
async def workers(
    counts: Mapping[Stage, int], bootstrap_servers: str, log: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[list[WorkerProcess]]:
    """Run workers for the duration of a block.

    Args:
        counts: number of workers of each stage.
        log: file that all of them append their logs to.
        settings: environment variables of the workers, which override those of this process.
    """
    environment = {
        **os.environ,
        "WIREDESK_BOOTSTRAP_SERVERS": bootstrap_servers,
        "WIREDESK_SECURITY_PROTOCOL": "PLAINTEXT",
        "WIREDESK_TOPIC_PREFIX": "",
        "WIREDESK_METRICS_HOST": "127.0.0.1",
    }
    for name, value in LOCAL_DEFAULTS.items():
        environment.setdefault(name, value)
    environment.update(settings or {})
    started = [
        WorkerProcess(stage, f"{stage.name}-{number}", free_port())
        for stage, count in counts.items()
        for number in range(count)
    ]
    supervisors = [asyncio.create_task(_supervise(worker, environment, log)) for worker in started]
    try:
        yield started
    finally:
        for supervisor in supervisors:
            supervisor.cancel()
        await asyncio.gather(*supervisors, return_exceptions=True)
        await asyncio.gather(*(_stop(worker) for worker in started))


async def wait_until_ready(started: Sequence[WorkerProcess], seconds: float) -> None:
    """Wait until every worker has loaded its models and been assigned its partitions.

    Raises:
        UnavailableError: a worker exited, or `seconds` have passed.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while not all(await asyncio.gather(*(worker.is_ready() for worker in started))):
        for worker in started:
            if worker.restarts:
                raise UnavailableError(f"the {worker.stage.name} worker does not start")
        if asyncio.get_running_loop().time() > deadline:
            raise UnavailableError(f"the workers are not ready after {seconds:g} s")
        await asyncio.sleep(POLL_SECONDS)


async def _supervise(worker: WorkerProcess, environment: Mapping[str, str], log: Path) -> None:
    """Run a worker, and restart it whenever it exits, until this task is cancelled."""
    while True:
        with log.open("ab") as output:
            worker.process = await asyncio.create_subprocess_exec(
                *WORKER_COMMAND,
                worker.stage.name,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C reaches only the supervisor, which stops the workers before the broker.
                start_new_session=True,
                env={
                    **environment,
                    "WIREDESK_METRICS_PORT": str(worker.port),
                    "WIREDESK_INSTANCE_ID": worker.instance_id,
                },
            )
        await worker.process.wait()
        worker.restarts += 1
        worker.port = free_port()  # another process may use the old port meanwhile
        await asyncio.sleep(RESTART_SECONDS)


async def _stop(worker: WorkerProcess) -> None:
    if worker.process is None or worker.process.returncode is not None:
        return
    worker.process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await worker.process.wait()
    except TimeoutError:
        worker.process.kill()
        await worker.process.wait()
