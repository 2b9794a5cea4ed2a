"""`dlq redrive` and `dlq purge`."""

import asyncio
import contextlib
import sys
from typing import Annotated

import typer
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import TopicAuthorizationFailedError
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from wiredesk.cli import console
from wiredesk.cli.dlq.selecting import Host, Reason, Since, Topic, selection
from wiredesk.cli.moments import FORMS, milliseconds
from wiredesk.cli.options import with_settings
from wiredesk.runtime import logs
from wiredesk.runtime.dead_letters import Redrive, Redriven
from wiredesk.runtime.errors import TransactionError, UnavailableError, UsageError
from wiredesk.runtime.kafka import authorization, clients, topics
from wiredesk.runtime.kafka.reading import Span, between, ends
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.runtime.topology import Stage

ROUNDS = 3


@with_settings(kafka=KafkaSettings)
def redrive(  # noqa: PLR0913 - each is an option
    *,
    topic: Topic = None,
    reason: Reason = None,
    host: Host = None,
    since: Since = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many at most, the oldest first.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="A record goes back so many times in all.")] = ROUNDS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go back, and do nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Send dead letters back to the topic that they came from, as they were received, once each.

    Run it when the cause is mended: 'wiredesk dlq redrive --reason timeout'. A second run sends nothing twice; one that
    was killed is taken up by the next. How often a record has been redriven is noted, and bounded.
    """
    logs.quiet()
    chosen = selection(topic, reason, host, since)
    run = Redrive(kafka, chosen.stages, chosen.wants, rounds=rounds, limit=limit, since_ms=chosen.since_ms)
    if dry_run:
        found = asyncio.run(run.plan())
    else:
        columns = (SpinnerColumn(), TextColumn("redriving"), MofNCompleteColumn())
        with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress:
            task = progress.add_task("records", total=None)
            try:
                found = asyncio.run(run.run(lambda sent: progress.update(task, completed=sent)))
            except TransactionError as error:
                raise UnavailableError(f"redriving stopped ({error}); run it again: nothing goes back twice") from error
    _tell(found, as_json=as_json, dry_run=dry_run)


def _tell(found: Redriven, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        console.json(
            {
                "sent": 0 if dry_run else found.sent,
                "would_send": found.sent if dry_run else 0,
                "done_before": found.done_before,
                "worn_out": found.worn_out,
                "unreadable": found.unreadable,
                "too_large": found.too_large,
                "by_reason": found.by_reason,
            }
        )
        return
    told = "would go back" if dry_run else "went back"
    rows = [(f"{told}: {reason}", count) for reason, count in sorted(found.by_reason.items())]
    rows += [("redriven before", found.done_before), ("redriven as often as is allowed", found.worn_out)]
    rows += [("no record that could go back", found.unreadable)] if found.unreadable else []
    rows += [("larger than their topic takes", found.too_large)] if found.too_large else []
    console.table(f"{found.sent} dead letters {told}", ("what", "dead letters"), rows)


@with_settings(kafka=KafkaSettings)
def purge(
    *,
    topic: Topic = None,
    before: Annotated[str | None, typer.Option(metavar="T", help=f"Only those older than: {FORMS}.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Delete dead letters for good: all of some topics, or those older than a time. It asks first."""
    logs.quiet()
    stages = selection(topic, None, None, None).stages
    spans, count = asyncio.run(_doomed(kafka, stages, milliseconds(before)))
    names = ", ".join(sorted({tp.topic for tp in spans}))
    if not count:
        console.line("no dead letters to purge")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{count} dead letters of {names} would be deleted for good: say --yes")
        typer.confirm(f"Delete {count} dead letters of {names} for good?", abort=True)
    asyncio.run(_delete(kafka, spans))
    console.line(f"{count} dead letters of {names} deleted")


async def _doomed(
    kafka: KafkaSettings, stages: tuple[Stage, ...], before_ms: int | None
) -> tuple[dict[TopicPartition, Span], int]:
    """Return the offsets that would be deleted, and how many dead letters they hold."""
    counts = await topics.partitions(kafka, [kafka.on_cluster(stage.dead_letter_topic.name) for stage in stages])
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    if not partitions:
        return {}, 0
    spans = await ends(kafka, partitions)
    if before_ms is not None:
        later = await ends(kafka, partitions, since_ms=before_ms)
        spans = {tp: (first, later[tp][0]) for tp, (first, _) in spans.items()}
    async with contextlib.aclosing(between(kafka, spans)) as reading:
        letters = [record.topic async for record in reading]
    return {tp: span for tp, span in spans.items() if tp.topic in letters and span[0] < span[1]}, len(letters)


async def _delete(kafka: KafkaSettings, spans: dict[TopicPartition, Span]) -> None:
    async with clients.started(clients.admin(kafka), kafka) as admin:
        try:
            await admin.delete_records({tp: RecordsToDelete(before_offset=last) for tp, (_, last) in spans.items()})
        except TopicAuthorizationFailedError as error:
            names = ", ".join(sorted({tp.topic for tp in spans}))
            raise authorization.forbidden(kafka, "DELETE", f"topic {names}") from error
