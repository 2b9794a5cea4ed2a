"""`wiredesk status`: the desk at a glance."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
import typer
from aiokafka import TopicPartition
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.moments import moment
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.pipeline import PAGES_SKIPPED
from wiredesk.runtime import logs
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import Span, between, ends
from wiredesk.runtime.overview import Overview, Watcher, overviews, rates
from wiredesk.runtime.printable import one_line
from wiredesk.runtime.records import Record
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas.headers import DEAD_LETTER_REASON, decode_text, own_headers

UNWELL = 1
SAMPLE_SECONDS = 0.5
"""Between the two looks that rates are told from."""

REFRESH_SECONDS = 2.0
NEWEST = 2000
"""Records of a partition of skipped pages or dead letters that reasons are counted in, at most."""

STALLED_SECONDS = 60
"""With so old a record before it, and nobody at work, a stage stands."""


@with_settings(kafka=KafkaSettings)
def status(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, until Ctrl-C.")] = False,
    window: Annotated[str, typer.Option(metavar="T", help="Count reasons since: 1h, 6h, 2026-01-31T06:00Z.")] = "1h",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; with --watch one a line.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show each stage's rates, lag and workers, what was skipped and given up and why, and how the brokers are.

    Everything is asked of Kafka: it can be run anywhere, while workers run or hang. Reasons are counted in the newest
    2,000 records of each partition. Exit code 1 when a broker lacks replicas or a stage stands still.
    """
    logs.quiet()
    span = datetime.now(UTC) - moment(window, datetime.now(UTC))
    with contextlib.suppress(KeyboardInterrupt):
        unwell = asyncio.run(_status(kafka, span, watch=watch, as_json=as_json))
        if unwell:
            raise typer.Exit(UNWELL)


async def _status(kafka: KafkaSettings, span: timedelta, *, watch: bool, as_json: bool) -> bool:
    async with overviews(kafka, list(registry.stages().values())) as watcher:
        before = await watcher.look()
        if not watch:
            await asyncio.sleep(SAMPLE_SECONDS)
            told = await _told(kafka, watcher, before, span)
            _print(told, as_json=as_json)
            return bool(told["troubles"])
        with stop_on_signal() as stop:
            live = Live(console=console.out, auto_refresh=False) if console.out.is_terminal and not as_json else None
            with live or contextlib.nullcontext():
                while not stop.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)
                    told = await _told(kafka, watcher, before, span)
                    before = told.pop("overview")
                    if live is not None:
                        live.update(_tables(told), refresh=True)
                    else:
                        _print(told, as_json=as_json)
    return False


async def _told(kafka: KafkaSettings, watcher: Watcher, before: Overview, span: timedelta) -> dict[str, Any]:
    now, (skipped, letters) = await asyncio.gather(watcher.look(), _reasons(kafka, span))
    speed = rates(before, now)
    stages = [
        {
            "stage": stage.name,
            "in_per_second": round(speed[stage.name][0], 1),
            "out_per_second": round(speed[stage.name][1], 1),
            "lag": stage.lag,
            "lag_seconds": round(stage.next_age, 1),
            "group": stage.state,
            "workers": [{"client": m.client, "host": m.host, "partitions": m.partitions} for m in stage.members],
            "dead_letters": letters.get(stage.name, {}),
        }
        for stage in now.stages
    ]
    troubles = [
        f"{stage.name}: {stage.lag} records wait, the first for {stage.next_age:.0f} s, and no worker is in its group"
        for stage in now.stages
        if stage.next_age > STALLED_SECONDS and not stage.members
    ]
    troubles += [str(one) for one in now.waits]
    brokers = now.brokers
    if not brokers.are_well:
        troubles.append(f"{brokers.under_replicated} partitions lack a replica, {brokers.leaderless} have no leader")
    return {
        "stages": stages,
        "skipped": skipped,
        "oldest_page_seconds": round(max((stage.page_age for stage in now.stages), default=0.0), 1),
        "brokers": {
            "count": brokers.count,
            "under_replicated": brokers.under_replicated,
            "leaderless": brokers.leaderless,
        },
        "troubles": troubles,
        "overview": now,
    }


async def _reasons(kafka: KafkaSettings, span: timedelta) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Return why pages were skipped, and why each stage gave records up, lately."""
    stages = {kafka.on_cluster(stage.dead_letter_topic.name): stage.name for stage in registry.stages().values()}
    skipped = kafka.on_cluster(PAGES_SKIPPED.name)
    counts = await topics.partitions(kafka, [*stages, skipped])
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    since = int((datetime.now(UTC) - span).timestamp() * 1000)
    spans = await ends(kafka, partitions, since_ms=since) if partitions else {}
    newest: dict[TopicPartition, Span] = {tp: (max(first, last - NEWEST), last) for tp, (first, last) in spans.items()}
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    async with contextlib.aclosing(between(kafka, newest)) as reading:
        async for record in reading:
            reasons[stages.get(record.topic, "")][_reason(record)] += 1
    counts_of = {name: dict(found.most_common()) for name, found in reasons.items()}
    return counts_of.pop("", {}), counts_of


def _reason(record: Record) -> str:
    if reason := decode_text(own_headers(record.headers).get(DEAD_LETTER_REASON)):
        return reason
    with contextlib.suppress(orjson.JSONDecodeError, AttributeError):
        return str(orjson.loads(record.value or b"{}").get("reason"))
    return "unknown"


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    told.pop("overview", None)
    if as_json:
        console.json(told)
    elif console.out.is_terminal:
        console.show(_tables(told))
    else:
        for row in _rows(told):
            console.row(row)
        for fact in _facts(told):
            console.row(fact)


_COLUMNS = ("stage", "in/s", "out/s", "lag", "lag s", "workers", "partitions", "dead letters")


def _rows(told: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            stage["stage"],
            f"{stage['in_per_second']:.1f}",
            f"{stage['out_per_second']:.1f}",
            str(stage["lag"]),
            f"{stage['lag_seconds']:.0f}",
            f"{len(stage['workers'])} ({stage['group']})",
            " ".join(",".join(map(str, worker["partitions"])) or "-" for worker in stage["workers"]),
            _counts(stage["dead_letters"]),
        )
        for stage in told["stages"]
    ]


def _facts(told: dict[str, Any]) -> Sequence[tuple[str, str]]:
    brokers = told["brokers"]
    health = f"{brokers['count']} answer"
    if brokers["under_replicated"] or brokers["leaderless"]:
        health += f"; {brokers['under_replicated']} partitions lack a replica, {brokers['leaderless']} have no leader"
    return [
        ("skipped", _counts(told["skipped"]) or "nothing"),
        ("oldest page in flight", f"{told['oldest_page_seconds']:.0f} s"),
        ("brokers", health),
        *(("trouble", trouble) for trouble in told["troubles"]),
    ]


def _counts(reasons: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in reasons.items())


def _tables(told: dict[str, Any]) -> Group:
    table = Table(header_style="bold")
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column in ("in/s", "out/s", "lag", "lag s") else "left")
    for row in _rows(told):
        table.add_row(*(Text(one_line(cell)) for cell in row))
    lines = [
        Text(f"{name}: {one_line(value)}", style="red" if name == "trouble" else "") for name, value in _facts(told)
    ]
    return Group(table, *lines)
