"""`wiredesk replay`: a stage reads again, or passes over, what it has read."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

from services.cli import console
from services.cli.moments import FORMS, moment
from services.cli.options import with_settings
from services.pipeline import STAGES
from services.runtime import logs
from services.runtime.errors import UsageError
from services.runtime.kafka.rewinding import Move, planned, rewind
from services.runtime.settings import KafkaSettings

NOW = "now"


@with_settings(kafka=KafkaSettings)
def replay(
    stage: Annotated[str, typer.Argument(help=f"{', '.join(STAGES)}.")],
    *,
    rewind_group: Annotated[
        bool, typer.Option("--rewind-group", help="Move the offsets that the stage's workers go on from.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help=f"To what arrived then or later: {FORMS}; 'now' passes over all."),
    ] = None,
    offset: Annotated[
        list[str] | None, typer.Option(metavar="P:N", help="Partition P to offset N, the others stay. Repeatable.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would move, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a partition.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Have a stage read its topic again from a time, or pass over what it has not read.

    With --rewind-group, and only while none of its workers runs: the workers that are started next go on from there.
    What is read again is published again, under the same event ids where the stage's version is the same, so that
    readers that upsert by id do not notice; 'wiredesk audit' counts it as duplicated. It says first what it will do,
    and asks.
    """
    logs.quiet()
    if stage not in STAGES:
        raise UsageError(f"no stage {stage!r}: there are {', '.join(STAGES)}")
    if not rewind_group:
        raise UsageError("say --rewind-group: a bounded run beside the live stream is not built yet")
    if (since is None) == (not offset):
        raise UsageError("say where to: either --from T or --offset P:N")
    since_ms = None
    if since is not None and since != NOW:
        since_ms = int(moment(since, datetime.now(UTC)).timestamp() * 1000)
    moves = asyncio.run(planned(kafka, STAGES[stage], since_ms=since_ms, offsets=_offsets(offset or [])))
    moving = [move for move in moves if move.again]
    _tell(stage, moves, as_json=as_json)
    if dry_run or not moving:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was moved: say --yes")
        typer.confirm(f"Move {len(moving)} partitions of {stage}?", abort=True)
    asyncio.run(rewind(kafka, STAGES[stage], moving))


def _offsets(told: list[str]) -> dict[int, int]:
    found = {}
    for one in told:
        partition, _, offset = one.partition(":")
        if not (partition.isdecimal() and offset.isdecimal()):
            raise UsageError(f"--offset {one}: write partition and offset, like 3:1200")
        found[int(partition)] = int(offset)
    return found


def _tell(stage: str, moves: list[Move], *, as_json: bool) -> None:
    if as_json:
        for move in moves:
            told = {"partition": move.source.partition, "from": move.before, "to": move.after, "again": move.again}
            console.plain(orjson.dumps(told).decode())
        return
    again = sum(max(0, move.again) for move in moves)
    passed = sum(max(0, -move.again) for move in moves)
    console.table(
        f"{stage}: {again} offsets read again, {passed} passed over",
        ("partition", "from", "to", "again"),
        [(move.source.partition, move.before, move.after, move.again) for move in moves],
    )
