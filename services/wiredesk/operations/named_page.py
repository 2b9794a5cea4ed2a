"""The page that a URL or an id names.

A page that declares another URL as its own has the id of that one: the page that was fetched from a URL may have
another id than the URL.
"""

import contextlib
import re
from collections.abc import Mapping
from uuid import UUID

from aiokafka import TopicPartition

from wiredesk.ingest.urls import canonical_url
from wiredesk.operations.page_urls import page_url
from wiredesk.operations.record_view import event_of
from wiredesk.pipeline import PAGES_RAW
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.kafka.offset_range import OffsetRange
from wiredesk.runtime.records import parse_coordinates
from wiredesk.runtime.settings import KafkaSettings
from wiredesk_schemas import page_id

_HAS_OWN_URL = re.compile(rb'"canonical_evidence" ?: ?"url"')
"""What an event contains whose page has the id of the URL from which it was fetched."""


def parse_page_id(page: str) -> str:
    """Return the page id for a URL or a page id.

    Raises:
        UsageError: it is neither.
    """
    with contextlib.suppress(ValueError):
        return str(UUID(page))
    derived = page_id_of_url(page)
    if derived is None:
        raise UsageError(f"{page!r} is neither the URL of a page nor a page id")
    return derived


def page_id_of_url(url: str) -> str | None:
    """Return the page id of a URL; None if it is not the URL of a page."""
    try:
        return page_id(canonical_url(url))
    except (RejectedError, ValueError):
        return None


def is_place(kafka: KafkaSettings, text: str) -> bool:
    """Whether a text is the coordinates of a raw page, as logs and audits name it."""
    at = parse_coordinates(text)
    return at is not None and at[0] == kafka.on_cluster(PAGES_RAW.name)


async def url_at(cluster: Cluster, place: str) -> str | None:
    """Return the URL of the raw page at some coordinates; None if there is no record, or not any more.

    Raises:
        UsageError: the record at these coordinates names no URL.
        UnavailableError: the cluster cannot be reached.
    """
    at = parse_coordinates(place)
    partition = None if at is None else TopicPartition(*at[:2])
    if at is not None and partition is not None and partition in await cluster.partitions([partition.topic]):
        kept = await cluster.offset_ranges([partition])
        ranges = {partition: kept[partition].intersection(at[2], at[2] + 1)}
        async with contextlib.aclosing(cluster.read_range(ranges)) as records:
            async for record in records:
                if url := page_url(record):
                    return url
                raise UsageError(f"{place}: the record names no URL")
    return None


async def pages_fetched(cluster: Cluster, ranges: Mapping[TopicPartition, OffsetRange], url_id: str) -> list[str]:
    """Return the ids of the pages that were fetched from a URL and declare another one, the newest last.

    Args:
        cluster: the cluster.
        ranges: where to read events.
        url_id: the page id of the URL.
    """
    pages: dict[str, int] = {}
    async with contextlib.aclosing(cluster.read_range(ranges)) as records:
        async for record in records:
            event = {} if _HAS_OWN_URL.search(record.value or b"") else event_of(record)
            url, page = event.get("url"), event.get("page_id")
            if isinstance(url, str) and isinstance(page, str) and page_id_of_url(url) == url_id:
                pages[page] = max(pages.get(page, 0), record.timestamp)
    return sorted(pages, key=lambda page: (pages[page], page))
