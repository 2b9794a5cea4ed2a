"""Stories that a page carries, and does not show in its mark-up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.hidden_story import HiddenStory, find_hidden_story
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, CleanedArticle, Evidence, RawPage

URL = "https://courier.example/2026/03/the-mill-reopens"
HEADLINE = "The old mill of Harrow opens again"
PARAGRAPHS = (
    "The old mill of Harrow opened its doors on Sunday, nine years after a flood had torn away its wheel.",
    "Volunteers have rebuilt the wheel from oak that was felled in the forest above the village, the trust said.",
    "“I carried flour out of this house as a boy,” said Edmund Vale, who will show visitors around in summer.",
    "The repair has cost about 640,000, half of it from a lottery, according to the accounts of the trust.",
    "Neighbours had asked for a limit on cars. Visitors are to park at the school, and to walk along the stream.",
)
MARKED_UP = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
FLIGHT = ",".join(json.dumps(["$", "p", None, {"children": text}]) for text in PARAGRAPHS)
TEASERS = [
    {"summary": f"Another story of some length, which is number {n} of those below.", "id": n} for n in range(40)
]


def page(head: str = "", body: str = "") -> str:
    links = '<nav><a href="/news">News</a> <a href="/sport">Sport</a></nav>'
    return f"<html lang=en><head><title>{HEADLINE}</title>{head}</head><body>{links}{body}<div id=root></div></body></html>"


def script(value: object, before: str = "", attributes: str = "") -> str:
    return f"<script {attributes}>{before}{json.dumps(value)}</script>"


def story_of(html: str) -> CleanedArticle:
    accepted = Ingest()(RawPage(url=URL, body=html))
    assert isinstance(accepted, AcceptedPage)
    article = Extractor()(accepted)
    assert isinstance(article, CleanedArticle), article
    return article


def hidden(html: str) -> HiddenStory | None:
    root = parse_html(html)
    assert root is not None
    return find_hidden_story(MetadataSources.from_document(root, URL), 0)


@pytest.mark.parametrize(
    "html",
    [
        page(body=f"<noscript><h1>{HEADLINE}</h1>{MARKED_UP}</noscript>"),
        page(body=f"<x-story><template shadowrootmode=open>{MARKED_UP}</template></x-story>"),
        page(body=f"<script type='text/template'>{MARKED_UP}</script>"),
        page(script({"@type": "NewsArticle", "articleBody": "\n\n".join(PARAGRAPHS)}, "", "type=application/ld+json")),
        page(script({"@type": "NewsArticle", "articleBody": MARKED_UP}, "", "type=application/ld+json")),
        page(script({"props": {"page": {"body": MARKED_UP, "more": TEASERS}}}, "", "type=application/json")),
        page(script([{"type": "paragraph", "text": text} for text in PARAGRAPHS], "", "type=application/json")),
        page(
            script(
                {"blocks": [{"children": [{"text": t[:20]}, {"text": t[20:], "bold": True}]} for t in PARAGRAPHS]},
                "window.__STATE__ = ",
            )
        ),
        page(
            script(
                {"content_elements": [{"type": "text", "content": t} for t in PARAGRAPHS]},
                "var Fusion={};Fusion.tree=null;Fusion.globalContent=",
            )
        ),
        page(script(json.dumps({"data": [{"model": {"text": t}} for t in PARAGRAPHS]}), "window.__DATA__=")),
        page(
            "".join(
                f"<script>self.__next_f.push({json.dumps([1, piece])})</script>"
                for piece in ('1a:["$","article",null,{"children":[', FLIGHT, "]}]\n2b:null\n")
            )
        ),
    ],
    ids=["noscript", "shadow", "template", "lines", "marked-up", "next", "blocks", "runs", "fusion", "twice", "flight"],
)
def test_a_story_that_a_script_shows_is_read(html: str) -> None:
    assert tuple(block.text for block in story_of(html).paragraphs) == PARAGRAPHS


def test_the_event_says_that_the_story_comes_from_json_ld() -> None:
    html = page(script({"@type": "NewsArticle", "articleBody": "\n".join(PARAGRAPHS)}, "", "type=application/ld+json"))
    assert story_of(html).extraction.evidence["paragraphs"] is Evidence.JSON_LD


def test_what_the_page_shows_comes_first() -> None:
    other = [{"text": f"{text} And so on, as other pages have it."} for text in PARAGRAPHS]
    html = page(script(other, "window.__STATE__="), f"<article><h1>{HEADLINE}</h1>{MARKED_UP}{MARKED_UP}</article>")
    assert "other pages" not in " ".join(block.text for block in story_of(html).paragraphs)


@pytest.mark.parametrize("name", ["related", "comments", "summary", "caption", "newsletterText"])
def test_texts_under_names_of_other_things_are_no_story(name: str) -> None:
    assert hidden(page(script({name: list(PARAGRAPHS)}, "window.x="))) is None
    assert hidden(page(script({"parts": list(PARAGRAPHS)}, "window.x="))) is not None


def test_headings_of_blocks_stay_headings() -> None:
    blocks = [{"type": "paragraph", "text": text} for text in PARAGRAPHS]
    story = hidden(page(script([*blocks[:2], {"type": "heading", "text": "What it cost"}, *blocks[2:]], "x=")))
    assert story is not None
    assert story.blocks[2] == ("h2", "What it cost")


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.text(max_size=300), st.sampled_from(("x=[[{", 'y={"a":', '="\\ud800', '1a:["', "<p>", "</p>"))))
def test_no_script_breaks_the_search(text: str) -> None:
    hidden(page(f"<script>{text}{json.dumps(PARAGRAPHS)}{text}</script>"))


@pytest.mark.parametrize("text", ["x=" + "[" * 200_000, 'x={"a":[' * 30_000, "a={b:1};" * 50_000, '"</p>' * 50_000])
def test_long_scripts_take_no_time(text: str) -> None:
    assert hidden(page(f"<script>{text}</script>")) is None or text.startswith('"')
