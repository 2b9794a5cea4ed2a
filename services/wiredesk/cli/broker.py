"""`wiredesk broker`: the embedded Kafka alone."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from wiredesk.cli import console, desk
from wiredesk.cli.options import with_settings
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs

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
    logs.quiet()
    asyncio.run(_run(data, port, nodes, settings))


async def _run(data: Path, port: int, nodes: int, settings: BrokerSettings) -> None:
    with desk.stopping() as stop:
        async with desk.kafka(data / "kafka", settings, port=port, nodes=nodes, owner="wiredesk broker") as kafka:
            console.line(f"ready {kafka.bootstrap_servers}")
            await desk.until_stopped(stop, kafka)
