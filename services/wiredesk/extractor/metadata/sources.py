"""The places of an HTML page that state metadata, each read once. JSON-LD is parsed here, in schema.org's terms."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from wiredesk.extractor.document import Element, find, meta_contents, text_of
from wiredesk.extractor.words import clean

MAX_SCRIPT = 1 << 20
"""Maximum characters of a JSON-LD script that is parsed. Those of real pages are a hundred times smaller."""

MAX_NODES = 5000
"""Maximum number of JSON-LD objects of a page that are read. Real pages have a hundredth of it."""

MAX_VALUES = 100
"""Maximum number of values that are read from one list in JSON-LD."""

ARTICLE_TYPES = frozenset(
    {
        "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BlogPosting",
        "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "SocialMediaPosting",
        "AdvertiserContentArticle", "Report", "TechArticle", "ScholarlyArticle", "SatiricalArticle",
    }
)  # fmt: skip
"""Types of schema.org that describe an article."""

type Node = dict[str, Any]
"""A JSON-LD object."""


@dataclass(frozen=True)
class MetadataSources:
    """What a page says about itself.

    Attributes:
        root: the document.
        nodes: all JSON-LD objects.
        article: the JSON-LD object that describes the article; empty if there is none.
        meta: contents of `<meta>`, by name, property or itemprop.
    """

    root: Element
    nodes: list[Node]
    article: Node
    meta: dict[str, str]

    @classmethod
    def from_document(cls, root: Element) -> "MetadataSources":
        """Read the places of a document."""
        nodes = json_ld_nodes(root)
        return cls(root, nodes, article_node(nodes), meta_contents(root))

    def json_ld(self, name: str) -> str | None:
        """Return a property of the article's JSON-LD object as text."""
        return as_text(self.article.get(name))

    def json_ld_list(self, name: str) -> tuple[str, ...]:
        """Return a property of the article's JSON-LD object as a list of texts."""
        return as_texts(self.article.get(name))

    def meta_content(self, *names: str) -> str | None:
        """Return the content of the first of these `<meta>` names that the page has."""
        return next((self.meta[name] for name in names if name in self.meta), None)

    @cached_property
    def window_title(self) -> str | None:
        """The text of `<title>`."""
        return next((text_of(title) for title in self.root.iter("title")), None)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the page's `<h1>` elements."""
        return [text for heading in self.root.iter("h1") if (text := text_of(heading))]

    def times(self) -> Iterator[str | None]:
        """Yield the `datetime` attributes of the page's `<time>` elements."""
        return (time.get("datetime") for time in self.root.iter("time"))


def json_ld_nodes(root: Element) -> list[Node]:
    """Return all JSON-LD objects of a page, outer ones first. Scripts that are not JSON are ignored."""
    nodes: list[Node] = []
    for script in find(root, "//script[contains(@type, 'ld+json')]"):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip()
        if not text or len(text) > MAX_SCRIPT:
            continue
        try:
            # Line breaks within strings are the commonest fault of hand-made JSON-LD.
            nodes.extend(_walk(orjson.loads(text.replace("\r", " ").replace("\n", " ").replace("\t", " "))))
        except orjson.JSONDecodeError:
            continue
        if len(nodes) > MAX_NODES:
            break
    return nodes


def article_node(nodes: list[Node]) -> Node:
    """Return the JSON-LD object that describes the article, or an empty one.

    A page of teasers describes several articles. The page's own is the one with a headline and a date.
    """
    articles = [node for node in nodes if ARTICLE_TYPES.intersection(node_types(node))]
    return max(articles, key=lambda node: ("headline" in node, "datePublished" in node), default={})


def node_types(node: Node) -> tuple[str, ...]:
    """Return the types of a JSON-LD object."""
    kind = node.get("@type")
    return tuple(k for k in (kind if isinstance(kind, list) else [kind]) if isinstance(k, str))


def as_text(value: Any) -> str | None:
    """Return a JSON-LD value as text: a string, a boolean, the first item of a list, an object's name or URL."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@value")
    if isinstance(value, bool):
        return str(value).lower()
    text = clean(html.unescape(value)) if isinstance(value, str) else ""
    return text or None


def as_texts(value: Any) -> tuple[str, ...]:
    """Return a value as texts: the items of a list, or the parts of a text between commas, each once."""
    if isinstance(value, str):
        value = value.split(",")
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for item in items[:MAX_VALUES] if (text := as_text(item))))


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
