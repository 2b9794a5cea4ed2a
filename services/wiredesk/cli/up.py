"""`wiredesk up`: a desk on this machine, with a live table of what it does."""

import asyncio
import contextlib
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client.parser import text_string_to_metric_families
from rich.live import Live
from rich.table import Table

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.broker import Data, Port, embedded_kafka
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.local import stack
from wiredesk.local.broker.settings import BrokerSettings
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.topology import Stage

REFRESH_SECONDS = 1.0
PLAIN_SECONDS = 10.0


@with_settings(settings=BrokerSettings)
def up(
    *,
    workers: Annotated[
        list[str] | None, typer.Option("--workers", metavar="STAGE=N", help="Workers of a stage; default: 1 of each.")
    ] = None,
    data: Data = Path("data"),
    port: Port = 9092,
    settings: BrokerSettings,
) -> None:
    """Run a whole desk on this machine until Ctrl-C: Kafka, topics, and workers of every stage.

    Publish to it with 'wiredesk publish', read from it with 'wiredesk tail'. Kafka's topics and all logs are in --data.
    """
    logs.quiet()
    asyncio.run(_run(_counts(workers or []), data, port, settings))


def _counts(given: Sequence[str]) -> dict[Stage, int]:
    counts = dict.fromkeys(registry.stages().values(), 1)
    for entry in given:
        name, _, number = entry.partition("=")
        if not re.fullmatch(r"[0-9]{1,4}", number):
            raise UsageError(f"--workers {entry}: give STAGE=N, with a stage of {', '.join(registry.stages())}")
        counts[registry.registry().stage(name)] = int(number)
    return counts


async def _run(counts: dict[Stage, int], data: Path, port: int, settings: BrokerSettings) -> None:
    with stop_on_signal() as stop:
        async with embedded_kafka(data / "kafka", settings, port=port, owner="wiredesk up") as broker:
            kafka = stack.kafka_settings(broker)
            await topics.create(kafka, registry.topics())
            console.line(f"ready {broker.bootstrap_servers}")
            log = data / "workers.log"
            console.note(f"logs: {log} and {broker.nodes[0].log}")
            async with stack.workers(counts, broker.bootstrap_servers, log) as crew:
                watching = asyncio.create_task(_watch(crew))
                try:
                    await stack.wait_until_stopped(stop, broker)
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)
            console.note("stopping")


@dataclass(slots=True)
class _Sums:
    """A stage's figures, summed over its workers."""

    records: float = 0
    dead_letters: float = 0
    lag: float = 0
    in_flight: float = 0
    ready: int = 0


async def _watch(crew: Sequence[stack.WorkerProcess]) -> None:
    before: dict[str, _Sums] = {}
    asked = time.monotonic()
    with Live(console=console.out, auto_refresh=False) if console.out.is_terminal else contextlib.nullcontext() as live:
        while True:
            await asyncio.sleep(REFRESH_SECONDS if live is not None else PLAIN_SECONDS)
            sums = await _sums(crew)
            now = time.monotonic()
            rows = [_row(name, sums, before, now - asked, crew) for name in registry.stages()]
            before, asked = sums, now
            if live is not None:
                live.update(_table(rows), refresh=True)
            else:
                for row in rows:
                    console.line(" ".join(f"{k}={v}" for k, v in zip(_COLUMNS, row, strict=True)))


_COLUMNS = ("stage", "workers", "pages/s", "lag", "in flight", "done", "dead letters", "restarts")


def _row(
    name: str, sums: dict[str, _Sums], before: dict[str, _Sums], seconds: float, crew: Sequence[stack.WorkerProcess]
) -> tuple[str, ...]:
    own, last = sums[name], before.get(name, sums[name])
    mine = [worker for worker in crew if worker.stage.name == name]
    return (
        name,
        f"{own.ready}/{len(mine)}",
        f"{max(0.0, own.records - last.records) / seconds:.1f}",
        f"{own.lag:.0f}",
        f"{own.in_flight:.0f}",
        f"{own.records:.0f}",
        f"{own.dead_letters:.0f}",
        str(sum(worker.restarts for worker in mine)),
    )


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(header_style="bold")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "stage" else "right")
    for row in rows:
        table.add_row(*row)
    return table


async def _sums(crew: Sequence[stack.WorkerProcess]) -> dict[str, _Sums]:
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for worker in crew:
        own = sums[worker.stage.name]
        own.ready += await worker.is_ready()
        _, exposition = await worker.get("/metrics")
        _add(own, exposition)
    return sums


def _add(own: _Sums, exposition: str) -> None:
    fields = {
        "wiredesk_records_total": "records",
        "wiredesk_dead_letters_total": "dead_letters",
        "wiredesk_lag_records": "lag",
        "wiredesk_in_flight_records": "in_flight",
    }
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name in fields:
                name = fields[sample.name]
                setattr(own, name, getattr(own, name) + sample.value)
