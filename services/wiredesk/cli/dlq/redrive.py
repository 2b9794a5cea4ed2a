"""`dlq redrive`: send dead letters back to the topic from which they came."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.dlq.options import HostOption, ReasonOption, SinceOption, TopicOption, YesOption, selection
from wiredesk.cli.options import with_settings
from wiredesk.operations.dead_letters.choices import MAX_REDRIVES
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.dead_letters.reading import Selection
    from wiredesk.operations.dead_letters.redrive import RedriveResult


@with_settings(kafka=KafkaSettings)
def redrive_command(  # noqa: PLR0913 - each is an option
    *,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    host: HostOption = None,
    since: SinceOption = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Send at most this number, the oldest first.")
    ] = None,
    rounds: Annotated[
        int, typer.Option(metavar="N", min=1, help="Send back only records that were redriven fewer times than this.")
    ] = MAX_REDRIVES,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be sent back, but do nothing.")] = False,
    yes: YesOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Send the original records of dead letters back to the topic from which they came, once each.

    Run it when the cause is fixed. Without a filter it asks. A second run sends nothing twice; if a run was killed, the
    next run continues it. --rounds limits how often a record is redriven.

    Example:
      wiredesk dlq redrive --reason timeout --dry-run
    """
    import asyncio

    from wiredesk import registry
    from wiredesk.operations.dead_letters.redrive import redrivable
    from wiredesk.runtime import logs
    from wiredesk.runtime.errors import TransactionError, UnavailableError

    logs.quiet()
    selected, left_out = redrivable(registry.registry(), selection(topic, reason, host, since))
    for line in left_out if topic else ():  # who does not name them may have none of them
        console.note(line)
    must_ask = not (yes or topic or reason or host or since)
    run = _plan(kafka, selected, rounds, limit) if dry_run else _redrive(kafka, selected, rounds, limit, ask=must_ask)
    try:
        result = asyncio.run(run)
    except TransactionError as error:
        raise UnavailableError(f"redriving stopped ({error}); run it again: nothing is sent twice") from error
    _show(result, as_json=as_json, dry_run=dry_run)


async def _plan(kafka: KafkaSettings, selected: "Selection", rounds: int, limit: int | None) -> "RedriveResult":
    from wiredesk.operations.dead_letters.redrive import plan_redrive
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        return await plan_redrive(cluster, selected, rounds=rounds, limit=limit)


async def _redrive(
    kafka: KafkaSettings, selected: "Selection", rounds: int, limit: int | None, *, ask: bool
) -> "RedriveResult":
    from wiredesk.operations.dead_letters.redrive import plan_redrive, redrive
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        if ask:
            planned = await plan_redrive(cluster, selected, rounds=rounds, limit=limit)
            if not planned.sent:
                return planned
            confirm(
                f"{planned.sent} dead letters would be sent back (reasons: {_counts(planned.by_reason)}; "
                f"stages: {_counts(planned.by_stage)})",
                "Send them?",
                yes=False,
                remedy="select some, for instance with --reason, or pass --yes",
            )
        with console.progress("redriving") as update:
            return await redrive(
                cluster, selected, rounds=rounds, limit=limit, progress=lambda sent: update(sent, None)
            )


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _show(result: "RedriveResult", *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        console.json(
            {
                "sent": 0 if dry_run else result.sent,
                "would_send": result.sent if dry_run else 0,
                "done_before": result.done_before,
                "limit_reached": result.limit_reached,
                "unreadable": result.unreadable,
                "forgotten": result.forgotten,
                "too_large": result.too_large,
                "by_reason": result.by_reason,
                "by_stage": result.by_stage,
            }
        )
        return
    outcome = "would be sent back" if dry_run else "sent back"
    rows = [(f"{outcome}: {reason}", count) for reason, count in sorted(result.by_reason.items())]
    rows += [("redriven before", result.done_before), ("redriven as often as --rounds allows", result.limit_reached)]
    rows += [("not a record, cannot be sent back", result.unreadable)] if result.unreadable else []
    rows += [("of pages that are to be forgotten", result.forgotten)] if result.forgotten else []
    rows += [("larger than their topic accepts", result.too_large)] if result.too_large else []
    console.table(f"{result.sent} dead letters {outcome}", ("outcome", "dead letters"), rows)
