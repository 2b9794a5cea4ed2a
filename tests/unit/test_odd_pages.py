"""What pages, archives and events of odd clients are read as."""

import json

import pytest

from tests.support import SAMPLES
from wiredesk.cli import app
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.urls.identity import StatedUrls, identify
from wiredesk.pages.files import find_files
from wiredesk.runtime.errors import UsageError
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage
from wiredesk_schemas.http_response import parse_response


def text(body: bytes, content_type: str = "text/html") -> str:
    page = Ingest()(RawPage(url="https://n.example/a", body_base64=body, content_type=content_type))
    assert isinstance(page, AcceptedPage)
    return page.body


@pytest.mark.parametrize(
    "body",
    [
        b"<p>hello\xa0world",
        b"<p>2\xa0000\xa0000",
        b"<p>un \xe9t\xe9\xa0: fin",
        b"<p>de\xa0la caf\xe9",
        b"<p>word\x97word and\x97more",
        b"<p>a\xadb c\xadd",
        b"<p>Home\xa0|\xa0News",
    ],
)
def test_western_pages_with_spaces_and_dashes_are_windows_1252(body: bytes) -> None:
    assert text(body) == body.decode("cp1252")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_mark_of_utf_16_wins_before_east_asian_text(codec: str) -> None:
    for page in ("<p>" + "港の新しい橋が月曜日に開通した。" * 30, "港口的新桥星期一通车。" * 30):
        assert text(("\ufeff" + page).encode(codec)) == page
    assert "hello" in text(b"\xff\xfe<p>hello hello")


@pytest.mark.parametrize("status", ["5 redirects", "3 of 5 tries", "1 second"])
def test_texts_that_begin_with_a_number_are_no_status(status: str) -> None:
    with pytest.raises(InvalidEventError, match="http_status"):
        RawPage.from_record(json.dumps({"url": "https://n.example/a", "body": "x", "http_status": status}).encode(), ())


def test_times_of_archives_may_be_numbers() -> None:
    event = {"url": "https://n.example/a", "body": "x", "fetched_at": 20240601120000}
    fetched = RawPage.from_record(json.dumps(event).encode(), ()).fetched
    assert fetched is not None
    assert fetched.isoformat() == "2024-06-01T12:00:00+00:00"


def test_an_empty_path_is_not_the_current_folder() -> None:
    with pytest.raises(UsageError, match="no such file"):
        find_files([""])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--url", "ftp://n.example/a"], "--url 'ftp://n.example/a': a page has an http or https URL"),
        (["--url", "https://n.example/a", "--base-url", "https://n.example/"], "give one of them"),
    ],
)
def test_a_url_that_no_page_has_is_wrong_usage(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.run(["publish", str(SAMPLES / "pages" / "index.html"), *arguments]) == 2
    assert line in " ".join(capsys.readouterr().err.split())


def test_a_reservation_may_have_a_mark_before_it() -> None:
    event = {"url": "https://n.example/a", "body": "<p>Story", "http_status": 200}
    event["rights"] = {"tdmrep": '\ufeff[{"location": "/", "tdm-reservation": 1}]'}
    page = Ingest()(RawPage.from_record(json.dumps(event).encode(), ()))
    assert page.rights is not None
    assert page.rights.tdm_reserved


def test_blank_lines_before_a_head_are_passed_over() -> None:
    response = parse_response(b"\r\nHTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone")
    assert (response.status, response.body) == (404, b"<p>gone")


@pytest.mark.parametrize(
    ("fetched", "declared", "is_believed"),
    [
        ("/covid19/masks-in-schools-from-monday", "/covid19/vaccine-for-children-is-here", False),
        ("/u/user12345/first-post-here-now", "/u/user12345/other-text-there-then", False),
        ("/article/4812345/old-words-of-it", "/article/4812345/changed-headline-later", True),
        ("/sport/bridge-is-open-4812345", "/news/bridge-opens-again-4812345", True),
    ],
)
def test_an_id_above_both_stories_proves_nothing(fetched: str, declared: str, *, is_believed: bool) -> None:
    url = "https://n.example" + fetched
    link = f'<https://n.example{declared}>; rel="canonical"'
    found = identify(StatedUrls(url, url, None, link, None))
    assert (found.url == "https://n.example" + declared) is is_believed
