"""`wiredesk status`: the deployment at a glance."""

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from rich.console import Group

    from wiredesk.operations.status import StageStatus, Status, StatusMonitor

PROBLEM = 1
"""Exit code if something needs attention."""

REFRESH_SECONDS = 2.0
"""Time between two measurements with --watch."""

COLUMNS = ("stage", "in/s", "out/s", "lag", "lag s", "workers", "partitions", "dead letters")
"""The columns of the table, which has a row for each stage."""


@with_settings(kafka=KafkaSettings)
def status(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Refresh every 2 seconds, until Ctrl-C.")] = False,
    window: Annotated[str, typer.Option(metavar="T", help="Count reasons since T: 1h, 6h, 2026-01-31T06:00Z.")] = "1h",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; with --watch, one a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show throughput, lag and workers of each stage, skipped pages and dead letters by reason, and broker health.

    Of a stage with a store, also how far the restore of its states is, where that takes more than a second.

    All figures come from Kafka, so it works on any machine, and when workers hang. Reasons are counted in the newest
    2,000 records of each partition. Exit code 1 if a partition lacks a replica or a leader, if records wait for a stage
    without workers, or if a transaction is open for too long.

    Example:
      wiredesk status --watch
    """
    import asyncio
    from datetime import UTC, datetime

    from wiredesk.cli.time_arg import parse_time
    from wiredesk.runtime import logs

    logs.quiet()
    now = datetime.now(UTC)
    with contextlib.suppress(KeyboardInterrupt) if watch else contextlib.nullcontext():
        if asyncio.run(_status(kafka, now - parse_time(window, now), watch=watch, as_json=as_json)):
            raise typer.Exit(PROBLEM)


async def _status(kafka: KafkaSettings, window: "timedelta", *, watch: bool, as_json: bool) -> bool:
    """Show the status; return whether there is a problem."""
    from wiredesk import registry
    from wiredesk.operations.status import StatusMonitor
    from wiredesk.pipeline import PAGES_SKIPPED
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka, "wiredesk-status") as cluster:
        monitor = StatusMonitor(cluster, registry.stages().values(), PAGES_SKIPPED, window)
        if watch:
            await _watch(monitor, as_json=as_json)
            return False
        measured = await monitor.measure()
        _print(measured, as_json=as_json)
        return bool(measured.problems)


async def _watch(monitor: "StatusMonitor", *, as_json: bool) -> None:
    """Show the status every 2 seconds: redrawn in place on a terminal, appended otherwise."""
    import asyncio

    from wiredesk.cli.signals import stop_on_signal

    with stop_on_signal() as stop, console.live() if not as_json else contextlib.nullcontext() as redraw:
        while not stop.is_set():
            measured = await monitor.measure()
            if redraw is not None:
                redraw(_view(measured))
            else:
                _print(measured, as_json=as_json)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)


def _print(measured: "Status", *, as_json: bool) -> None:
    from wiredesk.operations.status import as_object

    if as_json:
        console.json(as_object(measured))
    elif console.out.is_terminal:
        console.show(_view(measured))
    else:
        for row in (*_rows(measured), *_facts(measured)):
            console.row(row)


def _rows(measured: "Status", *, within: str = ",", between: str = " ") -> list[tuple[str, ...]]:
    """Return a row for each stage.

    Args:
        within: separates the partitions of a worker.
        between: separates the workers.
    """
    return [
        (
            stage.name,
            f"{stage.in_per_second:.1f}",
            f"{stage.out_per_second:.1f}",
            str(stage.lag),
            f"{stage.lag_seconds:.0f}",
            f"{len(stage.workers)} ({stage.group_state})",
            between.join(within.join(map(str, worker.partitions)) or "-" for worker in stage.workers),
            _counts(stage.dead_letters),
        )
        for stage in measured.stages
    ]


def _facts(measured: "Status") -> list[tuple[str, str]]:
    brokers = measured.brokers
    health = f"{brokers.count} running"
    if not brokers.is_healthy:
        health += f"; {brokers.under_replicated} partitions lack a replica, {brokers.leaderless} have no leader"
    return [
        ("skipped", _counts(measured.skipped) or "nothing"),
        ("oldest page in flight", f"{measured.oldest_page_seconds:.0f} s"),
        ("brokers", health),
        *(("restoring", line) for stage in measured.stages for line in _restores(stage)),
        *(("problem", problem) for problem in measured.problems),
    ]


def _restores(stage: "StageStatus") -> "Iterator[str]":
    """Yield a line for each partition whose state is being restored."""
    for one in stage.restoring:
        size = f"{one.keys:,} keys, {one.size / 1e6:,.1f} MB, {one.seconds:.0f} s"
        yield f"{stage.name} partition {one.partition}: {one.share:.0%} of the changelog, {size}"


def _counts(reasons: "Mapping[str, int]") -> str:
    return ", ".join(f"{reason} {count}" for reason, count in reasons.items())


def _view(measured: "Status") -> "Group":
    """Return the status laid out for the terminal."""
    from rich.console import Group
    from rich.text import Text

    facts = [
        Text(console.safe(f"{name}: {value}"), style="red" if name == "problem" else "")
        for name, value in _facts(measured)
    ]
    rows = _rows(measured, within=", ", between="; ")  # wraps between two numbers, never within one
    return Group(console.table_view("", COLUMNS, rows), *facts)
