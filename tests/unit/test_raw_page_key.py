"""Keys of raw pages: one for all spellings of an address, and none that names another page."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest.urls import canonical_url
from wiredesk.pages.record import FetchedPage, RawRecord, key_of
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import raw_page_key

STORY = "https://paper.example/story?id=7"
KEY = STORY.encode()


@pytest.mark.parametrize(
    "url",
    [
        STORY,
        " HTTPS://Paper.Example:443/story?id=7#comments\n",
        "https://reader:secret@paper.example./story?utm_source=feed&id=7&UTM_medium=rss",
        "https:\\\\paper.example\\story?id=7",
        "https://paper.ex\nample/story?id=7#:~:text=ferry",
        "https://paper.example:/story?id=7",
    ],
)
def test_spellings_of_an_address_have_one_key(url: str) -> None:
    assert raw_page_key(url) == KEY


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://paper.example", b"https://paper.example/"),
        ("https://paper.example?utm_source=x", b"https://paper.example/"),
        ("https://paper.example:8443/Story", b"https://paper.example:8443/Story"),
        ("http://[2001:DB8::1]:80/", b"http://[2001:db8::1]/"),
        ("https://paper.example/#!/story/1", b"https://paper.example/#!/story/1"),
        ("https://m\u00fcnchen.example/\u00fc", "https://m\u00fcnchen.example/\u00fc".encode()),
        ("https://paper.example/\ud800", b"https://paper.example/?"),
    ],
)
def test_what_may_name_another_page_is_kept(url: str, key: bytes) -> None:
    assert raw_page_key(url) == key


@pytest.mark.parametrize("url", ["", "story", "ftp://paper.example/", "https://", "https://@:443/", STORY + 4096 * "x"])
def test_what_ingest_refuses_has_no_key(url: str) -> None:
    assert raw_page_key(url) is None


URL_PIECES = st.sampled_from(
    ["http:", "HTTPS:", "//", "\\", "/", ":", "@", "?", "&", "#", "#!", "#/", "utm_a=1", "b=2", "a.example", "A", "..",
     ".", ":80", ":443", "[::1]", "%41", "%", "\t", " ", "\u00fc"]
)  # fmt: skip


@given(st.lists(URL_PIECES, max_size=12).map("".join))
def test_a_key_names_the_same_page_as_its_url(url: str) -> None:
    key = raw_page_key(url)
    try:
        page = canonical_url(url)
    except RejectedError:
        return
    assert key is not None
    assert canonical_url(key.decode()) == page
    assert raw_page_key(key.decode()) == key


def structured(**fields: Any) -> RawRecord:
    return json.dumps(fields).encode(), [("content-type", b"application/json")]


@pytest.mark.parametrize(
    "record",
    [
        FetchedPage(STORY, b"<p>x", "text/html").record(binary=True),
        FetchedPage(STORY, b"<p>x", "text/html").record(binary=False),
        structured(url=STORY, body="x"),
        structured(body="x", url=STORY),
        structured(body="x", url=quote(STORY, safe="")),
        structured(body='{"url": "https://other.example/"}', URL=STORY),
        structured(specversion="1.0", type="page", source="/x", id="1", subject=STORY, data={"body": "x"}),
        structured(specversion="1.0", type="page", source="/x", id="1", url="/7", data={"body": "x", "url": STORY}),
        (b"<p>x", [("content-type", b"text/html"), ("ce_subject", STORY.encode())]),
        (b"<p>x", [("content-type", b"text/html"), ("CE-Subject", quote(STORY, safe="").encode())]),
        (b'{"body": "x", "url": "%s"}' % KEY, [("ce_subject", b"https://other.example/")]),
        (b'{"body": "x"}', [("content-type", b"application/json"), ("ce_subject", KEY)]),
        (b'\xef\xbb\xbf  {"url":\n"https://paper.example/story\\u003fid=7", "body": "x"}', []),
    ],
)
def test_the_key_of_a_record_is_made_of_the_url_that_ingest_reads(record: RawRecord) -> None:
    assert key_of(record) == KEY


@pytest.mark.parametrize(
    "record", [(b"{", []), (b"", []), (b'{"url": 7}', []), (b'{"body": "x"}', []), (b"[" * 5000, []), (b"\xff", [])]
)
def test_a_record_that_ingest_refuses_has_no_key(record: RawRecord) -> None:
    assert key_of(record) is None
