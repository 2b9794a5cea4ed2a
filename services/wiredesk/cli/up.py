"""`wiredesk up`: a local stack, with a live table of its workers' metrics."""

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.broker import Data, Port, check_settings, embedded_kafka
from wiredesk.cli.options import with_settings
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime.errors import UsageError

if TYPE_CHECKING:
    from wiredesk.local.figures import StageFigures
    from wiredesk.local.stack import WorkerProcess
    from wiredesk.runtime.topology import Stage

REFRESH_SECONDS = 1.0
"""Time between two updates of the live table."""

PLAIN_SECONDS = 10.0
"""Time between two reports if the output is not animated: in a pipe, with NO_COLOR or TERM=dumb."""

COLUMNS = ("stage", "ready", "pages/s", "lag", "in flight", "done", "dead letters", "restarts", "metrics ports")
"""Columns of the live table."""


@with_settings(settings=BrokerSettings)
def up(
    *,
    workers: Annotated[
        list[str] | None,
        typer.Option("--workers", metavar="STAGE=N", help="Workers of a stage; default: 1 each. Can be repeated."),
    ] = None,
    data: Data = Path("data"),
    port: Port = 9092,
    settings: BrokerSettings,
) -> None:
    """Run a whole deployment on this machine until Ctrl-C: Kafka, topics, and workers of every stage.

    Prints 'ready HOST:PORT' on stdout once Kafka accepts clients, and then what the workers do: a live table on a
    terminal, a line for each stage every 10 seconds in a pipe. A worker that exits is restarted.

    Publish to it with 'wiredesk publish', read from it with 'wiredesk tail'. Kafka's topics and all logs are in --data.

    Example:
      wiredesk up --workers extractor=2 --workers enrichment=2

    Exit codes: 0 stopped by a signal, 1 Kafka cannot start or has exited, 2 wrong usage.
    """
    counts = _counts(workers or [])
    check_settings(counts)
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    asyncio.run(_run(counts, data, port, settings))


def _counts(options: Sequence[str]) -> dict["Stage", int]:
    """Return the number of workers of each stage.

    Raises:
        UsageError: an option names an unknown stage, or has no number.
    """
    from wiredesk import registry

    counts = dict.fromkeys(registry.stages().values(), 1)
    for option in options:
        name, _, number = option.partition("=")
        if not re.fullmatch(r"[0-9]{1,4}", number):
            raise UsageError(f"--workers {option}: give STAGE=N, with a stage of {', '.join(registry.stages())}")
        counts[registry.registry().stage(name)] = int(number)
    return counts


async def _run(counts: Mapping["Stage", int], data: Path, port: int, settings: BrokerSettings) -> None:
    import asyncio

    from wiredesk import registry
    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.local import stack
    from wiredesk.runtime.kafka.cluster import Cluster

    say = console.note
    with stop_on_signal() as stop:
        async with embedded_kafka(data / "kafka", settings, owner="wiredesk up", say=say, port=port) as broker:
            async with Cluster(stack.kafka_settings(broker)) as cluster:
                created = await cluster.create_topics(registry.all_topics())
            say(f"{len(created)} topics created, {len(registry.all_topics()) - len(created)} existed")
            console.line(f"ready {broker.bootstrap_servers}")
            log = data / "workers.log"
            named = ", ".join(f"{count} of {stage.name}" for stage, count in counts.items())
            say(f"starting workers: {named}. Loading models takes some seconds. Their log: {log}")
            async with stack.workers(counts, broker.bootstrap_servers, log) as running:
                watching = asyncio.create_task(_watch(running, log))
                try:
                    await stack.wait_until_stopped(stop, broker)
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
                say("stopping the workers, which finish what is in flight")
            say("stopping Kafka")


async def _watch(workers: "Sequence[WorkerProcess]", log: Path) -> None:
    """Show the metrics of all workers until this task is cancelled."""
    import asyncio

    from wiredesk.local.figures import figures_by_stage

    began = asked = time.monotonic()
    before: dict[str, StageFigures] = {}
    was_ready = False
    with console.live() as redraw:
        while True:
            figures = await figures_by_stage(workers)
            now = time.monotonic()
            _report_restarts(before, figures, log)
            rows = [_row(name, one, before.get(name, one), now - asked) for name, one in figures.items()]
            before, asked = figures, now
            is_ready = all(one.ready == one.workers for one in figures.values())
            if is_ready and not was_ready:
                console.note(f"all workers are ready after {now - began:.0f} s; Ctrl-C stops everything")
            was_ready = is_ready
            if redraw is not None:
                redraw(console.table_view("", COLUMNS, rows))
            else:
                for row in rows:
                    console.line(" ".join(f"{k.replace(' ', '_')}={v}" for k, v in zip(COLUMNS, row, strict=True)))
            await asyncio.sleep(REFRESH_SECONDS if redraw is not None else PLAIN_SECONDS)


def _report_restarts(before: "Mapping[str, StageFigures]", now: "Mapping[str, StageFigures]", log: Path) -> None:
    for name, figures in now.items():
        if name in before and figures.restarts > before[name].restarts:
            console.note(f"a worker of {name} has exited and is restarted: {log} says why", style="yellow")


def _row(name: str, now: "StageFigures", before: "StageFigures", seconds: float) -> tuple[str, ...]:
    rate = max(0.0, now.records - before.records) / seconds if seconds > 0 else 0.0
    return (
        name,
        f"{now.ready}/{now.workers}",
        f"{rate:.1f}",
        f"{now.lag:.0f}",
        f"{now.in_flight:.0f}",
        f"{now.records:.0f}",
        f"{now.dead_letters:.0f}",
        str(now.restarts),
        ", ".join(map(str, now.ports)),
    )
