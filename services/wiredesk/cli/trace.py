"""`wiredesk trace`: where is my story?"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from aiokafka import TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from wiredesk import registry
from wiredesk.cli import console
from wiredesk.cli.moments import written
from wiredesk.cli.options import with_settings
from wiredesk.operations.page_urls import page_url
from wiredesk.pipeline import PAGES_RAW, PAGES_SKIPPED
from wiredesk.runtime import logs
from wiredesk.runtime.dead_letters.letter import parsed
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.kafka import clients, topics
from wiredesk.runtime.kafka.partition_life import topic_id
from wiredesk.runtime.kafka.progress import committed
from wiredesk.runtime.kafka.reading import Span, between, ends
from wiredesk.runtime.lineage import origin_of, origin_topic_id, replay_of
from wiredesk.runtime.records import Record, parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import page_id
from wiredesk_schemas.headers import EVENT_ID, decode_text, last_value

NOT_FOUND = 1


@dataclass(frozen=True, slots=True)
class Hop:
    """A record of the page.

    Attributes:
        topic: as in the topology.
        told: what the record says became of the page, for a reader.
        waited: milliseconds since the record before it; None for the first.
    """

    topic: str
    partition: int
    offset: int
    time_ms: int
    event_id: str
    told: str
    waited: int | None


@dataclass(slots=True)
class Visit:
    """What became of one raw page: the records of it in order, and where it is now."""

    origin: str
    hops: list[Hop] = field(default_factory=list)
    where: str = ""


@with_settings(kafka=KafkaSettings)
def trace(
    page: Annotated[str, typer.Argument(metavar="URL|PAGE_ID", help="The page's address, or its id.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a raw page.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show every record of a page through all topics, in order: when, where, what each stage took, where it stopped.

    Only the partitions that can hold the page are read. A page that was published twice is told twice. Exit code 1
    when there is no record of it.
    """
    logs.quiet()
    visits = asyncio.run(_trace(kafka, _id(page)))
    if as_json:
        for visit in visits:
            console.json(_object(visit))
    else:
        for visit in visits:
            _show(visit)
    if not visits:
        console.note(f"no record of {page}: it was not published, or its records are no longer kept", style="")
        raise typer.Exit(NOT_FOUND)


def _id(page: str) -> str:
    """Return the page id of an address or an id.

    Raises:
        UsageError: it is neither.
    """
    with contextlib.suppress(ValueError):
        return str(UUID(page))
    found = _id_of_address(page)
    if found is None:
        raise UsageError(f"{page!r} is neither the address of a page nor a page id")
    return found


def _id_of_address(address: str) -> str | None:
    from wiredesk.ingest.urls import canonical
    from wiredesk.runtime.errors import RejectedError

    try:
        return page_id(canonical(address))
    except (RejectedError, ValueError):
        return None


async def _trace(kafka: KafkaSettings, page: str) -> list[Visit]:
    names = {kafka.on_cluster(topic.name): topic.name for topic in registry.topics()}
    counts = await topics.partitions(kafka, list(names))
    if missing := [name for name in names if name not in counts]:
        raise UsageError(f"no topic {', '.join(missing)} on the cluster: run 'wiredesk topics create' first")
    key = page.encode()
    keyed, raw_letters = [], []
    for name, count in counts.items():
        if names[name] == f"{PAGES_RAW.name}.dlq":
            raw_letters += [TopicPartition(name, number) for number in range(count)]
        elif names[name] != PAGES_RAW.name:
            keyed.append(TopicPartition(name, DefaultPartitioner()(key, list(range(count)), [])))
    raw = kafka.on_cluster(PAGES_RAW.name)
    raws = [TopicPartition(raw, number) for number in range(counts[raw])]
    spans = await ends(kafka, [*keyed, *raw_letters, *raws])
    done = {tp: found.offset for tp, found in (await committed(kafka, list(registry.stages().values()))).items()}
    found = await _read(kafka, {tp: spans[tp] for tp in keyed}, key=key)
    letters = await _read(kafka, {tp: spans[tp] for tp in raw_letters})
    found += [r for r in letters if _id_of_address(page_url(r)) == page]
    waiting = {tp: (max(spans[tp][0], done.get(tp, spans[tp][0])), spans[tp][1]) for tp in raws}
    fresh = [r for r in await _read(kafka, waiting) if _id_of_address(page_url(r)) == page]
    return await _visits(kafka, found, fresh, done)


async def _read(
    kafka: KafkaSettings, spans: Mapping[TopicPartition, Span], *, key: bytes | None = None
) -> list[Record]:
    async with contextlib.aclosing(between(kafka, spans, key=key)) as reading:
        return [record async for record in reading]


async def _visits(
    kafka: KafkaSettings, found: Sequence[Record], fresh: Sequence[Record], done: Mapping[TopicPartition, int]
) -> list[Visit]:
    """Return the records by the raw page that they came of, oldest first."""
    async with clients.started(clients.admin(kafka), kafka) as admin:
        present = await topic_id(admin, kafka.on_cluster(PAGES_RAW.name))
    # The topic may have been made anew: then records of both lives bear the same coordinates.
    by_origin: dict[tuple[str, str], list[Record]] = {(record.coordinates, present): [record] for record in fresh}
    for record in found:
        named = origin_of(record) or record.coordinates, origin_topic_id(record) or present
        by_origin.setdefault(named, []).append(record)
    visits = []
    for (origin, life), records in by_origin.items():
        is_kept = life == present and all(r.coordinates != origin for r in records)
        entered = await _raw(kafka, origin) if is_kept else []
        # The raw page is first, whatever time its publisher wrote on it.
        in_order = sorted([*entered, *records], key=lambda r: (r.coordinates != origin, r.timestamp))
        visits.append(_visit(kafka, origin, in_order, done))
    return sorted(visits, key=lambda visit: visit.hops[0].time_ms)


async def _raw(kafka: KafkaSettings, origin: str) -> list[Record]:
    """Return the raw page of an origin, where it is still kept."""
    at = parse_coordinates(origin)
    if at is None or at[0] != kafka.on_cluster(PAGES_RAW.name):
        return []
    source, offset = TopicPartition(at[0], at[1]), at[2]
    if source.partition >= (await topics.partitions(kafka, [source.topic])).get(source.topic, 0):
        return []
    first, end = (await ends(kafka, [source]))[source]
    if not first <= offset < end:
        return []
    return await _read(kafka, {source: (offset, offset + 1)})


def _visit(kafka: KafkaSettings, origin: str, records: Sequence[Record], done: Mapping[TopicPartition, int]) -> Visit:
    visit = Visit(origin)
    before: int | None = None
    for record in records:
        name = record.topic.removeprefix(kafka.topic_prefix)
        waited = None if before is None else record.timestamp - before
        event_id = decode_text(last_value(record.headers, EVENT_ID))
        visit.hops.append(
            Hop(name, record.partition, record.offset, record.timestamp, event_id, _told(name, record), waited)
        )
        before = record.timestamp
    newest = visit.hops[-1]
    if newest.topic in {topic.name for topic in registry.terminal_topics()}:
        visit.where = newest.told
    else:
        reader = registry.registry().readers(newest.topic)[0]
        behind = newest.offset - done.get(TopicPartition(kafka.on_cluster(newest.topic), newest.partition), 0)
        visit.where = f"waits for {reader.name}" + (f", {behind} records before it" if behind > 0 else "")
    return visit


def _told(topic: str, record: Record) -> str:
    """Return what a record says became of its page."""
    replay = None if topic == PAGES_RAW.name else replay_of(record)
    by = f" (replay {replay[0]})" if replay is not None else ""
    return _event_told(topic, record) + by


def _event_told(topic: str, record: Record) -> str:
    giving_up = {stage.dead_letter_topic.name: stage for stage in registry.stages().values()}
    if topic in giving_up:
        letter = parsed(giving_up[topic], record)
        return f"dead letter: {letter.reason}: {letter.message}" if letter else "dead letter"
    event: Any = None
    with contextlib.suppress(orjson.JSONDecodeError):
        event = orjson.loads(record.value or b"null")
    event = event if isinstance(event, dict) else {}
    if topic == PAGES_SKIPPED.name:
        return f"skipped: {event.get('reason')}: {event.get('detail')}"
    if topic == PAGES_RAW.name:
        return f"raw page, {record.size} bytes"
    title = event.get("title")
    return f"{topic.rpartition('.')[2]}{f': {title}' if title else ''}"


def _show(visit: Visit) -> None:
    console.table(
        f"{visit.origin}: {visit.where}",
        ("time", "topic", "partition", "offset", "after", "what"),
        [
            (
                written(hop.time_ms),
                hop.topic,
                hop.partition,
                hop.offset,
                "" if hop.waited is None else f"{hop.waited} ms",
                hop.told,
            )
            for hop in visit.hops
        ],
    )


def _object(visit: Visit) -> dict[str, Any]:
    return {
        "origin": visit.origin,
        "where": visit.where,
        "records": [
            {
                "topic": hop.topic,
                "partition": hop.partition,
                "offset": hop.offset,
                "time": written(hop.time_ms),
                "event_id": hop.event_id or None,
                "after_ms": hop.waited,
                "what": hop.told,
            }
            for hop in visit.hops
        ],
    }
