"""The pages of a body, as records of `pages.raw`; what ingest would certainly refuse is refused here."""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from wiredesk.intake.attributes import Attributes
from wiredesk.intake.body import BodyFile
from wiredesk.intake.problems import ProblemError, ProblemKind
from wiredesk.pages.archive import read_archive
from wiredesk.pages.json_arrays import elements_of
from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk_schemas import InvalidEventError, RawPage, raw_page_key
from wiredesk_schemas.headers import CONTENT_TYPE, JSON, SUBJECT, Header, encode

MAX_URL = 500
"""Maximum number of characters of a URL in a receipt."""

READ_BYTES = 1 << 16
"""Bytes of an archive that are read at a time."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a body.

    Attributes:
        record: None if it is refused.
        refusal: why.
        line: number of its line, in JSON Lines.
        url: of the page, if it is known.
        key: of its record.
    """

    record: RawRecord | None
    refusal: ProblemError | None = None
    line: int | None = None
    url: str | None = None
    key: bytes | None = None


def fetched_page(body: bytes, content_type: str | None, attributes: Attributes) -> Page:
    """Return the page that is the body itself, in binary mode: as it came."""
    fetched = FetchedPage(attributes.url or "", body, content_type, headers=attributes.response or None)
    value, headers = fetched.record(binary=True)
    stated = dict(encode(attributes.record.items()))
    return checked((value, list[Header]({**dict(headers), **stated}.items())))


def events(body: bytes, attributes: Attributes) -> Iterator[Page]:
    """Yield the pages of a JSON document: an event, or an array of them."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"[":
        yield event(body.strip(), attributes)
        return
    try:
        elements = elements_of(body)
    except (ValueError, RecursionError) as error:
        yield Page(None, ProblemError(ProblemKind.INVALID_PAGE, f"the body is not a JSON array: {error}"))
        return
    for element in elements:
        yield event(element, attributes)


def event(value: bytes, attributes: Attributes, line: int | None = None) -> Page:
    """Return the page of an event, whose bytes are not changed."""
    headers: list[Header] = [(CONTENT_TYPE, JSON.encode())]
    if attributes.is_event:
        headers += encode(attributes.record.items())
        return checked((value, headers), line)
    return checked(_with_trace((value, headers), attributes), line)


async def lines(
    pieces: AsyncIterator[bytes],
    attributes: Attributes,
    limit: int,
    hold: Callable[[int], Awaitable[None]],
    separator: bytes = b"\n",
) -> AsyncGenerator[Page]:
    """Yield the pages of JSON Lines; a line that is too long is refused, and the next ones are read.

    Args:
        hold: awaited with the number of bytes of an incomplete line, before more are read.
        separator: of lines, or before each text of a sequence.
    """
    number, size = int(separator == b"\n"), 0
    parts: list[bytes] = []
    async for piece in pieces:
        *ended, rest = piece.split(separator)
        for end in ended:
            line = _joined(parts, end, size + len(end), limit)
            parts, size = [], 0
            if line is None or line.strip():
                yield _line(line, number, attributes, limit)
            number += 1
        size += len(rest)
        if size <= limit:  # the rest of a longer line is not kept
            parts.append(rest)
            await hold(size)
        await asyncio.sleep(0)  # many short lines must not keep other requests waiting
    line = _joined(parts, b"", size, limit)
    if line is None or line.strip():
        yield _line(line, number, attributes, limit)


async def archived(
    pieces: AsyncIterator[bytes], report: ReadReport, executor: Executor, attributes: Attributes, limit: int
) -> AsyncGenerator[Page]:
    """Yield the pages of a web archive; its reader runs in a thread.

    Args:
        report: is extended.
    """
    loop = asyncio.get_running_loop()
    stream = io.BufferedReader(BodyFile(pieces, loop), READ_BYTES)
    reader = read_archive(stream, report, name="the body", max_bytes=limit)
    step: Callable[[], FetchedPage | None] = lambda: next(reader, None)  # noqa: E731 - short
    while (fetched := await _next(loop, executor, step)) is not None:
        if len(fetched.content) > limit:
            yield Page(None, _too_large(len(fetched.content), limit), url=fetched.url[:MAX_URL])
        else:
            yield checked(_with_trace(fetched.record(binary=False), attributes), url=fetched.url[:MAX_URL])


async def _next(
    loop: asyncio.AbstractEventLoop, executor: Executor, step: Callable[[], FetchedPage | None]
) -> FetchedPage | None:
    try:
        return await loop.run_in_executor(executor, step)
    except OSError as error:  # an archive in a ZIP is copied to a temporary file first
        reason = f"the archive cannot be read: {error.strerror or error}"
        raise ProblemError(ProblemKind.TOO_LARGE, reason) from error


def checked(record: RawRecord, line: int | None = None, url: str | None = None) -> Page:
    """Return the page of a record, or why ingest would refuse the record as no raw page."""
    try:
        page = RawPage.from_record(*record)
    except InvalidEventError as error:
        return Page(None, ProblemError(ProblemKind.INVALID_PAGE, str(error)), line, url or _stated_url(record))
    return Page(record, None, line, page.url[:MAX_URL], raw_page_key(page.url))


def _stated_url(record: RawRecord) -> str | None:
    stated = dict(record[1]).get(SUBJECT)
    return None if stated is None else stated.decode("utf-8", "replace")[:MAX_URL]


def _with_trace(record: RawRecord, attributes: Attributes) -> RawRecord:
    value, headers = record
    return value, [*headers, *encode(attributes.trace.items())]


def _joined(parts: list[bytes], end: bytes, size: int, limit: int) -> bytes | None:
    return None if size > limit else b"".join([*parts, end])


def _line(line: bytes | None, number: int, attributes: Attributes, limit: int) -> Page:
    if line is None:
        return Page(None, _too_large(None, limit), number)
    return event(line.strip(), attributes, number)


def _too_large(size: int | None, limit: int) -> ProblemError:
    how_large = f"of {size} bytes " if size is not None else ""
    return ProblemError(ProblemKind.TOO_LARGE, f"a page {how_large}is larger than {limit} bytes")
