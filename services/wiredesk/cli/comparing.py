"""`wiredesk topics compare`: what differs between two topics of articles, page by page.

What is compared of each page is kept on disk (SQLite, in a temporary file): a year of articles fits into any memory.
"""

import asyncio
import contextlib
import hashlib
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from aiokafka import TopicPartition
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.replay.filters import wanted
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import topics
from wiredesk.runtime.kafka.reading import between, ends
from wiredesk.runtime.records import Record
from wiredesk.runtime.replay import noted_runs
from wiredesk.runtime.settings import KafkaSettings

PATIENCE_SECONDS = 60
NOT_COMPARED = frozenset(
    {"event_id", "schema_version", "extraction", "enrichment", "detected_language", "topics", "entities"}
)
"""Fields that differ by their nature, or are compared in their own way."""

BATCH = 500
DIFFERENT = 1

_SCHEMA = """
create table page (side integer, id text, time integer, url text, digests text, primary key (side, id));
create table replayed (id text primary key) without rowid;
"""
_PUT = """
insert into page values (?, ?, ?, ?, ?) on conflict do update
set time = excluded.time, url = excluded.url, digests = excluded.digests where excluded.time >= page.time
"""


@dataclass(slots=True)
class Difference:
    """What differs.

    Attributes:
        fields: changed fields, with the pages in which they did.
        topics, entities: gained (`+ name`) and lost (`- name`), with the pages.
        examples: for `new`, `gone`, and each of the above, the addresses of some pages.
    """

    same: int = 0
    changed: int = 0
    new: int = 0
    gone: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    entities: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@with_settings(kafka=KafkaSettings)
def compare(
    before: Annotated[str, typer.Argument(metavar="TOPIC", help="Name without the prefix: articles.enriched.")],
    after: Annotated[str, typer.Argument(metavar="TOPIC", help="The other one: articles.enriched.v2.")],
    *,
    examples: Annotated[int, typer.Option(min=0, help="Pages named for each difference.")] = 2,
    replay: Annotated[
        str | None, typer.Option(metavar="RUN", help="Only pages that this run has read: the others are not gone.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Topics and entities told, the commonest first.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with all topics and entities.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Compare two topics of articles by page: new, gone, changed, by field; topics and entities gained and lost.

    Of a page that a topic holds more than once its newest event counts. So a new model is judged before anyone sees
    what it says. Exit code 1 when anything differs.
    """
    logs.quiet()
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        tempfile.TemporaryDirectory(prefix="wiredesk-compare-") as folder,
        contextlib.closing(sqlite3.connect(Path(folder) / "pages.db")) as pages,
        Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress,
    ):
        pages.executescript(_SCHEMA)
        asyncio.run(_read(kafka, (before, after), pages, progress))
        if replay is not None:
            asyncio.run(_keep_replayed(kafka, replay, pages))
        found = _compared(pages, examples)
    if as_json:
        console.json(_object(found))
    else:
        _show(found, before, after, most)
    if found.changed or found.new or found.gone:
        raise typer.Exit(DIFFERENT)


async def _read(kafka: KafkaSettings, names: Sequence[str], pages: sqlite3.Connection, progress: Progress) -> None:
    sides = {kafka.on_cluster(name): side for side, name in enumerate(names)}
    if len(sides) < len(names):
        raise UsageError(f"{names[0]} is compared with itself: name two topics")
    counts = await topics.partitions(kafka, list(sides))
    if missing := [name for name in sides if name not in counts]:
        raise UsageError(f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows what is there")
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    spans = await ends(kafka, partitions, patience=PATIENCE_SECONDS)
    task = progress.add_task("records", total=sum(last - first for first, last in spans.values()))
    rows: list[tuple[int, str, int, str, bytes]] = []
    async with contextlib.aclosing(between(kafka, spans)) as reading:
        async for record in reading:
            progress.advance(task)
            rows.append(_row(sides[record.topic], record))
            if len(rows) == BATCH:
                pages.executemany(_PUT, rows)
                rows = []
    pages.executemany(_PUT, rows)


async def _keep_replayed(kafka: KafkaSettings, name: str, pages: sqlite3.Connection) -> None:
    """Drop all pages but those of a run: its range is read again, for its keys.

    Raises:
        UsageError: there is no such run, or its stage reads what is not keyed by page id.
    """
    noted = (await noted_runs(kafka)).get(name)
    if noted is None:
        raise UsageError(f"no run {name}: 'wiredesk replay list' shows them")
    stage, wants = registry.stages()[noted.run.stage], wanted(noted.run.filters)
    if stage.entry:
        raise UsageError(f"run {name} read {stage.consumes.name}, which has no page ids: leave --replay out")
    async with contextlib.aclosing(between(kafka, noted.run.sources(kafka, stage))) as reading:
        async for record in reading:
            if wants(record) and record.key is not None:
                pages.execute("insert or ignore into replayed values (?)", (record.key.decode("utf-8", "replace"),))
    pages.execute("delete from page where id not in (select id from replayed)")


def _row(side: int, record: Record) -> tuple[int, str, int, str, bytes]:
    """Return what is compared of an event: a digest of each field, codes of topics, names of entities.

    Raises:
        UsageError: it is no article.
    """
    try:
        event: dict[str, Any] = orjson.loads(record.value or b"")
        page, url = str(event["page_id"]), str(event["url"])
        digests = {
            name: hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
            for name, value in event.items()
            if name not in NOT_COMPARED
        }
        kept = {
            "fields": digests,
            "topics": sorted({f"{topic['name']} ({topic['code']})" for topic in event.get("topics") or ()}),
            "entities": sorted({f"{entity['name']} ({entity['type']})" for entity in event.get("entities") or ()}),
        }
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{record.coordinates} is no article: topics of articles are compared") from error
    return side, page, record.timestamp, url, orjson.dumps(kept)


def _compared(pages: sqlite3.Connection, examples: int) -> Difference:
    found = Difference()

    def example(kind: str, url: str) -> None:
        if len(found.examples[kind]) < examples:
            found.examples[kind].append(url)

    for url, one, other in _pairs(pages):
        if one is None or other is None:
            kind = "new" if one is None else "gone"
            setattr(found, kind, getattr(found, kind) + 1)
            example(kind, url)
            continue
        was, is_now = orjson.loads(one), orjson.loads(other)
        differing = _fields(was["fields"], is_now["fields"])
        gained = {name: _moved(was[name], is_now[name]) for name in ("topics", "entities")}
        differing += [name for name, moved in gained.items() if moved]
        if not differing:
            found.same += 1
            continue
        found.changed += 1
        for name in differing:
            found.fields[name] += 1
            example(name, url)
        for name, moved in gained.items():
            getattr(found, name).update(moved)
            for one_moved in moved:
                example(one_moved, url)
    return found


def _pairs(pages: sqlite3.Connection) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Yield the address of each page, and what is compared of it before and after; None where it is not there."""
    yield from pages.execute(
        "select coalesce(b.url, a.url), a.digests, b.digests from (select distinct id from page) ids "
        "left join page a on a.side = 0 and a.id = ids.id left join page b on b.side = 1 and b.id = ids.id "
        "order by ids.id"
    )


def _fields(was: dict[str, str], is_now: dict[str, str]) -> list[str]:
    return sorted(name for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name))


def _moved(was: Sequence[str], is_now: Sequence[str]) -> list[str]:
    return [f"+ {name}" for name in sorted(set(is_now) - set(was))] + [
        f"- {name}" for name in sorted(set(was) - set(is_now))
    ]


def _show(found: Difference, before: str, after: str, most: int) -> None:
    rows: list[tuple[object, ...]] = [("same", found.same, ""), ("changed", found.changed, "")]
    rows += [(kind, getattr(found, kind), " ".join(found.examples[kind])) for kind in ("new", "gone")]
    console.table(f"{before} and {after}, by page", ("page", "pages", "such as"), rows)
    for title, counts in (("field", found.fields), ("topic", found.topics), ("entity", found.entities)):
        if counts:
            shown = counts.most_common(None if title == "field" else most)
            console.table(
                f"{title}s that differ",
                (title, "pages", "such as"),
                [(n, c, " ".join(found.examples[n])) for n, c in shown],
            )
            if len(counts) > len(shown):
                console.line(f"and {len(counts) - len(shown)} more: --most, or --json for all")


def _object(found: Difference) -> dict[str, Any]:
    return {
        "same": found.same,
        "changed": found.changed,
        "new": found.new,
        "gone": found.gone,
        "fields": dict(found.fields.most_common()),
        "topics": dict(found.topics.most_common()),
        "entities": dict(found.entities.most_common()),
        "examples": dict(found.examples),
    }
