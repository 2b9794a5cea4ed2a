"""Rights in the JSON-LD of a page."""

from typing import Any

import pytest

from tests.stated_rights import LICENCE, ingest, json_ld, rights_of
from wiredesk_schemas import IngestNoteKind


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


STORY = {"@type": "NewsArticle", "headline": "The pier", "url": "https://news.example/2026/a"}
OTHER = {"@type": "NewsArticle", "headline": "A lift", "url": "https://news.example/2026/b", "license": LICENCE}
SITE = {"@type": "WebSite", "url": "https://news.example/", "license": LICENCE}


@pytest.mark.parametrize(
    "nodes",
    [
        [{**STORY, "license": LICENCE}, {**OTHER, "license": "https://other.example/"}],
        [{"@graph": [{**STORY, "license": {"@id": "#l"}}, {"@id": "#l", "@type": "CreativeWork", "url": LICENCE}]}],
        [{**STORY, "url": "https://news.example/", "license": LICENCE}],
        [STORY, {"@type": "Article", "headline": "The  Pier", "license": LICENCE}],
        [SITE],
        [{**STORY, "isPartOf": SITE}],
        [{"@type": "WebPage", "@id": "https://news.example/2026/a#page", "license": LICENCE}],
        [{"@type": "https://schema.org/NewsArticle", "https://schema.org/license": LICENCE}],
    ],
)
def test_a_licence_of_the_page_or_of_its_site_counts(nodes: list[Any]) -> None:
    assert rights_of(json_ld(*nodes)).licenses == (LICENCE,)


@pytest.mark.parametrize(
    "nodes",
    [
        [OTHER],
        [{"@graph": [STORY, OTHER]}],
        [{"@type": "NewsArticle", "mainEntityOfPage": OTHER["url"], "license": LICENCE}],
        [
            {"@type": "NewsArticle", "headline": "The pier"},
            {"@type": "NewsArticle", "headline": "B", "license": LICENCE},
        ],
        [{"@type": "ItemList", "license": LICENCE, "itemListElement": [{"item": OTHER}]}],
        [{"@type": "CollectionPage", "mainEntity": {"@type": "ItemList", "license": LICENCE}}],
        [{**SITE, "url": "https://other.example/"}],
        [{"@type": "ImageObject", "license": LICENCE, "mainEntityOfPage": {"@type": "WebPage", "license": LICENCE}}],
        [{**STORY, "comment": {"@type": "Comment", "license": LICENCE}, "image": {"license": LICENCE}}],
    ],
)
def test_a_licence_of_another_story_does_not_count(nodes: list[Any]) -> None:
    assert ingest(json_ld(*nodes)).rights is None


def test_the_story_that_a_page_declares_as_its_own_is_the_page() -> None:
    original = "https://agency.example/the-old-pier-is-closed"
    head = f'<link rel="canonical" href="{original}">' + json_ld({**STORY, "url": original, "license": LICENCE})
    assert rights_of(head).licenses == (LICENCE,)
