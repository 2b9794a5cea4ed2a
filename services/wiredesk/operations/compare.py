"""What differs between two topics of articles, page by page.

The digests of each page are kept on disk (SQLite, in a temporary file), so that a year of articles needs little memory.
"""

import contextlib
import hashlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from wiredesk.operations.progress import ProgressCallback, ignore_progress
from wiredesk.operations.replays.filters import record_filter
from wiredesk.operations.replays.run import load_run
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Record
from wiredesk.runtime.topology import Stage

PATIENCE_SECONDS = 60
"""How long to wait for open transactions, so that no page is left out."""

NOT_COMPARED = frozenset(
    {"event_id", "schema_version", "extraction", "enrichment", "detected_language", "topics", "entities"}
)
"""Fields that always differ between versions, or are compared differently."""

BATCH_ROWS = 500
"""Pages in one write to the database."""

PROGRESS_RECORDS = 100
"""Progress is reported after this number of records."""

_SCHEMA = """
create table page (side integer, id text, time integer, url text, digests text, primary key (side, id));
create table replayed (id text primary key) without rowid;
"""
_PUT = """
insert into page values (?, ?, ?, ?, ?) on conflict do update
set time = excluded.time, url = excluded.url, digests = excluded.digests where excluded.time >= page.time
"""
_PAIRS = """
select coalesce(b.url, a.url), a.digests, b.digests from (select distinct id from page) ids
left join page a on a.side = 0 and a.id = ids.id left join page b on b.side = 1 and b.id = ids.id
order by ids.id
"""

type _Row = tuple[int, str, int, str, bytes]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two topics.

    Attributes:
        same: pages that are equal in both.
        changed: pages that differ.
        new: pages that are in the second topic only.
        gone: pages that are in the first topic only.
        fields: for each field that differs, the number of pages.
        topics: media topics gained (`+ name (code)`) and lost (`- name (code)`), with the number of pages.
        entities: entities gained and lost, in the same way.
        examples: URLs of some pages for `new`, `gone`, and each field, media topic and entity above.
    """

    same: int
    changed: int
    new: int
    gone: int
    fields: Mapping[str, int]
    topics: Mapping[str, int]
    entities: Mapping[str, int]
    examples: Mapping[str, Sequence[str]]

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return bool(self.changed or self.new or self.gone)


async def compare_topics(
    cluster: Cluster,
    stages: Mapping[str, Stage],
    before: str,
    after: str,
    *,
    run_id: str | None = None,
    examples: int = 2,
    progress: ProgressCallback = ignore_progress,
) -> Comparison:
    """Compare two topics of articles by page id. If a topic holds several events of a page, the newest one counts.

    A tombstone removes its page, as compaction does.

    Args:
        stages: all stages, by name, including the one of the run.
        before: a topic, without prefix.
        after: the other one.
        run_id: compare only pages that this run has read; None: all pages.
        examples: maximum number of URLs to name for each difference.
        progress: called with the records read so far and the offsets to read.

    Raises:
        UsageError: a topic does not exist or holds what is not an article, or there is no such run.
        UnavailableError: the cluster cannot be reached.
    """
    with (
        tempfile.TemporaryDirectory(prefix="wiredesk-compare-") as folder,
        contextlib.closing(sqlite3.connect(Path(folder) / "pages.db")) as pages,
    ):
        pages.executescript(_SCHEMA)
        await _read_topics(cluster, (before, after), pages, progress)
        if run_id is not None:
            await _keep_replayed(cluster, stages, run_id, pages)
        return _compare(pages, examples)


async def _read_topics(
    cluster: Cluster, names: Sequence[str], pages: sqlite3.Connection, progress: ProgressCallback
) -> None:
    sides = {cluster.settings.on_cluster(name): side for side, name in enumerate(names)}
    if len(sides) < len(names):
        raise UsageError(f"{names[0]} is compared with itself: name two topics")
    described = await cluster.describe_topics(sides)
    if missing := [name for name in sides if name not in described]:
        raise UsageError(f"no topic {', '.join(missing)} on the cluster: 'wiredesk topics list' shows the topics")
    partitions = [partition for topic in described.values() for partition in topic.topic_partitions]
    ranges = await cluster.offset_ranges(partitions, patience=PATIENCE_SECONDS)
    total, done = sum(offsets.size for offsets in ranges.values()), 0
    rows: list[_Row] = []
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            done += 1
            if not done % PROGRESS_RECORDS:
                progress(done, total)
            if record.value is not None:
                rows.append(_row(sides[record.topic], record))
            if len(rows) == BATCH_ROWS or record.value is None:
                pages.executemany(_PUT, rows)
                rows = []
            if record.value is None:
                page = (record.key or b"").decode("utf-8", "replace")
                pages.execute("delete from page where side = ? and id = ?", (sides[record.topic], page))
    pages.executemany(_PUT, rows)


async def _keep_replayed(cluster: Cluster, stages: Mapping[str, Stage], run_id: str, pages: sqlite3.Connection) -> None:
    """Drop all pages except those that a run has read: its range is read again, for the keys.

    Raises:
        UsageError: there is no such run, or the records that it read are not keyed by page id.
    """
    run = (await load_run(cluster, run_id)).run
    if run.stage not in stages:
        raise UsageError(f"run {run_id} is of the stage {run.stage}, which is not installed")
    stage = stages[run.stage]
    accepts = record_filter(run.filters, stage)
    if stage.entry:
        raise UsageError(f"run {run_id} read {stage.consumes.name}, whose records have no page ids: omit --replay")
    async with contextlib.aclosing(cluster.read_range(run.sources(cluster.settings, stage))) as records:
        async for record in records:
            if accepts(record) and record.key is not None:
                pages.execute("insert or ignore into replayed values (?)", (record.key.decode("utf-8", "replace"),))
    pages.execute("delete from page where id not in (select id from replayed)")


def _row(side: int, record: Record) -> _Row:
    """Return the values of an event to compare: a digest of each field, names of media topics and of entities.

    Raises:
        UsageError: the record is not an article.
    """
    try:
        event: dict[str, Any] = orjson.loads(record.value or b"")
        page, url = str(event["page_id"]), str(event["url"])
        digests = {
            name: hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
            for name, value in event.items()
            if name not in NOT_COMPARED
        }
        compared = {
            "fields": digests,
            "topics": sorted({f"{topic['name']} ({topic['code']})" for topic in event.get("topics") or ()}),
            "entities": sorted({f"{entity['name']} ({entity['type']})" for entity in event.get("entities") or ()}),
        }
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{record.coordinates} is not an article: only topics of articles can be compared") from error
    return side, page, record.timestamp, url, orjson.dumps(compared)


class _Tally:
    def __init__(self, examples: int) -> None:
        self.same = self.changed = self.new = self.gone = 0
        self.fields: Counter[str] = Counter()
        self.topics: Counter[str] = Counter()
        self.entities: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}
        self._examples = examples

    def add(self, url: str, before: bytes | None, after: bytes | None) -> None:
        """Count a page, given its values in each topic; None if it is absent."""
        if before is None:
            self.new += 1
            self._example("new", url)
        elif after is None:
            self.gone += 1
            self._example("gone", url)
        else:
            self._add_pair(url, orjson.loads(before), orjson.loads(after))

    def _add_pair(self, url: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        fields = before["fields"].keys() | after["fields"].keys()
        differing = sorted(name for name in fields if before["fields"].get(name) != after["fields"].get(name))
        changes = {
            "topics": (self.topics, _gained_and_lost(before["topics"], after["topics"])),
            "entities": (self.entities, _gained_and_lost(before["entities"], after["entities"])),
        }
        differing += [name for name, (_, names) in changes.items() if names]
        if not differing:
            self.same += 1
            return
        self.changed += 1
        for name in differing:
            self.fields[name] += 1
            self._example(name, url)
        for counter, names in changes.values():
            counter.update(names)
            for name in names:
                self._example(name, url)

    def _example(self, difference: str, url: str) -> None:
        urls = self.examples.setdefault(difference, [])
        if len(urls) < self._examples:
            urls.append(url)

    def result(self) -> Comparison:
        return Comparison(
            same=self.same,
            changed=self.changed,
            new=self.new,
            gone=self.gone,
            fields=dict(self.fields.most_common()),
            topics=dict(self.topics.most_common()),
            entities=dict(self.entities.most_common()),
            examples=self.examples,
        )


def _compare(pages: sqlite3.Connection, examples: int) -> Comparison:
    tally = _Tally(examples)
    for url, before, after in _pairs(pages):
        tally.add(url, before, after)
    return tally.result()


def _pairs(pages: sqlite3.Connection) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Yield the URL of each page, and its values in both topics; None if it is absent."""
    yield from pages.execute(_PAIRS)


def _gained_and_lost(before: Sequence[str], after: Sequence[str]) -> list[str]:
    return [f"+ {name}" for name in sorted(set(after) - set(before))] + [
        f"- {name}" for name in sorted(set(before) - set(after))
    ]
