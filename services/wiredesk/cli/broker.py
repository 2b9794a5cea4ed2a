"""`wiredesk broker`: the embedded Kafka alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError

if TYPE_CHECKING:
    from wiredesk.local.broker.cluster import EmbeddedKafka

NODES = (1, 3)
"""Sizes of a cluster that keep a quorum."""

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder for everything that the broker writes.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the first node; 0: any free one.")]


@with_settings(settings=BrokerSettings)
def broker(
    *,
    data: Data = Path("data"),
    port: Port = 9092,
    nodes: Annotated[int, typer.Option("--nodes", help="1, or 3 that replicate each other.", min=1, max=3)] = 1,
    settings: BrokerSettings,
) -> None:
    """Run Apache Kafka on this machine until Ctrl-C: no Docker, no Java to install.

    Prints 'ready HOST:PORT[,HOST:PORT...]' once it accepts clients. It binds loopback and keeps its topics in --data.
    """
    if nodes not in NODES:
        raise UsageError(f"--nodes {nodes}: 1 or 3 nodes form a quorum")
    logs.quiet()
    asyncio.run(_run(data, port, nodes, settings))


async def _run(data: Path, port: int, nodes: int, settings: BrokerSettings) -> None:
    with stop_on_signal() as stop:
        async with embedded_kafka(data / "kafka", settings, port=port, nodes=nodes, owner="wiredesk broker") as kafka:
            console.line(f"ready {kafka.bootstrap_servers}")
            await stack.wait_until_stopped(stop, kafka)


@contextlib.asynccontextmanager
async def embedded_kafka(
    folder: Path, settings: BrokerSettings, *, owner: str, port: int = 0, nodes: int = 1
) -> "AsyncIterator[EmbeddedKafka]":
    """Run the embedded Kafka for the duration of a block, with a progress bar while its jars are fetched.

    Raises:
        UnavailableError: it cannot start, or is not part of this installation.
    """
    columns = (TextColumn("fetching Kafka"), BarColumn(), MofNCompleteColumn())
    async with contextlib.AsyncExitStack() as running:
        with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress:
            task = progress.add_task("jars", visible=False)
            kafka = await running.enter_async_context(
                stack.embedded_kafka(
                    folder,
                    settings,
                    port=port,
                    nodes=nodes,
                    owner=owner,
                    on_progress=lambda done, total: progress.update(
                        task, completed=done, total=total, visible=done < total
                    ),
                )
            )
        yield kafka
