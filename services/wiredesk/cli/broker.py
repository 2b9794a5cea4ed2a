"""`wiredesk broker`: the embedded Kafka alone; and progress messages of all commands that run it."""

import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import check_stage_settings, load, with_settings
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.local.broker.cluster import EmbeddedKafka
    from wiredesk.local.broker.jars import FetchProgress
    from wiredesk.runtime.topology import Stage

NODES = (1, 3)
"""Numbers of nodes that form a quorum."""

MEGABYTE = 1_000_000
"""Bytes of a megabyte, as in file sizes and downloads."""

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder for Kafka's topics and all logs.")]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the first node; 0: any free port.")
]


@with_settings(settings=BrokerSettings)
def broker(
    *,
    data: Data = Path("data"),
    port: Port = 9092,
    nodes: Annotated[
        int, typer.Option("--nodes", metavar="N", help="Number of nodes: 1, or 3 with replication.", min=1, max=3)
    ] = 1,
    settings: BrokerSettings,
) -> None:
    """Run Apache Kafka on this machine until Ctrl-C: no Docker, no Java to install.

    Prints 'ready HOST:PORT[,HOST:PORT...]' on stdout once it accepts clients. It listens on 127.0.0.1 only, without
    security, and keeps its topics in --data. The first start downloads Kafka (about 45 MB) into the cache.

    Example:
      wiredesk broker --data ~/kafka --port 19092

    Exit codes: 0 stopped by a signal, 1 Kafka cannot start or has exited, 2 wrong usage.
    """
    if nodes not in NODES:
        raise UsageError(f"--nodes {nodes}: 1 or 3 nodes form a quorum")
    check_client_settings()
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(_run(data, port, nodes, settings))


def check_client_settings() -> None:
    """Read the settings of clients of the embedded Kafka, before it is started.

    Raises:
        UsageError: one of them is wrong.
    """
    load(KafkaSettings, bootstrap_servers="127.0.0.1", security_protocol="PLAINTEXT", topic_prefix="")


def check_settings(stages: "Iterable[Stage]") -> None:
    """Read the settings of a local stack, before it is started: of clients, of workers, and of each stage.

    Raises:
        UsageError: one of them is wrong.
    """
    from wiredesk.local import stack

    check_client_settings()
    defaults = {name: value for name, value in stack.LOCAL_DEFAULTS.items() if name not in os.environ}
    load(
        WorkerSettings, **{name.removeprefix(WorkerSettings.prefix).lower(): value for name, value in defaults.items()}
    )
    for stage in stages:
        check_stage_settings(stage)


async def _run(data: Path, port: int, nodes: int, settings: BrokerSettings) -> None:
    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.local import stack

    owner = "wiredesk broker"
    say = console.note if console.err.is_terminal else None
    with stop_on_signal() as stop:
        async with embedded_kafka(data / "kafka", settings, owner=owner, say=say, port=port, nodes=nodes) as kafka:
            console.line(f"ready {kafka.bootstrap_servers}")
            await stack.wait_until_stopped(stop, kafka)


@contextlib.asynccontextmanager
async def embedded_kafka(
    folder: Path,
    settings: BrokerSettings,
    *,
    owner: str,
    say: Callable[[str], None] | None,
    port: int = 0,
    nodes: int = 1,
) -> "AsyncIterator[EmbeddedKafka]":
    """Run the embedded Kafka for the duration of a block, with a progress bar while its jars are fetched.

    Args:
        say: prints a line for each step; None: only a download is announced, on stderr.

    Raises:
        UnavailableError: it cannot start, or is not part of this installation.
    """
    from wiredesk.local import stack

    began = time.monotonic()
    if say is not None:
        where = f"127.0.0.1:{port}" if port else "a free port"
        say(f"starting Apache Kafka on {where}, with its data and logs in {folder}")
    async with contextlib.AsyncExitStack() as running:
        with _fetching(settings.cache_dir, say or console.note) as on_fetch:
            kafka = await running.enter_async_context(
                stack.embedded_kafka(folder, settings, port=port, nodes=nodes, owner=owner, on_fetch=on_fetch)
            )
        if say is not None:
            say(f"Kafka accepts clients after {time.monotonic() - began:.1f} s")
        yield kafka


@contextlib.contextmanager
def _fetching(cache: Path, say: Callable[[str], None]) -> "Iterator[Callable[[FetchProgress], None]]":
    """Announce a download, and show its progress for the duration of a block."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

    began = time.monotonic()
    columns = (TextColumn("fetching Kafka"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with console.progress_bar(*columns) as bar:
        task = bar.add_task("", visible=False)

        def on_fetch(progress: "FetchProgress") -> None:
            expected = max(progress.estimated_bytes, progress.size)
            if progress.done == 0:
                say(
                    f"fetching Apache Kafka, once: {progress.total} jars, about {expected / MEGABYTE:.0f} MB, from "
                    f"Maven Central into {cache}; usually less than a minute"
                )
            bar.update(task, completed=progress.size, total=expected, visible=progress.done < progress.total)
            if progress.done == progress.total:
                say(f"fetched {progress.size / MEGABYTE:.0f} MB in {time.monotonic() - began:.0f} s")

        yield on_fetch
