"""Archives of every form: the same pages come out, and what is none is counted by kind."""

import gzip
import io
import struct
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests import archives
from tests.archives import FORMS, PAGES, Form, arc, records, response, warc, warcinfo
from tests.encoded import br
from wiredesk.pages.archive import read_archive
from wiredesk.pages.record import FetchedPage
from wiredesk.pages.report import ReadReport

HTML = b"<html><p>x</p></html>"


def read(content: bytes, name: str = "a", **options: int) -> tuple[list[FetchedPage], ReadReport]:
    report = ReadReport()
    return list(read_archive(io.BytesIO(content), report, name=name, **options)), report


def only(content: bytes) -> FetchedPage:
    (page,), report = read(content)
    assert not report.problems
    return page


def contents(pages: Iterable[FetchedPage]) -> list[tuple[str, bytes]]:
    return [(page.url, page.content) for page in pages]


@pytest.mark.parametrize("version", ["0.17", "0.18", "1.0", "1.1"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_a_warc_gives_the_same_pages(form: Form, version: str) -> None:
    pages, report = read(form(records(version=version)))
    assert contents(pages) == PAGES
    assert {page.status for page in pages} == {200}
    assert {page.fetched_at for page in pages} == {datetime(2024, 1, 16, 19, 5, tzinfo=UTC)}
    assert report.pages == len(PAGES)
    assert report.passed_over["warcinfo record"] == 1
    assert not report.problems


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("form", [form for name, form in FORMS.items() if "WACZ" not in name])
def test_every_form_of_an_arc_gives_the_same_pages(form: Form, version: int) -> None:
    pages, report = read(form(arc(version=version)))
    assert contents(pages) == PAGES
    assert pages[0].fetched_at == datetime(2024, 1, 16, 19, 5, tzinfo=UTC)
    assert report.passed_over == {"filedesc record": 1}
    assert not report.problems


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio leaves its buffers open
@pytest.mark.parametrize("is_gzipped", [False, True])
def test_pages_are_those_that_warcio_wrote_and_reads(*, is_gzipped: bool) -> None:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=is_gzipped)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("X-Name", "é")], protocol="HTTP/1.1")
    for url, body in PAGES:
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
        writer.write_record(writer.create_warc_record(url, "request", payload=io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")))
    read_by_peer = [
        (record.rec_headers.get_header("WARC-Target-URI"), record.raw_stream.read())
        for record in ArchiveIterator(io.BytesIO(file.getvalue()))
        if record.rec_type == "response"
    ]
    pages, report = read(file.getvalue())
    assert contents(pages) == read_by_peer == PAGES
    assert report.passed_over == {"request record": len(PAGES)}


@pytest.mark.parametrize(
    ("block", "status", "headers"),
    [
        (response(HTML, status="HTTP/2 200"), 200, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, status="HTTP/2.0 200 "), 200, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, status="HTTP/3 200"), 200, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, status="HTTP/1.0  404   Not Found"), 404, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, status="HTTP/1.1 999 Request denied"), 999, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, status="ICY 200 OK"), 200, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, end="\n"), 200, {"content-type": "text/html; charset=utf-8"}),
        (response(HTML, "A: 1", " 2", "\t3", "B:"), 200, {"a": "1 2 3", "b": ""}),
        (response(HTML, "Set-Cookie: a=1", "SET-COOKIE: b=2"), 200, {"set-cookie": "a=1, b=2"}),
        (response(HTML, "Content-Encoding: gzip", "Content-Encoding: br"), 200, {"content-encoding": "gzip, br"}),
        (b"HTTP/1.1 200 OK\r\nX: caf\xe9\r\nY: caf\xc3\xa9\r\n\r\n" + HTML, 200, {"x": "café", "y": "café"}),
        (b"HTTP/1.1 200 OK\r\nno colon\r\nA: 1\n\r\n" + HTML, 200, {"a": "1"}),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + response(HTML, "A: 1"), 200, {"a": "1"}),
        (b"HTTP/1.0 200 Connection established\r\n\r\n" + response(HTML, "A: 1"), 200, {"a": "1"}),
        (response(HTML, "A: 1", status="http/1.1 200 ok"), 200, {"a": "1"}),
        (response(HTML, "A: 1", status="HTTP/1.1 OK"), None, {"a": "1"}),
        (response(HTML, "A: 1", status="HTTP/1.1 2000 OK"), None, {"a": "1"}),
        (response(HTML, "A: 1", status="HTTP/1.1 000"), None, {"a": "1"}),
        (b"HTTP/1.1 200 OK\rA: 1\r\r" + HTML, 200, {"a": "1"}),
        (HTML, None, None),
    ],
)
def test_heads_of_responses_are_read_liberally(
    block: bytes, status: int | None, headers: dict[str, str] | None
) -> None:
    page = only(warc(block))
    assert (page.status, page.headers, page.content) == (status, headers, HTML)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("<https://n.example/a>", "https://n.example/a"),
        ("https://n.example/a b", "https://n.example/a b"),
        ("https://n.example/é", "https://n.example/é"),
        ("HTTPS://N.example/", "HTTPS://N.example/"),
        ("n.example:8080/a", "n.example:8080/a"),
    ],
)
def test_addresses_are_those_of_the_archive(written: str, url: str) -> None:
    assert only(warc(response(HTML), written)).url == url


@pytest.mark.parametrize("byte", [b"\xe9", b"\xe8"])
def test_bytes_of_addresses_that_are_not_utf_8_are_escaped_as_browsers_do(byte: bytes) -> None:
    url = "https://n.example/caf*"
    for content in (warc(response(HTML), url), b"".join(arc([(url, HTML)]))):
        (page,) = read(content.replace(b"caf*", b"caf" + byte))[0]
        assert page.url == f"https://n.example/caf%{byte.hex().upper()}"


def test_header_lines_may_end_in_bare_line_feeds_or_be_folded() -> None:
    record = warc(response(HTML), "https://n.example/a", "WARC-Warcinfo-ID: <urn:x>", " more", end="\n")
    assert only(record).content == HTML
    assert (
        only(record.replace(b"WARC-Type", b"warc-TYPE").replace(b"Content-Length", b"content-length ")).content == HTML
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + warc(response(HTML)),
        b"\r\n\r\n" + warc(response(HTML)) + bytes(3000),
        warc(response(HTML), "https://n.example/1", f"Content-Length: {len(response(HTML))}"),
        warc(response(HTML)).rstrip(b"\r\n") + warcinfo(),
        b"http://n.example/1 192.0.2.1 20240116190500 text/html 21\n" + HTML + b"\n",
        b"http://n.example/1 2001:db8::1 20240116190500123 text/html 21\n" + HTML,
    ],
)
def test_a_file_may_begin_and_end_otherwise(content: bytes) -> None:
    assert only(content).content == HTML


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("192.0.2.1 20240116190500 text/html", 2024),
        ("192.0.2.1 20240116 text/html", 2024),
        ("n.example 2024-01-16T19:05:00Z text/html", 2024),
        ("192.0.2.1 190500 text/html", None),
        ("0.0.0.0 - ", None),
        ("192.0.2.1 20240116190500 ", 2024),
        ("192.0.2.1 20240116190500 text/html 200 - - 0 x.arc", 2024),
        ("192.0.2.1 20240116190500 text/html; charset=utf-8 302 9f86 https://n.example/c 0 x.arc", 2024),
    ],
)
def test_lines_of_an_arc_are_read_liberally(stated: str, expected: int | None) -> None:
    block = response(b"<p>x")
    record = f"https://n.example/a b {stated} {len(block)}\n".encode() + block + b"\n"
    for content in (record * 2, arc()[0] + record * 2):
        pages, report = read(content, "a.arc")
        assert contents(pages) == [("https://n.example/a b", b"<p>x")] * 2
        assert [page.fetched_at and page.fetched_at.year for page in pages] == [expected] * 2
        assert not report.problems


@pytest.mark.parametrize("fields", [" 1", " -", "  ", " 1 1 ", " 1 2024-01-01 00:00:00", " aaaaaaaa", ":1"])
def test_the_time_for_a_line_of_an_arc_is_linear(fields: str) -> None:
    head = f"http:x{fields * (16_000 // len(fields))}x\n".encode()
    pages, report = read(head * 20 + arc()[1], "a.arc")
    assert contents(pages) == PAGES[:1]
    assert report.problems


def test_a_field_of_a_record_that_is_given_twice_is_read_once() -> None:
    assert only(warc(response(b"<p>x"), "https://n.example/1", "WARC-Type: response")).content == b"<p>x"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("20240116190500", datetime(2024, 1, 16, 19, 5, tzinfo=UTC)),
        ("Tue, 16 Jan 2024 19:05:00 GMT", datetime(2024, 1, 16, 19, 5, tzinfo=UTC)),
        ("2024-01-16T19:05:00.123456789Z", datetime(2024, 1, 16, 19, 5, 0, 123456, UTC)),
        ("2024-01-16T19:05:00", datetime(2024, 1, 16, 19, 5, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_where_they_are_times(date: str, expected: datetime | None) -> None:
    record = warc(response(HTML)).replace(b"2024-01-16T19:05:00Z", date.encode())
    assert only(record).fetched_at == expected


@pytest.mark.parametrize("kind", ["resource", "conversion", "response"])
def test_a_block_without_a_response_is_the_page(kind: str) -> None:
    page = only(warc(HTML, kind=kind, content_type="text/html; charset=koi8-r"))
    assert (page.content, page.content_type, page.status) == (HTML, "text/html; charset=koi8-r", None)


def test_the_text_of_wet_is_utf_8() -> None:
    page = only(warc("Zürich".encode(), kind="conversion", content_type="text/plain"))
    assert page.content_type == "text/plain; charset=utf-8"


def test_a_resource_may_be_a_response() -> None:
    assert only(warc(response(HTML), kind="resource")).content == HTML


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (warc(b"", kind="metadata"), "metadata record"),
        (warc(response(b""), kind="revisit"), "revisit record"),
        (warc(b"x", kind="continuation"), "continuation record"),
        (warc(b"x", kind="x-special"), "x-special record"),
        (warc(b"192.0.2.1", "dns:n.example", content_type="text/dns"), "dns: record"),
        (
            warc(b"x", "urn:pageinfo:https://n.example/", kind="resource", content_type="application/json"),
            "urn: record",
        ),
        (warc(response(b"\x89PNG", "Content-Type: image/png")), "image"),
        (warc(response(b"<svg/>", "Content-Type: image/svg+xml")), "image"),
        (warc(response(b"p{}", "content-type: text/css;charset=utf-8")), "stylesheet"),
        (warc(response(b"x=1", "Content-Type: Application/JavaScript")), "script"),
        (warc(response(b"document.write('<html>')", "Content-Type: text/javascript")), "script"),
        (warc(response(b"{}", "Content-Type: application/vnd.api+json")), "JSON document"),
        (warc(response(b"<rss/>", "Content-Type: application/rss+xml")), "feed"),
        (warc(response(b"<urlset/>", "Content-Type: text/xml")), "XML document"),
        (warc(response(b"%PDF", "Content-Type: application/pdf")), "PDF document"),
        (warc(response(b"\0\1\2", "Content-Type: application/octet-stream")), "binary file"),
        (warc(response(b"x", "Content-Type: application/msword")), "application/msword response"),
        (warc(response(HTML, "Location: /b", status="HTTP/1.1 301 Moved")), "redirect"),
        (warc(response(b"", status="HTTP/1.1 304 Not Modified")), "not-modified response"),
        (warc(response(b"")), "empty response"),
        (warc(b"", kind="resource", content_type="text/html"), "empty response"),
        (warc(response(b"User-agent: *", "Content-Type: text/plain"), "https://n.example/robots.txt"), "robots.txt"),
    ],
)
def test_what_is_no_page_is_counted_by_kind(record: bytes, kind: str) -> None:
    pages, report = read(record + warc(response(HTML)))
    assert len(pages) == 1
    assert report.passed_over == {kind: 1}
    assert not report.problems


@pytest.mark.parametrize(
    "headers",
    [
        ("Server: x",),
        ("Content-Type:",),
        ("Content-Type: html",),
        ("Content-Type: */*",),
        ("Content-Type: text/x-unheard-of",),
        ("Content-Type: application/octet-stream",),
        ("Content-Type: application/xml",),
        ("Content-Type: application/xhtml+xml",),
        ("Content-Type: image/gif",),
        ("Content-Type: application/json",),
        ("Content-Type: application/xml", "Content-Encoding: gzip"),
    ],
)
def test_what_may_be_a_page_is_published(headers: tuple[str, ...]) -> None:
    for body in (HTML, b'\xef\xbb\xbf <?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE html PUBLIC "x">' + HTML):
        assert only(warc(response(body, *headers))).content == body


@pytest.mark.parametrize("status", ["HTTP/1.1 404 Not Found", "HTTP/1.1 610 Odd", "HTTP/1.1 300 Multiple Choices"])
def test_other_statuses_are_left_to_ingest(status: str) -> None:
    assert only(warc(response(HTML, status=status))).content == HTML


def test_a_page_that_is_gone_has_no_body() -> None:
    assert only(warc(response(b"", status="HTTP/1.1 410 Gone"))).status == 410


@pytest.mark.parametrize("header", ["WARC-Truncated: length", "WARC-Segment-Number: 1"])
def test_a_page_that_its_crawler_cut_is_marked(header: str) -> None:
    (page,), report = read(warc(response(HTML), "https://n.example/1", header))
    assert page.is_truncated
    assert report.truncated == 1
    assert not only(warc(response(HTML))).is_truncated


def test_every_archive_in_a_wacz_is_read() -> None:
    first, second = records(PAGES[:2]), records(PAGES[2:])
    members = {
        "archive/1.warc.gz": b"".join(map(gzip.compress, first)),
        "../../etc/2.WARC": b"".join(second),
        "pages/pages.jsonl": b"{}",
        "datapackage.json": b"{}",
    }
    pages, report = read(archives.wacz(members))
    assert contents(pages) == PAGES
    assert report.passed_over == {"other file": 2, "warcinfo record": 2}


def test_a_wacz_within_a_wacz_is_read_and_not_without_end() -> None:
    inner = archives.wacz({"archive/1.warc": b"".join(records())})
    collection = {"b.wacz": inner, "c/d.WACZ": archives.wacz({"x.arc.gz": gzip.compress(b"".join(arc()))})}
    pages, report = read(archives.wacz(collection, zipfile.ZIP_DEFLATED))
    assert (contents(pages), report.problems) == (PAGES * 2, [])
    for _ in range(3):
        inner = archives.wacz({"a.wacz": inner})
    pages, report = read(inner)
    assert (pages, report.problems) == (
        [],
        ["a:a.wacz:a.wacz:a.wacz: it is a ZIP within 2 others, and no more are read"],
    )


def test_a_wacz_within_a_wacz_is_bounded_and_may_be_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = archives.wacz({"archive/1.warc": b"".join(records())})
    cut = archives.wacz({"a.wacz": inner + bytes(2000)})
    assert read(cut[: len(inner)], "a.wacz")[1].problems
    monkeypatch.setattr("wiredesk.pages.archive.MIN_NESTED_BYTES", 100_000)
    large = archives.wacz({"a.wacz": inner + bytes(400_000)}, zipfile.ZIP_DEFLATED)
    assert any("more than" in problem for problem in read(large)[1].problems)


def test_a_zip_without_archives_is_no_archive() -> None:
    assert read(archives.wacz({"word/document.xml": b"<x/>"}))[1].problems == ["a: there is no web archive in this ZIP"]


def test_an_encrypted_archive_in_a_wacz_is_a_problem() -> None:
    content = bytearray(archives.wacz({"archive/1.warc": b"".join(records())}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(signature) + offset, 1)
    assert read(bytes(content))[1].problems == ["a:archive/1.warc: it is encrypted"]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize(
    "body", [HTML, b"\r\n" + HTML + b"\r\n\r\n<p>y</p>", b"\xef\xbb\xbf" + HTML, gzip.compress(HTML)]
)
def test_a_head_without_an_empty_line_after_it_loses_no_page(end: str, body: bytes) -> None:
    head = end.join(
        ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", "Link: <https://n.example/>; rel=next", ""]
    )
    (page,), report = read(warc(head.encode() + body))
    assert page.content.strip() == body.strip()
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers == {"content-type": "text/html; charset=utf-8", "link": "<https://n.example/>; rel=next"}
    assert not report.problems


def test_text_after_a_head_without_an_empty_line_is_its_body() -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nThe pier opened.\r\nIt was full: of people."
    (page,), _ = read(warc(block))
    assert page.content == b"The pier opened.\r\nIt was full: of people."


@pytest.mark.parametrize("stated", ["Content-Encoding: gzip", "Content-Encoding: br", "X-A: b"])
@pytest.mark.parametrize("content_type", ["image/png", "application/json", "application/pdf", "text/css"])
def test_an_encoded_page_is_published_whatever_type_it_states(stated: str, content_type: str) -> None:
    body = br(HTML) if stated.endswith("br") else gzip.compress(HTML)
    (page,), report = read(warc(response(body, f"Content-Type: {content_type}", stated)))
    assert page.content == body
    assert not report.passed_over


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n" + bytes(99), b"{}", b"%PDF-1.7"])
def test_encoded_files_of_other_types_are_passed_over(body: bytes) -> None:
    pages, report = read(warc(response(gzip.compress(body), "Content-Type: image/png", "Content-Encoding: gzip")))
    assert not pages
    assert report.passed_over == {"image": 1}


@pytest.mark.parametrize(
    ("field", "is_truncated"), [("", False), (" ", False), (" length", True), (" disconnect", True)]
)
def test_a_record_is_cut_off_where_its_header_says_why(field: str, is_truncated: bool) -> None:  # noqa: FBT001 - a column
    (page,), report = read(warc(response(HTML), "https://n.example/1", f"WARC-Truncated:{field}"))
    assert page.is_truncated == is_truncated
    assert report.truncated == is_truncated
