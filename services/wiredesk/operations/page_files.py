"""Pages from files: HTML and text, JSON Lines of raw-page events, WARC and WET; plain or gzipped.

Each page becomes a record for `pages.raw`, in either content mode of CloudEvents.
"""

import glob
import gzip
import sys
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from wiredesk.operations.article_text import UNKNOWN_URL
from wiredesk.runtime.errors import RejectedError, UnavailableError, UsageError
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage, SkippedPage
from wiredesk_schemas.headers import (
    CONTENT_TYPE,
    EVENT_ID,
    EVENT_TYPE,
    HTTP_STATUS,
    JSON,
    LANGUAGE,
    PUBLICATION,
    SOURCE,
    SPEC_VERSION,
    SUBJECT,
    TIME,
    Header,
    attribute_text,
    encode,
)
from wiredesk_schemas.rfc3339 import format_rfc3339, to_utc

MEDIA_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".txt": "text/plain"}
"""Media type of a page file, by its suffix."""

JSON_LINES = (".jsonl", ".ndjson")
"""Suffixes of files with a raw-page event on each line."""

ARCHIVES = (".warc", ".wet")
"""Suffixes of web archives, which hold the URL of each page."""

type Raw = tuple[bytes, list[Header]]
"""Value and headers of the record of a raw page."""


@dataclass(frozen=True, slots=True)
class PageUrls:
    """The URLs of pages in plain files, which do not contain them.

    Attributes:
        url: URL of the only page.
        base_url: the path of each file, relative to the given folder, is appended to it.
    """

    url: str | None = None
    base_url: str | None = None

    def of(self, relative: str) -> str:
        """Return the URL of a file.

        Raises:
            UsageError: none was given.
        """
        if self.url:
            return self.url
        if self.base_url:
            return urljoin(self.base_url.rstrip("/") + "/", quote(relative))
        raise UsageError(f"{relative}: a page needs its URL: --url for one page, --base-url for a folder")


def find_files(paths: Iterable[str]) -> list[tuple[Path, str]]:
    """Return files, each with its path relative to the given path: folders are walked, globs expanded.

    Raises:
        UsageError: a path does not exist, or is a file of an unknown kind.
    """
    files: list[tuple[Path, str]] = []
    for name in paths:
        path = Path(name)
        if name == "-":
            files.append((path, "stdin"))
        elif path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.is_file() and _kind(p))
            if not below:
                raise UsageError(f"{path}: no page in this folder ({', '.join(_KINDS)}, each also with .gz)")
            files.extend((p, p.relative_to(path).as_posix()) for p in below)
        elif path.is_file():
            if not _kind(path):
                raise UsageError(f"{path}: an unknown kind of file ({', '.join(_KINDS)}, each also with .gz)")
            files.append((path, path.name))
        else:
            matched = sorted(p for p in map(Path, glob.glob(name, recursive=True)) if p.is_file() and _kind(p))  # noqa: PTH207 - absolute ones, too
            if not matched:
                raise UsageError(f"{name}: no such file or folder")
            files.extend((p, p.as_posix()) for p in matched)
    return files


def read_pages(path: Path, relative: str, urls: PageUrls, *, binary: bool) -> Iterator[Raw]:
    """Yield the pages of one file.

    Args:
        relative: relative path, from which the URL is made.
        binary: use binary content mode; otherwise structured mode.

    Raises:
        UsageError: a page's URL is not given.
        UnavailableError: the file cannot be read, or is damaged.
    """
    try:
        yield from _read(path, relative, urls, binary=binary)
    except (OSError, EOFError, zlib.error) as error:
        raise UnavailableError(f"{path}: cannot be read: {error}") from error


def accept_file(path: str, url: str | None = None) -> AcceptedPage | SkippedPage:
    """Return the only page of a file as ingest passes it on.

    Args:
        path: of the file, or `-`.
        url: of the page; None: as the file says, or else one of no publisher.

    Raises:
        UsageError: there is no such file, no page or several in it, or ingest rejects the page.
        UnavailableError: the file cannot be read, or is damaged.
    """
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415 - with its libraries, which publishing does not need

    ((file, relative), *more) = find_files([path])
    holds_url = any(suffix in (*JSON_LINES, *ARCHIVES) for suffix in file.suffixes)
    urls = PageUrls(url or (None if holds_url else UNKNOWN_URL))
    raw = next(read_pages(file, relative, urls, binary=False), None) if not more else None
    if raw is None:
        raise UsageError(f"{path}: {len(more) + 1} files; give one" if more else f"{path}: there is no page in it")
    try:
        return Ingest()(RawPage.from_record(*raw))
    except (InvalidEventError, RejectedError) as error:
        raise UsageError(f"{path}: {error}") from error


_KINDS = (*MEDIA_TYPES, *JSON_LINES, *ARCHIVES)


def _kind(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes]
    suffix = next((s for s in reversed(suffixes) if s != ".gz"), "")
    return suffix if suffix in _KINDS else None


def _read(path: Path, relative: str, urls: PageUrls, *, binary: bool) -> Iterator[Raw]:
    kind = _kind(path)
    if kind in ARCHIVES:
        with path.open("rb") as stream:
            for page in _archived(stream):
                yield page.record(binary=binary)
        return
    content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    if path.suffix.lower() == ".gz":
        content = gzip.decompress(content)
    if kind in JSON_LINES or (str(path) == "-" and urls.url is None):
        for line in content.splitlines():
            if line.strip():
                yield _line(line, binary=binary)
        return
    media_type = MEDIA_TYPES.get(kind or "", "text/html" if content.lstrip()[:1] == b"<" else "text/plain")
    yield _Page(urls.of(relative.removesuffix(".gz")), content, media_type).record(binary=binary)


def _line(line: bytes, *, binary: bool) -> Raw:
    """Return a line unchanged: ingest decides whether it is a raw page, and dead-letters it if not."""
    if binary:
        try:
            page = RawPage.from_json(line)
        except InvalidEventError:
            return line, []
        content = page.body.encode() if page.body is not None else page.body_base64 or b""
        # The text was just encoded as UTF-8: the charset of its content type does not apply any more.
        media_type = (page.declared_type or "text/html").partition(";")[0]
        stated = f"{media_type}; charset=utf-8" if page.body is not None else page.declared_type or "text/html"
        return _Page(
            page.url,
            content,
            stated,
            fetched_at=page.fetched,
            status=page.http_status,
            headers=page.http_headers,
            source=page.source,
            language=page.language,
        ).record(binary=True)
    return line, [(CONTENT_TYPE, JSON.encode())]


def _archived(stream: Any) -> Iterator["_Page"]:
    kinds = WarcRecordType.response | WarcRecordType.conversion
    for record in ArchiveIterator(stream, record_types=kinds, parse_http=True):
        url = record.headers.get("WARC-Target-URI")
        if not url:
            continue
        if record.record_type == WarcRecordType.conversion:
            yield _Page(url, record.reader.read(), "text/plain; charset=utf-8", fetched_at=_date(record))
        elif record.http_headers is not None:
            headers = {name.lower(): value for name, value in record.http_headers}
            yield _Page(
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


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    content: bytes
    content_type: str | None
    fetched_at: datetime | None = None
    status: int | None = None
    headers: dict[str, str] | None = None
    source: str | None = None
    language: str | None = None

    def record(self, *, binary: bool) -> Raw:
        """Return the page as a raw-page record in either content mode of CloudEvents."""
        if not binary:
            # Not validated: ingest decides about the content of an archive, and dead-letters what it rejects.
            page = RawPage.model_construct(
                url=self.url,
                body_base64=self.content,
                content_type=self.content_type,
                fetched_at=self.fetched_at,
                http_status=self.status,
                http_headers=self.headers,
                source=self.source,
                language=self.language,
            )
            return page.to_json(), [(CONTENT_TYPE, JSON.encode())]
        headers = [
            (CONTENT_TYPE, self.content_type or "application/octet-stream"),
            (SPEC_VERSION, "1.0"),
            (EVENT_ID, str(uuid.uuid4())),
            (EVENT_TYPE, RawPage.TYPE),
            (SOURCE, "/wiredesk/publish"),
            (SUBJECT, self.url),
        ]
        fetched = to_utc(self.fetched_at)
        optional = {
            TIME: format_rfc3339(fetched) if fetched is not None else None,
            HTTP_STATUS: str(self.status) if self.status is not None else None,
            PUBLICATION: self.source,
            LANGUAGE: self.language,
        }
        headers += [(name, value) for name, value in optional.items() if value is not None]
        return self.content, [*encode((name, attribute_text(value)) for name, value in headers)]
