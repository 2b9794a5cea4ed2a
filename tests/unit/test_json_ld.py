import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.json_ld import MAX_NODES, MAX_SCRIPT, as_text, node_types, read_json_ld
from wiredesk.extractor.metadata.sources import MetadataSources

STORY: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Selby's pier opens",
    "author": {"@type": "Person", "name": "Anna Roe"},
    "publisher": {"@type": "Organization", "name": "Selby Courier"},
}


def sources(*scripts: str, kind: str = "application/ld+json") -> MetadataSources:
    root = parse_html("<p>x</p>" + "".join(f'<script type="{kind}">{script}</script>' for script in scripts))
    assert root is not None
    return MetadataSources.from_document(root, "https://paper.example/2024/pier")


def names(stated: MetadataSources) -> tuple[str | None, ...]:
    return stated.json_ld("headline"), stated.json_ld("author"), stated.json_ld("publisher")


EXPECTED = ("Selby's pier opens", "Anna Roe", "Selby Courier")


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(STORY).replace('"', "&quot;"),
        json.dumps(STORY).replace('"', "&amp;quot;"),
        json.dumps(STORY).replace('"', '\\"'),
        json.dumps(json.dumps(STORY)),
        json.dumps(STORY).replace("Selby's", "Selby's\n\t"),
        json.dumps(STORY).replace("Selby's", "Selby&#39;s"),
        json.dumps({"@type": "Organization", "name": "x"}) + json.dumps(STORY) + ";",
    ],
)
def test_scripts_are_read_whatever_their_form(script: str) -> None:
    assert names(sources(script.replace("pier opens", "pier opens"))) == EXPECTED


@pytest.mark.parametrize(
    "kind", ["application/LD+JSON", "application/ld+json; charset=utf-8", "application/json", "ld-json"]
)
def test_scripts_are_recognised_by_their_type(kind: str) -> None:
    assert names(sources(json.dumps(STORY), kind=kind)) == EXPECTED


@pytest.mark.parametrize(
    "stated",
    ["NewsArticle", "http://schema.org/NewsArticle", "https://schema.org#NewsArticle", "schema:NewsArticle", ["Thing", "NewsArticle"]],
)  # fmt: skip
def test_types_have_short_names(stated: Any) -> None:
    assert node_types({"@type": stated})[-1] == "NewsArticle"


def prefixed(value: Any, prefix: str) -> Any:
    if not isinstance(value, dict):
        return value
    named = {key if key[0] == "@" else prefix + key: prefixed(item, prefix) for key, item in value.items()}
    return named | {"@type": prefix + value["@type"], "@context": {prefix.rstrip(":"): "http://schema.org/"}}


@pytest.mark.parametrize(
    "stated",
    [
        prefixed(STORY, "schema:"),
        prefixed(STORY, "s:"),
        prefixed(STORY, "http://schema.org/"),
        {"type": "NewsArticle", **{key: item for key, item in STORY.items() if key[0] != "@"}, "author": {"name": "Anna Roe"}, "publisher": "Selby Courier"},
        {"@graph": [STORY]},
        [[STORY]],
        {"@type": "WebPage", "mainEntity": STORY},
        {key: item if key[0] == "@" else [item] for key, item in STORY.items()},
        STORY | {"headline": {"@value": "Selby's pier opens"}, "author": {"@list": [{"name": "Anna Roe"}]}},
        {"@graph": [STORY | {"author": {"@id": "#a"}, "publisher": "#p"}, STORY["author"] | {"@id": "#a"}, STORY["publisher"] | {"@id": "#p"}]},
    ],
)  # fmt: skip
def test_names_and_values_are_read_in_every_shape(stated: Any) -> None:
    assert names(sources(json.dumps(stated))) == EXPECTED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"de": "Anleger", "en": "Pier"}, "Pier"),
        ([{"@value": "Anleger", "@language": "de"}, {"@value": "Pier", "@language": "en"}], "Pier"),
        (["", None, "Pier"], "Pier"),
        ({"name": {"name": "Pier"}}, "Pier"),
        (2024, "2024"),
        (False, "false"),
        ({"@id": {"a": 1}}, None),
        ([[]], None),
        ({}, None),
        ("A\x00 p\x07ier &amp; boats", "A pier & boats"),
    ],
)
def test_values_become_texts(value: Any, text: str | None) -> None:
    assert as_text(value, "en-GB") == text


ODD: list[Any] = [
    5,
    None,
    True,
    [],
    {},
    [None],
    [[]],
    {"@id": {"a": 1}},
    {"name": 5},
    {"name": {"name": {"name": "x"}}},
    {"@type": {"a": 1}},
    "",
    {"@list": 3},
]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize(
    "name", ["@type", "@id", "author", "headline", "publisher", "url", "mainEntityOfPage", "name", "isPartOf", "image"]
)
def test_values_of_odd_types_cost_nothing_else(name: str, value: Any) -> None:
    stated = sources(
        json.dumps(STORY | {"keywords": "ports", name: value}), json.dumps({"@graph": [STORY | {name: value}]})
    )
    assert stated.json_ld("keywords") in ("ports", None)
    assert stated.own_nodes
    assert stated.microdata == {} or not stated.article


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_script_breaks_a_page(script: str) -> None:
    for text in (script, f'{{"@type": "NewsArticle", "headline": "{script}"}}', f"[{script}"):
        stated = sources(text.replace("</", ""))
        names(stated)
        json.dumps(stated.article).encode()


def test_what_is_read_of_a_page_is_bounded() -> None:
    root = parse_html(f'<script type="application/ld+json">{"{" * MAX_SCRIPT}</script>')
    many = parse_html(f'<p><script type="application/ld+json">[{"{}," * 20_000}{{}}]</script>')
    assert root is not None
    assert many is not None
    assert len(read_json_ld(root.iter("script")).nodes) <= MAX_NODES
    assert len(read_json_ld(many.iter("script")).nodes) <= MAX_NODES
