"""JSON-LD: what a page says of itself for machines, in schema.org's words."""

import html
from collections.abc import Iterator
from typing import Any

import orjson

from wiredesk.extractor.document import Element, find
from wiredesk.extractor.words import clean

MAX_SCRIPT = 1 << 20
MAX_NODES = 5000
"""Bounds on what is parsed and walked: real pages stay a hundred times below."""

ARTICLE_TYPES = frozenset(
    {
        "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BlogPosting",
        "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "SocialMediaPosting",
        "AdvertiserContentArticle", "Report", "TechArticle", "ScholarlyArticle", "SatiricalArticle",
    }
)  # fmt: skip

type Node = dict[str, Any]


def nodes(root: Element) -> list[Node]:
    """Return all JSON-LD objects of a page, outer ones first. What does not parse is left out."""
    found: list[Node] = []
    for script in find(root, "//script[contains(@type, 'ld+json')]"):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip()
        if not text or len(text) > MAX_SCRIPT:
            continue
        try:
            # Line breaks within strings are the commonest fault of hand-made JSON-LD.
            found.extend(_walk(orjson.loads(text.replace("\r", " ").replace("\n", " ").replace("\t", " "))))
        except orjson.JSONDecodeError:
            continue
        if len(found) > MAX_NODES:
            break
    return found


def article(found: list[Node]) -> Node:
    """Return the object that describes the article; an empty one where there is none."""
    articles = [node for node in found if ARTICLE_TYPES.intersection(types(node))]
    # A page of teasers describes several articles; the one with most to say is the page's own.
    return max(articles, key=lambda node: ("headline" in node, "datePublished" in node), default={})


def types(node: Node) -> tuple[str, ...]:
    """Return the types of an object."""
    kind = node.get("@type")
    return tuple(k for k in (kind if isinstance(kind, list) else [kind]) if isinstance(k, str))


def string(value: Any) -> str | None:
    """Return a value as text: a string or a truth value, the first of a list, or an object's name or URL."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@value")
    if isinstance(value, bool):
        return str(value).lower()
    text = clean(html.unescape(value)) if isinstance(value, str) else ""
    return text or None


def strings(value: Any) -> tuple[str, ...]:
    """Return a value as texts: a list of them, or one with commas."""
    if isinstance(value, str):
        value = value.split(",")
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for item in items[:100] if (text := string(item))))


def _walk(value: Any) -> Iterator[Node]:
    queue, seen = [value], 0
    while queue and seen < MAX_NODES:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, dict):
            yield item
            queue.extend(v for v in item.values() if isinstance(v, list | dict))
