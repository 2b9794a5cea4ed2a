"""Web archives: WARC, and WET, which is WARC with the text of pages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from wiredesk.pages.record import FetchedPage
from wiredesk.pages.report import ReadReport
from wiredesk_schemas.headers import CONTENT_TYPE


def read_warc(stream: BinaryIO, report: ReadReport, *, name: str) -> Iterator[FetchedPage]:  # noqa: ARG001
    """Yield the pages of an archive, which may be compressed; it is read as the pages are used.

    Args:
        report: is extended.
        name: name of the stream, for problems.
    """
    kinds = WarcRecordType.response | WarcRecordType.conversion
    for record in ArchiveIterator(stream, record_types=kinds, parse_http=True):
        url = record.headers.get("WARC-Target-URI")
        if not url:
            continue
        if record.record_type == WarcRecordType.conversion:
            report.pages += 1
            yield FetchedPage(url, record.reader.read(), "text/plain; charset=utf-8", fetched_at=_date(record))
        elif record.http_headers is not None:
            headers = {name.lower(): value for name, value in record.http_headers}
            report.pages += 1
            yield FetchedPage(
                url,
                record.reader.read(),
                headers.get(CONTENT_TYPE),
                fetched_at=_date(record),
                status=record.http_headers.status_code,
                headers=headers,
            )


def _date(record: WarcRecord) -> datetime | None:
    date: datetime | None = record.record_date
    return date if date is None or date.tzinfo else date.replace(tzinfo=UTC)
