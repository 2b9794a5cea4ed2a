"""Pages that leave out the tags of head and body, as HTML allows. Any element of a body ends the head."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extract import Extractor
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage

TITLE = "<title>Ferry returns after repair</title>"
TEXTS = (
    "The harbour ferry between Tollness and Grey Point sailed again on Thursday morning after eleven weeks in dry dock.",
    "“The bus took an hour and ten minutes. I have slept on every seat of it,” said Maren Holt, who studies there.",
    "Engineers replaced both propeller shafts and welded a crack in the hull that divers had seen in November.",
    "The repair cost 2.3 million pounds, nearly twice the estimate, and the county will pay a third of the sum.",
)
STORY = "<h1>Ferry returns after repair</h1>" + "".join(f"<p>{text}</p>" for text in TEXTS)
ELEMENTS = st.sampled_from(["article", "main", "section", "header", "x-story", "p", "div", "meta", "link", "script"])


@pytest.mark.parametrize("tag", ["article", "main", "section", "x-story", "div"])
@pytest.mark.parametrize("before", [TITLE, f"<html><head>{TITLE}", f"<!doctype html><meta charset=utf-8>{TITLE}"])
def test_story_after_a_head_without_an_end_is_read(before: str, tag: str) -> None:
    accepted = Ingest()(RawPage(url="https://courier.example/2026/03/ferry", body=f"{before}<{tag}>{STORY}</{tag}>"))
    assert isinstance(accepted, AcceptedPage)
    article = Extractor()(accepted)
    assert isinstance(article, CleanedArticle)
    assert tuple(block.text for block in article.paragraphs) == TEXTS


def test_order_of_texts_is_kept() -> None:
    root = parse_html(
        f"{TITLE}<meta name=a content=b><header>1</header>2<main>3</main><link rel=x><body>4<p>5</p></body>"
    )
    assert root is not None
    head, body = root
    assert "".join(map(str, body.itertext())) == "12345"
    assert [child.tag for child in head][:2] == ["title", "meta"]


def test_head_with_empty_elements_of_templates_stays() -> None:
    root = parse_html(f"<head><esi:include src=a></esi:include>{TITLE}</head><body><p>1</p></body>")
    assert root is not None
    assert root.find("head/title") is not None


@given(st.lists(ELEMENTS, max_size=8))
def test_no_text_is_lost_or_moved(tags: list[str]) -> None:
    pieces = [f"<{tag}>" if tag in ("meta", "link") else f"<{tag}>{n};</{tag}>" for n, tag in enumerate(tags)]
    root = parse_html(TITLE + "".join(pieces))
    assert root is not None
    shown = [n for n, tag in enumerate(tags) if tag not in ("meta", "link", "script")]
    body = root.find("body")
    seen = "" if body is None else "".join(t.text or "" for t in body.iter() if t.tag != "script")
    assert seen == "".join(f"{n};" for n in shown)
