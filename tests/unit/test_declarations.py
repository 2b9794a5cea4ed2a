import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest import declarations
from wiredesk.ingest.declarations import Declarations, Link, find_declarations


def canonical(page: str) -> list[tuple[str, bool]]:
    return [(link.href, link.is_in_head) for link in find_declarations(page).links("canonical")]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="canonical" href="/a">',
        "<link href='/a' rel='canonical'/>",
        "<LINK HREF=/a REL=CANONICAL>",
        "<link rel=canonical href=/a data-x>",
        '<link\n  rel = "canonical"\n  href = " /a "\n/>',
        '<link rel="canonical"href="/a">',
        '<link data-a="<x>" rel="alternate  Canonical" href="&#47;a">',
        '<link rel="canonical" href="/b" x rel="alternate">'.replace("/b", "/a"),
        '<link rel="canonical" href="/a" href="/b">',
        '<link rel="canonical" href="/a>\n<meta name="description" content="x">',
        '<noscript><link rel="canonical" href="/a"></noscript>',
        '<div></div><link rel="canonical" href="/a">',
        '<script>"<!--"; document.write("<link rel=canonical href=/b><\\/script>")</script><link rel=canonical href=/a>',
        "<!-- > --><style>a::before { content: '<link rel=canonical href=/b>' }</style><link rel=canonical href=/a>",
        "<!--><link rel=canonical href=/a>",
        "<title><link rel=canonical href=/b></title><link rel=canonical href=/a>",
        "<TEMPLATE><link rel=canonical href=/b></Template ><link rel=canonical href=/a>",
    ],
)
def test_a_link_is_found_however_it_is_written(link: str) -> None:
    assert canonical(f"<!DOCTYPE html><html><head>{link}</head><body><p>Text</p></body></html>") == [("/a", True)]


@pytest.mark.parametrize(
    "text",
    [
        "<!-- <link rel=canonical href=/b> -->",
        "<script>x = '<link rel=canonical href=/b>'</script>",
        "<SCRIPT type=module>x = '<link rel=canonical href=/b>'</SCRIPT>",
        "<meta content='<link rel=canonical href=/b>'>",
        "<textarea><link rel=canonical href=/b></textarea>",
        "<linking rel=canonical href=/b>",
        "<link rel=canonicals href=/b>",
        "<link title='rel=canonical' href=/b>",
        "<!-- <link rel=canonical href=/b>",
        "<script><link rel=canonical href=/b>",
    ],
)
@pytest.mark.parametrize("where", ["<head>{}</head>", "<body>{}"])
def test_what_only_looks_like_a_link_is_none(text: str, where: str) -> None:
    assert canonical(where.format(text)) == []


@pytest.mark.parametrize(
    ("page", "is_in_head"),
    [
        ("<link rel=canonical href=/a>", True),
        ("<title>A</title><link rel=canonical href=/a><p>Text", True),
        ("<html><head></head><link rel=canonical href=/a><body>", True),
        ("<head><img><link rel=canonical href=/a></head>", True),
        ("<head><img><link rel=canonical href=/a><body>", True),
        ("<head></head><p>Text<link rel=canonical href=/a>", False),
        ("<head></head><p>Text<link rel=canonical href=/a></head><body>", False),
        ("<title>A</title><p>Text<link rel=canonical href=/a></head>", False),
        ("<body><link rel=canonical href=/a>", False),
        ("<body><p>Text<LINK rel=canonical href=/a>", False),
        ("<head>" + "<p>Text" * 1000 + "<link rel=canonical href=/a></head>", False),
    ],
)
def test_a_link_is_of_the_head_or_the_body(page: str, *, is_in_head: bool) -> None:
    assert canonical(page) == [("/a", is_in_head)]


def test_attributes_of_a_link() -> None:
    page = '<link rel="Alternate amphtml" HREF="/amp?a=1&amp;b=2" hreflang=de>'
    attributes = {"rel": "Alternate amphtml", "href": "/amp?a=1&b=2", "hreflang": "de"}
    assert list(find_declarations(page).links("license", "amphtml")) == [
        Link(("alternate", "amphtml"), "/amp?a=1&b=2", is_in_head=True, attributes=attributes)
    ]


@pytest.mark.parametrize(
    "meta",
    [
        '<meta name="robots" content="noai">',
        "<META CONTENT=noai NAME=Robots>",
        '<meta property="robots" content=" noai ">',
        "<meta http-equiv=robots content=noai>",
        "<meta itemprop=robots content='noai'/>",
        '<meta name="robots" content="noa&#105;">',
    ],
)
@pytest.mark.parametrize("where", ["{}", "<body>{}"])
def test_a_meta_element_is_found_however_it_is_written(meta: str, where: str) -> None:
    (found,) = find_declarations(where.format(meta)).metas("tdm-reservation", "robots")
    assert (found.name, found.content, found.is_in_head) == ("robots", "noai", where == "{}")


def test_blocks_of_json_ld_are_found_in_head_and_body() -> None:
    page = (
        '<head><script type="application/ld+json">{"a": "<meta name=robots content=noai>"}</script></head>'
        "<body><script type=application/json>{}</script><SCRIPT TYPE='Application/LD+JSON; charset=utf-8'> {} </Script>"
        "<!-- <script type=application/ld+json>{}</script> -->"
    )
    declared = find_declarations(page)
    assert declared.json_ld == ('{"a": "<meta name=robots content=noai>"}', " {} ")
    assert not list(declared.metas("robots"))


def test_base_and_amp() -> None:
    page = '<html ⚡ lang=de><head><base target=_blank><base href="/a/"><base href="/b/">'
    declared = find_declarations(page)
    assert (declared.base, declared.is_amp) == ("/a/", True)
    assert find_declarations("<HTML AMP>").is_amp
    assert not find_declarations('<html class="amp">').is_amp


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "/",
                "=",
                '"',
                "'",
                " ",
                "a",
                "!--",
                "-->",
                "<meta",
                "<link",
                "<script",
                "</script>",
                "<body",
                "\n",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_text_can_be_scanned(page: str) -> None:
    declared = find_declarations(page)
    assert isinstance(declared, Declarations)
    assert all(link.href == link.href.strip() for link in declared.links("canonical"))


def test_the_markup_of_a_body_is_what_is_outside_of_long_scripts_and_comments() -> None:
    long = "x" * declarations.MIN_PASSED_OVER
    page = f"<html><head><script>{long}</script></head><body>a<!--{long}-->b<script>y</script>c<STYLE>{long}</STYLE>d"
    parts = [page[start:end] for start, end in find_declarations(page).markup]
    assert parts == [">a<!", "-->b<script>y</script>c<STYLE", "</STYLE>d"]
    assert find_declarations(f"<p>a<script>{long}").markup == ((0, len("<p>a<script>")),)
    assert find_declarations("").markup == ()


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<a ", "<meta ", '<meta a="', "<meta a='><meta b=\">", '"<meta content=">\n<', '<meta content="x>\n<meta name="',
        "<!-->", "<title>", "<script></script", "<style>", "<meta a=\" <meta b='", "<link " + "a " * 1000 + ">",
    ],
)  # fmt: skip
def test_the_scan_takes_linear_time(piece: str) -> None:
    def seconds(characters: int) -> float:
        page = piece * (characters // len(piece))
        start = time.process_time()
        find_declarations(page)
        return time.process_time() - start

    # Twenty times the text would take four hundred times as long if the time were quadratic. One of three times: another
    # may hold a collection of the garbage of all tests before.
    limit = 100 * max(seconds(100_000), 0.001)
    assert any(seconds(2_000_000) < limit for _ in range(3))


def test_what_is_kept_is_bounded() -> None:
    page = "<meta name=robots content=noai>" * 5000 + "<script type=application/ld+json>{}</script>" * 500
    declared = find_declarations(page)
    assert len(list(declared.metas("robots"))) == 2000
    assert len(declared.json_ld) == 100
    assert find_declarations(f"<script type=application/ld+json>{' ' * 3_000_000}</script>").json_ld == ()
    assert list(find_declarations("<link rel=canonical href=/a " + "x" * 100_000 + ">").links("canonical")) == []
