"""`wiredesk publish`: publish pages to the pipeline."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import interruptible
from wiredesk.runtime.errors import DamagedInputError, UnavailableError, UsageError
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.publishing import Published
    from wiredesk.pages.record import RawRecord
    from wiredesk.pages.report import ReadReport


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
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    kafka: KafkaSettings,
) -> None:
    """Publish pages to pages.raw and wait until the broker has them.

    Takes .html and .txt (with --url or --base-url), .jsonl of raw-page events, and web archives: .warc, .wet, .arc and
    .wacz. Each may be compressed (.gz, .zst, .br, .bz2, .xz). What a file holds is decided by its bytes, also on stdin.

    Of an archive, pages are published. Images, scripts, redirects, requests and other records are passed over and
    counted. A damaged part is named, the pages before and after it are published, and the exit code is 1.

    Examples:
      wiredesk publish pages/ --base-url https://news.example/
      wiredesk publish crawl.warc.gz
      wiredesk publish a.html --url https://news.example/a

    Exit codes: 0 every page was acknowledged, 1 some were not, a part is damaged, there is no page, or no broker
    answers, 2 wrong usage.
    """
    import asyncio

    from wiredesk.pages import files as page_files
    from wiredesk.pages.report import ReadReport
    from wiredesk.runtime import logs

    logs.quiet()
    report = ReadReport()
    files = page_files.find_files(paths, report)
    if url and len(files) > 1:
        raise UsageError(f"--url names one page, and there are {len(files)} files: use --base-url")
    if url and base_url:
        raise UsageError("--url names one page, and --base-url a folder of pages: give one of them")
    for option, value in (("--url", url), ("--base-url", base_url)):
        if value and not value.lower().startswith(("http://", "https://")):
            raise UsageError(f"{option} {value!r}: a page has an http or https URL")
    urls = page_files.PageUrls(url, base_url)
    page_files.check_urls(files, urls)
    pages = (
        raw
        for path, relative in files
        for raw in page_files.read_pages(path, relative, urls, binary=binary, report=report)
    )
    with console.progress("publishing"):  # the first page may be a while in coming, as where a person types it
        first = next(pages, None)  # what is wrong with the input is said before a broker is asked
    if first is None:
        _fail_without_page(report, paths)
    published = asyncio.run(_publish(kafka, _interruptible(chain((first,), pages))))
    if as_json:
        console.json(as_object(published, report))
    else:
        _show(published, report)
    _check(published, report)


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


def as_object(published: "Published", report: "ReadReport") -> dict[str, object]:
    """Return the result of publishing as a JSON object."""
    return {
        "topic": published.topic,
        "pages": published.sent,
        "acknowledged": published.acknowledged,
        "truncated": report.truncated,
        "passed_over": dict(report.passed_over.most_common()),
        "problems": [*report.problems, *filter(None, (published.problem,))],
    }


def _show(published: "Published", report: "ReadReport") -> None:
    console.line(f"published {published.acknowledged} of {published.sent} pages to {published.topic}")
    if report.truncated:
        console.line(f"truncated by the crawler, and marked so: {report.truncated}")
    if report.passed_over:
        console.line(f"passed over: {report.passed_over_text()}")


def _fail_without_page(report: "ReadReport", paths: list[str]) -> NoReturn:
    """Say why there is nothing to publish.

    Raises:
        DamagedInputError: always.
    """
    _check_problems(report)
    passed_over = f" (passed over: {report.passed_over_text()})" if report.passed_over else ""
    inputs = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")  # noqa: PLR2004 - names fit one line
    raise DamagedInputError(f"{inputs}: there is no page to publish{passed_over}")


def _check(published: "Published", report: "ReadReport") -> None:
    """Fail if a page was not acknowledged, or a part of the input was not published.

    Raises:
        UnavailableError: some were not acknowledged.
        DamagedInputError: parts were not published.
    """
    if published.acknowledged < published.sent:
        for line in report.problems:
            console.note(line, style="yellow")
        missing = published.sent - published.acknowledged
        raise UnavailableError(f"{missing} pages were not acknowledged: {published.problem}")
    _check_problems(report)


def _check_problems(report: "ReadReport") -> None:
    """Fail if there are problems: the only one is the error, several are listed before it.

    Raises:
        DamagedInputError: there are.
    """
    if not report.problems:
        return
    if len(report.problems) == 1:
        raise DamagedInputError(report.problems[0])
    for line in report.problems:
        console.note(line, style="yellow")
    raise DamagedInputError(f"{len(report.problems) + report.more_problems} parts of the input are damaged (see above)")
