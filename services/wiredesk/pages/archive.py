"""The pages of a web archive of any kind: WARC, WET, ARC or WACZ, compressed or not."""

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_STORED

from wiredesk.pages.compression import Budget, gunzipped
from wiredesk.pages.content import FORMATS, Content, ContentKind, content_of, suffixes_of
from wiredesk.pages.framing import RecordReader
from wiredesk.pages.record import MAX_PAGE_BYTES, FetchedPage
from wiredesk.pages.report import ReadReport
from wiredesk.pages.source import Source, chunks_of
from wiredesk.pages.wacz import DamagedZipError, Wacz

MIN_NESTED_BYTES = 64 << 20
"""Bytes of a ZIP within another that are read, whatever the other one's size."""

MAX_NESTED_RATIO = 10
"""The same for each byte of the outermost one. Web archives are compressed already."""

MAX_NESTED_ZIPS = 2
"""ZIPs within a ZIP that are read, one within another. A collection of WACZ has one; a file that contains itself has no
end."""

MAX_ZIPPED_ARCHIVES = 10_000
"""Archives that are read in a ZIP and in those within it, together."""

MAX_ZIPPED_FILES = 100_000
"""Files of a ZIP and of those within it, together, above which no more ZIPs are read. A directory of 4 MiB has
fewer."""


@dataclasses.dataclass(slots=True)
class _Outermost:
    """A ZIP that is within no other, and what all that are within it share.

    Attributes:
        size: of this ZIP.
        budget: how much they may unpack to. Were it for each of them, every level would multiply the work.
        files: how many files they have.
        archives: how many of these have been read.
    """

    size: int
    budget: Budget
    files: int = 0
    archives: int = 0


def read_archive(
    stream: BinaryIO, report: ReadReport, *, name: str, max_bytes: int = MAX_PAGE_BYTES
) -> Iterator[FetchedPage]:
    """Yield the pages of an archive.

    Args:
        report: is extended with what was read and passed over, and with what is damaged: nothing is raised.
        name: of the archive, for problems.
        max_bytes: maximum size of a record with a page; a larger one is a problem.
    """
    content = content_of(chunks_of(stream), suffixes_of(name))
    if content.kind is ContentKind.OTHER:
        content = dataclasses.replace(content, kind=ContentKind.WARC)  # its first record is damaged, or nothing is one
    yield from archived_pages(content, stream, report, name=name, max_bytes=max_bytes)


def archived_pages(
    content: Content, stream: BinaryIO, report: ReadReport, *, name: str, max_bytes: int = MAX_PAGE_BYTES
) -> Iterator[FetchedPage]:
    """Yield the pages of the content of a stream, if it is an archive; see `read_archive`."""
    if content.kind is ContentKind.ZIP:
        with _seekable(content, stream) as file:
            size = file.seek(0, os.SEEK_END)
            budget = content.budget if content.is_compressed else Budget(lambda: size)
            yield from _zipped_pages(file, _Outermost(size, budget.of_all()), report, name, max_bytes, MAX_NESTED_ZIPS)
    elif content.kind in FORMATS:
        form = FORMATS[content.kind]
        reader = RecordReader(content.source, form, report, name=name, max_bytes=max_bytes, budget=content.budget)
        yield from reader.pages()
    elif content.kind is ContentKind.EMPTY:
        report.pass_over("empty file")
    else:
        report.add_problem(f"{name}: it is no web archive")


@contextmanager
def _seekable(content: Content, stream: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a stream that can be read at any place: the stream itself, or a temporary copy of it."""
    if stream.seekable() and not content.is_compressed:
        yield stream
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(content.source, file)
        yield file


def _zipped_pages(
    file: BinaryIO, outermost: _Outermost, report: ReadReport, name: str, max_bytes: int, nested: int
) -> Iterator[FetchedPage]:
    """Yield the pages of a ZIP.

    Args:
        nested: how many ZIPs, one within another, are read in it.
    """
    budget = outermost.budget
    try:
        wacz = Wacz(file)
    except DamagedZipError as error:
        report.add_problem(f"{name}: its ZIP directory cannot be read ({error}); what can be found of it is read")
        yield from _found_pages(file, budget, report, name, max_bytes)
        return
    outermost.files += len(wacz)
    for _ in range(wacz.other_files()):
        report.pass_over("other file")
    archives = wacz.archives()
    if not archives:
        report.add_problem(f"{name}: there is no web archive in this ZIP")
    for info in archives:
        outermost.archives += 1
        if outermost.archives > MAX_ZIPPED_ARCHIVES:
            report.add_problem(f"{name}: {MAX_ZIPPED_ARCHIVES} archives in ZIPs were read, and the rest are not")
            return
        member = f"{name}:{info.filename}"
        content = content_of(
            wacz.read(info, budget), suffixes_of(info.filename), budget, is_checked=info.compress_type != ZIP_STORED
        )
        if content.kind is ContentKind.EMPTY or content.kind in FORMATS:
            yield from archived_pages(content, file, report, name=member, max_bytes=max_bytes)
        elif content.kind is ContentKind.ZIP:
            yield from _nested_pages(content.source, outermost, report, member, max_bytes, nested)
        else:
            damage = content.source.cross()
            report.add_problem(f"{member}: {damage.detail if damage is not None else 'it is no web archive'}")


def _nested_pages(
    source: Source, outermost: _Outermost, report: ReadReport, name: str, max_bytes: int, nested: int
) -> Iterator[FetchedPage]:
    """Yield the pages of a ZIP within a ZIP, from a temporary copy."""
    if not nested:
        report.add_problem(f"{name}: it is a ZIP within {MAX_NESTED_ZIPS} others, and no more are read")
        return
    if outermost.files > MAX_ZIPPED_FILES:
        report.add_problem(f"{name}: the ZIPs before it have more than {MAX_ZIPPED_FILES} files, and no more are read")
        return
    limit = MIN_NESTED_BYTES + MAX_NESTED_RATIO * outermost.size
    with tempfile.TemporaryFile() as file:
        while (chunk := source.read()) and file.tell() <= limit:
            file.write(chunk)
        damage = source.cross()
        if chunk or damage is not None:
            report.add_problem(f"{name}: {damage.detail if damage is not None else f'it has more than {limit} bytes'}")
        yield from _zipped_pages(file, outermost, report, name, max_bytes, nested - 1)


def _found_pages(
    file: BinaryIO, budget: Budget, report: ReadReport, name: str, max_bytes: int
) -> Iterator[FetchedPage]:
    """Yield the pages of compressed records that stand somewhere in a file."""
    file.seek(0)
    source = Source(gunzipped(Source(chunks_of(file)), budget), is_checked=True)
    form = FORMATS[ContentKind.WARC]
    yield from RecordReader(source, form, report, name=name, max_bytes=max_bytes, budget=budget).pages()
