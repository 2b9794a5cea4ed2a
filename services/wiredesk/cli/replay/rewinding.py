"""`wiredesk replay STAGE --rewind-group`: the live workers read again, or pass over, what they have read."""

import asyncio
import re
import sys

import typer

from wiredesk.cli import console
from wiredesk.cli.moments import milliseconds
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.rewinding import Move, planned, rewind
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

NOW = "now"
_OFFSET = re.compile(r"([0-9]{1,9}):([0-9]{1,18})")


def rewind_group(
    kafka: KafkaSettings,
    stage: Stage,
    since: str | None,
    offset: list[str] | None,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Move the offsets that a stage's workers go on from; only while none of them runs.

    What is read again is published again, under the same event ids where the stage's version is the same, so that
    readers that upsert by id do not notice; 'wiredesk audit' counts it as duplicated.
    """
    if (since is None) == (not offset):
        raise UsageError("say where to: either --from T or --offset P:N")
    since_ms = None
    if since is not None and since != NOW:
        since_ms = milliseconds(since)
    moves = asyncio.run(planned(kafka, stage, since_ms=since_ms, offsets=_offsets(offset or [])))
    moving = [move for move in moves if move.again]
    _tell(stage.name, moves, as_json=as_json)
    if dry_run or not moving:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was moved: say --yes")
        typer.confirm(f"Move {len(moving)} partitions of {stage.name}?", abort=True)
    asyncio.run(rewind(kafka, stage, moving))


def _offsets(told: list[str]) -> dict[int, int]:
    found = {}
    for one in told:
        match = _OFFSET.fullmatch(one)
        if match is None:
            raise UsageError(f"--offset {one}: write partition and offset, like 3:1200")
        found[int(match[1])] = int(match[2])
    return found


def _tell(stage: str, moves: list[Move], *, as_json: bool) -> None:
    if as_json:
        for move in moves:
            told = {"partition": move.source.partition, "from": move.before, "to": move.after, "again": move.again}
            console.json(told)
        return
    again = sum(max(0, move.again) for move in moves)
    passed = sum(max(0, -move.again) for move in moves)
    console.table(
        f"{stage}: {again} offsets read again, {passed} passed over",
        ("partition", "from", "to", "again"),
        [(move.source.partition, move.before, move.after, move.again) for move in moves],
    )
