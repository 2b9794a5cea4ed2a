"""Working for a run, to its account."""

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterator

import structlog
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.replay.filters import wanted
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.progress import delete_group
from wiredesk.runtime.replay import (
    Advance,
    Run,
    RunAccount,
    account,
    note_account,
    noted_runs,
    progress,
    trial,
    work,
)
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

log = structlog.get_logger(__name__)

DOES_NOT_ADD_UP = 1
INTERRUPTED = 130

NICE = 19
"""Added to the process's niceness, the most there is: workers of the live stream on the same machine come first."""


def resume(kafka: KafkaSettings, settings: WorkerSettings, name: str, *, rate: float | None, as_json: bool) -> None:
    """Take up a run, or join it.

    Raises:
        UsageError: there is no such run, or the stage has another version here.
    """
    logs.quiet()
    os.nice(NICE)
    noted = asyncio.run(noted_runs(kafka)).get(name)
    if noted is None:
        raise UsageError(f"no run {name}: 'wiredesk replay list' shows them")
    run = noted.run
    if run.stage not in registry.stages():
        raise UsageError(f"run {name} is of the stage {run.stage}, which there is not any more")
    if noted.account is not None:
        _tell(run, noted.account, as_json=as_json)
        return
    if not asyncio.run(progress(kafka, run)).finished:
        version = asyncio.run(trial(registry.stages()[run.stage], settings)).version
        if version != run.version:
            raise UsageError(
                f"run {name} was begun with {run.stage} {run.version}, and this is {version}: a run must not mix two; "
                "go on with that version, or plan a new run"
            )
    finish(kafka, settings, run, rate=rate if rate is not None else run.rate, as_json=as_json)


def finish(kafka: KafkaSettings, settings: WorkerSettings, run: Run, *, rate: float | None, as_json: bool) -> None:
    """Work for a run until it is done, and account for it; or until a signal, and say how to go on.

    Exits with 1 when it does not add up, and with 130 when it was stopped.
    """
    on_terminal = console.err.is_terminal
    logs.configure("error" if on_terminal else settings.log_level)
    log.info("replay begins", run=run.id, offsets=run.size, into=run.into, rate=rate)
    if on_terminal:
        console.note(f"run {run.id}: Ctrl-C leaves it resumable", style="")
    done = asyncio.run(_work(kafka, settings, run, rate))
    if not done:
        console.note(f"run {run.id} is stopped: go on with 'wiredesk replay --resume {run.id}'", style="")
        raise typer.Exit(INTERRUPTED)
    with counting("auditing") as count:
        found = asyncio.run(_account(kafka, run, count))
    _tell(run, found, as_json=as_json)


async def _work(kafka: KafkaSettings, settings: WorkerSettings, run: Run, rate: float | None) -> bool:
    columns = (
        TextColumn("replaying"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[trouble]}"),
    )
    bar = Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal)
    with stop_on_signal() as stop, bar:
        task = bar.add_task("records", total=run.size, speed="", trouble="")
        looks: deque[tuple[float, int]] = deque(maxlen=20)

        def advance(now: Advance) -> None:
            looks.append((time.monotonic(), now.done))
            (then, before), (at, done) = looks[0], looks[-1]
            speed = (done - before) / max(1e-3, at - then)
            bar.update(task, completed=done, speed=f"{speed:.0f}/s", trouble=console.markup(now.trouble or ""))

        stage = registry.stages()[run.stage]
        return await work(kafka, settings, stage, run, wanted(run.filters), rate=rate, stop=stop, on_advance=advance)


async def _account(kafka: KafkaSettings, run: Run, count: Callable[[int, int], None]) -> RunAccount:
    stage = registry.stages()[run.stage]
    found = await account(kafka, run.id, run.sources(kafka, stage), run.outputs, wanted(run.filters), count)
    await note_account(kafka, run, found)
    await delete_group(kafka, run.group)
    return found


@contextlib.contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar for the length of a block; yields what is to be called with records done and in all."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as bar:
        task = bar.add_task("records", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def summary(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 1:
        return "less than 1 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def as_object(found: RunAccount) -> dict[str, object]:
    """Return an account as a JSON object."""
    return {**found.model_dump(mode="json"), "adds_up": found.adds_up}


def account_rows(found: RunAccount) -> list[tuple[str, object]]:
    """Return an account as rows of a table."""
    rows: list[tuple[str, object]] = [("read", found.read), ("passed over", found.passed_over)]
    rows += [(f"in {topic}", number) for topic, number in found.ended.items()]
    rows += [(f"dead letter: {reason}", number) for reason, number in sorted(found.dead_letters.items())]
    rows += [("missing", found.missing), ("duplicated", found.duplicated)]
    rows += [(name, number) for name, number in (("strange", found.strange), ("expired", found.expired)) if number]
    return rows


def _tell(run: Run, found: RunAccount, *, as_json: bool) -> None:
    if as_json:
        console.json({"run": run.id, **as_object(found)})
    else:
        verdict = "adds up" if found.adds_up else "DOES NOT ADD UP"
        console.table(
            f"run {run.id} {verdict}", ("what became of them", "records"), [("run", run.id), *account_rows(found)]
        )
        for record in found.missing_records:
            console.line(f"missing: {record}")
        for record in found.duplicated_records:
            console.line(f"duplicated: {record}")
        if not found.adds_up and not console.out.is_terminal:
            console.line("it does not add up")
    if not found.adds_up:
        raise typer.Exit(DOES_NOT_ADD_UP)
