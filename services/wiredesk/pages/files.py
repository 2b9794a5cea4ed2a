"""The files that a person names, and their pages: HTML and text, JSON Lines of raw-page events, WARC and WET."""

import glob
import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urljoin

from wiredesk.pages.json_lines import read_json_lines
from wiredesk.pages.record import FetchedPage, RawRecord
from wiredesk.pages.report import ReadReport
from wiredesk.pages.warc import read_warc
from wiredesk.runtime.errors import UnavailableError, UsageError

MEDIA_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".txt": "text/plain"}
"""Media type of a page file, by its suffix."""

JSON_LINES = (".jsonl", ".ndjson")
"""Suffixes of files with a raw-page event on each line."""

ARCHIVES = (".warc", ".wet")
"""Suffixes of web archives, which hold the URL of each page."""

STDIN = "-"
"""The path that means stdin."""

_KINDS = (*MEDIA_TYPES, *JSON_LINES, *ARCHIVES)


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
        if name == STDIN:
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


def read_pages(
    path: Path, relative: str, urls: PageUrls, *, binary: bool, report: ReadReport | None = None
) -> Iterator[RawRecord]:
    """Yield the pages of one file.

    Args:
        relative: relative path, from which the URL is made.
        binary: use binary content mode; otherwise structured mode.
        report: is extended with what was read, and what was not.

    Raises:
        UsageError: a page's URL is not given.
        UnavailableError: the file cannot be read, or is damaged.
    """
    report = ReadReport() if report is None else report
    try:
        if str(path) == STDIN:
            yield from _read(sys.stdin.buffer, path, relative, urls, report, binary=binary)
            return
        with path.open("rb") as file:
            yield from _read(file, path, relative, urls, report, binary=binary)
    except (OSError, EOFError, zlib.error) as error:
        raise UnavailableError(f"{path}: cannot be read: {error}") from error


def _kind(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes]
    suffix = next((s for s in reversed(suffixes) if s != ".gz"), "")
    return suffix if suffix in _KINDS else None


def _read(
    stream: BinaryIO, path: Path, relative: str, urls: PageUrls, report: ReadReport, *, binary: bool
) -> Iterator[RawRecord]:
    kind = _kind(path)
    if kind in ARCHIVES:
        for page in read_warc(stream, report, name=str(path)):
            yield page.record(binary=binary)
        return
    if path.suffix.lower() == ".gz":
        stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment] # it reads as one
    if kind in JSON_LINES or (str(path) == STDIN and urls.url is None):
        yield from read_json_lines(stream, report, name=str(path), binary=binary)
        return
    content = stream.read()
    media_type = MEDIA_TYPES.get(kind or "", "text/html" if content.lstrip()[:1] == b"<" else "text/plain")
    report.pages += 1
    yield FetchedPage(urls.of(relative.removesuffix(".gz")), content, media_type).record(binary=binary)
