"""Licences of a page, and those of what is on it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stated_rights import LICENCE, URL, ingest, json_ld, rights_of
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.rights import surroundings
from wiredesk.ingest.settings import IngestSettings
from wiredesk_schemas import IngestNoteKind, RawPage


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


def test_a_relative_licence_starts_from_the_base_of_the_page() -> None:
    assert rights_of('<base href="/x/"><link rel="license" href="terms">').licenses == ("https://news.example/x/terms",)


@pytest.mark.parametrize(
    "link",
    ['<link rel="stylesheet" href="/license.css">', '<link rel="alternate" href="/rights">', '<a href="/license">'],
)
def test_links_that_are_no_licences(link: str) -> None:
    assert ingest(link, link).rights is None


def test_the_terms_of_a_page_in_microdata() -> None:
    assert rights_of('<link itemprop="usageInfo" href="/terms">').usage_terms == ("https://news.example/terms",)


@pytest.mark.parametrize(
    "element",
    [
        "<span itemprop=copyrightHolder>News &amp; Co</span>",
        '<span property="schema:copyrightHolder">News <b>&amp;</b> Co</span>',
        '<a class="x" itemprop="publisher copyrightHolder" href="/about">News &amp; Co</a>',
        '<div itemprop="copyrightHolder" itemscope itemtype="https://schema.org/Organization"><div><img></div><p><span itemprop="name">News &amp; Co</span></p></div>',
        '<div itemprop="copyrightHolder" itemscope><meta itemprop="legalName" content="News &amp; Co"></div>',
        '<data itemprop="copyrightHolder" content="News &amp; Co"></data>',
    ],
)
def test_the_holder_of_rights_in_an_element_of_the_body(element: str) -> None:
    assert rights_of("", f"<p>Text</p>{element}<p>More</p>").copyright_holders == ("News & Co",)


def test_notice_year_and_terms_in_elements_of_the_body() -> None:
    notice = '<p itemprop="copyrightNotice">© <time itemprop="copyrightYear">2026</time> News Co</p>'
    rights = rights_of("", f'{notice}<a itemprop="usageInfo" href="/terms">Terms</a>')
    stated = rights.copyright_notice, rights.copyright_year, rights.usage_terms
    assert stated == ("© 2026 News Co", 2026, ("https://news.example/terms",))


@pytest.mark.parametrize(
    "body",
    [
        "<figure><img src=x><span itemprop=copyrightHolder>Anna</span></figure>",
        '<div itemscope itemtype="https://schema.org/ImageObject"><i itemprop="copyrightHolder">Anna</i></div>',
        "<!-- <span itemprop=copyrightHolder>Anna</span> -->",
        "<template><span itemprop=copyrightHolder>Anna</span></template>",
        "<p>Write itemprop=copyrightHolder for the holder</p>",
        "<span itemprop=copyrightHolder>never closed",
    ],
)
def test_other_holders_are_not_those_of_the_page(body: str) -> None:
    assert ingest("", body).rights is None


LINK = f'<a rel="license" href="{LICENCE}">CC BY 4.0</a>'
BUTTON = f'<a rel="license" href="{LICENCE}"><img src="https://i.creativecommons.org/l/by/4.0/88x31.png"></a>'


@pytest.mark.parametrize(
    "body",
    [
        f"<footer>Content on this site is licensed under {LINK}. Powered by WordPress.</footer>",
        f'<aside class="sidebar">{LINK}</aside>',
        f"<article><p>Text</p><p>{LINK}</p></article>",
        f"{BUTTON}<br>This work is licensed under a {LINK}",
        f"<p>Photos and text: {LINK}</p>",
        f"<p>Alle Inhalte stehen unter {LINK}</p>",
        f'<article class="post has-post-thumbnail">{LINK}</article>',
        f"<figure><img src=x></figure><p>The harbour was closed.</p><p>{LINK}</p>",
        f"<figure><img src=x><p>Never closed</figure><footer>{LINK}</footer>",
        f'<div about="/2026/a?page=2">{LINK}</div>',
        f'<div itemscope itemtype="https://schema.org/NewsArticle">{LINK}</div>',
        f'<span href="http://purl.org/dc/dcmitype/Text" rel="dct:type">x</span> under {LINK}',
        f'<link rel="license" href="{LICENCE}">',
        f'<a rel="licence" href="{LICENCE}">x</a>',
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><a itemprop="license" href="{LICENCE}">x</a></div>',
        f'<div vocab="https://schema.org/" typeof="NewsArticle"><a property="license" href="{LICENCE}">x</a></div>',
        f'<link itemprop="license" href="{LICENCE}">',
    ],
)
def test_a_licence_without_a_narrower_scope_is_that_of_the_page(body: str) -> None:
    assert rights_of(body=body).licenses == (LICENCE,)


@pytest.mark.parametrize(
    "body",
    [
        f"<figure><img src=x><figcaption>Photo: Roe, {LINK}</figcaption></figure>",
        f'<figure><img src=x><link rel="license" href="{LICENCE}"></figure>',
        f'<div class="wp-caption"><p>The pier. {LINK}</p></div>',
        f'<div class="photoCredit">{LINK}</div>',
        f"<p><img src=x><br>{LINK}</p>",
        f"<div><img src=x></div><div>{LINK}</div>",
        f"<p>Foto: J. Roe ({LINK})</p>",
        f'<div class="comments"><p>{LINK}</p></div>',
        f"<article>Text<article>{LINK}</article></article>",
        f"<article>Text</article><article>{LINK}</article>",
        f'<li class="related-story">{LINK}</li>',
        f"<footer>Theme by Roe, {LINK}</footer>",
        f"<footer><p>Icons: Roe, {LINK}</p></footer>",
        '<footer><a rel="license" href="https://www.gnu.org/licenses/agpl-3.0.html">AGPL</a></footer>',
        f"<!-- {LINK} -->",
        f'<div itemscope itemtype="https://schema.org/ImageObject"><a itemprop="license" href="{LICENCE}">x</a></div>',
        f'<div typeof="schema:ImageObject"><a property="schema:license" href="{LICENCE}">x</a></div>',
        f"<script>x = '{LINK}'</script>",
        f"<template>{LINK}</template>",
        f'<div about="/photo.jpg">{LINK}</div>',
        f'<div itemscope itemtype="https://schema.org/ImageObject">{LINK}</div>',
        f'<span href="http://purl.org/dc/dcmitype/StillImage" rel="dct:type">x</span> under {LINK}',
        '<div itemscope itemtype="https://schema.org/ImageObject"><meta itemprop="copyrightHolder" content="AFP"></div>',
    ],
)
def test_a_licence_of_something_on_the_page_is_not_that_of_the_page(body: str) -> None:
    assert ingest(body=body).rights is None


def test_several_headers_with_links() -> None:
    links = ['<https://a.example/broken>; rel="next', f"<{LICENCE}>; rel=license", '</x>; rel=license; anchor="/other"']
    assert rights_of(headers={"Link": links}).licenses == (LICENCE,)
    anchored = {"Link": f'<{LICENCE}>; rel=license; anchor="#top"'}
    assert rights_of(headers=anchored).licenses == (LICENCE,)


_MARKUP = st.lists(
    st.sampled_from(
        [LINK, BUTTON, "<p>", "</p>", "<figure>", "</figure>", "<article>", "</article>", "<img src='x", "<!--", "-->", "<",
         ">", '"', "<div class='comment", "<script>", "</script>", "text ", "<br>", " about='", "<footer>"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(_MARKUP)
def test_no_markup_makes_the_search_for_licences_fail(body: str) -> None:
    ingest(body=f"<p>Text{body}").to_json()


def test_what_scripts_mention_hides_nothing() -> None:
    holder = "<span itemprop=copyrightHolder>News Co</span>"
    for script in ("<script>{}</script>", "<!--{}-->", "<STYLE>{}</Style >", "<p>Text<template>{}</template>"):
        mentions = script.format("copyrightHolder license " * 3000)
        rights = rights_of(body=f"<p>Text</p>{mentions}{LINK}{holder}{mentions}")
        assert rights.licenses == (LICENCE,)
        assert rights.copyright_holders == ("News Co",)


def test_what_stands_after_too_many_tags_is_noted() -> None:
    page = ingest(body="<b>" * surroundings.MAX_TAGS + LINK)
    assert page.rights is None
    assert [note.kind for note in page.ingest_notes] == [IngestNoteKind.RIGHTS_NOT_READ]


def test_references_of_elements_are_compared_within_bounds() -> None:
    own = '<i about="/2026/a?page=2">'
    assert rights_of(body=own * surroundings.MAX_SUBJECTS + LINK).licenses == (LICENCE,)
    assert ingest(body=own * (surroundings.MAX_SUBJECTS + 1) + LINK).rights is None
