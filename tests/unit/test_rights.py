"""Statements of rights together: from everywhere, with the strictest one counting, on every event."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stated_rights import (
    EVERYTHING_BY_AI,
    PST,
    TDM,
    URL,
    ingest,
    restrictions,
    rights_of,
)
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.operations.rights_text import rights_line
from wiredesk.pages.record import FetchedPage
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage, SkippedPage
from wiredesk_schemas.rights import MAX_STATEMENT_CHARACTERS, MAX_STATEMENTS, MAX_VALUES


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta name="copyright" content="Süddeutsche.de GmbH">', "copyright_notice", "Süddeutsche.de GmbH"),
        ('<meta name="copyright" content="著作権 &copy; 産経新聞">', "copyright_notice", "著作権 © 産経新聞"),
        ('<meta name="rights" content="کلیه حقوق محفوظ است">', "usage_terms", ("کلیه حقوق محفوظ است",)),
        ('<meta name="dc.rights" content="All rights reserved">', "usage_terms", ("All rights reserved",)),
        ('<meta property="dcterms:rights" content="/terms">', "usage_terms", ("https://news.example/terms",)),
        ('<meta name="dcterms.rightsHolder" content="Utne">', "copyright_holders", ("Utne",)),
        ('<meta name="dcterms.dateCopyrighted" content="2025">', "copyright_year", 2025),
        ('<link rel="copyright" href="/impressum">', "usage_terms", ("https://news.example/impressum",)),
    ],
)
def test_statements_in_the_head(head: str, field: str, value: Any) -> None:
    assert getattr(rights_of(head), field) == value


def test_texts_in_the_body_are_not_those_of_the_page() -> None:
    assert ingest(body='<div><meta itemprop="license" content="x"></div>').rights is None
    assert rights_of(body='<div><meta itemprop="copyrightHolder" content="Hearst"></div>').copyright_holders == (
        "Hearst",
    )


@pytest.mark.parametrize(
    ("stated", "field", "value"),
    [
        ("Not for use in print", "usage_terms", ("Not for use in print",)),
        ({"usageterms": "No print", "copyrightholder": "AFP"}, "copyright_holders", ("AFP",)),
        ({"rightsinfo": [{"linkedrights": "https://a.example/r"}]}, "usage_terms", ("https://a.example/r",)),
        ({"copyrightHolder": {"@type": "Organization", "name": "AFP"}}, "copyright_holders", ("AFP",)),
        ({"license": {"@type": "CreativeWork", "url": "https://a.example/l"}}, "licenses", ("https://a.example/l",)),
        ({"embargo_note": "until noon"}, "usage_terms", ("until noon",)),
        ({"license": ["https://a.example/1", "CC BY 4.0"]}, "licenses", ("https://a.example/1", "CC BY 4.0")),
        ({"no_ai": True}, "no_ai", True),
        ({"noAI": "no"}, "no_ai", False),
        ({"robots": "noarchive"}, "no_archive", True),
        ({"content_usage": "train-ai=n"}, "no_ai_training", True),
        ({"max_snippet": 80}, "max_snippet", 80),
        ({"unavailable_after": "2030-06-25T23:00:00Z"}, "unavailable_after", PST),
        ({"copyright_year": 2026}, "copyright_year", 2026),
        ([{"credit": "dpa"}, "No print"], "credit_text", "dpa"),
        ('{"no_ai": true}', "no_ai", True),
    ],
)
def test_what_a_publisher_states(stated: Any, field: str, value: Any) -> None:
    assert getattr(rights_of(rights=stated), field) == value
    assert all(one.source.startswith("publisher:") for one in rights_of(rights=stated).statements)


def test_both_content_modes_carry_what_a_publisher_and_a_response_state() -> None:
    page = FetchedPage(
        URL, b"<p>Text</p>", "text/html", headers={"tdm-reservation": "1"}, rights={"usage_terms": "kein Druck – ok"}
    )
    by_mode = [Ingest()(RawPage.from_record(*page.record(binary=binary))) for binary in (False, True)]
    assert by_mode[0].rights == by_mode[1].rights
    assert by_mode[0].rights is not None
    assert (by_mode[0].rights.tdm_reserved, by_mode[0].rights.usage_terms) == (True, ("kein Druck – ok",))
    as_text = FetchedPage(URL, b"<p>Text</p>", "text/html", rights="No print").record(binary=True)
    assert rights_line(Ingest()(RawPage.from_record(*as_text)).rights) == "terms No print"


def test_of_contradictions_the_most_restrictive_counts_and_the_field_is_named() -> None:
    rights = rights_of(
        '<meta name="tdm-reservation" content="0"><meta name="robots" content="index, noindex">'
        '<link rel="license" href="https://a.example/1">',
        headers={"tdm-reservation": "1", "content-usage": "train-ai=y", "link": "<https://a.example/2>; rel=license"},
    )
    assert restrictions(rights) == {"tdm_reserved": True, "no_index": True, "no_ai_training": False}
    assert rights.conflicts == ("tdm_reserved", "no_index")
    assert set(rights.licenses) == {"https://a.example/1", "https://a.example/2"}


def test_a_page_that_states_nothing_has_no_rights() -> None:
    assert ingest('<meta name="description" content="All rights reserved. Copyright, license">').rights is None


def test_a_page_of_text_has_the_rights_of_its_event_and_headers_alone() -> None:
    text = '<meta name="robots" content="noindex"> was the example.'
    assert ingest(body=text, content_type="text/plain").rights is None
    assert rights_of(body=text, content_type="text/plain", headers={"x-robots-tag": "noai"}).no_ai is True


def test_a_page_of_an_error_keeps_what_its_response_states() -> None:
    page = ingest(TDM, headers={"x-robots-tag": "noai"}, http_status=404)
    assert isinstance(page, SkippedPage)
    assert page.rights is not None
    assert restrictions(page.rights) == EVERYTHING_BY_AI


def test_rights_travel_to_the_article_and_to_the_skipped_page() -> None:
    extractor = Extractor()
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    story = "<h1>The harbour</h1>" + "".join(
        f"<p>On {day} the harbour of the town was closed after another storm, the council said.</p>" for day in days
    )
    page = ingest(TDM, story)
    assert isinstance(page, AcceptedPage)
    article = extractor(page)
    assert isinstance(article, CleanedArticle)
    assert article.rights == page.rights
    assert article.rights is not None
    assert rights_line(article.rights) == "tdm reserved"
    short = ingest(TDM, "<p>Gone.</p>")
    assert isinstance(short, AcceptedPage)
    assert extractor(short).rights == short.rights


def test_headers_that_matter_travel() -> None:
    headers = {
        "ETag": '"x"',
        "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT",
        "Set-Cookie": "secret",
        "X-Robots-Tag": "a",
    }
    page = ingest(headers={**headers, "Link": "x" * 3000, "Vary": "a\r\nb"})
    assert isinstance(page, AcceptedPage)
    expected = {"etag": '"x"', "last-modified": headers["Last-Modified"], "x-robots-tag": "a"}
    assert {name: value for name, value in page.http_headers.items() if name != "vary"} == expected
    assert not set("\r\n") & set(page.http_headers["vary"])


def test_a_hostile_page_does_not_make_later_events_large() -> None:
    metas = "".join(f'<meta name="dc.rights" content="{n} {"x" * 3000}">' for n in range(500))
    links = "".join(f'<link rel="license" href="/{n}">' for n in range(500))
    rights = rights_of(metas + links + TDM, rights={f"terms{n}": "y" * 900 for n in range(500)})
    assert rights.tdm_reserved is True
    assert len(rights.statements) <= MAX_STATEMENTS
    assert len(rights.licenses) == len(rights.usage_terms) == MAX_VALUES
    assert max(len(one.value) for one in rights.statements) <= MAX_STATEMENT_CHARACTERS


_PIECES = st.sampled_from(
    [
        "unavailable_after:",
        "max-snippet:",
        "googlebot:",
        "noai",
        "tdm",
        "=",
        ",",
        ";",
        "<",
        ">",
        '"',
        "2030-",
        "n",
        "\x00",
    ]
)

_TEXTS = st.lists(_PIECES | st.text(max_size=5), max_size=40).map("".join)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS | st.sampled_from(
        ["license", "copyrightHolder", "@graph", "@id", "name", "robots", "tdmrep", "location", "robots_txt", "expires"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_TEXTS, _TEXTS, _JSON)
def test_no_statement_makes_ingest_fail(text: str, header: str, value: Any) -> None:
    names = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal", "link")
    head = "".join(f"<meta name='{name}' content='{text}'>" for name in ("robots", *names, "copyright", "dc.rights"))
    stated = value if isinstance(value, str | dict | list) else None
    with suppress(RejectedError):  # too many control characters
        ingest(
            f"{head}<link rel=license href='{text}'><script type=application/rsl+xml><prohibits>{text}</script>"
            f'<script type="application/ld+json">{json.dumps(value)}</script>',
            f"<p>Text</p><a rel=license href='{text}'>",
            dict.fromkeys(names, header),
            stated,
        ).to_json()


def test_a_restriction_within_objects_counts() -> None:
    assert rights_of(rights={"info": [{"terms": {"machine": {"no_ai": True}}}]}).no_ai is True
