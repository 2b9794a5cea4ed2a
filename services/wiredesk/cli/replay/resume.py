"""`wiredesk replay --resume RUN`: continue or join a run, and reconcile it at its end."""

import os
import time
from collections import deque
from typing import TYPE_CHECKING

import typer

from wiredesk.cli import console
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.operations.replays.processing import RunPosition
    from wiredesk.operations.replays.reconcile import Reconciliation
    from wiredesk.operations.replays.run import Run
    from wiredesk.runtime.kafka.cluster import Cluster
    from wiredesk.runtime.topology import Stage

DOES_NOT_ADD_UP = 1
"""Exit code if a record is missing, duplicated, or not accounted for."""

INTERRUPTED = 130
"""Exit code if a signal stopped the run."""

NICENESS = 10
"""Added to the process's niceness: live workers on the same machine have priority, nine tenths of a busy core.

With the maximum, 19, a replay would have 1.5 % of it, and a page of half a second would exceed its deadline."""

SPEED_SAMPLES = 20
"""Number of positions for the speed in the progress bar."""


async def resume(
    kafka: KafkaSettings, settings: WorkerSettings, run_id: str, *, rate: float | None, as_json: bool
) -> None:
    """Continue a run, or join it; show the result of one that is done.

    Raises:
        UsageError: there is no such run, its stage is not installed, or has another version here.
    """
    from wiredesk import registry
    from wiredesk.operations.replays.processing import check_version
    from wiredesk.operations.replays.run import load_run
    from wiredesk.runtime.kafka.cluster import Cluster

    os.nice(NICENESS)
    async with Cluster(kafka) as cluster:
        saved = await load_run(cluster, run_id)
        run = saved.run
        stage = registry.registry().stage(run.stage)
        if saved.reconciliation is not None:
            _show(run, saved.reconciliation, as_json=as_json)
            return
        await check_version(cluster, settings, stage, run)
        await finish(cluster, settings, stage, run, rate=rate if rate is not None else run.rate, as_json=as_json)


async def finish(
    cluster: "Cluster", settings: WorkerSettings, stage: "Stage", run: "Run", *, rate: float | None, as_json: bool
) -> None:
    """Process a run until it is done, and reconcile it; after a signal, print how to continue it.

    Exits with 1 if it does not add up, and with 130 if it was stopped.
    """
    import structlog

    from wiredesk.operations.replays.processing import reconcile_and_save
    from wiredesk.runtime import logs

    on_terminal = console.err.is_terminal
    logs.configure("error" if on_terminal else settings.log_level)
    structlog.get_logger(__name__).info("replay begins", run=run.id, offsets=run.size, into=run.into, rate=rate)
    if on_terminal:
        console.note(f"run {run.id}: Ctrl-C stops it, and it can be resumed", style="")
    if not await _process(cluster, settings, stage, run, rate):
        console.note(f"run {run.id} is stopped: continue it with 'wiredesk replay --resume {run.id}'", style="")
        raise typer.Exit(INTERRUPTED)
    with console.progress("reconciling") as update:
        reconciliation = await reconcile_and_save(cluster, stage, run, update)
    _show(run, reconciliation, as_json=as_json)


async def _process(
    cluster: "Cluster", settings: WorkerSettings, stage: "Stage", run: "Run", rate: float | None
) -> bool:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.operations.replays.filters import record_filter
    from wiredesk.operations.replays.processing import process

    columns = (
        TextColumn("replaying"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[trouble]}"),
    )
    with stop_on_signal() as stop, console.progress_bar(*columns) as display:
        task = display.add_task("records", total=run.size, speed="", trouble="")
        samples: deque[tuple[float, int]] = deque(maxlen=SPEED_SAMPLES)

        def show(now: "RunPosition") -> None:
            samples.append((time.monotonic(), now.done))
            (then, before), (at, done) = samples[0], samples[-1]
            speed = (done - before) / max(1e-3, at - then)
            trouble = console.markup(str(now.trouble or ""))
            display.update(task, completed=done, speed=f"{speed:.0f}/s", trouble=trouble)

        accepts = record_filter(run.filters, stage)
        return await process(cluster, settings, stage, run, accepts, rate=rate, stop=stop, on_position=show)


def to_json(reconciliation: "Reconciliation") -> dict[str, object]:
    """Return a reconciliation as a JSON object."""
    return {**reconciliation.model_dump(mode="json"), "adds_up": reconciliation.adds_up}


def reconciliation_rows(reconciliation: "Reconciliation") -> list[tuple[str, object]]:
    """Return a reconciliation as rows of a table."""
    rows: list[tuple[str, object]] = [("read", reconciliation.read), ("filtered out", reconciliation.filtered_out)]
    rows += [(f"in {topic}", number) for topic, number in reconciliation.ended.items()]
    rows += [(f"dead letter: {reason}", number) for reason, number in sorted(reconciliation.dead_letters.items())]
    rows += [("missing", reconciliation.missing), ("duplicated", reconciliation.duplicated)]
    rare = (
        ("published nothing", reconciliation.published_nothing),
        ("unexpected", reconciliation.unexpected),
        ("expired", reconciliation.expired),
    )
    return rows + [(name, number) for name, number in rare if number]


def _show(run: "Run", reconciliation: "Reconciliation", *, as_json: bool) -> None:
    if as_json:
        console.json({"run": run.id, **to_json(reconciliation)})
    else:
        verdict = "adds up" if reconciliation.adds_up else "DOES NOT ADD UP"
        rows = [("run", run.id), *reconciliation_rows(reconciliation)]
        console.table(f"run {run.id} {verdict}", ("outcome", "records"), rows)
        for record in reconciliation.missing_records:
            console.line(f"missing: {record}")
        for record in reconciliation.duplicated_records:
            console.line(f"duplicated: {record}")
        if not reconciliation.adds_up and not console.out.is_terminal:
            console.line("it does not add up")
    if not reconciliation.adds_up:
        raise typer.Exit(DOES_NOT_ADD_UP)
