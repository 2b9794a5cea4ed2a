"""Microdata and RDFa: what attributes within the page say about its story, in the form of JSON-LD."""

from itertools import islice

from wiredesk.extractor.document import Element, find
from wiredesk.extractor.metadata.json_ld import JsonLd, Node
from wiredesk.extractor.metadata.story_node import PageWitnesses, is_article, story_node
from wiredesk.extractor.page_elements import PageElements
from wiredesk.extractor.words import clean

MAX_ITEMS = 500
"""Maximum number of elements with a property that are read."""

MAX_PIECES = 50
"""Maximum number of pieces of text of a property."""

MAX_TEXT = 1000
"""Maximum characters of a property; longer ones are cut off. The body of the story is not among those that are read."""

_READ = frozenset(
    {
        "headline", "alternativeHeadline", "name", "givenName", "familyName", "author", "creator", "authors", "editor",
        "publisher", "datePublished", "dateModified", "dateCreated", "keywords", "articleSection", "image",
        "contentUrl", "thumbnailUrl", "url", "isAccessibleForFree", "isPartOf", "inLanguage", "mainEntityOfPage",
        "legalName", "correction", "text",
    }
)  # fmt: skip
"""Properties that are read; others hold the story, and what readers say about it."""

_PATH = "//*[@itemscope or @itemprop or @typeof or @property][not(self::meta[contains(@property, ':')])]"
"""Elements that begin an object or hold a property. Open Graph has the attribute `property`, too."""


def read_microdata(page: PageElements) -> Node:
    """Return the story as microdata or RDFa describe it; empty if they describe none."""
    if not page.has("itemtype", _is_article) and not page.has("typeof", _is_article):
        return {}
    stated = JsonLd([], [])
    scopes: dict[Element, Node] = {}
    for element in islice(find(page.root, _PATH), MAX_ITEMS):
        kind = element.get("itemtype") or element.get("typeof")
        node: Node | None = None
        if kind or element.get("itemscope") is not None:
            node = {"@type": [_name(part) for part in (kind or "").split()[:4]]}
            scopes[element] = node
        parent = next((scopes[outer] for outer in element.iterancestors() if outer in scopes), None)
        names = (element.get("itemprop") or element.get("property") or "").split()[:4]
        if node is not None and (parent is None or not names):
            stated.nodes.append(node)
            stated.is_aside.append(parent is not None)
        if parent is not None:
            for name in map(_name, names):
                if name in _READ:
                    _add(parent, name, node if node is not None else _value(element))
    return story_node(stated, PageWitnesses()) if any(map(is_article, stated.nodes)) else {}


def _is_article(kind: str) -> bool:
    return is_article({"@type": _name(kind)})


def _name(name: str) -> str:
    """Return the name of a type or a property without its vocabulary."""
    return name.rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit(":", 1)[-1]


def _add(node: Node, name: str, value: Node | str) -> None:
    if not value or not name:
        return
    stated = node.setdefault(name, value)
    if isinstance(stated, list):
        stated.append(value)
    elif stated is not value:
        node[name] = [stated, value]


def _value(element: Element) -> str:
    """Return the value of a property: what is written for machines, an address, or the text."""
    for attribute in ("content", "datetime", "src", "href"):
        if value := element.get(attribute):
            # The text of a link is the name of what it leads to.
            return (_text(element) or value) if attribute == "href" and element.tag == "a" else value[:MAX_TEXT]
    return _text(element)


def _text(element: Element) -> str:
    """Return the beginning of an element's text."""
    return clean(" ".join(map(str, islice(element.itertext(), MAX_PIECES)))[:MAX_TEXT])
