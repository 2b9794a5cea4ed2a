"""Fields of raw pages in other forms, and any record at all: a page, or refused."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.raw_events import URL, kinds, read, refused, value
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage
from wiredesk_schemas.headers import Header


@pytest.mark.parametrize(
    ("stated", "truncated", "notes"),
    [(True, True, []), (None, False, []), (1, True, ["field_repaired"]), ("no", False, ["field_repaired"]),
     ("?", False, ["field_ignored"])],
)  # fmt: skip
def test_whether_a_page_is_truncated(stated: Any, truncated: bool, notes: list[str]) -> None:  # noqa: FBT001 - a column
    page = read(value(is_truncated=stated))
    assert (page.is_truncated, kinds(page)) == (truncated, notes)


def test_names_in_two_spellings_must_agree() -> None:
    for name, other in {"url": URL + "s", "body": "<p>y", "http_status": 404}.items():
        event = json.loads(value(http_status=200)) | {name.upper(): other}
        assert refused(json.dumps(event).encode()) == f"{name}: given twice, with another value as '{name.upper()}'"
        assert read(json.dumps(event | {name.upper(): event[name]}).encode()).url == URL
        assert read(json.dumps(event | {name: None, name.upper(): event[name]}).encode()).url == URL
    assert "'Url'" in refused(value(url=None, URL=URL, Url=URL + "s"))
    assert read(value(url=f" <{URL}>", URL=URL)).url == URL
    assert read(value(http_status=200, statusCode="200")).http_status == 200
    assert read(value(language="de", Language="en")).language == "de"


def test_names_in_other_spellings() -> None:
    event = {"URL": URL, "bodyBase64": "eA==", "content-type": "text/html", "statusCode": 200, "Source": "The Paper"}
    page = RawPage.from_object(event)
    assert (page.url, page.body_base64, page.content_type, page.http_status) == (URL, b"x", "text/html", 200)
    assert page.source == "The Paper"
    assert kinds(page) == ["event_repaired"] * 5


def test_names_with_what_programs_write_before_them() -> None:
    page = RawPage.from_object({"\ufeffurl": URL, ":body": "x", ":http_status": 200})
    assert (page.url, page.body, page.http_status) == (URL, "x", 200)


@pytest.mark.parametrize("event", [{"uri": URL, "html": "x"}, {"url": URL, "html": "x"}, {"url": 5, "body": "x"}])
def test_names_that_are_not_ours_are_named(event: dict[str, Any]) -> None:
    assert "the event has" in (message := refused(json.dumps(event).encode())) or "expected an absolute" in message


def test_text_that_is_not_clear_is_ignored() -> None:
    page = read(value(content_type=5, charset=[], source={}, language="x" * 40))
    assert (page.content_type, page.charset, page.source, page.language) == (None, None, None, None)
    assert kinds(page) == ["field_ignored"] * 4
    assert read(value(source="s" * 600, charset=None)).source == "s" * 500


@pytest.mark.parametrize(
    ("stated", "tag", "notes"),
    [
        ("en-GB", "en-GB", []),
        ("EN-us", "en-US", []),
        ("zh-hant-tw", "zh-Hant-TW", []),
        ("haw", "haw", []),
        ("fr, en;q=0.5", "fr", []),
        ("en_US", "en-US", ["field_repaired"]),
        ("de_DE.UTF-8", "de-DE", ["field_repaired"]),
        ("eng", "en", ["field_repaired"]),
        ("English", "en", ["field_repaired"]),
        ("deutsch", "de", ["field_repaired"]),
        ("{{lang}}", None, ["field_ignored"]),
        ("", None, []),
    ],
)
def test_languages(stated: str, tag: str | None, notes: list[str]) -> None:
    page = Ingest()(read(value(language=stated)))
    assert isinstance(page, AcceptedPage)
    assert (page.language, [note.kind for note in page.ingest_notes]) == (tag, notes)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)

shapes = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3), max_leaves=6)  # fmt: skip

odd = st.sampled_from(
    ["200 OK", "data:,x", "b'eA=='", "\ud800", "a\x00b", "Sat, 14 Mar 2026 08:00:00 GMT", "1773475200", "/Date(-1)/", "https%3A%2F%2Fa.example", "<https://a.example>", "A: b", "9" * 30, "2026-03-14T25:61:61+99:99"]
)  # fmt: skip

names = st.sampled_from(
    ["url", "body", "body_base64", "content_type", "charset", "fetched_at", "http_status", "http_headers", "source", "language", "schema_version", "specversion", "data", "data_base64", "subject", "time", "datacontenttype", "bodyBase64"]
)  # fmt: skip

events = st.dictionaries(names, shapes | odd, max_size=8).map(lambda fields: {"url": URL, "body": "x", **fields})


def check(event: bytes, headers: list[Header]) -> None:
    """Fail unless a record is a page that can be written, or is refused with a short message."""
    try:
        page = RawPage.from_record(event, headers)
    except InvalidEventError as error:
        message = str(error)
    else:
        message = ""
        page.to_json()
        assert all(len(note.detail) <= 200 for note in page.notes)
    assert len(message) < 2000


@given(events)
def test_any_object_is_a_page_or_refused(event: dict[str, Any]) -> None:
    check(json.dumps(event).encode(), [])


@given(
    st.binary(max_size=300) | st.binary(max_size=40).map(gzip.compress) | events.map(lambda e: json.dumps(e).encode("utf-16")),
    st.lists(
        st.tuples(
            st.sampled_from(["content-type", "CE_subject", "ce-time", "ce_httpstatus", "ce_source", "x"]),
            st.none() | st.binary(max_size=30) | st.sampled_from([b"text/html", b"application/json", URL.encode(), b'"']),
        ),
        max_size=5,
    ),
)  # fmt: skip
def test_any_record_is_a_page_or_refused(event: bytes, headers: list[Header]) -> None:
    check(event, headers)
