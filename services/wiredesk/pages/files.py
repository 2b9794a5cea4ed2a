"""The files that a person names: pages, JSON Lines of raw-page events, web archives.

What a file holds is decided by its bytes. Its suffix decides between a page and events, and where bytes are damaged.
"""

import codecs
import glob
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urljoin

import orjson

from wiredesk.pages.archive import archived_pages
from wiredesk.pages.content import Content, ContentKind, content_of, suffixes_of
from wiredesk.pages.json_arrays import elements_of
from wiredesk.pages.json_lines import MAX_LINE_BYTES, in_utf8, json_record, json_records
from wiredesk.pages.record import MAX_PAGE_BYTES, FetchedPage, RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk.pages.source import chunks_of
from wiredesk.runtime.errors import UnavailableError, UsageError

MEDIA_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".txt": "text/plain"}
"""Media type of a page file, by its suffix."""

JSON_LINES = (".jsonl", ".ndjson")
"""Suffixes of files with a raw-page event on each line."""

JSON_EVENT = ".json"
"""Suffix of a file with one raw-page event, on any number of lines, with an array of them, or with one on each line."""

ARCHIVES = (".warc", ".wet", ".arc", ".wacz")
"""Suffixes of web archives, which hold the URL of each page."""

COMPRESSIONS = (".gz", ".zst", ".br", ".bz2", ".xz")
"""Suffixes of compressed files, after another one."""

STDIN = "-"
"""The path that means stdin."""

HEAD_BYTES = 1024
"""Bytes at the beginning of a file that say whether it is a page or events."""

BEGINNING_BYTES = 8 << 10
"""Bytes of a file that are read, and may be compressed, to see what it holds before anything is published."""

_KINDS = (*MEDIA_TYPES, *JSON_LINES, *ARCHIVES)
_EXPECTED = f"{', '.join(_KINDS)}, each also with {' or '.join(COMPRESSIONS)}"
_MARKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n\x0c"
"""Byte order marks, spaces and the zeros of UTF-16, which precede the first character of a page."""


@dataclass(frozen=True, slots=True)
class PageUrls:
    """The URLs of pages in plain files, which do not contain them.

    Attributes:
        url: URL of the only page.
        base_url: the path of each file, relative to the given folder, is appended to it.
        default: URL of a page for which neither is given.
    """

    url: str | None = None
    base_url: str | None = None
    default: str | None = None

    def of(self, relative: str) -> str:
        """Return the URL of a file.

        Raises:
            UsageError: none was given.
        """
        if self.url:
            return self.url
        if self.base_url:
            return urljoin(self.base_url.rstrip("/") + "/", quote(relative))
        if self.default:
            return self.default
        raise UsageError(f"{relative}: a page needs its URL: --url for one page, --base-url for a folder")


def find_files(paths: Iterable[str], report: ReadReport | None = None) -> list[tuple[Path, str]]:
    """Return files, each with its path relative to the given path: folders are walked, globs expanded.

    Args:
        report: is extended with the files of other kinds in folders.

    Raises:
        UsageError: a path does not exist, or is a file of an unknown kind.
    """
    files: list[tuple[Path, str]] = []
    for name in paths:
        if not name:
            raise UsageError("'': no such file or folder; is a variable of the shell empty?")
        path = Path(name)
        if name == STDIN:
            files.append((path, "stdin"))
        elif path.is_dir():
            files.extend(_below(path, report or ReadReport()))
        elif path.exists():
            if path.is_file() and not _is_known(path):  # of a pipe nothing is read in advance
                raise UsageError(f"{path}: an unknown kind of file ({_EXPECTED})")
            files.append((path, path.name))
        else:
            matched = sorted(p for p in map(Path, glob.glob(name, recursive=True)) if p.is_file() and _is_known(p))  # noqa: PTH207 - absolute ones, too
            if not matched:
                raise UsageError(f"{name}: no such file or folder")
            files.extend((p, p.as_posix()) for p in matched)
    return files


def check_urls(files: Iterable[tuple[Path, str]], urls: PageUrls) -> None:
    """Refuse plain pages without a URL, and a URL for what contains its own, before anything is published.

    Raises:
        UsageError: this is so for a file. What stdin is for can only be seen when it is read.
    """
    if urls.base_url is not None and urls.url is None:
        return
    for path, relative in files:
        if path.is_file():
            _is_plain_page(_beginning(path), path, relative, urls)


def read_pages(
    path: Path, relative: str, urls: PageUrls, *, binary: bool, report: ReadReport | None = None
) -> Iterator[RawRecord]:
    """Yield the pages of one file.

    Args:
        relative: relative path, from which the URL is made.
        binary: use binary content mode; otherwise structured mode.
        report: is extended with what was read and passed over, and with what is damaged. None: the latter is raised.

    Raises:
        UsageError: a page's URL is not given, or one is for what contains its own.
        UnavailableError: the file cannot be read or is damaged, and there is no report.
    """
    reported = ReadReport() if report is None else report
    try:
        with opened(path) as file:
            yield from _read(file, path, relative, urls, reported, binary=binary)
    except OSError as error:
        reported.add_problem(f"{path}: cannot be read: {error.strerror or error}")
    if report is None and reported.problems:
        raise UnavailableError(reported.problems[0])


def _read(
    file: BinaryIO, path: Path, relative: str, urls: PageUrls, report: ReadReport, *, binary: bool
) -> Iterator[RawRecord]:
    content = content_of(chunks_of(file), suffixes_of(path.name))
    name = "stdin" if str(path) == STDIN else str(path)
    if content.kind is ContentKind.EMPTY:
        report.pass_over("empty file")
    elif content.is_archive:
        _refuse_url(urls, relative, "an archive")
        for page in archived_pages(content, file, report, name=name):
            yield page.record(binary=binary)
    elif _is_plain_page(content, path, relative, urls):
        plain = _plain_page(content, path, name, urls.of(_without_compression(relative)), report)
        if plain is not None:
            report.pages += 1
            yield plain.record(binary=binary)
    else:
        yield from _events(content, path, name, report, binary=binary)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Yield a file, or stdin, for reading."""
    if str(path) == STDIN:
        yield sys.stdin.buffer
    else:
        with path.open("rb") as file:
            yield file


def _is_plain_page(content: Content, path: Path, relative: str, urls: PageUrls) -> bool:
    """Whether a file is a page, and not an archive, events or nothing.

    Raises:
        UsageError: it is a page without a URL, or something else for which one is given.
    """
    if content.is_archive:
        _refuse_url(urls, relative, "an archive")
        return False
    if content.kind is ContentKind.EMPTY:
        return False
    kind = _kind(path)
    first = content.source.peek(HEAD_BYTES).lstrip(_MARKS)[:1]
    if kind in (*JSON_LINES, JSON_EVENT) or (kind is None and first == b"{"):
        _refuse_url(urls, relative, "a file of events")
        return False
    if kind is None and first != b"<" and str(path) == STDIN and not (urls.url or urls.default):
        return False  # damaged events are dead-lettered, each by itself
    urls.of(relative)
    return True


def _refuse_url(urls: PageUrls, relative: str, what: str) -> None:
    if urls.url is not None:
        raise UsageError(f"--url: {relative} is {what}, which contains the URL of each page")


def _plain_page(content: Content, path: Path, name: str, url: str, report: ReadReport) -> FetchedPage | None:
    """Return the page of a file; None if it is damaged or too large, which is a problem."""
    body = content.source.take(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        report.add_problem(f"{name}: larger than {MAX_PAGE_BYTES >> 20} MiB, and a page is not")
        return None
    damage = content.source.cross() if not content.source.is_at_end() else None
    if damage is not None:
        report.add_problem(f"{name}: {damage.detail}")
        return None
    looks_like_html = body.lstrip(_MARKS)[:1] == b"<"
    return FetchedPage(url, body, MEDIA_TYPES.get(_kind(path) or "", "text/html" if looks_like_html else "text/plain"))


def _events(content: Content, path: Path, name: str, report: ReadReport, *, binary: bool) -> Iterator[RawRecord]:
    source = in_utf8(content.source)
    if _kind(path) == JSON_EVENT and source.fill(MAX_LINE_BYTES + 1) <= MAX_LINE_BYTES:
        events = _events_of(source.peek(MAX_LINE_BYTES)) if source.damage is None else None
        if events is not None:
            report.pages += len(events)
            yield from (json_record(event, binary=binary) for event in events)
            return
    yield from json_records(source, report, name=name, binary=binary)


def _events_of(text: bytes) -> list[bytes] | None:
    """Return the events of a JSON document, an object or an array of objects; None if it is other."""
    try:
        parsed = orjson.loads(text.removeprefix(codecs.BOM_UTF8))
        if isinstance(parsed, list) and parsed and all(isinstance(item, dict) for item in parsed):
            return elements_of(text)
    except (ValueError, RecursionError):
        return None
    return [text] if isinstance(parsed, dict) else None


def _below(folder: Path, report: ReadReport) -> Iterator[tuple[Path, str]]:
    """Yield the files of known kinds in a folder; others are counted by suffix.

    Raises:
        UsageError: there is none.
    """
    is_empty = True
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if _is_listed(path):
            is_empty = False
            yield path, path.relative_to(folder).as_posix()
        else:
            report.pass_over(f"{path.suffix.lower()} file" if path.suffix else "file without a suffix")
    if is_empty:
        raise UsageError(f"{folder}: no page in this folder ({_EXPECTED})")


def _is_listed(path: Path) -> bool:
    """Whether a file in a folder is of a known kind, by its suffix or as an archive."""
    if (_kind(path) or JSON_EVENT) != JSON_EVENT:
        return True
    try:
        return _beginning(path).kind in (ContentKind.WARC, ContentKind.ARC)
    except OSError:
        return False


def _is_known(path: Path) -> bool:
    """Whether a named file is of a known kind, by its suffix or its bytes."""
    if _kind(path) is not None:
        return True
    try:
        content = _beginning(path)
    except OSError:
        return True  # reading it says why
    head = content.source.peek(HEAD_BYTES).lstrip(_MARKS)
    return content.is_archive or content.kind is ContentKind.EMPTY or head[:1] in (b"<", b"{")


def _beginning(path: Path) -> Content:
    """Return the content of the beginning of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return content_of(iter((file.read(BEGINNING_BYTES),)), suffixes_of(path.name))


def _kind(path: Path) -> str | None:
    """Return the suffix that says what a file holds; None if none does."""
    suffix = next((s for s in reversed(suffixes_of(path.name)) if s not in COMPRESSIONS), "")
    return suffix if suffix in (*_KINDS, JSON_EVENT) else None


def _without_compression(relative: str) -> str:
    """Return a path without the suffix of a compression."""
    return next((relative.removesuffix(s) for s in COMPRESSIONS if relative.lower().endswith(s)), relative)
