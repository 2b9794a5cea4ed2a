"""`wiredesk audit`: what became of every raw page."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.operations.completeness.settings import AuditSettings
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.audit import Reconciliation
    from wiredesk.operations.progress import ProgressCallback

OUTCOMES = ("enriched", "withdrawn", "skipped", "dead_lettered")
"""The outcomes of pages that have ended, in the order in which they are shown."""

SETTLE_SECONDS = 600.0
"""By when a page must have ended, if nothing else is said: as long as the deadline of the canary."""

EVERY_SECONDS = 60.0
"""Seconds from round to round, if nothing else is said."""

UNBALANCED = 1
"""Exit code if a page is missing or duplicated."""


@with_settings(kafka=KafkaSettings, settings=AuditSettings)
def audit(
    *,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help=f"Only pages that arrived since T: {TIME_FORMS}. With --continuous: where the first run begins.",
        ),
    ] = None,
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Go on, range after range of pages, until Ctrl-C or SIGTERM.")
    ] = False,
    settle: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0, max=86400, help="With --continuous: by when a page must have ended."),
    ] = SETTLE_SECONDS,
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=3600, help="With --continuous: from round to round.")
    ] = EVERY_SECONDS,
    once: Annotated[
        bool, typer.Option("--once", help="With --continuous: what has come since the last mark, for a scheduler.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object; with --continuous, one a line for each round.")
    ] = False,
    kafka: KafkaSettings,
    settings: AuditSettings,
) -> None:
    """Account for every raw page: enriched, withdrawn, skipped, dead-lettered, in flight, missing, or duplicated.

    Only the topics are read; workers continue meanwhile. A line with a colon is a part of the outcome before it: which
    revision of an article (created, updated, corrected), or why pages were skipped (unchanged, superseded, and so on)
    or dead-lettered. Withdrawn are pages that are gone with their article. Pages in flight are those that a stage has
    not committed yet.
    Forgotten are pages that were to be forgotten while a stage had them; compacted are pages so old that compaction may
    have removed their outcome. Expired are records that retention deleted before a stage read them. A side stage, such
    as one of a plug-in, has its own lines: what it made of each record, or that it published nothing. Exit code 1 if a
    page is missing or duplicated, which must never happen: these pages are named. With
    WIREDESK_GUARANTEE=at_least_once, expect duplicates after a failure.

    With --continuous, the same is found out for the pages that have come since, once they are older than --settle: a
    line for each round, JSON in a pipe, and what is measured on /metrics. It continues after the last mark, also after
    a kill: marks are committed offsets of the group wiredesk.audit. Logs are JSON on stderr. Run one for a pipeline.

    Examples:
      wiredesk audit --since 1d
      wiredesk audit --continuous

    Exit codes: 0 all is well, or stopped by a signal; 1 a page is missing or duplicated, or no broker answers; 2 wrong
    usage.
    """
    import asyncio

    from wiredesk.cli import audit_rounds
    from wiredesk.runtime import logs

    since_ms = parse_milliseconds(since)
    if continuous and not once:
        logs.configure(settings.audit_log_level)
        running = audit_rounds.run(kafka, settings, settle=settle, interval=every, since_ms=since_ms, as_json=as_json)
        asyncio.run(running)
        return
    logs.quiet()
    if continuous:
        is_balanced = asyncio.run(audit_rounds.once(kafka, settle=settle, since_ms=since_ms, as_json=as_json))
    elif once or settle != SETTLE_SECONDS or every != EVERY_SECONDS:
        raise UsageError("--once, --settle and --every need --continuous")
    else:
        is_balanced = _audit_whole(kafka, since_ms, as_json=as_json)
    if not is_balanced:
        raise typer.Exit(UNBALANCED)


def _audit_whole(kafka: KafkaSettings, since_ms: int | None, *, as_json: bool) -> bool:
    """Audit all pages; return whether none is missing or duplicated."""
    import asyncio

    import structlog

    with console.progress("reading") as progress:
        result = asyncio.run(_audit(kafka, since_ms, progress))
    log = structlog.get_logger(__name__)
    for stage, count in result.expired.items():
        log.warning("retention deleted records before they were read", stage=stage, records=count)
    if as_json:
        console.json(as_object(result))
    else:
        _show(result)
    return result.is_balanced


async def _audit(kafka: KafkaSettings, since_ms: int | None, progress: "ProgressCallback") -> "Reconciliation":
    from wiredesk.operations.audit import reconcile
    from wiredesk.registry import registry
    from wiredesk.runtime.kafka.cluster import Cluster

    async with Cluster(kafka) as cluster:
        stages = registry()
        return await reconcile(cluster, stages.flow, stages.side_stages, since_ms=since_ms, progress=progress)


def as_object(result: "Reconciliation") -> dict[str, object]:
    """Return the result of an audit as a JSON object."""
    return {
        "pages": result.entered,
        **_outcomes(result),
        "forgotten": result.forgotten,
        "compacted": result.compacted,
        "in_flight": result.in_flight,
        "missing": result.missing,
        "duplicated": result.duplicated,
        "expired": sum(result.expired.values()),
        "expired_by_stage": result.expired,
        "replayed": result.replayed,
        "by_topic": result.ended,
        "by_kind": _kinds(result),
        "missing_records": result.missing_records,
        "duplicated_records": [{"origin": one.origin, "ends": list(one.ended_at)} for one in result.duplicated_records],
        "side_stages": {
            name: {
                "done": side.done,
                "in_flight": side.in_flight,
                "missing": side.missing,
                "duplicated": side.duplicated,
                "published_nothing": side.published_nothing,
                "missing_records": side.missing_records,
                "duplicated_records": side.duplicated_records,
            }
            for name, side in result.side_stages.items()
        },
    }


def _outcomes(result: "Reconciliation") -> dict[str, int]:
    """Return how many pages had each outcome; every page that has ended otherwise is a dead letter."""
    from wiredesk.operations.outcome_kinds import WITHDRAWN
    from wiredesk.pipeline import ARTICLES_ENRICHED

    counts = dict.fromkeys(OUTCOMES, 0)
    for topic, count in result.ended.items():
        counts[_outcome(topic)] += count
    counts["withdrawn"] = result.kinds.get(ARTICLES_ENRICHED.name, {}).get(WITHDRAWN, 0)
    counts["enriched"] -= counts["withdrawn"]
    return counts


def _outcome(topic: str) -> str:
    """Return the outcome of the pages that ended in a terminal topic."""
    from wiredesk.pipeline import ARTICLES_ENRICHED, PAGES_SKIPPED

    return {ARTICLES_ENRICHED.name: "enriched", PAGES_SKIPPED.name: "skipped"}.get(topic, "dead_lettered")


def _kinds(result: "Reconciliation") -> dict[str, dict[str, int]]:
    """Return the parts of each outcome: revisions, reasons of skipped pages, and reasons of dead letters."""
    from wiredesk.operations.outcome_kinds import WITHDRAWN

    parts: dict[str, dict[str, int]] = {"enriched": {}, "skipped": {}, "dead_lettered": {}}
    for topic, kinds in result.kinds.items():
        of_outcome = parts[_outcome(topic)]
        for kind, count in kinds.items():
            if _outcome(topic) != "enriched" or kind != WITHDRAWN:
                of_outcome[kind] = of_outcome.get(kind, 0) + count
    return parts


def _outcome_rows(result: "Reconciliation") -> list[tuple[str, int]]:
    """Return the rows of the outcomes, each with its parts after it."""
    from wiredesk.operations.outcome_kinds import UNKNOWN

    rows, parts = list[tuple[str, int]](), _kinds(result)
    for outcome, count in _outcomes(result).items():
        name, kinds = outcome.replace("_", "-"), parts.get(outcome, {})
        rows.append((name, count))
        if set(kinds) != {UNKNOWN}:
            rows += [(f"{name}: {kind}", number) for kind, number in sorted(kinds.items(), key=lambda one: -one[1])]
    return rows


def _show(result: "Reconciliation") -> None:
    rows = _outcome_rows(result)
    rare = {"forgotten": result.forgotten, "compacted": result.compacted}
    rows += [(name, count) for name, count in rare.items() if count]
    rows += [("in flight", result.in_flight), ("missing", result.missing), ("duplicated", result.duplicated)]
    rows.append(("expired", sum(result.expired.values())))
    rows += [(f"replayed by {run}", count) for run, count in result.replayed.items()]
    for name, side in result.side_stages.items():
        rows += [(f"{name}: done", side.done), (f"{name}: in flight", side.in_flight)]
        if side.published_nothing:
            rows.append((f"{name}: published nothing", side.published_nothing))
        rows += [(f"{name}: missing", side.missing), (f"{name}: duplicated", side.duplicated)]
    console.table(f"{result.entered} raw pages", ("outcome", "pages"), rows)
    for origin in result.missing_records:
        console.line(f"missing: {origin}")
    for duplicate in result.duplicated_records:
        where = f" ended at {', '.join(duplicate.ended_at)}" if duplicate.ended_at else ", twice"
        console.line(f"duplicated: {duplicate.origin}{where}")
    unnamed = (result.missing + result.duplicated) - len(result.missing_records) - len(result.duplicated_records)
    if unnamed:
        console.line(f"and {unnamed} more")
    for name, side in result.side_stages.items():
        for origin in side.missing_records:
            console.line(f"missing after {name}: {origin}")
        for origin in side.duplicated_records:
            console.line(f"duplicated by {name}: {origin}")
