"""The first page of a file, for the commands that read one page without Kafka."""

from collections.abc import Iterator
from typing import BinaryIO

from wiredesk.operations.article_text import UNKNOWN_URL
from wiredesk.pages.archive import archived_pages
from wiredesk.pages.content import Content
from wiredesk.pages.files import PageUrls, find_files, read_pages
from wiredesk.pages.record import RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk.runtime.errors import DamagedInputError, RejectedError, UsageError
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage, SkippedPage, WithdrawnPage


def first_page(path: str, url: str | None = None) -> tuple[RawRecord, list[str]]:
    """Return the first page of a file as a raw-page record, and notes: that others follow, what is damaged up to there.

    Args:
        path: of the file, or `-`.
        url: of the page; None: as the file says, or else one of no publisher.

    Raises:
        UsageError: there is no such file, there are several, or the file contains the URL of each page.
        DamagedInputError: there is no page in it that can be read.
    """
    ((file, relative), *more) = find_files([path])
    if more:
        raise UsageError(f"{path}: {len(more) + 1} files; give one")
    report = ReadReport()
    pages = read_pages(file, relative, PageUrls(url, default=UNKNOWN_URL), binary=False, report=report)
    return _first(pages, report, path)


def first_archived_page(content: Content, file: BinaryIO, name: str) -> tuple[RawRecord, list[str]]:
    """Return the first page of an archive that has been opened, and notes; see `first_page`."""
    report = ReadReport()
    pages = archived_pages(content, file, report, name=name)
    return _first((page.record(binary=False) for page in pages), report, name)


def accept_file(path: str, url: str | None = None) -> tuple[AcceptedPage | SkippedPage, list[str]]:
    """Return the first page of a file as ingest passes it on, and notes; see `first_page`.

    Raises:
        UsageError: ingest rejects the page, too.
    """
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415 - with its libraries, which publishing does not need

    record, notes = first_page(path, url)
    try:
        result = Ingest()(RawPage.from_record(*record))
        return result.skipped_page() if isinstance(result, WithdrawnPage) else result, notes
    except (InvalidEventError, RejectedError) as error:
        raise UsageError(f"{path}: {error}") from error


def _first(pages: Iterator[RawRecord], report: ReadReport, name: str) -> tuple[RawRecord, list[str]]:
    first = next(pages, None)
    if first is not None:
        has_more = next(pages, None) is not None
        return first, [*report.problems, *([f"{name}: the first of several pages"] if has_more else [])]
    passed_over = f" (passed over: {report.passed_over_text()})" if report.passed_over else ""
    raise DamagedInputError(report.problems[0] if report.problems else f"{name}: there is no page in it{passed_over}")
