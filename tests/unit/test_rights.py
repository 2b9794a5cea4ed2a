"""What pages, responses and publishers state about rights, and what ingest makes of it."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.rights.dates import read_date
from wiredesk.ingest.rights.locations import matches
from wiredesk.ingest.settings import IngestSettings
from wiredesk.operations.rights_text import rights_line
from wiredesk.pages.record import FetchedPage
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import AcceptedPage, CleanedArticle, IngestNoteKind, RawPage, Rights, SkippedPage, SkipReason
from wiredesk_schemas.rights import MAX_STATEMENT_CHARACTERS, MAX_STATEMENTS, MAX_VALUES

URL = "https://news.example/2026/a?page=2"
FETCHED = "2026-05-01T12:00:00Z"


def ingest(
    head: str = "",
    body: str = "<p>Text</p>",
    headers: dict[str, str] | None = None,
    rights: Any = None,
    *,
    content_type: str = "text/html",
    policy: str = "record",
    agents: str = "",
    **fields: Any,
) -> AcceptedPage | SkippedPage:
    text = f"<html><head>{head}</head><body>{body}</body></html>" if content_type == "text/html" else body
    event = {"url": URL, "body": text, "content_type": content_type, "fetched_at": FETCHED, "http_headers": headers}
    page = RawPage.from_object({**event, "rights": rights, **fields})
    return Ingest(IngestSettings(rights_policy=policy, rights_agents=agents))(page)


def rights_of(*stated: Any, **fields: Any) -> Rights:
    rights = ingest(*stated, **fields).rights
    assert rights is not None
    return rights


def restrictions(rights: Rights) -> dict[str, bool]:
    return {name: value for name, value in rights if isinstance(value, bool)}


def json_ld(*nodes: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes[0] if len(nodes) == 1 else list(nodes))}</script>'


EVERYTHING_BY_AI = {"no_ai": True, "no_ai_training": True, "no_ai_input": True}


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


PST = datetime(2030, 6, 25, 23, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("0", False), ("true", True), ("1, 1", True), ("0, 1", True), (" 1 ", True), ("2", None), ("", None)],
)
def test_a_reservation_of_text_and_data_mining(value: str, expected: bool | None) -> None:  # noqa: FBT001 - a value of the table
    for page in (
        ingest(f'<meta name="tdm-reservation" content="{value}">'),
        ingest(f'<meta property="TDM-Reservation" content="{value}">'),
        ingest(headers={"TDM-Reservation": value}),
        ingest(rights={"tdm_reservation": value}),
        ingest(rights={"tdmReservation": value}),
    ):
        assert (page.rights.tdm_reserved if page.rights else None) is expected
        assert bool(page.ingest_notes) is (value == "2")


def test_a_policy_has_an_absolute_address_without_credentials() -> None:
    rights = rights_of('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/tdm.json">')
    assert (rights.tdm_policy, rights.statements[1].value) == ("https://news.example/tdm.json", "/tdm.json")
    assert rights_of(headers={"tdm-policy": "https://me:secret@a.example/p"}).tdm_policy == "https://a.example/p"
    assert rights_of(headers={"tdm-policy": "javascript:alert(1)"}).tdm_policy is None


RULES = [
    {"location": "/open/*", "tdm-reservation": 0},
    {"location": "/2026/", "tdm-reservation": 1, "tdm-policy": "https://news.example/p"},
    {"location": "/", "tdm-reservation": 0},
]


@pytest.mark.parametrize("stated", [RULES, json.dumps(RULES)])
@pytest.mark.parametrize("name", ["tdmrep", "well_known", "tdmrep.json"])
def test_the_file_of_a_site(stated: Any, name: str) -> None:
    rights = rights_of(rights={name: stated})
    assert (rights.tdm_reserved, rights.tdm_policy) == (True, "https://news.example/p")
    assert {one.source for one in rights.statements} == {"well_known:tdmrep.json"}


@pytest.mark.parametrize("content", ["<html>Not found</html>", "{", ["/"]])
def test_a_file_that_is_none_is_noted(content: Any) -> None:
    page = ingest(rights={"tdmrep": content})
    assert page.rights is None
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.RIGHTS_NOT_READ]


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("/", "/a", True),
        ("*", "/a", True),
        ("/a", "/a/b", True),
        ("/a", "/b", False),
        ("a/", "/a/b", True),
        ("/*.pdf", "/a/b.pdf?x", True),
        ("/*.pdf$", "/a/b.pdf?x", False),
        ("/*.pdf$", "/a/b.pdf", True),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c", "/a1c2b3", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/ab*b$", "/ab", False),
        ("*" * 2000, "/a", True),
        ("/" + "a*" * 900, "/" + "a" * 400, True),
    ],
)
def test_locations(pattern: str, path: str, is_match: bool) -> None:  # noqa: FBT001 - a value of the table
    assert matches(pattern, path) is is_match


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("train-ai=n", {"no_ai_training": True}),
        ("train-ai=n, search=y", {"no_ai_training": True, "no_index": False}),
        ("train-ai=n, ai-use=n", EVERYTHING_BY_AI),
        ("ai-train=no, search=yes, ai-input=yes", {"no_ai_training": True, "no_index": False, "no_ai_input": False}),
        ("bots=n", {"tdm_reserved": True, **EVERYTHING_BY_AI}),
        ("bots=n, ai-use=y", {"tdm_reserved": True, "no_ai_training": True, "no_ai_input": False}),
        ("genai=n", {"no_ai_training": True}),
        ("train-ai=?0", {"no_ai_training": True}),
        ("search=n", {"no_index": True}),
        ("train-ai=maybe", {}),
        ("train-ai=y;exact, train-ai=n", {"no_ai_training": True}),
        ("use=reference", {}),
    ],
)
@pytest.mark.parametrize("header", ["Content-Usage", "Content-Signal"])
def test_preferences(value: str, expected: dict[str, bool], header: str) -> None:
    rights = rights_of(headers={header: value})
    assert restrictions(rights) == expected
    assert rights.statements[0].source == f"header:{header.lower()}"


ROBOTS_TXT = """
License: https://news.example/license.xml   # RSL
User-agent: otherbot
User-agent: courierbot
Content-Usage: search=n
User-agent: *
Allow: /
Content-Signal: search=yes, ai-train=no
Content-Usage: /2026/ ai-use=n
Content-Usage: /2025/ search=n
"""


def test_rules_of_a_robots_txt_that_state_rights() -> None:
    rights = rights_of(rights={"robots_txt": ROBOTS_TXT})
    assert rights.rsl == ("https://news.example/license.xml",)
    assert restrictions(rights) == {**EVERYTHING_BY_AI, "no_index": False}
    assert rights_of(rights={"robots.txt": ROBOTS_TXT}, agents="courierbot").no_index is True


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED", {"tdm_reserved": True, **EVERYTHING_BY_AI}),
        ("DMI-PROHIBITED-GENAIMLTRAINING", {"no_ai_training": True}),
        ("DMI-UNSPECIFIED", {}),
    ],
)
def test_the_data_mining_property(code: str, expected: dict[str, bool]) -> None:
    assert restrictions(rights_of(f'<meta name="plus:DataMining" content="{code}">')) == expected


LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("head", "body", "headers", "source"),
    [
        (f'<link rel="license" href="{LICENCE}">', "", None, "link:license"),
        (f"<link href={LICENCE} rel='License'>", "", None, "link:license"),
        (f'<link rel="cc:license" href="{LICENCE}">', "", None, "link:cc:license"),
        (f'<meta name="dcterms.license" content="{LICENCE}">', "", None, "meta:dcterms.license"),
        (f'<meta name="DC.Rights.License" content="{LICENCE}">', "", None, "meta:dc.rights.license"),
        ("", f'<p>Under <a class="x" rel="noopener license" href="{LICENCE}">CC BY</a></p>', None, "a:license"),
        ("", f"<A href='{LICENCE}' REL=license>CC BY</A>", None, "a:license"),
        ("", "", {"Link": f'</a>; rel=next, <{LICENCE}>; rel="license"'}, "header:link"),
        (json_ld({"@type": "NewsArticle", "license": LICENCE}), "", None, "json_ld:license"),
        (
            json_ld({"@type": "NewsArticle", "license": {"@type": "CreativeWork", "url": LICENCE}}),
            "",
            None,
            "json_ld:license",
        ),
        (json_ld({"@type": "schema:Article", "schema:license": [LICENCE]}), "", None, "json_ld:license"),
    ],
)
def test_licences(head: str, body: str, headers: dict[str, str] | None, source: str) -> None:
    rights = rights_of(head, body or "<p>Text</p>", headers)
    assert rights.licenses == (LICENCE,)
    assert [one.source for one in rights.statements] == [source]


@pytest.mark.parametrize("before", ["", "<head></head>", "<body>", "<title>A</title><p>x", "<head><div>x</div>"])
def test_a_licence_of_the_body_is_found_wherever_the_body_begins(before: str) -> None:
    page = RawPage(url=URL, content_type="text/html", body=f"{before}<a rel=license href={LICENCE}>CC BY</a>")
    rights = Ingest(IngestSettings())(page).rights
    assert rights is not None
    assert rights.licenses == (LICENCE,)


def test_the_name_of_a_meta_may_come_last_and_second() -> None:
    head = '<meta property="x" content="noai" name="robots"><meta content="1" data-name="x" name="tdm-reservation">'
    assert [one.source for one in rights_of(head).statements] == ["meta:robots", "meta:tdm-reservation"]


def test_a_relative_licence_starts_from_the_base_of_the_page() -> None:
    assert rights_of('<base href="/x/"><link rel="license" href="terms">').licenses == ("https://news.example/x/terms",)


@pytest.mark.parametrize(
    "link",
    ['<link rel="stylesheet" href="/license.css">', '<link rel="alternate" href="/rights">', '<a href="/license">'],
)
def test_links_that_are_no_licences(link: str) -> None:
    assert ingest(link, link).rights is None


RSL = """<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license><prohibits type="usage">ai-train</prohibits>
<permits type="usage">search</permits><prohibits type="geo">all</prohibits></license></content></rsl>"""


def test_really_simple_licensing() -> None:
    link = '<link rel="license" type="application/rsl+xml" href="/license.xml">'
    rights = rights_of(f'{link}<script type="application/rsl+xml">{RSL}</script>')
    assert (rights.rsl, rights.licenses) == (("https://news.example/license.xml",), ())
    assert restrictions(rights) == {"no_ai_training": True}
    assert [one.value for one in rights.statements] == ["/license.xml", "prohibits: ai-train", "permits: search"]
    header = {"link": '<https://news.example/l.xml>; rel="license"; type="application/rsl+xml"'}
    assert rights_of(headers=header).rsl == ("https://news.example/l.xml",)


def test_properties_of_schema_org() -> None:
    story = {
        "@type": ["NewsArticle"],
        "copyrightHolder": {"@id": "#org"},
        "copyrightYear": "2026",
        "copyrightNotice": "&copy; 2026 Kurier — alle Rechte vorbehalten",
        "usageInfo": "/usage",
        "acquireLicensePage": "https://news.example/buy",
        "creditText": "Kurier/APA",
        "publisher": {"@id": "#org", "@type": "Organization", "name": "Kurier"},
    }
    rights = rights_of(json_ld({"@graph": [{"@type": "WebPage"}, story]}))
    assert rights.copyright_holders == ("Kurier",)
    assert (rights.copyright_year, rights.copyright_notice) == (2026, "© 2026 Kurier — alle Rechte vorbehalten")
    assert rights.usage_terms == ("https://news.example/usage",)
    assert (rights.acquire_license, rights.credit_text) == ("https://news.example/buy", "Kurier/APA")


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "ImageObject", "copyrightHolder": {"name": "AFP"}},
        {"@type": "NewsArticle", "image": {"@type": "ImageObject", "license": LICENCE, "creditText": "dpa"}},
        {"@type": "NewsArticle", "hasPart": [{"@type": "NewsArticle", "license": LICENCE}]},
        {"@type": "NewsArticle", "copyrightHolder": {"@id": "#nobody"}},
    ],
)
def test_rights_of_pictures_and_of_other_stories_are_not_those_of_the_page(node: dict[str, Any]) -> None:
    assert ingest(json_ld(node)).rights is None
    picture = '<figure><span itemprop="copyrightHolder">AFP</span></figure>'
    assert ingest(json_ld(node), picture).rights is None


@pytest.mark.parametrize(
    "script",
    [
        f'{{"license": "{LICENCE}",}}',
        f'<![CDATA[{{"license": "{LICENCE}"}}]]>',
        f'/* x */ {{"license": "{LICENCE}"}} // y',
        f'\ufeff{{"license": "{LICENCE}"}}',
        f'{{"@type": "WebSite"}}\n{{"license": "{LICENCE}"}}',
        f'{{"wordCount": NaN, "license": "{LICENCE}"}}',
        f'{{"headline": "The\npier", "license": "{LICENCE}"}}',
        f"{{&quot;license&quot;: &quot;{LICENCE}&quot;}}",
        f"{{'license': '{LICENCE}'}};",
        f'{{"headline": "The "old" pier", "license": "{LICENCE}"}}',
    ],
)
@pytest.mark.parametrize("kind", ["application/ld+json", "application/ld+json; charset=utf-8", "application/json+ld"])
def test_faulty_json_ld_is_mended(script: str, kind: str) -> None:
    page = ingest(f'<script type="{kind}">{script}</script>')
    assert page.rights is not None
    assert (page.rights.licenses, page.ingest_notes) == ((LICENCE,), ())


def test_json_ld_that_cannot_be_read_is_noted() -> None:
    page = ingest('<script type="application/ld+json">license: none</script>')
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.RIGHTS_NOT_READ]
    assert not ingest('<script type="application/ld+json">headline</script>').ingest_notes


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


TDM = '<meta name="tdm-reservation" content="1">'


@pytest.mark.parametrize(
    ("policy", "head", "detail"),
    [
        ("tdm", TDM, "tdm: meta:tdm-reservation states '1'"),
        ("noindex, TDM", TDM, "tdm: meta:tdm-reservation states '1'"),
        ("noai", '<meta name="robots" content="noai">', "noai: meta:robots states 'noai'"),
        ("noai-training", '<meta name="robots" content="noai">', "noai-training: meta:robots states 'noai'"),
        ("noarchive", '<meta name="robots" content="noarchive">', "noarchive: meta:robots states 'noarchive'"),
        (
            "unavailable-after",
            '<meta name="robots" content="unavailable_after: 2026-04-30">',
            "unavailable-after: meta:robots states 'unavailable_after: 2026-04-30'",
        ),
    ],
)
def test_a_policy_skips_what_is_reserved(policy: str, head: str, detail: str) -> None:
    page = ingest(head, "<p>The secret of the harbour</p>", policy=policy)
    assert isinstance(page, SkippedPage)
    assert (page.reason, page.detail, page.stage) == (SkipReason.RIGHTS_RESERVED, detail, "ingest")
    assert page.rights is not None
    assert "harbour" not in page.model_dump_json()
    assert isinstance(ingest(head), AcceptedPage)


@pytest.mark.parametrize(
    ("policy", "head"),
    [
        ("noai,noindex,noarchive,nosnippet,noai-input,noai-training,unavailable-after", TDM),
        ("tdm", '<meta name="tdm-reservation" content="0">'),
        ("noindex", '<meta name="googlebot" content="noindex">'),
        ("unavailable-after", '<meta name="robots" content="unavailable_after: 2026-05-02">'),
        ("tdm,noai", ""),
    ],
)
def test_a_policy_skips_nothing_else(policy: str, head: str) -> None:
    assert isinstance(ingest(head, policy=policy), AcceptedPage)


def test_without_a_time_of_the_fetch_no_page_is_skipped_by_its_end() -> None:
    head = '<meta name="robots" content="unavailable_after: 2001-01-01">'
    assert isinstance(ingest(head, policy="unavailable-after", fetched_at=None), AcceptedPage)


@pytest.mark.parametrize("policy", ["tmd", "record,tdm", "tdm;noai", "noai,,tdm", "skip"])
def test_a_mistyped_policy_is_refused(policy: str) -> None:
    with pytest.raises(ValidationError, match="is no restriction: expected record alone, or some of tdm, noai"):
        IngestSettings(rights_policy=policy)


def test_the_same_event_and_settings_give_the_same_output() -> None:
    assert ingest(TDM, policy="tdm") == ingest(TDM, policy="tdm")
    ids = {ingest(TDM, policy=policy).event_id for policy in ("record", "tdm", "tdm,noai")}
    assert len(ids) == 3  # other settings, other outcome, other id
    assert ingest(policy="tdm").event_id == ingest().event_id
    assert ingest(agents="a").event_id != ingest().event_id


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
