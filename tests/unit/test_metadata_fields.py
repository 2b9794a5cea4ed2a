import json
from typing import Any

import pytest

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.metadata.fields import Metadata, read_metadata
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.site_rules import RuleMatches
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, Evidence, RawPage

URL = "https://selby.example/news/2024/pier"
SENTENCE = "The council voted on Tuesday to keep the old pier open, and to repair its deck before the winter. "


def read(head: str = "", body: str = "", url: str = URL) -> Metadata:
    markup = f"<html><head><title>Pier opens</title>{head}</head><body><h1>Pier opens</h1>{body}</body></html>"
    page = Ingest()(RawPage(url=url, body=markup, content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    root = parse_html(page.body)
    assert root is not None
    return read_metadata(page, MetadataSources.from_document(root, url), RuleMatches())


def story(**properties: Any) -> str:
    stated = {"@type": "NewsArticle", "headline": "Pier opens", **properties}
    return f'<script type="application/ld+json">{json.dumps(stated)}</script>'


def script(stated: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(stated)}</script>'


def meta(name: str, *contents: str) -> str:
    return "".join(f'<meta property="{name}" content="{content}">' for content in contents)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        *((story(isAccessibleForFree=no), True) for no in (False, "False", "no", 0, "http://schema.org/False", ["false"], {"@value": "0"})),
        *((story(isAccessibleForFree=yes), False) for yes in (True, "True", "yes", 1, "https://schema.org/True")),
        *((story(isAccessibleForFree=odd), None) for odd in ("", "{{free}}", None, 7)),
        (story(hasPart={"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"}), True),
        (story(hasPart=[{"isAccessibleForFree": True}, {"isAccessibleForFree": "False"}]), True),
        (script({"@graph": [{"@type": "WebPage", "isAccessibleForFree": False}, {"@type": "NewsArticle", "headline": "Pier opens"}]}), True),
        (meta("article:content_tier", "locked"), True),
        (meta("article:content_tier", "metered"), True),
        (meta("article:content_tier", "free"), False),
        (meta("isPremium", "true"), True),
        (meta("paywall", "no"), False),
        (meta("isAccessibleForFree", "false"), True),
        ("", None),
    ],
)  # fmt: skip
def test_paywalls(head: str, *, expected: bool | None) -> None:
    assert read(head).is_paywalled.value is expected


@pytest.mark.parametrize(
    ("last", "wall", "expected"),
    [
        ("The rest was said by the mayor, who…", '<div class="article-paywall">Subscribe to read on.</div>', True),
        ("The rest was said by the mayor, who…", '<div id="reg-wall">Zum Weiterlesen anmelden</div>', True),
        ("The rest was said by the mayor, who…", '<div class="no-paywall">Subscribe to our letter.</div>', None),
        ("The rest was said by the mayor, who…", '<div class="paywall"></div>', None),
        ("The rest was said by the mayor, who…", '<div class="wallpaper">Subscribe to read on.</div>', None),
        ("The rest was said by the mayor.", '<div class="article-paywall">Subscribe to read on.</div>', None),
    ],
)
def test_a_story_that_a_wall_cuts_off_is_for_subscribers(last: str, wall: str, *, expected: bool | None) -> None:
    text = "".join(f"<p>{SENTENCE * 2}{n}.</p>" for n in range(4))
    markup = (
        f"<html><body><article><h1>Pier opens again</h1>{text}<p>{SENTENCE} {last}</p>{wall}</article></body></html>"
    )
    page = Ingest()(RawPage(url=URL, body=markup, content_type="text/html"))
    assert isinstance(page, AcceptedPage)
    event = Extractor()(page)
    assert isinstance(event, CleanedArticle)
    assert event.is_paywalled is expected


@pytest.mark.parametrize(
    "head",
    [
        story(keywords=["ferries", "ports"]),
        story(keywords="ferries, ports"),
        story(keywords="ferries; ports"),
        story(keywords=["ferries, ports"]),
        story(keywords=[{"@type": "DefinedTerm", "name": "ferries"}, "ports", "", None, "Ports"]),
        story(keywords="#ferries، ports"),
        meta("news_keywords", "ferries,ports"),
        meta("article:tag", "ferries", "ports"),
        meta("keywords", "{{keywords}}") + meta("parsely-tags", "ferries,ports"),
    ],
)
def test_keywords_in_every_shape(head: str) -> None:
    assert read(head).keywords.value == ("ferries", "ports")


def test_a_tag_may_have_a_comma() -> None:
    assert read(meta("article:tag", "Paris, Texas", "films")).keywords.value == ("Paris, Texas", "films")
    assert read(body="<a rel=tag href=/t/1>ferries</a><a rel=tag href=/t/2>ports</a>").keywords.value == (
        "ferries",
        "ports",
    )


PHOTO = "https://selby.example/p.jpg"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("og:image", "/p.jpg", "/q.jpg"), ""),
        (meta("og:image", "data:image/gif;base64,R0lGOD") + meta("twitter:image:src", PHOTO), ""),
        (meta("og:image", "/static/site-logo.png") + story(image=PHOTO), ""),
        (meta("og:image", "/static/og-default.png", "/p.jpg"), ""),
        (story(image=[{"@type": "ImageObject", "contentUrl": "/p.jpg", "name": "A pier"}, "/q.jpg"]), ""),
        (script({"@graph": [{"@type": "NewsArticle", "headline": "Pier opens", "image": {"@id": "#i"}}, {"@id": "#i", "@type": "ImageObject", "url": PHOTO}]}), ""),
        (story(thumbnailUrl=PHOTO), ""),
        ("<link rel=image_src href=/p.jpg>", ""),
        ("", "<article><img src=/icon.png><figure><img width=1 src=/x.gif><img src='data:image/gif;base64,x' data-src=/p.jpg></figure></article>"),
        ("", "<article><figure><img srcset='/s.jpg 320w, /p.jpg 1200w' src=/t.jpg></figure></article>"),
    ],
)  # fmt: skip
def test_the_lead_image_is_the_storys(head: str, body: str) -> None:
    assert read(head, body).lead_image.value == PHOTO


def test_a_logo_counts_if_the_story_may_be_about_it() -> None:
    about = "https://selby.example/new-logo-of-the-ferries.jpg"
    assert read(meta("og:image", about)).lead_image.value == about
    assert read(meta("og:image", "/img/logo.png")).lead_image.value is None
    assert read(meta("og:image", "/logo.svg")).lead_image.value is None


@pytest.mark.parametrize(
    "head",
    [
        story(publisher="Selby Courier"),
        story(publisher=[{"@type": "Organization", "name": "Selby Courier"}]),
        story(publisher={"@type": "Organization", "url": "https://selby.example"})
        + meta("og:site_name", "Selby Courier"),
        story(publisher={"name": "Selby Courier Media Ltd"}) + meta("og:site_name", "Selby Courier"),
        story(publisher={"name": "WordPress.com"}) + meta("og:site_name", "Selby Courier"),
        story(publisher={"@type": "Person", "name": "Anna Roe"}) + meta("og:site_name", "Selby Courier"),
        story(isPartOf={"@type": "WebSite", "name": "Selby Courier"}),
        story(
            isPartOf={
                "@type": "WebPage",
                "name": "Pier opens",
                "isPartOf": {"@type": "WebSite", "name": "Selby Courier"},
            }
        ),
        story() + script({"@type": "NewsMediaOrganization", "name": "Selby Courier"}),
        story(author={"@type": "Organization", "name": "Selby"}) + meta("dc.publisher", "Selby Courier"),
        meta("og:site_name", "selby.example") + meta("application-name", "Selby Courier"),
    ],
)
def test_the_publication_is_the_storys(head: str) -> None:
    assert read(head).source.value == "Selby Courier"


def test_an_organisation_that_wrote_the_story_is_the_publication_if_the_host_has_its_name() -> None:
    assert read(story(author={"@type": "Organization", "name": "Selby"})).source.value == "Selby"
    assert read(story(author={"@type": "Organization", "name": "dpa"})).source.value is None


CRUMBS = [
    {"position": 3, "name": "Pier opens"},
    {"position": 1, "name": "Start", "item": "/"},
    {"position": 2, "item": {"@id": "/n", "name": "News"}},
]


@pytest.mark.parametrize(
    ("head", "body", "place"),
    [
        (story(articleSection=["", "News", "Coast"]), "", Evidence.JSON_LD),
        (story(articleSection=[]) + meta("article:section", "News"), "", Evidence.META),
        (script({"@type": "BreadcrumbList", "itemListElement": CRUMBS}), "", Evidence.JSON_LD),
        ("", "<ol class=breadcrumbs><li><a href=/>Start</a><li><a href=/n>News</a></ol>", Evidence.DOM),
        ("", "<nav><a href=/sport>Sport</a><a href=/news/>News</a></nav>", Evidence.URL),
    ],
)
def test_sections(head: str, body: str, place: Evidence) -> None:
    section = read(head, body).section
    assert (section.value, section.evidence) == ("News", place)


def test_what_is_no_section() -> None:
    assert read(story(articleSection="Uncategorized")).section.value is None
    assert read("", "<nav><a href=/sport>Sport</a></nav>").section.value is None


@pytest.mark.parametrize(
    "names", [("itemprop", "itemscope itemtype=https://schema.org/"), ("property", "vocab=https://schema.org/ typeof=")]
)
def test_microdata_and_rdfa_are_read_where_json_ld_is_absent(names: tuple[str, str]) -> None:
    attribute, kind = names
    item = (
        f"<article {kind}NewsArticle><meta {attribute}=keywords content='ferries, ports'><meta {attribute}=articleSection content=Coast>"
        f"<div {attribute}=publisher {kind}Organization><span {attribute}=name>Selby Courier</span></div>"
        f"<img {attribute}=image src=/p.jpg><meta {attribute}=isAccessibleForFree content=False></article>"
    )
    metadata = read("", item)
    assert metadata.keywords.value == ("ferries", "ports")
    assert (metadata.section.value, metadata.source.value) == ("Coast", "Selby Courier")
    assert (metadata.lead_image.value, metadata.is_paywalled.value) == (PHOTO, True)


def test_the_label_of_a_card_for_sharing_says_who_wrote_the_story() -> None:
    card = meta("twitter:label1", "Written by") + meta("twitter:data1", "Ida Lund")
    assert read(card).authors.value == ("Ida Lund",)
    time = meta("twitter:label1", "Reading time") + meta("twitter:data1", "Five Minutes")
    assert read(time + card.replace("1", "2")).authors.value == ("Ida Lund",)
    assert read(time).authors.value == ()


def test_a_legal_name_is_the_publication_only_if_nothing_else_names_it() -> None:
    legal = story(publisher={"@type": "Organization", "legalName": "SC Media Holding Ltd"})
    assert read(legal).source.value == "SC Media Holding Ltd"
    assert read(legal + meta("og:site_name", "Selby Courier")).source.value == "Selby Courier"


def test_an_issue_is_of_its_periodical() -> None:
    issue: dict[str, Any] = {"@type": "PublicationIssue", "isPartOf": {"@type": "Periodical", "name": "Selby Courier"}}
    assert read(story(isPartOf=issue)).source.value == "Selby Courier"
    volume = {"@type": "PublicationIssue", "isPartOf": {"@type": "PublicationVolume", "isPartOf": issue["isPartOf"]}}
    assert read(story(isPartOf=volume)).source.value == "Selby Courier"
    itself = {"@graph": [{"@type": "NewsArticle", "headline": "Pier opens", "isPartOf": {"@id": "#i"}}]}
    itself["@graph"].append({"@type": "PublicationIssue", "@id": "#i", "isPartOf": {"@id": "#i"}})
    assert read(script(itself)).source.value is None


def test_a_text_page_names_its_publication_among_date_and_byline() -> None:
    lines = (
        "塞尔比渡口五月重新开放",
        "2024-01-16 20:05 来源：塞尔比日报 记者：王小明",
        *(SENTENCE * 2 for _ in range(4)),
    )
    page = Ingest()(RawPage(url=URL, body="\n\n".join(lines), content_type="text/plain"))
    assert isinstance(page, AcceptedPage)
    event = Extractor()(page)
    assert isinstance(event, CleanedArticle)
    assert event.source == "塞尔比日报"


def test_an_address_of_an_image_may_be_escaped_twice() -> None:
    image = read(meta("og:image", "https://selby.example/p.jpg?w=1&amp;amp;h=2")).lead_image
    assert image.value == "https://selby.example/p.jpg?w=1&h=2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["ferries", "ports"]', ("ferries", "ports")),
        ('["ferries", 7, {"a": 1}, "ports"]', ("ferries", "ports")),
        ('["ferries", ports"]', ('["ferries', 'ports"]')),
    ],
)
def test_keywords_may_be_a_list_within_a_text(text: str, expected: tuple[str, ...]) -> None:
    assert read(story(keywords=text)).keywords.value == expected


def test_the_image_of_the_page_of_a_story_is_its_lead_image() -> None:
    graph = [
        {"@type": "WebPage", "@id": "#page", "primaryImageOfPage": {"@id": "#image"}},
        {"@type": "ImageObject", "@id": "#image", "url": PHOTO},
        {"@type": "NewsArticle", "headline": "Pier opens", "isPartOf": {"@id": "#page"}},
    ]
    assert read(script({"@graph": graph})).lead_image.value == PHOTO
    assert read('<meta itemprop="image" content="' + PHOTO + '">').lead_image.value == PHOTO


@pytest.mark.parametrize(
    ("base", "image"),
    [
        ("https://static.example/x/", "https://static.example/x/p.jpg"),
        ("javascript:0", "https://selby.example/p.jpg"),
        ("", "https://selby.example/p.jpg"),
    ],
)
def test_addresses_are_relative_to_the_base_of_the_page(base: str, image: str) -> None:
    stated = read(f'<base href="{base}">' + meta("og:image", "p.jpg")).lead_image.value
    assert stated is not None
    assert stated == image or (not base.startswith("https") and stated.endswith("/p.jpg"))


def test_a_page_without_a_story_object_may_state_its_author() -> None:
    page = {"@type": "WebPage", "name": "Pier opens", "author": {"@type": "Person", "name": "Ida Lund"}}
    assert read(script(page)).authors.value == ("Ida Lund",)
    assert read(script({**page, "@type": "Product"})).authors.value == ()


def test_authors_may_be_a_list_with_numbers_for_names() -> None:
    authors = {"0": {"@type": "Person", "name": "Ida Lund"}, "1": {"@type": "Person", "name": "Bo Lee"}}
    assert read(story(author=authors)).authors.value == ("Ida Lund", "Bo Lee")
