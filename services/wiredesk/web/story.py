"""What is known of a story: its revisions, its copies, its way through the topics. All of it is read from Kafka.

Each part has its own time limit: in a large deployment a page shows what could be read, and names what could not.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

import orjson
from aiokafka import TopicPartition

from wiredesk.operations.trace import PageTrace, trace
from wiredesk.pipeline import ARTICLES_COPIES, ARTICLES_ENRICHED, ARTICLES_LATEST, PAGES_SKIPPED
from wiredesk.registry import registry
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.partitioning import partition_for
from wiredesk.runtime.records import Record, instant
from wiredesk.runtime.topology import Topic
from wiredesk.web.forms.entry import Entry
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.site import Site
from wiredesk.web.wire.brief import brief_of
from wiredesk.web.wire.ring import Item
from wiredesk_schemas import ArticleCopies, InvalidEventError

PART_SECONDS = 10.0
"""How long one part of a story may take to read."""

MAX_REVISIONS = 100
"""Revisions that are kept, the newest ones: a live blog has hundreds."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a story.

    Attributes:
        revisions: articles and withdrawals of the page, the newest first; at least one.
        copies: the group of copies that it is in, if any.
        traces: of each raw page of it, the oldest first.
        unread: parts that could not be read in time.
    """

    revisions: tuple[Entry, ...]
    copies: ArticleCopies | None
    traces: tuple[PageTrace, ...]
    unread: tuple[str, ...]


async def read_story(site: Site, page_id: str) -> Story:
    """Return a story.

    Raises:
        RefusedError: there is no article of this page.
        UnavailableError: Kafka does not answer.
    """
    async with site.cluster() as cluster:
        records, copies, traces = await asyncio.gather(
            _in_time(_records(cluster, ARTICLES_ENRICHED, page_id)),
            _in_time(_copies(cluster, page_id)),
            _in_time(trace(cluster, registry(), PAGES_SKIPPED, page_id)),
        )
    revisions = [item for record in (records or ())[-MAX_REVISIONS:] if (item := _item(record)) is not None]
    if not revisions:
        revisions = [site_item for site_item in (site.ring.newest_item(page_id),) if site_item is not None]
    if not revisions:
        raise RefusedError(Refusal.NOT_FOUND, "there is no article of this page: it was not published, or is forgotten")
    unread = {"revisions": records is None, "copies": copies is None, "way through the topics": traces is None}
    return Story(
        tuple(Entry.of_item(item) for item in reversed(revisions)),
        copies[0] if copies else None,
        tuple(traces or ()),
        tuple(name for name, is_unread in unread.items() if is_unread),
    )


async def newest_article(site: Site, page_id: str) -> Item:
    """Return the newest article of a page: from the wire, or else from the topic of the newest articles.

    Raises:
        RefusedError: there is none.
        UnavailableError: Kafka does not answer.
    """
    if (item := site.ring.newest_item(page_id)) is not None:
        return item
    async with site.cluster() as cluster:
        records = await _in_time(_records(cluster, ARTICLES_LATEST, page_id))
    if records is None:
        raise RefusedError(Refusal.UNAVAILABLE, f"the article was not read within {PART_SECONDS:g} s")
    if records and (item := _item(records[-1])) is not None:
        return item
    raise RefusedError(Refusal.NOT_FOUND, "there is no article of this page now")


async def _in_time[T](part: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await part
    except TimeoutError:
        return None


async def _records(cluster: Cluster, topic: Topic, page_id: str) -> list[Record]:
    """Return the records of a page in a topic, which are in one partition; none of a page that is to be forgotten."""
    key, name = page_id.encode(), cluster.settings.on_cluster(topic.name)
    numbers = [tp.partition for tp in await cluster.required_partitions([name])]
    source = TopicPartition(name, partition_for(key, numbers, numbers))
    kept: list[Record] = []
    async with contextlib.aclosing(cluster.read_range(await cluster.offset_ranges([source]), key=key)) as records:
        async for record in records:
            kept = [*kept[-2 * MAX_REVISIONS :], record] if record.value is not None else []
    return kept


async def _copies(cluster: Cluster, page_id: str) -> Sequence[ArticleCopies]:
    """Return the groups of copies that a page is in now: none, or one."""
    name, page = cluster.settings.on_cluster(ARTICLES_COPIES.name), page_id.encode()
    groups: dict[bytes, bytes] = {}
    ranges = await cluster.offset_ranges(await cluster.partitions([name]))
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            key = record.key or b""
            if record.value is not None and page in record.value:
                groups[key] = record.value
            else:
                groups.pop(key, None)
    with contextlib.suppress(InvalidEventError, orjson.JSONDecodeError):
        events = [ArticleCopies.from_json(value) for value in groups.values()]
        return [event for event in events if event.merged_into is None][-1:]
    return []


def _item(record: Record) -> Item | None:
    brief = brief_of(record, instant(record.timestamp), None)
    page_id = (record.key or b"").decode("utf-8", "replace")
    return None if brief is None else Item(-1, record.partition, record.offset, page_id, brief, record.value or b"")
