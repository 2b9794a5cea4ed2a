"""`wiredesk trace`: all records of a page."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.story_view import group_object, revision_object, show_changes, show_group
from wiredesk.cli.time_arg import format_timestamp
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.trace import PageTrace

NOT_FOUND = 1
"""Exit code if there is no record of the page."""

COLUMNS = ("time", "topic", "partition", "offset", "after", "what")
"""The columns of the table, which has a row for each record."""


@with_settings(kafka=KafkaSettings)
def trace(
    page: Annotated[
        str,
        typer.Argument(
            metavar="URL|PAGE_ID|PLACE", help="A URL of the page, its id, or where its raw page is: pages.raw/3/1904."
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each raw page.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Show all records of a page in every topic, in order: when and where each was written, and where the page is now.

    They tell the life of its story: for each fetch, the revision that it has become, the words that changed, as
    'wiredesk story' shows them, and the articles with the same text.

    Only partitions that can hold the page are read. A page that was published twice has two traces. If the page has the
    id of another URL, which it declares as its own, the last event of every page is read to find it.

    Examples:
      wiredesk trace https://news.example/a
      wiredesk trace pages.raw/3/1904

    Exit codes: 0 done; 1 there is no record of the page, or no broker answers; 2 PAGE is none, or the record at its
    place names no URL.
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.quiet()
    traces = asyncio.run(_trace(kafka, page))
    for traced in traces:
        if as_json:
            console.json(as_object(traced))
        else:
            _show(traced)
    if not traces:
        console.note(f"no record of {page}: it was not published, or its records were deleted by retention", style="")
        raise typer.Exit(NOT_FOUND)


async def _trace(kafka: KafkaSettings, page: str) -> "list[PageTrace]":
    from wiredesk.operations.named_page import is_place, parse_page_id, url_at
    from wiredesk.operations.trace import trace as trace_page
    from wiredesk.pipeline import PAGES_SKIPPED
    from wiredesk.registry import registry
    from wiredesk.runtime.kafka.cluster import Cluster

    if not is_place(kafka, page):
        page_id = parse_page_id(page)
        async with Cluster(kafka) as cluster:
            return await trace_page(cluster, registry(), PAGES_SKIPPED, page_id, is_of_url="/" in page)
    async with Cluster(kafka) as cluster:
        url = await url_at(cluster, page)
        if url is None:
            return []
        traces = await trace_page(cluster, registry(), PAGES_SKIPPED, parse_page_id(url), is_of_url=True)
    return [traced for traced in traces if traced.origin == page]


def as_object(traced: "PageTrace") -> dict[str, object]:
    """Return a trace as a JSON object."""
    return {
        "origin": traced.origin,
        "where": traced.location,
        "revision": None if traced.revision is None else revision_object(traced.revision),
        "copies": [] if traced.revision is None else _copies(traced, traced.revision.event.page_id),
        "records": [
            {
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "time": format_timestamp(record.time_ms),
                "event_id": record.event_id or None,
                "after_ms": record.waited_ms,
                "what": record.summary,
            }
            for record in traced.records
        ],
    }


def _copies(traced: "PageTrace", page: str) -> list[dict[str, object]]:
    return [group_object(group, page) for group in traced.copies]


def _show(traced: "PageTrace") -> None:
    console.table(
        f"{traced.origin}: {traced.location}",
        COLUMNS,
        [
            (
                format_timestamp(record.time_ms),
                record.topic,
                record.partition,
                record.offset,
                "" if record.waited_ms is None else f"{record.waited_ms} ms",
                record.summary,
            )
            for record in traced.records
        ],
    )
    if traced.revision is not None:
        show_changes(traced.revision)
        for group in traced.copies:
            show_group(group, traced.revision.event.page_id)
