"""The page's own story among the objects that its JSON-LD describes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from wiredesk.extractor import words
from wiredesk.extractor.metadata.json_ld import JsonLd, Node, as_items, as_text, node_types
from wiredesk.extractor.words import fold

MAX_CANDIDATES = 200
"""Maximum number of objects that are compared with the page."""

MAX_URL = 2000
"""Maximum characters of an address; longer ones are ignored."""

MAX_HEADLINE = 500
"""Characters of a headline that are compared."""

MIN_HEADLINE = 10
"""Minimum letters of a headline that counts as a part of a longer title."""

MUCH_ALIKE, ALIKE = 0.6, 0.3
"""Shares of a headline's words in the page's title from which they are the same, and may be the same."""

OTHER_STORY = -2.5
"""Score up to which an object describes another story, by its address or place, and its headline."""

ARTICLE_TYPES = frozenset(
    {
        "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BlogPosting",
        "BackgroundNewsArticle", "ReviewNewsArticle", "LiveBlogPosting", "SocialMediaPosting",
        "AdvertiserContentArticle", "Report", "TechArticle", "ScholarlyArticle", "SatiricalArticle",
        "AskPublicNewsArticle", "MedicalScholarlyArticle",
    }
)  # fmt: skip
"""Types of schema.org that describe an article."""

_ARTICLE = re.compile(r"\w{0,40}article|blogposting|liveblogposting|socialmediaposting|report", re.IGNORECASE)
"""The name of a type that describes an article, in any case; publishers have subtypes of their own."""

_LOOSE_TYPES = frozenset({"", "thing", "creativework", "webpage", "review", "recipe", "itempage", "medicalwebpage"})
"""Types that describe the story if nothing else does and the object has a headline and a date."""

_ADDRESSES = ("mainEntityOfPage", "url", "@id", "sameAs")
"""Properties with the address of the story."""

_REFERRING = frozenset({"author", "creator", "contributor", "publisher", "image", "isPartOf"})
"""Properties whose text may be the `@id` of another object."""

_NO_STORY = re.compile(r"/?(?:index\.\w{2,5})?")
"""The path of a front page, which is no story's address."""

_FORM_OF_HOST = re.compile(r"^(?:www|m|mobile|amp|touch)\.", re.IGNORECASE)
"""The beginning of a host's name that says for which device or form the page is."""

_FORM_OF_PATH = re.compile(r"/(?:amp|index\.\w{2,5})?/?$|\.amp(?=\.html?$)", re.IGNORECASE)
"""The part of a path that says in which form the page is."""

type Address = tuple[str, str]
"""Host and path, and the query."""


@dataclass(frozen=True, slots=True)
class PageWitnesses:
    """What a page says about its story outside of JSON-LD.

    Attributes:
        titles: headings, titles for machines, and the title of the window.
        addresses: the page's own, and those that it declares.
    """

    titles: Sequence[str] = ()
    addresses: Sequence[str] = ()


def story_node(json_ld: JsonLd, witnesses: PageWitnesses) -> Node:
    """Return the object that describes the page's own story, or an empty one.

    A page describes several articles if it lists teasers, or if several plug-ins each describe its story. Its own have
    its address and its headline. They are joined into one: the best counts, the others add what it lacks.
    """
    candidates = _candidates(json_ld)
    if not candidates:
        return {}
    page = _Page(witnesses)
    scored = [(_score(node, page, is_aside=is_aside), node) for node, is_aside in candidates]
    best_score, best = max(scored, key=lambda pair: pair[0])
    if best_score <= OTHER_STORY:
        return {}
    same = [best, *(node for score, node in scored if node is not best and score >= max(1.0, best_score - 1.5))]
    return _joined(same, json_ld.nodes, best)


def resolve(value: Any, by_id: dict[str, Node]) -> Any:
    """Return a JSON-LD value with references (`{"@id": ...}`) replaced by the objects that they refer to."""
    if isinstance(value, list):
        return [resolve(item, by_id) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and isinstance(name := value.get("@id"), str) and len(value) <= 2:  # noqa: PLR2004 - with its type
        return by_id.get(name, value)
    return value


def referenced(node: Node, by_id: dict[str, Node]) -> Node:
    """Return an object whose references are replaced by what they refer to, and whose wrapped lists are lists."""
    changed: Node = {}
    for name, value in node.items():
        items = as_items(value) if isinstance(value, dict) else value
        if isinstance(items, str) and name in _REFERRING:
            changed[name] = by_id.get(items, items)
        elif isinstance(items, dict | list):
            changed[name] = resolve(items[0] if items is not value and len(items) == 1 else items, by_id)
    return node | changed if any(changed[name] is not node[name] for name in changed) else node


def nodes_by_id(nodes: Iterable[Node]) -> dict[str, Node]:
    """Return objects by `@id`. Of several with the same one, the one with most properties counts."""
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, ())):
            by_id[name] = node
    return by_id


def is_article(node: Node) -> bool:
    """Return whether the type of an object says that it is an article."""
    return any(kind in ARTICLE_TYPES or _ARTICLE.fullmatch(kind) for kind in node_types(node))


class _Page:
    """The witnesses in the forms in which they are compared."""

    def __init__(self, witnesses: PageWitnesses) -> None:
        titles = [title[:MAX_HEADLINE] for title in witnesses.titles if title]
        self.titles = [f for f in map(fold, titles) if f]
        self.words = [set(words.split(title)) for title in titles]
        self.base = next(iter(witnesses.addresses), "")
        self.addresses = {a for stated in witnesses.addresses if (a := _address(stated, self.base))}


def _candidates(json_ld: JsonLd) -> list[tuple[Node, bool]]:
    pairs = list(zip(json_ld.nodes, json_ld.is_aside, strict=True))
    articles = list(islice(((node, aside) for node, aside in pairs if is_article(node)), MAX_CANDIDATES))
    if any(not aside for _, aside in articles):
        return articles
    loose = (
        (node, False)
        for node, aside in pairs
        if not aside and "headline" in node and "datePublished" in node and _is_loose(node)
    )
    return [*islice(loose, MAX_CANDIDATES), *articles]


def _is_loose(node: Node) -> bool:
    kinds = node_types(node)
    return not kinds or any(kind.lower() in _LOOSE_TYPES for kind in kinds)


def _score(node: Node, page: _Page, *, is_aside: bool) -> float:
    """Return how certain it is that an object describes the story of the page."""
    complete = 0.5 * ("headline" in node or "name" in node) + 0.25 * ("datePublished" in node)
    return complete - 3 * is_aside + _address_score(node, page) + _headline_score(node, page)


def _address_score(node: Node, page: _Page) -> float:
    texts = (text for name in _ADDRESSES for text in _addresses_of(node.get(name)) if name == "@id" or "#" not in text)
    stated = {address for text in texts if (address := _address(text, page.base))}
    if not stated or not page.addresses:
        return 0
    if stated & page.addresses:
        return 4
    # The same path with another query may be the same story.
    return 0 if {path for path, _ in stated} & {path for path, _ in page.addresses} else -4


def _addresses_of(value: Any) -> list[str]:
    texts = []
    for item in as_items(value):
        stated = (item.get("@id"), item.get("url")) if isinstance(item, dict) else (item,)
        texts += [text for text in stated if isinstance(text, str)]
    return texts


def _address(stated: str, base: str) -> Address | None:
    """Return an address in the form in which addresses are compared; None if it is none of a story."""
    if not stated or len(stated) > MAX_URL or stated.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, stated.strip()) if "//" not in stated[:10] else stated.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    path = _FORM_OF_PATH.sub("", parts.path)
    if not host or (_NO_STORY.fullmatch(path) and not parts.query):
        return None
    return f"{_FORM_OF_HOST.sub('', host)}{path}".lower(), parts.query


def _headline_score(node: Node, page: _Page) -> float:
    headline = (as_text(node.get("headline")) or as_text(node.get("name")) or "")[:MAX_HEADLINE]
    folded = fold(headline)
    if not folded or not page.titles:
        return 0
    if any(folded == title or (len(folded) >= MIN_HEADLINE and folded in title) for title in page.titles):
        return 3
    if any(len(title) >= MIN_HEADLINE and title in folded for title in page.titles):
        return 3
    own = set(words.split(headline))
    share = max((len(own & title) / max(1, min(len(own), len(title))) for title in page.words), default=0)
    return 2 if share >= MUCH_ALIKE else 1 if share >= ALIKE else -1


def _joined(same: Sequence[Node], nodes: Sequence[Node], best: Node) -> Node:
    """Return one object with the properties of several that describe the same story, the first ones preferred."""
    name = best.get("@id")
    others = [node for node in nodes if node is not best and node.get("@id") == name and len(node) > 1] if name else []
    if len(same) == 1 and not others and isinstance(best.get("headline"), str):
        return best
    joined: Node = {}
    for node in (*same, *others):
        for key, value in node.items():
            if joined.get(key) in (None, "", [], {}):
                joined[key] = value
    if isinstance(joined.get("headline"), int | float):
        del joined["headline"]
    return {"headline": joined["name"], **joined} if "name" in joined else joined
