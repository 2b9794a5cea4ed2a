"""Files that a person names: what they hold is decided by their bytes, and nothing is lost without a word."""

import gzip
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest

from tests.archives import PAGES, arc, records, wacz, warc, zstd_compress
from wiredesk.pages.files import PageUrls, check_urls, find_files, read_pages
from wiredesk.pages.report import ReadReport
from wiredesk.runtime.errors import UnavailableError, UsageError
from wiredesk_schemas import RawPage

PAGE = b"\xef\xbb\xbf<!DOCTYPE html><p>Gr\xc3\xbc\xc3\x9fe</p>"
EVENT = b'{"url": "https://n.example/e", "body": "x"}'
BASE = PageUrls(base_url="https://n.example/")


def published(path: Path, urls: PageUrls = BASE) -> tuple[list[dict[str, object]], ReadReport]:
    report = ReadReport()
    files = find_files([str(path)], report)
    check_urls(files, urls)
    found = [read_pages(file, relative, urls, binary=False, report=report) for file, relative in files]
    return [json.loads(value) for pages in found for value, _ in pages], report


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", PAGE),
        ("a.html.gz", gzip.compress(PAGE)),
        ("a.html.gz", gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:])),
        ("a.html.zst", zstd_compress(PAGE)),
        ("a.html.br", brotli.compress(PAGE)),  # type: ignore[no-untyped-call]
        ("a.html", gzip.compress(PAGE)),
        ("a.HTML", PAGE),
        ("a.htm", PAGE),
        ("a", PAGE),
        ("a.php", PAGE),
    ],
)
def test_a_page_may_be_compressed_by_any_name(tmp_path: Path, name: str, content: bytes) -> None:
    ((page,), report) = published(write(tmp_path / name, content))
    assert page["body_base64"] == "77u/PCFET0NUWVBFIGh0bWw+PHA+R3LDvMOfZTwvcD4="
    assert page["content_type"] == "text/html"
    assert page["url"] == f"https://n.example/{name.removesuffix('.gz').removesuffix('.zst').removesuffix('.br')}"
    assert not report.problems


@pytest.mark.parametrize(
    "name", ["crawl.warc", "crawl.warc.gz", "crawl.html", "crawl", "crawl.bin", "crawl.jsonl", "crawl.txt.gz"]
)
@pytest.mark.parametrize(
    "content",
    [b"".join(records()), gzip.compress(b"".join(records())), b"".join(arc()), wacz({"a.warc": b"".join(records())})],
    ids=["WARC", "gzip", "ARC", "WACZ"],
)
def test_an_archive_may_have_any_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = write(tmp_path / name, content)
    pages, report = published(path, PageUrls())
    assert [page["url"] for page in pages] == [url for url, _ in PAGES]
    assert not report.problems
    with pytest.raises(UsageError, match=f"--url: {name} is an archive"):
        published(path, PageUrls(url="https://n.example/"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", EVENT + b"\n" + EVENT),
        ("a.ndjson.gz", gzip.compress(EVENT + b"\r\n\r\n" + EVENT + b"\r\n")),
        ("a", EVENT + b"\n" + EVENT),
        ("a.json", EVENT + b"\n" + EVENT),
    ],
)
def test_events_stand_on_lines(tmp_path: Path, name: str, content: bytes) -> None:
    path = write(tmp_path / name, content)
    assert [page["url"] for page in published(path, PageUrls())[0]] == ["https://n.example/e"] * 2
    with pytest.raises(UsageError, match="is a file of events"):
        published(path, PageUrls(url="https://n.example/"))


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_have_an_array_of_events(tmp_path: Path, indent: int | None, encoding: str) -> None:
    path = write(tmp_path / "items.json", json.dumps([json.loads(EVENT)] * 3, indent=indent).encode(encoding))
    report = ReadReport()
    values = [value for value, _ in read_pages(path, "items.json", PageUrls(), binary=False, report=report)]
    assert [json.loads(value or b"") for value in values] == [json.loads(EVENT)] * 3
    assert (report.pages, report.problems) == (3, [])


def test_lines_in_utf_16_are_read_as_powershell_writes_them(tmp_path: Path) -> None:
    event = json.dumps({"url": "https://n.example/1", "body": "<p>Größe 港 😀" * 9000}, ensure_ascii=False)
    path = write(tmp_path / "a.jsonl", f"{event}\r\n{event}\r\n".encode("utf-16"))
    assert [value for value, _ in read_pages(path, "a.jsonl", PageUrls(), binary=False)] == [event.encode()] * 2


def test_one_event_may_have_many_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", json.dumps(json.loads(EVENT), indent=2).encode())
    assert [page["url"] for page in published(path, PageUrls())[0]] == ["https://n.example/e"]


def test_what_a_folder_has_of_other_kinds_is_counted(tmp_path: Path) -> None:
    write(tmp_path / "b" / "a.html", PAGE)
    write(tmp_path / "b" / "empty.html", b"")
    write(tmp_path / "style.css", b"p{}")
    write(tmp_path / "more.CSS", b"p{}")
    write(tmp_path / "LICENSE", b"MIT")
    write(tmp_path / "package.json", b"{}")
    write(tmp_path / "crawl.dat", gzip.compress(b"".join(records())))
    pages, report = published(tmp_path)
    assert len(pages) == 1 + len(PAGES)
    assert report.passed_over_text() == (
        "2 .css files, 1 file without a suffix, 1 .json file, 1 empty file, 1 warcinfo record"
    )


def test_a_damaged_file_is_named_and_the_others_are_published(tmp_path: Path) -> None:
    write(tmp_path / "a.html.gz", gzip.compress(PAGE)[:-3])
    write(tmp_path / "b.html", PAGE)
    write(tmp_path / "c.warc", b"not at all")
    write(tmp_path / "d.html.br", brotli.compress(PAGE)[:-3])  # type: ignore[no-untyped-call]
    pages, report = published(tmp_path)
    assert [page["url"] for page in pages] == ["https://n.example/b.html"]
    assert report.problems == [
        f"{tmp_path}/a.html.gz: the part that begins at byte 0 is cut off",
        f"{tmp_path}/c.warc: 10 bytes at byte 0 are no WARC record",
        f"{tmp_path}/d.html.br: it is cut off",
    ]
    with pytest.raises(UnavailableError, match="cut off"):
        list(read_pages(tmp_path / "a.html.gz", "a.html.gz", BASE, binary=False))


def test_pages_need_an_address_before_any_is_published(tmp_path: Path) -> None:
    write(tmp_path / "a.warc", b"".join(records()))
    write(tmp_path / "b.html", PAGE)
    with pytest.raises(UsageError, match=r"b\.html: a page needs its URL"):
        published(tmp_path, PageUrls())


def test_a_file_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an unknown kind of file"):
        find_files([str(write(tmp_path / "a.jpg", b"\xff\xd8\xff"))])


@pytest.mark.parametrize(
    ("content", "urls", "number"),
    [
        (gzip.compress(b"".join(records())), PageUrls(), len(PAGES)),
        (wacz({"archive/a.warc": b"".join(records())}), PageUrls(), len(PAGES)),
        (EVENT + b"\n{broken\n", PageUrls(), 2),
        (PAGE, PageUrls(url="https://n.example/"), 1),
        (gzip.compress(PAGE), PageUrls(url="https://n.example/"), 1),
        (b"text", PageUrls(url="https://n.example/"), 1),
    ],
)
def test_stdin_holds_what_its_bytes_say(
    monkeypatch: pytest.MonkeyPatch, content: bytes, urls: PageUrls, number: int
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Pipe(content)))
    assert len(list(read_pages(Path("-"), "stdin", urls, binary=False))) == number


def test_a_page_on_stdin_needs_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Pipe(PAGE)))
    with pytest.raises(UsageError, match="stdin: a page needs its URL"):
        list(read_pages(Path("-"), "stdin", PageUrls(), binary=False))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Pipe(warc(b"<p>x"))))
    with pytest.raises(UsageError, match="--url: stdin is an archive"):
        list(read_pages(Path("-"), "stdin", PageUrls(url="https://n.example/"), binary=False))


class Pipe(io.BytesIO):
    """A stream that can be read once only."""

    def seekable(self) -> bool:
        return False


def test_an_event_in_binary_mode_says_the_same(tmp_path: Path) -> None:
    fields = {
        "url": "https://n.example/e",
        "content_type": "text/html",
        "charset": "koi8-r",
        "fetched_at": "2026-01-02T03:04:05Z",
        "http_status": 200,
        "http_headers": {"content-language": "ru", "x-name": "é\n"},
        "source": "Courier",
        "language": "ru",
        "rights": {"tdm": 1},
        "is_truncated": True,
        "body_base64": "8NLJ18XU",
    }
    path = write(tmp_path / "a.jsonl", json.dumps(fields).encode())
    pages = [
        RawPage.from_record(*next(read_pages(path, "a.jsonl", PageUrls(), binary=binary))) for binary in (False, True)
    ]
    stated, sent = (page.model_dump(exclude={"rights", "charset"}) for page in pages)
    assert sent == stated | {"content_type": "text/html; charset=koi8-r"}
    assert json.loads(str(pages[1].rights)) == pages[0].rights


def test_a_pipe_is_read_once() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(b"".join(records()))
    try:
        pages, _ = published(Path(f"/dev/fd/{reading}"), PageUrls())
    finally:
        os.close(reading)
    assert [page["url"] for page in pages] == [url for url, _ in PAGES]
