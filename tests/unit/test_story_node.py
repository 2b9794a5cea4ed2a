from typing import Any

import pytest

from wiredesk.extractor.metadata.json_ld import JsonLd
from wiredesk.extractor.metadata.story_node import PageWitnesses, story_node

PAGE = PageWitnesses(["Selby votes to reopen its pier"], ["https://paper.example/2024/pier"])

OTHER: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": "Fish market gets a new roof",
    "datePublished": "2021-05-05",
    "url": "https://paper.example/fish",
}


def chosen(*nodes: dict[str, Any], aside: tuple[int, ...] = (), page: PageWitnesses = PAGE) -> dict[str, Any]:
    return story_node(JsonLd(list(nodes), [place in aside for place in range(len(nodes))]), page)


@pytest.mark.parametrize(
    "own",
    [
        {"headline": "Selby votes to reopen its pier"},
        {"headline": "Selby votes to reopen its pier | Paper"},
        {"headline": "The pier", "url": "https://paper.example/2024/pier"},
        {"headline": "The pier", "url": "/2024/pier/"},
        {"headline": "The pier", "mainEntityOfPage": {"@type": "WebPage", "@id": "http://www.paper.example/2024/pier"}},
        {"headline": "The pier", "@id": "https://paper.example/2024/pier#article"},
        {"headline": "The pier", "url": "https://m.paper.example/2024/pier/amp"},
    ],
)
def test_the_story_has_the_address_or_the_headline_of_its_page(own: dict[str, Any]) -> None:
    own = {"@type": "Article", **own}
    assert chosen(OTHER, own)["headline"] == own["headline"]
    assert chosen(own, OTHER)["headline"] == own["headline"]


def test_other_stories_are_not_the_pages_own_even_if_there_is_no_other() -> None:
    assert chosen(OTHER) == {}
    in_list = {key: value for key, value in OTHER.items() if key != "url"}
    assert chosen(in_list, aside=(0,)) == {}


def test_a_story_that_only_has_another_headline_is_the_pages_own() -> None:
    stated = {"@type": "NewsArticle", "headline": "Ferries return", "datePublished": "2024-01-16"}
    assert chosen(stated)["headline"] == "Ferries return"


def test_a_post_of_a_live_page_is_not_the_page() -> None:
    post = {"@type": "BlogPosting", "headline": "Councillors arrive", "datePublished": "2024", "url": "https://paper.example/2024/pier#post-1"}  # fmt: skip
    live = {"@type": "LiveBlogPosting", "headline": "Selby votes to reopen its pier"}
    assert chosen(post, live)["headline"] == "Selby votes to reopen its pier"


def test_several_objects_of_one_story_are_joined() -> None:
    one = {"@type": "Article", "headline": "Selby votes to reopen its pier", "publisher": {"name": "Paper"}}
    two = {"@type": "NewsArticle", "headline": "Selby votes to reopen its pier", "author": {"name": "Anna Roe"}}
    joined = chosen(OTHER, one, two)
    assert (joined["publisher"], joined["author"]) == ({"name": "Paper"}, {"name": "Anna Roe"})


def test_objects_with_one_id_are_one() -> None:
    one = {"@type": "NewsArticle", "@id": "#story", "headline": "Selby votes to reopen its pier"}
    assert chosen(one, {"@id": "#story", "datePublished": "2024-01-16"})["datePublished"] == "2024-01-16"


@pytest.mark.parametrize(
    "kind", ["newsarticle", "VideoNewsArticle", "AskPublicNewsArticle", None, "CreativeWork", "WebPage"]
)
def test_a_page_that_is_described_by_no_common_type(kind: str | None) -> None:
    stated = {"headline": "Selby votes to reopen its pier", "datePublished": "2024-01-16"} | (
        {"@type": kind} if kind else {}
    )
    assert chosen(stated)["datePublished"] == "2024-01-16"
    assert chosen(stated | {"@type": "Product"}) == {}
