"""A raw page whose body is a response with its head, from `curl -i` or an archive."""

import gzip
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, IngestNoteKind, RawPage, WithdrawnPage
from wiredesk_schemas.http_response import parse_response, response_in

URL = "https://news.example/pier-vote"
PAGE = b"<html><body><p>The council approves the new pier.</p></body></html>"
ROBOTS = b"X-Robots-Tag: noarchive\r\n"


def raw_page(body: bytes | str, **fields: Any) -> RawPage:
    """Return the raw page of a body."""
    stated = {"body": body} if isinstance(body, str) else {"body_base64": b64encode(body).decode()}
    return RawPage.from_object({"url": URL, **stated, **fields})


def accepted(body: bytes | str, **fields: Any) -> AcceptedPage:
    """Return what ingest makes of a body."""
    page = Ingest()(raw_page(body, **fields))
    assert isinstance(page, AcceptedPage)
    return page


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + ROBOTS + b"\r\n",
        b"HTTP/2 200 \nx-robots-tag: noarchive\n\n",
        b"\xef\xbb\xbfHTTP/1.0 200 OK\r\n" + ROBOTS + b"\r\n",
        b"\r\n\r\nHTTP/1.1 200 OK\r\n" + ROBOTS + b"\r\n",
        b"HTTP/1.1 200 OK\rX-Robots-Tag: noarchive\r\r",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + ROBOTS + b"\r\n",
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: /pier-vote\r\n\r\nHTTP/1.1 200 OK\r\n" + ROBOTS + b"\r\n",
        b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\n" + ROBOTS + b"\r\n",
        b"Content-Type: text/html\r\n" + ROBOTS + b"\r\n",
        b":status: 200\ncontent-type: text/html\nx-robots-tag: noarchive\n\n",
        b"Status: 200 OK\n" + ROBOTS + b"\n",
    ],
)
@pytest.mark.parametrize("kind", [bytes, str])
def test_a_head_in_the_body_is_read_as_that_of_the_response(head: bytes, kind: type[bytes | str]) -> None:
    body = head + PAGE
    page = accepted(body.decode("utf-8-sig") if kind is str else body)
    assert page.body == PAGE.decode()
    assert page.rights is not None
    assert page.rights.no_archive
    assert IngestNoteKind.FIELD_REPAIRED in {note.kind for note in page.ingest_notes}


def test_the_body_is_decoded_as_its_head_says() -> None:
    page = "<p>Cène à la jetée</p>".encode("windows-1250", "replace")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1250\r\nContent-Encoding: gzip\r\n"
    body = gzip.compress(page)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    of_head = accepted(head + b"\r\n" + body)
    assert of_head.charset.name == "cp1250"
    assert (
        of_head.body == accepted(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked).body == page.decode("cp1250")
    )
    of_record = raw_page(head + b"\r\n" + body, content_type="application/http; msgtype=response")
    assert of_record.declared_type == "text/html; charset=windows-1250"


def test_what_the_event_states_counts_first_and_all_notes_of_rights_count() -> None:
    body = b"HTTP/1.1 404 Not Found\r\nX-Robots-Tag: noai\r\nETag: b\r\n\r\n" + PAGE
    page = accepted(body, http_status=200, http_headers={"X-Robots-Tag": "noarchive", "etag": "a"})
    assert page.http_headers is not None
    assert page.http_headers["etag"] == "a"
    assert page.rights is not None
    assert (page.rights.no_archive, page.rights.no_ai) == (True, True)


@pytest.mark.parametrize("head", [b"HTTP/1.1 404 Not Found\r\n\r\n", b"Status: 410 Gone\nContent-Type: text/html\n\n"])
def test_the_status_of_the_head_says_that_a_page_is_gone(head: bytes) -> None:
    assert isinstance(Ingest()(raw_page(head + PAGE)), WithdrawnPage)


def test_a_body_that_is_shorter_than_its_head_says_is_truncated() -> None:
    assert accepted(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + PAGE).is_truncated


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/2 is the protocol of the web.\nIt came in 2015.\n\nThe story of it.",
        "HTTP/1.1 200 OK is what servers say.\nNothing else: is said.\n\nThe story of it.",
        "Date: 5 May\nStatus: open\nServer: a waiter\n\nThe story of it.",
        "From: Anna Roe\nContent-Type: text/plain\nSubject: pier\n\nThe story of it.",
        "Title: Pier opens\nLink: see below\n\nThe story of it.",
        "Content-Type: what servers send.\nThe story of it.",
    ],
)
def test_a_text_that_begins_with_such_words_keeps_them(text: str) -> None:
    page = accepted(text, content_type="text/plain")
    assert (page.body, page.ingest_notes) == (text, ())


def test_a_record_of_an_archive_without_a_status_line_has_headers() -> None:
    response = parse_response(b"Server: x\r\nX-Robots-Tag: noai\r\n\r\n" + PAGE)
    assert (response.status, response.headers["x-robots-tag"], response.body) == (None, "noai", PAGE)
    assert parse_response(b"Chapter: one\r\n\r\n" + PAGE).body.startswith(b"Chapter")


@given(st.binary(max_size=300) | st.text("HTP/1. 20\r\n:aContent-Typeshml<>\t", max_size=200).map(str.encode))
def test_any_body_is_a_response_or_is_not(body: bytes) -> None:
    response = response_in(body)
    assert response is None or body.endswith(response.body)
    assert response_in(b"HTTP/1.1 200 OK\r\n" + body) is None or body
