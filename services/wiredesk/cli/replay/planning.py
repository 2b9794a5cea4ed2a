"""`wiredesk replay STAGE`: what is to be read again, and what is to be done with it."""

import asyncio
import os
import re
import sys
from typing import Annotated

import typer
from aiokafka import TopicPartition

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.moments import FORMS, milliseconds
from wiredesk.cli.options import check_stage_settings, topic_name, with_settings
from wiredesk.cli.replay.filters import Filters, Hosts, Languages, Types, Urls, filters, wanted
from wiredesk.cli.replay.rewinding import rewind_group
from wiredesk.cli.replay.running import NICE, counting, finish, summary
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.reading import Span
from wiredesk.runtime.replay import begin, survey, trial
from wiredesk.runtime.replay.planning import PartialSpan, Survey, Trial, held, spans
from wiredesk.runtime.replay.run import targets
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage

OWN = "wiredesk."
_OFFSETS = re.compile(r"(\d{1,9}):(\d{1,18})(?:-(\d{1,18}))?")


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def plan(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option("--from", metavar="T", help=f"What arrived then or later: {FORMS}.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="T", help="And before then; default: all that is there now.")
    ] = None,
    offset: Annotated[
        list[str] | None,
        typer.Option(metavar="P:A[-B]", help="Of partition P offsets A up to, without, B; only those. Repeatable."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(metavar="TOPIC", help="Write a topic of its own, made where it is missing; not the live ones."),
    ] = None,
    host: Hosts = None,
    url: Urls = None,
    language: Languages = None,
    event_type: Types = None,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Records a second at most, of each process.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and how long it would take, and do nothing.")
    ] = False,
    rewind: Annotated[
        bool,
        typer.Option("--rewind-group", help="Instead: move the offsets that the stage's workers go on from."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Read a range of the stage's topic again."""
    logs.quiet()
    os.nice(NICE)
    stage = registry.stages()[context.info_name or ""]
    asked = filters(host, url, language, event_type)
    if rewind:
        if into is not None or until is not None or rate is not None or asked:
            raise UsageError("--rewind-group goes with --from or --offset only: the live workers read all that follows")
        rewind_group(kafka, stage, since, offset, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    check_stage_settings(stage)
    _check(stage, into)
    ranges = _ranges(kafka, stage, since, until, offset)
    if dry_run:
        _rehearse(kafka, settings, stage, ranges, asked, into=into, rate=rate, as_json=as_json)
        return
    _confirm(kafka, stage, ranges, into, yes=yes)
    version = asyncio.run(trial(stage, settings)).version
    run = asyncio.run(begin(kafka, stage, version=version, into=into, ranges=ranges, filters=asked, rate=rate))
    finish(kafka, settings, run, rate=rate, as_json=as_json)


def _check(stage: Stage, into: str | None) -> None:
    """Refuse a topic that is none, or one that would mix a run with something else.

    Raises:
        UsageError: it is.
    """
    if into is None:
        return
    if topic_name("--into", into).startswith(OWN):
        raise UsageError(f"--into {into}: topics that begin with {OWN!r} are wiredesk's own")
    live = {topic.name for topic in registry.topics()}
    if taken := [topic.name for topic in targets(stage, into).values() if topic.name in live]:
        raise UsageError(
            f"--into {into} would write {taken[0]}, a live topic: name another, or leave --into out to repair that"
        )


def _ranges(
    kafka: KafkaSettings, stage: Stage, since: str | None, until: str | None, offsets: list[str] | None
) -> dict[int, Span]:
    if since is None and not offsets:
        raise UsageError("say what to read: --from T, with --to T, or --offset P:A-B")
    since_ms, until_ms = milliseconds(since), milliseconds(until)
    if since_ms is not None and until_ms is not None and since_ms >= until_ms:
        raise UsageError(f"--from {since} is not before --to {until}")
    parsed = _offsets(offsets or [])
    return asyncio.run(spans(kafka, stage, since_ms=since_ms, until_ms=until_ms, offsets=parsed))


def _offsets(told: list[str]) -> dict[int, PartialSpan]:
    found: dict[int, PartialSpan] = {}
    for one in told:
        match = _OFFSETS.fullmatch(one)
        if match is None:
            raise UsageError(
                f"--offset {one}: write partition and offsets, like 3:1200-2400, or 3:1200 for all from there"
            )
        first, last = int(match[2]), None if match[3] is None else int(match[3])
        if last is not None and last <= first:
            raise UsageError(f"--offset {one}: {last} is not behind {first}")
        if int(match[1]) in found:
            raise UsageError(f"--offset {one}: partition {match[1]} is there twice")
        found[int(match[1])] = first, last
    return found


def _confirm(kafka: KafkaSettings, stage: Stage, ranges: dict[int, Span], into: str | None, *, yes: bool) -> None:
    """Ask before a live topic is written, or one that holds something already: a second run would say it twice."""
    if yes:
        return
    count, source = sum(last - first for first, last in ranges.values()), kafka.on_cluster(stage.consumes.name)
    if into is None:
        target = kafka.on_cluster(stage.produces[0].name)
        told = f"{count} offsets of {source} would be published again, into the live {target}"
        way_out = "say --yes, or --into TOPIC"
    elif there := asyncio.run(held(kafka, into)):
        told = f"{kafka.on_cluster(into)} holds {there} offsets already, and {count} of {source} would be read into it"
        way_out = "say --yes, or name another"
    else:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{told}: {way_out}")
    typer.confirm(f"{told}. Go on?", abort=True)


def _rehearse(
    kafka: KafkaSettings,
    settings: WorkerSettings,
    stage: Stage,
    ranges: dict[int, Span],
    asked: Filters,
    *,
    into: str | None,
    rate: float | None,
    as_json: bool,
) -> None:
    sources = {tp: span for tp, span in _sources(kafka, stage, ranges).items() if span[0] < span[1]}
    with counting("reading") as count:
        found = asyncio.run(survey(kafka, sources, wanted(asked), count))
    tried = asyncio.run(trial(stage, settings, found.sample))
    seconds = _seconds(found, tried, rate)
    target = kafka.on_cluster(into or stage.produces[0].name)
    if as_json:
        told = {
            "stage": stage.name,
            "version": tried.version,
            "into": target,
            "live": into is None,
            "partitions": {str(number): span for number, span in ranges.items()},
            "read": found.read,
            "wanted": found.wanted,
            "passed_over": found.read - found.wanted,
            "bytes": found.size,
            "records_per_second": tried.rate and round(tried.rate, 1),
            "seconds": seconds and round(seconds, 1),
        }
        console.json(told)
        return
    rows: list[tuple[str, object]] = [
        ("records in the range", found.read),
        ("to be processed", found.wanted),
        ("passed over", found.read - found.wanted),
        ("bytes to be processed", found.size),
        ("version", tried.version),
        ("into", target + (" (live)" if into is None else "")),
    ]
    if tried.rate is not None and seconds is not None:
        rows += [("records a second, one process here", f"{tried.rate:.0f}"), ("would take", summary(seconds))]
    console.table(f"replay of {stage.name}, if it were run", ("what", "how much"), rows)


def _sources(kafka: KafkaSettings, stage: Stage, ranges: dict[int, Span]) -> dict[TopicPartition, Span]:
    topic = kafka.on_cluster(stage.consumes.name)
    return {TopicPartition(topic, number): span for number, span in ranges.items()}


def _seconds(found: Survey, tried: Trial, rate: float | None) -> float | None:
    if tried.rate is None:
        return None
    return found.wanted / (tried.rate if rate is None else min(rate, tried.rate))
