"""URLs of raw pages: none loses a part of a character, and no note has a password."""

import json
from typing import Any

import pytest

from tests.raw_events import URL, kinds, read, refused, value
from wiredesk_schemas import InvalidEventError, RawPage
from wiredesk_schemas.headers import Header


def test_half_a_character_of_a_url_is_refused_since_another_page_may_have_the_other_half() -> None:
    for half in ("\ud800", "\udfff", "\udce9"):
        for event in (value(url=URL + half), value(URL=half + URL, url=None)):
            assert "url: expected an absolute http or https URL, got half" in refused(event)
        data = {"specversion": "1.0", "data": {"body": "<p>x"}, "subject": URL + half, "source": URL + half}
        assert "url: " in refused(json.dumps(data).encode())
        with pytest.raises(InvalidEventError, match="url: "):
            RawPage.from_object({"url": URL + half, "body": "x"})
    assert read(value(url=URL + "\ud83d\ude00")).url == URL + "😀"


@pytest.mark.parametrize("url", [f"\ufeff{URL}", f"{URL}\u200b ", f"b'{URL}'", f" <{URL}>", f'"{URL}"'])
def test_what_lists_and_programs_leave_around_a_url_is_removed_with_a_note(url: str) -> None:
    page = read(value(url=url))
    assert (page.url, kinds(page)) == (URL, ["field_repaired"])


@pytest.mark.parametrize("fields", [{}, {"body": "x" * 5000}])
def test_bytes_of_a_url_that_are_not_utf_8_are_refused_in_json(fields: dict[str, Any]) -> None:
    event = value(url=URL + "caf*", **fields).replace(b"*", b"\xe9")
    assert "url: expected an absolute http or https URL, got bytes in it that are not UTF-8" in refused(event)
    assert read(value(url=URL, body="caf*").replace(b"*", b"\xe9")).url == URL
    assert read(value(url=URL + "\ufffd")).url == URL + "\ufffd"


def test_bytes_of_a_url_that_are_not_utf_8_are_escaped_in_headers_as_browsers_do() -> None:
    html: Header = ("content-type", b"text/html")
    for name in ("ce_subject", "CE-Subject"):
        pages = [
            read(b"<p>x", html, (name, URL.encode() + tail)) for tail in (b"/caf\xe9", b"/caf\xe8", "/café".encode())
        ]
        assert [page.url for page in pages] == [URL + "/caf%E9", URL + "/caf%E8", URL + "/café"]
        assert [any("percent-encoded" in note.detail for note in page.notes) for page in pages] == [True, True, False]
    page = read(json.dumps({"body": "x"}).encode(), ("ce_subject", URL.encode() + b"/caf\xe9"))
    assert page.url == URL + "/caf%E9"
    page = read(b"<p>x", html, ("ce_source", URL.encode()), ("ce_subject", b"/caf\xe9"))
    assert page.url == "https://news.example/caf%E9"


@pytest.mark.parametrize(
    "url",
    [
        " https://user:hunter2@a.example/",
        "https%3A%2F%2Fuser:hunter2@a.example%2F",
        '"https://user:hunter2@a.example/b c"',
    ],
)
def test_no_note_quotes_a_password(url: str) -> None:
    headers = "Authorization hunter2"
    for page in (RawPage.from_object({"url": url, "body": "x", "http_headers": headers}), read(b"<p>x", ("content-type", b"text/html"), ("CE-SUBJECT", url.encode()))):  # fmt: skip
        assert page.notes
        assert not any("hunter2" in note.detail for note in page.notes)


@pytest.mark.parametrize(
    "form", ["{%s}", "[{%s}]", '{"specversion": "1.0", "subject": "https://x.example/", "data": {%s}}']
)
@pytest.mark.parametrize("name", ["url", "URL", "U-R-L"])
def test_a_url_that_is_given_twice_must_be_the_same(name: str, form: str) -> None:
    one, other = (f'"{name}": "{url}"' for url in (URL, URL + "s"))
    assert "given twice, with different values" in refused((form % f'{one}, "body": "x", {other}').encode())
    assert read((form % f'{one}, "body": "x", {one}').encode()).url == URL


def test_subjects_in_several_spellings_must_be_the_same() -> None:
    html: Header = ("content-type", b"text/html")
    one, other = URL.encode(), b"https://other.example/"
    for name in ("ce_subject", "Ce_Subject"):
        assert read(b"<p>x", html, (name, one), ("CE-Subject", one)).url == URL
        assert "header ce_subject: given twice, with another value" in refused(
            b"<p>x", html, (name, one), ("CE-Subject", other)
        )
    assert read(b"<p>x", html, ("ce_subject", other), ("ce_subject", one)).url == URL


def test_a_url_in_another_spelling_comes_before_the_subject() -> None:
    subject = "https://other.example/"
    for event in (
        {"URL": URL, "body": "x"},
        {"specversion": "1.0", "subject": subject, "data": {"URL": URL, "body": "x"}},
        {"specversion": "1.0", "data": {"URL": URL, "body": "x"}},
    ):
        assert read(json.dumps(event).encode(), ("ce_subject", subject.encode())).url == URL
