"""From the body of a raw page to text: encodings that are left in it, and what is missing of it."""

import codecs
import gzip
from typing import Any

import pytest

from tests.encoded import COMPRESS, chunks
from tests.support import SAMPLES
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import (
    AcceptedPage,
    CharsetEvidence,
    CleanedArticle,
    IngestNoteKind,
    RawPage,
    SkippedPage,
    WithdrawnPage,
    revision,
)

URL = "https://courier.example/2026/03/14/ferry-strike-ends"
STORY = (SAMPLES / "pages" / "ferry-strike.html").read_bytes()
RUSSIAN = "<p>Сегодня вечером в Москве прошло заседание правительства.</p>"


def ingested(body: bytes | str, **fields: Any) -> AcceptedPage | SkippedPage:
    content = {"body": body} if isinstance(body, str) else {"body_base64": body}
    result = Ingest()(RawPage.from_object({"url": URL, "content_type": "text/html", **content, **fields}))
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def accepted(body: bytes | str, **fields: Any) -> AcceptedPage:
    page = ingested(body, **fields)
    assert isinstance(page, AcceptedPage)
    return page


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF8 * 2])
@pytest.mark.parametrize("stray", [b"", b"\xff", b"\xc2\x92", b"\x01", "\ufffd".encode(), b"\xe2\x80"])
@pytest.mark.parametrize("codec", ["utf-8", "cp1251", "utf-16"])
def test_the_revision_is_that_of_the_text(mark: bytes, stray: bytes, codec: str) -> None:
    page = accepted(mark + (RUSSIAN * 5).encode(codec) + stray)
    assert page.revision == revision(page.body)


def kinds(page: AcceptedPage) -> set[IngestNoteKind]:
    return {note.kind for note in page.ingest_notes}


@pytest.mark.parametrize("name", COMPRESS)
def test_the_revision_does_not_depend_on_encodings(name: str) -> None:
    plain = accepted(STORY)
    encoded = accepted(chunks(COMPRESS[name](STORY)), http_headers={"content-encoding": name})
    assert (encoded.revision, encoded.event_id) == (plain.revision, plain.event_id)
    refused = [ingested(body, http_status=404).revision for body in (STORY, COMPRESS[name](STORY), chunks(STORY))]
    assert len(set(refused)) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (gzip.compress(STORY)[:-300], {}),
        (chunks(STORY)[:-900], {"http_headers": {"Transfer-Encoding": "chunked"}}),
        (STORY[:-900], {"http_headers": {"Content-Length": str(len(STORY))}}),
        (STORY[:-900], {"http_headers": {"Content-Range": "bytes 0-9999/99999"}}),
        (STORY[:-900], {"is_truncated": True}),
        (STORY[:-900].decode(), {"is_truncated": True}),
    ],
)
def test_an_article_says_that_its_page_was_cut_off(body: bytes | str, fields: dict[str, Any]) -> None:
    page = accepted(body, **fields)
    assert page.is_truncated
    assert IngestNoteKind.BODY_TRUNCATED in kinds(page)
    article = Extractor()(page)
    assert isinstance(article, CleanedArticle)
    assert article.title == "Ferry crews end strike after night of talks"
    assert article.is_truncated
    assert article.ingest_notes == page.ingest_notes


@pytest.mark.parametrize(
    "cut", [b"<", b"<!DOCTYPE html>", b'<html><head><meta charset="utf-8"><title></titl', b"\n <p> "]
)
def test_a_page_that_is_cut_off_before_any_text_is_undecodable(cut: bytes) -> None:
    with pytest.raises(RejectedError, match="undecodable: body: cut off before any text"):
        ingested(cut, is_truncated=True)


def test_a_stated_encoding_that_cannot_be_undone_is_named() -> None:
    garbage = bytes((71 * at * at + 13 * at) % 256 for at in range(2000))
    with pytest.raises(RejectedError, match="undecodable: body: its encoding is stated as 'br', and cannot be undone"):
        ingested(garbage, http_headers={"content-encoding": "br"})


def test_a_file_of_another_kind_is_named_by_its_kind() -> None:
    with pytest.raises(RejectedError, match="binary: body: a PDF"):
        ingested(b"%PDF-1.4\x00\x01\x02" * 50, http_headers={"content-encoding": "br"})


def test_chunks_in_a_text_are_removed() -> None:
    page = accepted(chunks(STORY, 999).decode())
    assert (page.body, page.charset.evidence) == (STORY.decode(), CharsetEvidence.TEXT)
    assert kinds(page) == {IngestNoteKind.ENCODING_UNSTATED}
    assert accepted(chunks(RUSSIAN.encode(), 10**6).decode()).body == RUSSIAN
    assert (
        accepted(chunks(b"Two\nwords", 5, b"\n").decode(), http_headers={"transfer-encoding": "chunked"}).body
        == "Two\nwords"
    )
    assert accepted("2024\r\nA year in plain text.").body == "2024\r\nA year in plain text."


def test_compressed_bytes_that_were_read_as_latin_1_are_decompressed() -> None:
    page = accepted(gzip.compress(RUSSIAN.encode("cp1251")).decode("latin-1"), charset="windows-1251")
    assert (page.body, page.charset.name) == (RUSSIAN, "cp1251")
    with pytest.raises(RejectedError, match="undecodable: body: compressed, and then decoded as text"):
        ingested(gzip.compress(STORY).decode("utf-8", "replace"))


def test_headers_of_any_case_and_several_values_count() -> None:
    body = COMPRESS["br"](gzip.compress(STORY))
    for headers in (
        {"Content-Encoding": "gzip", "content-encoding": "br"},
        {"CONTENT-ENCODING": ["gzip", "br"]},
        [["Content-Encoding", "gzip"], ["Content-Encoding", "br"]],
    ):
        page = accepted(body, http_headers=headers)
        assert page.body == STORY.decode()
        assert IngestNoteKind.ENCODING_UNSTATED not in kinds(page)


@pytest.mark.parametrize("content_type", ["image/png", "application/pdf", "video/mp4"])
def test_html_is_read_whatever_media_type_is_stated(content_type: str) -> None:
    html = "<!DOCTYPE html>\n<html><body><p>The pier opened.</p></body></html>"
    for body in (html, html.encode(), gzip.compress(html.encode())):
        page = ingested(body, content_type=content_type)
        assert isinstance(page, AcceptedPage)
        assert (page.body, page.media_type) == (html, "text/html")
