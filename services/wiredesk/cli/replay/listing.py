"""`replay list` and `replay show`."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.replay.running import account_rows, as_object
from wiredesk.runtime import logs
from wiredesk.runtime.errors import ForbiddenError, UnavailableError, UsageError
from wiredesk.runtime.kafka import clients
from wiredesk.runtime.kafka.progress import group_state
from wiredesk.runtime.replay import Advance, NotedRun, noted_runs, progress
from wiredesk.runtime.settings import KafkaSettings


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run as it is now: `advance` is None where it is done, or where nobody knows any more."""

    noted: NotedRun
    state: str
    advance: Advance | None
    members: int

    @property
    def done(self) -> int:
        if self.advance is not None:
            return self.advance.done
        return self.noted.run.size if self.noted.account is not None else 0


@with_settings(kafka=KafkaSettings)
def list_runs(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """List all runs: done, going on, or stopped, and how far they have come."""
    logs.quiet()
    found = asyncio.run(_all(kafka))
    if as_json:
        for one in found:
            console.json(_object(one))
        return
    console.table(
        "Replays",
        ("run", "stage", "into", "planned", "state", "done", "offsets"),
        [
            (
                one.noted.run.id,
                one.noted.run.stage,
                one.noted.run.into or "live",
                f"{one.noted.run.planned_at:%Y-%m-%d %H:%M}",
                one.state,
                one.done,
                one.noted.run.size,
            )
            for one in found
        ],
    )


@with_settings(kafka=KafkaSettings)
def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The id of a run, as 'replay list' shows it.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show a run: what it reads, where it goes, how far it has come, and its account."""
    logs.quiet()
    one = asyncio.run(_one(kafka, name))
    if as_json:
        console.json(_object(one))
        return
    run, account = one.noted.run, one.noted.account
    rows: list[tuple[str, object]] = [
        ("state", one.state),
        ("stage", f"{run.stage} {run.version}"),
        ("into", run.into or "live"),
        ("planned", run.planned_at.isoformat()),
        *((f"only {kind}", " ".join(values)) for kind, values in run.filters.items()),
        *((("rate", f"{run.rate:g} a second"),) if run.rate else ()),
        ("processes", one.members),
        ("done", f"{one.done} of {run.size} offsets"),
    ]
    nexts = one.advance.by_partition if one.advance is not None else {}
    for number, (first, last) in sorted(run.spans.items()):
        if first < last:
            at = f", next {nexts[number]}" if number in nexts else ""
            rows.append((f"partition {number}", f"{first} to {last}{at}"))
    console.table(f"run {run.id}", ("what", "is"), rows + (account_rows(account) if account is not None else []))
    if account is None:
        console.line(f"go on with: wiredesk replay --resume {run.id}")


async def _all(kafka: KafkaSettings) -> list[_Seen]:
    return [await _seen(kafka, noted) for noted in (await noted_runs(kafka)).values()]


async def _one(kafka: KafkaSettings, name: str) -> _Seen:
    noted = (await noted_runs(kafka)).get(name)
    if noted is None:
        raise UsageError(f"no run {name}: 'wiredesk replay list' shows them")
    return await _seen(kafka, noted)


async def _seen(kafka: KafkaSettings, noted: NotedRun) -> _Seen:
    if noted.account is not None:
        return _Seen(noted, "done" if noted.account.adds_up else "does not add up", None, 0)
    members = await _members(kafka, noted)
    try:
        advance = await progress(kafka, noted.run)
    except ForbiddenError:
        raise
    except UnavailableError:
        return _Seen(noted, "forgotten", None, members)
    if members:
        return _Seen(noted, "goes on", advance, members)
    return _Seen(noted, "not audited" if advance.finished else "stopped", advance, 0)


async def _members(kafka: KafkaSettings, noted: NotedRun) -> int:
    async with clients.started(clients.admin(kafka), kafka) as admin:
        _, members = await group_state(admin, kafka.on_cluster(noted.run.group))
    return len(members)


def _object(one: _Seen) -> dict[str, object]:
    account = one.noted.account
    return {
        **one.noted.run.model_dump(mode="json"),
        "state": one.state,
        "processes": one.members,
        "done": one.done,
        "offsets": one.noted.run.size,
        "account": None if account is None else as_object(account),
    }
