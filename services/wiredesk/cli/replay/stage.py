"""`wiredesk replay STAGE`: plan a run of a stage, and process it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.confirm import confirm
from wiredesk.cli.options import check_stage_settings, topic_name, with_settings
from wiredesk.cli.replay.options import HostsOption, LanguagesOption, TypesOption, UrlsOption, parse_offset_ranges
from wiredesk.cli.replay.resume import NICENESS, finish
from wiredesk.cli.replay.rewind import rewind_group
from wiredesk.cli.time_arg import TIME_FORMS, parse_milliseconds
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.operations.replays.filters import Conditions
    from wiredesk.operations.replays.planning import Estimate
    from wiredesk.runtime.kafka.cluster import Cluster
    from wiredesk.runtime.kafka.offset_range import OffsetRange
    from wiredesk.runtime.topology import Stage


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def stage_command(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help=f"Only records that arrived at this time or later: {TIME_FORMS}."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="T", help="Only records that arrived before this time. Default: all until now."),
    ] = None,
    offset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="P:A[-B]",
            help="Offsets A to B (exclusive) of partition P only. Can be repeated, for several partitions.",
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="TOPIC", help="Write to this topic instead of the live topics; it is created if it is missing."
        ),
    ] = None,
    host: HostsOption = None,
    url: UrlsOption = None,
    language: LanguagesOption = None,
    event_type: TypesOption = None,
    rate: Annotated[
        float | None, typer.Option(metavar="N", min=0.001, help="Maximum records per second of each process.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done and how long it would take, but do nothing.")
    ] = False,
    rewind: Annotated[
        bool,
        typer.Option(
            "--rewind-group", help="Instead of a run: move the offsets from which the stage's workers continue."
        ),
    ] = False,
    empty_state: Annotated[
        bool,
        typer.Option(
            "--empty-state",
            help="With --rewind-group: empty the state of a stage with a store, too, which is then built again from "
            "--from T, or else from the first record.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Plan a run of the stage that the command names, and process it."""
    import asyncio

    from wiredesk import registry
    from wiredesk.operations.replays.filters import conditions
    from wiredesk.runtime import logs

    logs.quiet()
    os.nice(NICENESS)
    stage = registry.registry().stage(context.info_name or "")
    filters = conditions(hosts=host, urls=url, languages=language, types=event_type)
    if rewind:
        if into is not None or until is not None or rate is not None or filters:
            raise UsageError(
                "--rewind-group takes --from or --offset only: the live workers read everything after that"
            )
        moving = rewind_group(kafka, stage, since, offset, empty=empty_state, dry_run=dry_run, yes=yes, as_json=as_json)
        asyncio.run(moving)
        return
    if empty_state:
        raise UsageError("--empty-state is for --rewind-group: a run has a state of its own, which is empty at first")
    check_stage_settings(stage)
    request = _Request(stage, into, filters, rate, *_times(since, until), offsets=parse_offset_ranges(offset or []))
    if request.since_ms is None and not request.offsets:
        raise UsageError("say what to read: --from T, with --to T, or --offset P:A-B")
    asyncio.run(_replay(kafka, settings, request, dry_run=dry_run, yes=yes, as_json=as_json))


@dataclass(frozen=True, slots=True)
class _Request:
    """The values of the options."""

    stage: "Stage"
    into: str | None
    filters: "Conditions"
    rate: float | None
    since_ms: int | None
    until_ms: int | None
    offsets: "Mapping[int, OffsetRange]"


def _times(since: str | None, until: str | None) -> tuple[int | None, int | None]:
    since_ms, until_ms = parse_milliseconds(since), parse_milliseconds(until)
    if since_ms is not None and until_ms is not None and since_ms >= until_ms:
        raise UsageError(f"--from {since} is not before --to {until}")
    return since_ms, until_ms


async def _replay(
    kafka: KafkaSettings, settings: WorkerSettings, request: _Request, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    from wiredesk import registry
    from wiredesk.operations.replays.filters import record_filter
    from wiredesk.operations.replays.planning import (
        check_state,
        check_target,
        create_run,
        estimate,
        resolve_ranges,
        trial,
    )
    from wiredesk.runtime.kafka.cluster import Cluster

    stage, into, rate = request.stage, request.into, request.rate
    check_state(stage, into)
    if into is not None:
        check_target(stage, topic_name("--into", into), registry.topics())
    async with Cluster(kafka) as cluster:
        ranges = await resolve_ranges(
            cluster, stage, since_ms=request.since_ms, until_ms=request.until_ms, offsets=request.offsets
        )
        if dry_run:
            accepts = record_filter(request.filters, stage)
            with console.progress("reading") as update:
                estimate_ = await estimate(cluster, settings, stage, ranges, accepts, rate=rate, progress=update)
            _show_estimate(kafka, stage, ranges, estimate_, into, as_json=as_json)
            return
        if not yes:
            await _confirm(cluster, stage, ranges, into)
        version = (await trial(stage, settings)).version
        run = await create_run(
            cluster, stage, version=version, into=into, ranges=ranges, filters=request.filters, rate=rate
        )
        await finish(cluster, settings, stage, run, rate=rate, as_json=as_json)


async def _confirm(cluster: "Cluster", stage: "Stage", ranges: "Mapping[int, OffsetRange]", into: str | None) -> None:
    """Ask before writing a live topic, or a topic that has records: a second run would write everything again."""
    from wiredesk.operations.replays.planning import count_offsets

    on_cluster = cluster.settings.on_cluster
    count, source = sum(offsets.size for offsets in ranges.values()), on_cluster(stage.consumes.name)
    if into is None:
        consequence = f"{count} offsets of {source} would be processed again"
        if stage.produces:
            consequence += f", into the live {on_cluster(stage.produces[0].name)}"
        confirm(consequence, "Continue?", yes=False, remedy="pass --yes, or --into TOPIC")
    elif there := await count_offsets(cluster, into):
        consequence = f"{on_cluster(into)} holds {there} offsets already, and {count} of {source} would be read into it"
        confirm(consequence, "Continue?", yes=False, remedy="pass --yes, or name another topic")


def _show_estimate(
    kafka: KafkaSettings,
    stage: "Stage",
    ranges: "Mapping[int, OffsetRange]",
    estimate_: "Estimate",
    into: str | None,
    *,
    as_json: bool,
) -> None:
    survey, trial_, seconds = estimate_.survey, estimate_.trial, estimate_.seconds
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
                "wanted": survey.accepted,
                "filtered_out": survey.read - survey.accepted,
                "bytes": survey.size,
                "records_per_second": trial_.rate and round(trial_.rate, 1),
                "seconds": seconds and round(seconds, 1),
            }
        )
        return
    rows: list[tuple[str, object]] = [
        ("records", survey.read),
        ("to process", survey.accepted),
        ("filtered out", survey.read - survey.accepted),
        ("bytes to process", survey.size),
        ("version", trial_.version),
        ("into", (target or "nothing") + (" (live)" if into is None and target else "")),
    ]
    if trial_.rate is not None and seconds is not None:
        rows += [
            ("records/s, one process", f"{trial_.rate:.0f}"),
            ("duration", format_duration(seconds)),
        ]
    console.table(f"replay of {stage.name} (dry run)", ("what", "amount"), rows)


def format_duration(seconds: float) -> str:
    """Return a duration as text."""
    if seconds < 1:
        return "less than 1 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
