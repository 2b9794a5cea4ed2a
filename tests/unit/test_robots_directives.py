"""Directives for robots, in headers and in the page."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stated_rights import EVERYTHING_BY_AI, PST, URL, ingest, restrictions, rights_of
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.rights.dates import read_date
from wiredesk.pages.record import FetchedPage
from wiredesk_schemas import AcceptedPage, IngestNoteKind, RawPage
from wiredesk_schemas.http_response import parse_response


@pytest.mark.parametrize(
    ("directives", "expected"),
    [
        ("noindex", {"no_index": True}),
        ("none", {"no_index": True}),
        ("all", {"no_index": False}),
        ("index, follow, max-snippet:-1, max-image-preview:large", {"no_index": False, "no_snippet": False}),
        ("NOINDEX,NOFOLLOW", {"no_index": True}),
        ("noindex nofollow noarchive", {"no_index": True, "no_archive": True}),
        ("noindex;noarchive", {"no_index": True, "no_archive": True}),
        ("nocache", {"no_archive": True}),
        ("nosnippet", {"no_snippet": True}),
        ("max-snippet:0", {"no_snippet": True}),
        ("noimageindex, notranslate", {"no_image_index": True, "no_translate": True}),
        ("noai", EVERYTHING_BY_AI),
        ("noml", EVERYTHING_BY_AI),
        ("noimageai", {"no_image_ai": True}),
        ("max-image-preview:none, max-video-preview: none", {}),
        ("nofollow, noodp, noydir", {}),
        ("“noindex”", {"no_index": True}),
    ],
)
def test_directives_for_robots(directives: str, expected: dict[str, bool]) -> None:
    by_meta = rights_of(f'<meta name="robots" content="{directives}">')
    by_header = rights_of(headers={"X-Robots-Tag": directives})
    assert restrictions(by_meta) == restrictions(by_header) == expected
    assert [(one.source, one.value) for one in by_meta.statements] == [("meta:robots", directives)]
    assert [(one.source, one.value) for one in by_header.statements] == [("header:x-robots-tag", directives)]


@pytest.mark.parametrize(("directives", "limit"), [("max-snippet: 160", 160), ("max-snippet=20, max-snippet:50", 20)])
def test_the_length_of_an_excerpt(directives: str, limit: int) -> None:
    assert rights_of(f'<meta name="robots" content="{directives}">').max_snippet == limit


@pytest.mark.parametrize("directives", ["max-snippet:-1", "max-snippet:many", "max-snippet:"])
def test_an_excerpt_without_a_limit(directives: str) -> None:
    assert rights_of(f'<meta name="robots" content="{directives}">').max_snippet is None


@pytest.mark.parametrize(
    ("header", "restricted", "agents"),
    [
        ("googlebot: noindex", {}, ["googlebot"]),
        ("googlebot: noindex, otherbot: noai, nofollow", {}, ["googlebot", "otherbot"]),
        ("noarchive, googlebot: noindex", {"no_archive": True}, [None, "googlebot"]),
        ("*: noindex", {"no_index": True}, [None]),
        ("robots: noindex", {"no_index": True}, [None]),
        ("max-snippet: 0, noai", {"no_snippet": True, **EVERYTHING_BY_AI}, [None]),
        ("crawl-delay: 10, noindex", {"no_index": True}, [None]),
        ("unavailable_after: Saturday, 25-Jun-2030 15:00:00 PST, noai", EVERYTHING_BY_AI, [None]),
    ],
)
def test_directives_that_are_addressed_to_a_robot(
    header: str, restricted: dict[str, bool], agents: list[str | None]
) -> None:
    rights = rights_of(headers={"x-robots-tag": header})
    assert restrictions(rights) == restricted
    assert [one.agent for one in rights.statements] == agents


def test_statements_to_a_robot_of_the_settings_count() -> None:
    head, headers = '<meta name="CourierBot" content="noai">', {"x-robots-tag": "courierbot: noindex"}
    rights = rights_of(head, headers=headers, agents="CourierBot, other")
    assert restrictions(rights) == {"no_index": True, **EVERYTHING_BY_AI}
    assert restrictions(rights_of(head, headers=headers)) == {}
    assert restrictions(rights_of('<meta name="GPTBot" content="noindex">')) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Saturday, 25-Jun-2030 15:00:00 PST", PST),
        ("25 Jun 2030 15:00:00 PST", PST),
        ("25-Jun-30 15:00 PST", PST),
        ("Tue, 25 Jun 2030 23:00:00 GMT", PST),
        ("2030-06-25T15:00:00-08:00", PST),
        ("2030-06-26T01:00:00+02", PST),
        ("2030-06-25t23:00:00.000z", PST),
        ("2030-06-25 23:00", PST),
        ("20300625T230000Z", PST),
        ("June 25, 2030 3:00 PM PST", PST),
        ("Tue Jun 25 23:00:00 2030", PST),
        ("1908658800", PST),
        ("2030-06-25", datetime(2030, 6, 25, tzinfo=UTC)),
        ("2030/06/25", datetime(2030, 6, 25, tzinfo=UTC)),
        ("25.06.2030", datetime(2030, 6, 25, tzinfo=UTC)),
        ("25/06/2030", datetime(2030, 6, 25, tzinfo=UTC)),
        ("06/25/2030 3:00 PM PST", PST),
        ("25-06-2030 15:00 PST", PST),
        ("1st July 2030", datetime(2030, 7, 1, tzinfo=UTC)),
        ("2030-02-31", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("12.5.30", None),
        ("never", None),
        ("", None),
    ],
)
def test_dates_of_an_end(text: str, expected: datetime | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "date", ["Saturday, 25-Jun-2030 15:00:00 PST", "June 25, 2030 3:00 PM PST", "2030-06-25T23:00Z"]
)
def test_an_end_among_directives(date: str) -> None:
    rights = rights_of(f'<meta name="robots" content="noarchive, unavailable_after: {date}, noimageai">')
    assert rights.unavailable_after == PST
    assert restrictions(rights) == {"no_archive": True, "no_image_ai": True}


def test_of_several_ends_the_earliest_counts() -> None:
    head = '<meta name="robots" content="unavailable_after: 2031-01-01">'
    assert rights_of(head, headers={"x-robots-tag": "unavailable_after: 2030-06-25T23:00Z"}).unavailable_after == PST


def test_an_end_that_is_no_date_is_noted() -> None:
    page = ingest('<meta name="robots" content="unavailable_after: soon, noindex">')
    assert page.rights is not None
    assert (page.rights.unavailable_after, page.rights.no_index) == (None, True)
    assert [(note.kind, note.detail) for note in page.ingest_notes] == [
        (IngestNoteKind.RIGHTS_NOT_READ, "meta:robots: unavailable_after: soon")
    ]


def test_the_name_of_a_meta_may_come_last_and_second() -> None:
    head = '<meta property="x" content="noai" name="robots"><meta content="1" data-name="x" name="tdm-reservation">'
    assert [one.source for one in rights_of(head).statements] == ["meta:robots", "meta:tdm-reservation"]


LINES = ["googlebot: noindex", "noarchive"]
HEAD = "HTTP/1.1 200 OK\r\n" + "".join(f"X-Robots-Tag: {line}\r\n" for line in LINES)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Robots-Tag": LINES},
        {"X-Robots-Tag": "\n".join(LINES)},
        {"X-Robots-Tag": LINES[0], "x-robots-tag": LINES[1]},
        {" X-Robots-Tag:": LINES},
        {"X_Robots_Tag": LINES},
        [["X-Robots-Tag", line] for line in LINES],
        [{"name": "X-Robots-Tag", "value": line} for line in LINES],
        [part for line in LINES for part in ("X-Robots-Tag", line)],
        [f"X-Robots-Tag: {line}" for line in LINES],
        HEAD,
    ],
)
def test_a_directive_in_a_line_of_its_own_is_for_all_robots(headers: Any) -> None:
    page = ingest(headers=headers)
    assert page.rights is not None
    assert restrictions(page.rights) == {"no_archive": True}
    assert [(one.value, one.agent) for one in page.rights.statements] == [("noindex", "googlebot"), ("noarchive", None)]
    assert isinstance(page, AcceptedPage)
    assert page.http_headers["x-robots-tag"] == "noarchive, googlebot: noindex"  # a name counts for what follows it


def test_lines_that_are_one_name_in_the_json_of_a_client() -> None:
    headers = ", ".join(f'"X-Robots-Tag": "{line}"' for line in LINES)
    event = f'{{"url": "{URL}", "body": "<!doctype html><p>x", "http_headers": {{{headers}}}}}'
    rights = Ingest()(RawPage.from_json(event.encode())).rights
    assert rights is not None
    assert restrictions(rights) == {"no_archive": True}


@pytest.mark.parametrize("binary", [True, False])
def test_lines_of_an_archive_stay_lines(binary: bool) -> None:  # noqa: FBT001 - both modes
    response = parse_response(f"{HEAD}\r\n<p>x".encode())
    page = FetchedPage(URL, response.body, "text/html", headers=response.headers)
    accepted = Ingest()(RawPage.from_record(*page.record(binary=binary)))
    assert accepted.rights is not None
    assert restrictions(accepted.rights) == {"no_archive": True}
    assert accepted.ingest_notes == ()


@pytest.mark.parametrize(
    ("header", "restricted"),
    [
        ("googlebot: noindex, noarchive", {"no_archive": True}),
        ("googlebot: noindex nofollow, max-snippet:0, index", {"no_snippet": True}),
        ("googlebot: unavailable_after: Saturday, 25-Jun-2030 15:00:00 PST, noai", EVERYTHING_BY_AI),
        ("googlebot: noindex, nofollow", {}),
        (["googlebot: noindex, noarchive"], {}),
    ],
)
def test_a_restriction_counts_that_may_be_for_all_robots(header: Any, restricted: dict[str, bool]) -> None:
    """A crawler may have joined lines by commas; a list has them as they were."""
    assert restrictions(rights_of(headers={"X-Robots-Tag": header})) == restricted


@pytest.mark.parametrize("header", ["no-index, no ai", "NO_INDEX; No-AI", "x-robots-tag: noindex, noai"])
def test_spellings_of_directives(header: str) -> None:
    assert restrictions(rights_of(headers={"X-Robots-Tag": header})) == {"no_index": True, **EVERYTHING_BY_AI}


@pytest.mark.parametrize(
    "directive",
    ["max-snippet:abc", "max-snippet:", "max-snippet:-5", "max-image-preview:huge", "max-video-preview:x", "noindx",
     "unavailable_after: soon", "unavailable_after: 2030-13-45", "unavailable_after: 05/06/2030"],
)  # fmt: skip
def test_a_directive_that_is_not_understood_is_noted(directive: str) -> None:
    for page in (
        ingest(f'<meta name="robots" content="noarchive, {directive}">'),
        ingest(headers={"X-Robots-Tag": f"noarchive, {directive}"}),
        ingest(rights={"robots": f"noarchive, {directive}"}),
    ):
        assert page.rights is not None
        assert restrictions(page.rights) == {"no_archive": True}
        assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.RIGHTS_NOT_READ]
        assert page.ingest_notes[0].detail.endswith(directive)


def test_a_restriction_after_a_thousand_others_counts() -> None:
    assert rights_of(headers={"X-Robots-Tag": "nofollow, " * 1000 + "noai"}).no_ai is True
    assert [note.kind for note in ingest(headers={"X-Robots-Tag": "nofollow, " * 9000}).ingest_notes] == [
        IngestNoteKind.RIGHTS_NOT_READ
    ]


@pytest.mark.parametrize("name", ["robots, googlebot", "googlebot robots", "ROBOTS,GPTBot"])
def test_one_element_may_name_several_robots(name: str) -> None:
    rights = rights_of(f'<meta name="{name}" content="noarchive">')
    assert restrictions(rights) == {"no_archive": True}
    assert len(rights.statements) == 2


def test_a_date_in_a_zone_that_is_not_known_is_noted() -> None:
    page = ingest(headers={"X-Robots-Tag": "unavailable_after: 2030-06-25 23:00 XYZ, noarchive"})
    assert page.rights is not None
    assert (page.rights.unavailable_after, page.rights.no_archive) == (PST, True)
    assert [note.detail[-3:] for note in page.ingest_notes] == ["XYZ"]


def test_of_too_many_lines_the_first_ones_count() -> None:
    page = ingest(headers={"X-Robots-Tag": ["noai"] * 5000})
    assert page.rights is not None
    assert restrictions(page.rights) == EVERYTHING_BY_AI
    assert [note.kind for note in page.ingest_notes][1:] == [IngestNoteKind.RIGHTS_NOT_READ]
