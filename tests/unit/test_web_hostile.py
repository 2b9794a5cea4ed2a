"""What comes from outside stays text in every page: a corpus of hostile texts in every place of an article."""

import re

import pytest

from tests.hostile_text import CORPUS
from tests.web_page import Page, Parsed, example, parse, web_page
from wiredesk.runtime.printable import printable
from wiredesk.web.links import web_url

ATTRIBUTES = {
    "action", "aria-current", "aria-label", "autocomplete", "autofocus", "charset", "class", "content", "data-is", "data-most",
    "data-page", "data-stream", "datetime", "defer", "dir", "href", "id", "lang", "list", "maxlength", "method", "name", "open",
    "rel", "required", "role", "src", "title", "type", "value",
}  # fmt: skip
"""The attributes that our templates have: none that runs a script, loads a page or has a style."""

ADDRESS = re.compile(r"(?:https?://[^/]|/(?!/)|#)")


def hostile_article(text: str) -> bytes:
    """Return an article with a hostile text wherever an event has free text."""
    entity = {"mentions": [{"field": "/title", "start": 0, "end": 2, "surface": "xx"}], "salience": 0.5, "count": 1}
    return example(
        "enriched_article", page_id="11111111-1111-5111-8111-111111111111", url=text, canonical_url=text, title=text, subtitle=text,
        source=text, section=text, language="en", authors=[text], agencies=[text], keywords=[text], correction=text[:500],
        paragraphs=[{"text": text, "kind": "paragraph", "language": None}], captions=[{"text": text, "credit": text}],
        entities=[{**entity, "type": kind, "name": text} for kind in ("person", "organisation", "place", "work")],
        topics=[{"code": "medtop:04000000", "name": text, "path": ["medtop:04000000"], "score": 0.9}],
        declared_title=text, shown_title=text,
    )  # fmt: skip


def assert_harmless(page: Parsed, plain: Parsed) -> None:
    """The page has the elements and attributes of the same page with plain text, and no others."""
    assert set(page.elements) <= set(plain.elements)
    assert {name for _, name, _ in page.attributes} <= ATTRIBUTES
    assert page.elements.count("script") == plain.elements.count("script")
    links = page.values("a", "href") + page.values("link", "href") + page.values("script", "src")
    assert all(ADDRESS.match(link) for link in links + page.values("form", "action"))
    assert not [link for link in links if "evil.example" in link and link.startswith(("http", "//"))]


async def shown(page: Page, text: str, path: str) -> Parsed:
    page.feed.begin()
    page.feed.put(0, hostile_article(text))
    status, html = await page.get(path)
    assert status == 200
    return parse(html)


async def test_hostile_texts_stay_text_on_the_wire() -> None:
    async with web_page() as page:
        plain = await shown(page, "A plain text", "/")
        for text in CORPUS:
            parsed = await shown(page, text, "/")
            assert_harmless(parsed, plain)
            assert printable(text[:400]) in parsed.text.replace("\r", "\n") or "\r" in text or "\x00" in text


async def test_hostile_texts_stay_text_in_filters() -> None:
    async with web_page() as page:
        plain = parse((await page.get("/?person=plain"))[1])
        for text in CORPUS:
            status, _, html = await page.ask("GET", "/", params={"person": text, "topic": text})
            assert status == (200 if len(text) <= 200 else 400)
            if status == 200:
                assert_harmless(parse(html), plain)


async def test_hostile_texts_stay_text_in_refusals() -> None:
    async with web_page() as page:
        plain = parse((await page.get("/nothing"))[1])
        for text in CORPUS[:-2]:
            status, _, html = await page.ask("GET", "/" + text.replace("/", "").replace("#", "").replace("?", ""))
            assert status in (400, 404)
            assert_harmless(parse(html), plain)


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_no_hostile_text_is_linked(text: str) -> None:
    assert web_url(text) == ""


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=%20z#f", "http://[2001:db8::1]:8080/", "https://xn--e1afmkfd.example/путь"]
)
def test_addresses_of_the_web_are_linked(url: str) -> None:
    assert web_url(url) == url
