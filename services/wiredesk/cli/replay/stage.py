"""`wiredesk replay STAGE`: what is read again, and where the results go."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.options import check_stage_settings, topic_name, with_settings
from wiredesk.cli.progress import progress_bar
from wiredesk.cli.replay.options import HostsOption, LanguagesOption, TypesOption, UrlsOption, parse_offset_ranges
from wiredesk.cli.replay.resume import NICENESS, finish
from wiredesk.cli.replay.rewind import rewind_group
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.operations.replays.planning import Estimate
    from wiredesk.runtime.kafka.reading import Span
    from wiredesk.runtime.topology import Stage


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def stage_command(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help=f"Records that arrived at that time or later: {TIME_FORMS}."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="T", help="Records that arrived before that time. Default: all until now."),
    ] = None,
    offset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="P:A[-B]",
            help="Of partition P the offsets from A up to B, exclusive, and of no other partition. Can be repeated.",
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="TOPIC", help="Write to this topic, created where it is missing, instead of the live topics."
        ),
    ] = None,
    host: HostsOption = None,
    url: UrlsOption = None,
    language: LanguagesOption = None,
    event_type: TypesOption = None,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Records a second at most, for each process.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done and how long it would take, and do nothing.")
    ] = False,
    rewind: Annotated[
        bool,
        typer.Option(
            "--rewind-group", help="Instead of a run: move the offsets from which the stage's workers continue."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Plan a run of the stage by whose name the command was called, and process it."""
    import asyncio

    from wiredesk import registry
    from wiredesk.operations.replays.filters import conditions, record_filter
    from wiredesk.operations.replays.planning import check_target, create_run, estimate, trial
    from wiredesk.runtime import logs

    logs.quiet()
    os.nice(NICENESS)
    stage = registry.registry().stage(context.info_name or "")
    filters = conditions(hosts=host, urls=url, languages=language, types=event_type)
    if rewind:
        if into is not None or until is not None or rate is not None or filters:
            raise UsageError("--rewind-group takes --from or --offset only: the live workers read all that follows")
        rewind_group(kafka, stage, since, offset, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    check_stage_settings(stage)
    if into is not None:
        check_target(stage, topic_name("--into", into), registry.topics())
    ranges = _ranges(kafka, stage, since, until, offset)
    if dry_run:
        with progress_bar("reading") as progress:
            work = estimate(kafka, settings, stage, ranges, record_filter(filters), rate=rate, progress=progress)
            found = asyncio.run(work)
        _show_estimate(kafka, stage, ranges, found, into, as_json=as_json)
        return
    _confirm(kafka, stage, ranges, into, yes=yes)
    version = asyncio.run(trial(stage, settings)).version
    run = asyncio.run(create_run(kafka, stage, version=version, into=into, ranges=ranges, filters=filters, rate=rate))
    finish(kafka, settings, stage, run, rate=rate, as_json=as_json)


def _ranges(
    kafka: KafkaSettings, stage: "Stage", since: str | None, until: str | None, offset: Sequence[str] | None
) -> "dict[int, Span]":
    import asyncio

    from wiredesk.operations.replays.planning import resolve_ranges

    if since is None and not offset:
        raise UsageError("say what to read: --from T, with --to T, or --offset P:A-B")
    since_ms, until_ms = parse_milliseconds(since), parse_milliseconds(until)
    if since_ms is not None and until_ms is not None and since_ms >= until_ms:
        raise UsageError(f"--from {since} is not before --to {until}")
    offsets = parse_offset_ranges(offset or [])
    return asyncio.run(resolve_ranges(kafka, stage, since_ms=since_ms, until_ms=until_ms, offsets=offsets))


def _confirm(
    kafka: KafkaSettings, stage: "Stage", ranges: "Mapping[int, Span]", into: str | None, *, yes: bool
) -> None:
    """Ask before a live topic is written, or one that has records: a second run would write everything again."""
    import asyncio

    from wiredesk.operations.replays.planning import count_offsets

    if yes:
        return
    count, source = sum(last - first for first, last in ranges.values()), kafka.on_cluster(stage.consumes.name)
    if into is None:
        consequence = f"{count} offsets of {source} would be processed again"
        if stage.produces:
            consequence += f", into the live {kafka.on_cluster(stage.produces[0].name)}"
        confirm(consequence, "Go on?", yes=yes, remedy="pass --yes, or --into TOPIC")
    elif there := asyncio.run(count_offsets(kafka, into)):
        consequence = (
            f"{kafka.on_cluster(into)} holds {there} offsets already, and {count} of {source} would be read into it"
        )
        confirm(consequence, "Go on?", yes=yes, remedy="pass --yes, or name another topic")


def _show_estimate(
    kafka: KafkaSettings,
    stage: "Stage",
    ranges: "Mapping[int, Span]",
    found: "Estimate",
    into: str | None,
    *,
    as_json: bool,
) -> None:
    survey, trial_, seconds = found.survey, found.trial, found.seconds
    target = kafka.on_cluster(into or stage.produces[0].name) if stage.produces else None
    if as_json:
        console.json(
            {
                "stage": stage.name,
                "version": trial_.version,
                "into": target,
                "live": into is None,
                "partitions": {str(number): span for number, span in ranges.items()},
                "read": survey.read,
                "wanted": survey.wanted,
                "passed_over": survey.read - survey.wanted,
                "bytes": survey.size,
                "records_per_second": trial_.rate and round(trial_.rate, 1),
                "seconds": seconds and round(seconds, 1),
            }
        )
        return
    rows: list[tuple[str, object]] = [
        ("records in the range", survey.read),
        ("to be processed", survey.wanted),
        ("filtered out", survey.read - survey.wanted),
        ("bytes to be processed", survey.size),
        ("version", trial_.version),
        ("into", (target or "nothing") + (" (live)" if into is None and target else "")),
    ]
    if trial_.rate is not None and seconds is not None:
        rows += [
            ("records a second, one process here", f"{trial_.rate:.0f}"),
            ("would take", format_duration(seconds)),
        ]
    console.table(f"replay of {stage.name}, if it were run", ("what", "how much"), rows)


def format_duration(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 1:
        return "less than 1 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
