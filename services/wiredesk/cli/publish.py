"""`wiredesk publish`: publish pages to the pipeline."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import interruptible
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.publishing import Published
    from wiredesk.pages.record import RawRecord


@with_settings(kafka=KafkaSettings)
def publish(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs; - is stdin.")],
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="URL of the page, if there is only one.")] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Prefix of the pages' URLs: each file's path below the folder is appended."),
    ] = None,
    binary: Annotated[bool, typer.Option("--binary", help="Publish in CloudEvents binary mode.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Publish pages to pages.raw and wait until the broker has them.

    Takes .html and .txt (with --url or --base-url), .jsonl of raw-page events, .warc and .wet; each also as .gz. On
    stdin it takes JSON Lines, or one page with --url.

    Example:
      wiredesk publish pages/ --base-url https://news.example/

    Exit codes: 0 every page was acknowledged, 1 some were not, or no broker answers, 2 wrong usage.
    """
    import asyncio

    from wiredesk.pages import files as page_files
    from wiredesk.runtime import logs

    logs.quiet()
    files = page_files.find_files(paths)
    if url and len(files) > 1:
        raise UsageError(f"--url names one page, and there are {len(files)} files: use --base-url")
    urls = page_files.PageUrls(url, base_url)
    records = _interruptible(
        raw for path, relative in files for raw in page_files.read_pages(path, relative, urls, binary=binary)
    )
    published = asyncio.run(_publish(kafka, records))
    console.line(f"published {published.acknowledged} of {published.sent} pages to {published.topic}")
    if published.acknowledged < published.sent:
        missing = published.sent - published.acknowledged
        raise UnavailableError(f"{missing} pages were not acknowledged: {published.problem}")


async def _publish(kafka: KafkaSettings, records: "Iterator[RawRecord]") -> "Published":
    """Publish with a display of the progress."""
    from wiredesk.operations.publishing import publish_pages

    with console.progress("publishing") as update:
        return await publish_pages(kafka, records, lambda acknowledged: update(acknowledged, None))


def _interruptible(records: "Iterator[RawRecord]") -> "Iterator[RawRecord]":
    """Yield the records; Ctrl-C ends the wait for the next one, as where a person types on stdin."""
    import asyncio

    task = asyncio.current_task()
    while True:
        with interruptible():
            if task is not None and task.cancelling():  # Ctrl-C came just before: nobody would notice during the read
                raise KeyboardInterrupt
            raw = next(records, None)
        if raw is None:
            return
        yield raw
