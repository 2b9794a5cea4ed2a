"""`wiredesk replay STAGE --rewind-group`: make live workers read records again, or skip them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.replay.options import parse_offsets
from wiredesk.cli.time_arg import parse_milliseconds
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.replays.rewind import OffsetMove
    from wiredesk.runtime.topology import Stage

NOW = "now"
"""The value of --from that means the end of the topic: skip all waiting records."""

EARLIEST = "1970-01-01"
"""The value of --from for a state that is built from all that there is."""


async def rewind_group(
    kafka: KafkaSettings,
    stage: "Stage",
    since: str | None,
    offset: Sequence[str] | None,
    *,
    empty: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Move the offsets from which a stage's workers continue; only while none of them runs.

    Records that are read again are published again. If the stage's version is the same, event ids are the same, so that
    consumers that upsert by id see no difference; 'wiredesk audit' counts them as duplicated.

    Args:
        empty: empty the state of the stage, too, which is built again from there.
    """
    from wiredesk.operations.replays.rewind import empty_state, plan_rewind, rewind, state_of
    from wiredesk.runtime.kafka.cluster import Cluster

    if empty:
        state_of(stage)
        if offset:
            raise UsageError(
                "--empty-state empties the state of all partitions: give --from T, or nothing, not --offset"
            )
    elif (since is None) == (not offset):
        raise UsageError("say where to: either --from T or --offset P:N")
    since_ms = None if since == NOW else parse_milliseconds(since or EARLIEST)
    offsets = parse_offsets(offset or [])
    async with Cluster(kafka) as cluster:
        moves = await plan_rewind(cluster, stage, since_ms=since_ms, offsets=offsets)
        _show(stage.name, moves, as_json=as_json)
        moving = [move for move in moves if move.again or empty]
        if dry_run or not moving:
            return
        consequence = f"{len(moving)} partitions of {stage.name} would be moved"
        if empty:
            consequence += ", and its state emptied"
        confirm(consequence, "Empty it?" if empty else "Move them?", yes=yes)
        if empty:
            await empty_state(cluster, stage)
        await rewind(cluster, stage, moving)


def _show(stage: str, moves: "Sequence[OffsetMove]", *, as_json: bool) -> None:
    if as_json:
        for move in moves:
            console.json(
                {"partition": move.source.partition, "from": move.before, "to": move.after, "again": move.again}
            )
        return
    again = sum(max(0, move.again) for move in moves)
    skipped = sum(max(0, -move.again) for move in moves)
    console.table(
        f"{stage}: {again} offsets to read again, {skipped} to skip",
        ("partition", "from", "to", "again"),
        [(move.source.partition, move.before, move.after, move.again) for move in moves],
    )
