"""Authors in data for machines: JSON-LD and `<meta>`."""

from collections.abc import Iterator
from typing import Any

from wiredesk.extractor.metadata.authors.agencies import distinct_agencies
from wiredesk.extractor.metadata.authors.grammar import MAX_NAMES, Byline, announces_byline, parse_byline
from wiredesk.extractor.metadata.authors.names import Trust
from wiredesk.extractor.metadata.json_ld import Node, as_text, node_types
from wiredesk.extractor.metadata.sources import MAX_VALUES, MetadataSources
from wiredesk.extractor.words import fold

_CARD_ROWS = (1, 2)
"""Numbers of the rows of a card for sharing, each with a label and a text."""

MAX_DEPTH = 6
"""Levels of objects and lists in which an author's name may be."""

_AUTHOR_PROPERTIES = ("author", "creator", "authors")
"""Properties of JSON-LD that state the author, the most trusted first."""

_META = (
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author",
    "citation_author",
)
"""`<meta>` names of the author, the most trusted first."""


def json_ld_byline(sources: MetadataSources) -> Byline:
    """Return who wrote the story by its JSON-LD object, in whatever shape the authors are written."""
    byline = _byline_of(sources, sources.article)
    if byline or sources.article:
        return byline
    pages = (node for node in sources.own_nodes[:MAX_VALUES] if "WebPage" in node_types(node) and node.get("author"))
    return next(filter(None, (_byline_of(sources, page) for page in pages)), Byline())


def microdata_byline(sources: MetadataSources) -> Byline:
    """Return who wrote the story by its microdata or RDFa."""
    return _byline_of(sources, sources.microdata)


def _byline_of(sources: MetadataSources, story: Node) -> Byline:
    stated = (_byline(_names(sources, story.get(name), MAX_DEPTH)) for name in _AUTHOR_PROPERTIES)
    return next(filter(None, stated), Byline())


def meta_bylines(sources: MetadataSources) -> Iterator[Byline]:
    """Yield who wrote the story by each `<meta>` that states it, the most trusted first."""
    for name in _META:
        if name == "citation_author":
            yield parse_byline(map(_citation_author, sources.meta_list(name)))
        elif name in sources.metas:
            yield parse_byline(sources.meta_list(name))
    for name, contents in sources.metas.items():
        if name.endswith(("author", "authors")) and name not in _META and not name.startswith(("twitter", "og:")):
            yield parse_byline(contents[:MAX_VALUES])
    yield from map(parse_byline, _labelled(sources))


def _labelled(sources: MetadataSources) -> Iterator[list[str]]:
    """Yield what a card for sharing says beside the label of an author: `Written by`, in any language."""
    for number in _CARD_ROWS:
        label, text = (sources.meta_content(f"twitter:{part}{number}") for part in ("label", "data"))
        if label and text and announces_byline(label):
            yield [text]


def _citation_author(stated: str) -> str:
    """Return the author of a paper, who may be written `Family, Given`."""
    family, _, given = stated.partition(", ")
    return f"{given} {family}".strip()


def _byline(stated: Iterator[tuple[str, str]]) -> Byline:
    """Sort names into people and agencies, by what the page says that they are."""
    people: dict[str, str] = {}
    agencies: list[str] = []
    for text, kind in stated:
        if kind == "organisation":
            agencies.append(text)
            continue
        byline = parse_byline([text], Trust.DECLARED)
        agencies += byline.agencies
        for name in byline.people:
            if fold(name) not in people or people[fold(name)].isupper():
                people[fold(name)] = name
    return Byline(tuple(people.values())[:MAX_NAMES], distinct_agencies(agencies)[:MAX_NAMES])


def _names(sources: MetadataSources, value: Any, depth: int, kind: str = "") -> Iterator[tuple[str, str]]:
    """Yield the names in a value, each with what the page says that it is: person, organisation, or nothing."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:MAX_VALUES]:
            yield from _names(sources, item, depth - 1, kind)
    elif isinstance(value, dict):
        author = sources.resolve(value)
        kind = _kind(author) or kind
        given, family = (as_text(author.get(name)) for name in ("givenName", "familyName"))
        name = author.get("name") or author.get("@value") or " ".join(filter(None, (given, family)))
        if not name and author and all(key.isdecimal() for key in author):
            yield from _names(sources, list(author.values()), depth - 1, kind)  # a list, as some programs write it
            return
        yield from _names(sources, name or author.get("@list") or author.get("author"), depth - 1, kind)
    elif isinstance(value, str) and (text := as_text(value)):
        yield text, kind


def _kind(author: dict[str, Any]) -> str:
    kinds = node_types(author)
    if any(kind.endswith("Organization") for kind in kinds):
        return "organisation"
    return "person" if any(kind.endswith("Person") for kind in kinds) else ""
