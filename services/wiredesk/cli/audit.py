"""`wiredesk audit`: what became of every raw page."""

import asyncio
from typing import Annotated

import structlog
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_SKIPPED
from wiredesk.runtime import logs
from wiredesk.runtime.audit import Account, account
from wiredesk.runtime.settings import KafkaSettings

log = structlog.get_logger(__name__)

UNBALANCED = 1


@with_settings(kafka=KafkaSettings)
def audit(
    *,
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help=f"Only pages that arrived since: {TIME_FORMS}."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Account for every raw page: enriched, skipped, dead-lettered, in flight, missing, or duplicated.

    It reads the topics and nothing else, while workers go on; pages in flight are those that a stage has not committed
    yet, and expired are records that retention deleted before a stage read them. Exit code 1 when a page is missing or
    has ended more than once, which must never happen: those are named. With WIREDESK_GUARANTEE=at_least_once duplicates
    are to be expected after a failure.
    """
    logs.quiet()
    since_ms = parse_milliseconds(since)
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress:
        task = progress.add_task("records", total=None)
        found = asyncio.run(
            account(
                kafka,
                list(registry.registry().flow),
                since_ms=since_ms,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        )
    for stage, count in found.expired.items():
        log.warning("retention deleted records before they were read", stage=stage, records=count)
    if as_json:
        console.json(as_object(found))
    else:
        _show(found)
    if not found.balanced:
        raise typer.Exit(UNBALANCED)


def as_object(found: Account) -> dict[str, object]:
    """Return an account as a JSON object."""
    return {
        "pages": found.entered,
        **_ended(found),
        "in_flight": found.in_flight,
        "missing": found.missing,
        "duplicated": found.duplicated,
        "expired": sum(found.expired.values()),
        "expired_by_stage": found.expired,
        "replayed": found.replayed,
        "by_topic": found.ended,
        "missing_records": found.missing_records,
        "duplicated_records": [{"origin": d.origin, "ends": list(d.ends)} for d in found.duplicated_records],
    }


def _ended(found: Account) -> dict[str, int]:
    """Return the ends in the words of the desk; what is neither enriched nor skipped is a dead letter."""
    named = {ARTICLES_ENRICHED.name: "enriched", PAGES_SKIPPED.name: "skipped"}
    counts = {"enriched": 0, "skipped": 0, "dead_lettered": 0}
    for topic, count in found.ended.items():
        counts[named.get(topic, "dead_lettered")] += count
    return counts


def _show(found: Account) -> None:
    rows = [(name.replace("_", "-"), count) for name, count in _ended(found).items()]
    rows += [("in flight", found.in_flight), ("missing", found.missing), ("duplicated", found.duplicated)]
    rows.append(("expired", sum(found.expired.values())))
    rows += [(f"replayed by {run}", count) for run, count in found.replayed.items()]
    console.table(f"{found.entered} raw pages", ("what became of them", "pages"), rows)
    for name in found.missing_records:
        console.line(f"missing: {name}")
    for duplicate in found.duplicated_records:
        where = f" ended at {', '.join(duplicate.ends)}" if duplicate.ends else ", twice"
        console.line(f"duplicated: {duplicate.origin}{where}")
    left = (found.missing + found.duplicated) - len(found.missing_records) - len(found.duplicated_records)
    if left:
        console.line(f"and {left} more")
