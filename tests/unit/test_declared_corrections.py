"""Corrections that a page states to machines are read in every form in which sites state them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.corrections import MAX_CORRECTIONS, MAX_TEXT, corrections
from wiredesk.extractor.metadata.sources import MetadataSources

TEXT = "An earlier version of this story misspelled the mayor's name."
OTHER = "The strike lasted four days, and not five."
COMMENT = {"@type": "CorrectionComment", "text": TEXT, "datePublished": "2026-03-14"}


def declared(html: str) -> tuple[str, ...]:
    root = parse_html(f"<html><head><title>Ferry strike ends</title></head><body>{html}</body></html>")
    assert root is not None
    return next((texts for _, texts in corrections(MetadataSources.from_document(root)) if texts), ())


def of_json(**fields: Any) -> tuple[str, ...]:
    story = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry strike ends", **fields}
    return declared(f"<script type=application/ld+json>{json.dumps(story)}</script>")


@pytest.mark.parametrize(
    "value",
    [
        TEXT,
        [TEXT],
        [TEXT, TEXT],
        {"@value": TEXT, "@language": "en"},
        {"@list": [TEXT]},
        COMMENT,
        [COMMENT, TEXT],
        {"@type": "schema:CorrectionComment", "description": TEXT},
        {"@type": "CorrectionComment", "text": {"@value": TEXT}},
        {"@type": "CorrectionComment", "name": TEXT},
        {"@type": "CorrectionComment", "text": "", "name": TEXT},
        f"<p>{TEXT}</p>",
        TEXT.replace("'", "&#39;"),
        f"  {TEXT}\n",
    ],
)
def test_a_correction_is_read(value: Any) -> None:
    assert of_json(correction=value) == (TEXT,)


def test_several_corrections_are_read_in_their_order() -> None:
    assert of_json(correction=[OTHER, COMMENT]) == (OTHER, TEXT)


def test_a_correction_among_the_comments_of_the_story() -> None:
    reader = {"@type": "Comment", "text": "I think that it was five days, was it not, my friends."}
    assert of_json(comment=[reader, COMMENT]) == (TEXT,)


def test_a_correction_by_reference() -> None:
    story = {"@type": "NewsArticle", "headline": "Ferry strike ends", "correction": {"@id": "#c1"}}
    graph = {"@context": "https://schema.org", "@graph": [story, {"@id": "#c1", **COMMENT}]}
    assert declared(f"<script type=application/ld+json>{json.dumps(graph)}</script>") == (TEXT,)


def test_a_correction_in_microdata() -> None:
    html = (
        "<article itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop=headline>Ferry strike ends</h1>{}"
        "</article>"
    )
    assert declared(html.format(f"<p itemprop=correction>{TEXT}</p>")) == (TEXT,)
    comment = "<div itemprop=correction itemscope itemtype='https://schema.org/CorrectionComment'>{}</div>"
    assert declared(html.format(comment.format(f"<p itemprop=text>{TEXT}</p>"))) == (TEXT,)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        [],
        {},
        False,
        0,
        "None",
        "No corrections",
        "https://courier.example/corrections-policy",
        "//courier.example/corrections",
        {"@type": "WebPage", "url": "https://courier.example/corrections"},
        "Have you seen an error? Write to us.",
        "Write to corrections@courier.example with your corrections",
    ],
)
def test_what_states_no_correction(value: Any) -> None:
    assert of_json(correction=value) == ()


def test_corrections_of_other_stories_are_not_read() -> None:
    other = {"@type": "NewsArticle", "headline": "Harbour closes", "url": "/2", "correction": TEXT}
    assert of_json(mentions=[other], url="/1") == ()
    update = {"@type": "BlogPosting", "headline": "10:40", "correction": TEXT}
    assert of_json(liveBlogUpdate=[update]) == ()


def test_their_number_and_length_have_an_end() -> None:
    many = of_json(correction=[f"{TEXT} {'x' * 5000} {number}" for number in range(200)])
    assert len(set(many)) <= MAX_CORRECTIONS
    assert all(len(text) <= MAX_TEXT for text in many)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just(TEXT),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@value", "@list", "text", "name", "description"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_no_value_breaks_a_page(correction: Any, comment: Any) -> None:
    assert all(isinstance(text, str) and text for text in of_json(correction=correction, comment=comment))
