"""Raw-page events, one on each line."""

import codecs
from collections.abc import Iterator

from wiredesk.pages.record import MAX_PAGE_BYTES, FetchedPage, RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk.pages.source import Chunk, Readable, Source, chunks_of
from wiredesk_schemas import InvalidEventError, RawPage
from wiredesk_schemas.headers import CONTENT_TYPE, JSON

MAX_LINE_BYTES = 2 * MAX_PAGE_BYTES
"""Maximum size of a line: a page of the maximum size in base64, and its other fields."""


def read_json_lines(stream: Readable, report: ReadReport, *, name: str, binary: bool) -> Iterator[RawRecord]:
    """Yield the record of each line, unchanged: ingest decides whether it is a raw page.

    Args:
        report: is extended; a line that is too long is a problem.
        name: name of the stream, for problems.
        binary: use binary content mode for lines that are raw pages.
    """
    yield from json_records(Source(chunks_of(stream)), report, name=name, binary=binary)


def json_records(source: Source, report: ReadReport, *, name: str, binary: bool) -> Iterator[RawRecord]:
    """Yield the record of each line of a source; see `read_json_lines`."""
    number = 0
    while not source.is_at_end():
        if not source.fill(1):
            damage = source.cross()
            report.add_problem(f"{name}: after line {number}: {damage.detail if damage is not None else ''}")
            continue
        number += 1
        line = source.take_line(MAX_LINE_BYTES)
        if line is None:
            report.add_problem(f"{name}: line {number} is cut off, or longer than {MAX_LINE_BYTES >> 20} MiB")
        elif line.strip():
            report.pages += 1
            yield json_record(line.strip(), binary=binary)


def in_utf8(source: Source) -> Source:
    """Return a source in UTF-8 of one that begins with a mark of UTF-16, as those of PowerShell; another as it is."""
    return Source(_decoded(source)) if source.peek(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else source


def _decoded(source: Source) -> Iterator[Chunk]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    while not source.is_at_end():
        if chunk := source.read():
            yield decoder.decode(chunk).encode("utf-8", "replace")
        elif (damage := source.cross()) is not None:
            yield damage


def json_record(event: bytes, *, binary: bool) -> RawRecord:
    """Return the record of an event."""
    if binary:
        try:
            return _fetched(RawPage.from_json(event)).record(binary=True)
        except InvalidEventError:
            return event, []
    return event, [(CONTENT_TYPE, JSON.encode())]


def _fetched(page: RawPage) -> FetchedPage:
    content_type = page.declared_type or "text/html"
    charset = "utf-8" if page.body is not None else page.charset
    if charset is not None:  # the charset of a text's content type does not apply any more: it is encoded below
        content_type = f"{content_type.partition(';')[0]}; charset={charset}"
    return FetchedPage(
        page.url,
        page.body.encode() if page.body is not None else page.body_base64 or b"",
        content_type,
        fetched_at=page.fetched,
        status=page.http_status,
        headers=page.http_headers,
        source=page.source,
        language=page.language,
        rights=page.rights,
        is_truncated=page.is_truncated,
    )
