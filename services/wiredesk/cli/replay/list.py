"""`replay list` and `replay show`: runs and their progress."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.replay.resume import reconciliation_rows, to_json
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.replays.status import RunStatus


@with_settings(kafka=KafkaSettings)
def list_command(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """List all runs: their state (done, running, stopped) and progress.

    Example:
      wiredesk replay list --json
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    statuses = asyncio.run(_all(kafka))
    if as_json:
        for status in statuses:
            console.json(_to_json(status))
        return
    console.table(
        "Replays",
        ("run", "stage", "into", "planned", "state", "done", "offsets"),
        [
            (
                status.run.id,
                status.run.stage,
                status.run.into or "live",
                f"{status.run.planned_at:%Y-%m-%d %H:%M}",
                status.state,
                status.done,
                status.run.size,
            )
            for status in statuses
        ],
    )


@with_settings(kafka=KafkaSettings)
def show_command(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, as 'replay list' shows it.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show a run: what it reads, where it writes, its progress, and its result.

    Example:
      wiredesk replay show RUN
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    status = asyncio.run(_one(kafka, run_id))
    if as_json:
        console.json(_to_json(status))
        return
    run, reconciliation = status.run, status.saved.reconciliation
    rows = _rows(status) + (reconciliation_rows(reconciliation) if reconciliation is not None else [])
    console.table(f"run {run.id}", ("what", "is"), rows)
    if reconciliation is None:
        console.line(f"continue it with: wiredesk replay --resume {run.id}")


def _rows(status: "RunStatus") -> list[tuple[str, object]]:
    run = status.run
    rows: list[tuple[str, object]] = [
        ("state", status.state),
        ("stage", f"{run.stage} {run.version}"),
        ("into", run.into or "live"),
        ("planned", run.planned_at.isoformat()),
        *((f"only {kind}", " ".join(values)) for kind, values in run.filters.items()),
        *((("rate", f"{run.rate:g} a second"),) if run.rate else ()),
        ("processes", status.processes),
        ("done", f"{status.done} of {run.size} offsets"),
    ]
    nexts = status.position.next_offsets if status.position is not None else {}
    for number, offsets in sorted(run.ranges.items()):
        if offsets.size:
            at = f", next {nexts[number]}" if number in nexts else ""
            rows.append((f"partition {number}", f"{offsets.start} to {offsets.stop}{at}"))
    return rows


async def _all(kafka: KafkaSettings) -> "Sequence[RunStatus]":
    from wiredesk.operations.replays.run import load_runs
    from wiredesk.operations.replays.status import run_statuses
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await run_statuses(cluster, list((await load_runs(cluster)).values()))


async def _one(kafka: KafkaSettings, run_id: str) -> "RunStatus":
    from wiredesk.operations.replays.run import load_run
    from wiredesk.operations.replays.status import run_statuses
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        (status,) = await run_statuses(cluster, [await load_run(cluster, run_id)])
        return status


def _to_json(status: "RunStatus") -> dict[str, object]:
    reconciliation = status.saved.reconciliation
    return {
        **status.run.model_dump(mode="json", by_alias=True),
        "state": status.state,
        "processes": status.processes,
        "done": status.done,
        "offsets": status.run.size,
        "account": None if reconciliation is None else to_json(reconciliation),
    }
