"""Objects of JSON-LD that are the page, its story or its site: what is stated of others is not stated of the page."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from wiredesk.ingest.rights.statements import Statements
from wiredesk.json_ld.scripts import plain_name

WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")
"""Properties whose objects are the page or its story. Others are parts of it, or other stories."""

SITES = frozenset({"WebSite"})
"""Types of a whole site, which states its rights for all pages."""

PAGES = frozenset(
    {
        "WebPage", "AboutPage", "Blog", "CollectionPage", "ContactPage", "FAQPage", "ItemPage", "MedicalWebPage",
        "ProfilePage", "QAPage", "SearchResultsPage",
    }
)  # fmt: skip
"""Types of a page (schema.org's `WebPage` and its subtypes). All others are stories, or `NOT_THE_STORY`."""

NOT_THE_STORY = frozenset(
    {
        "3DModel", "AggregateRating", "AmpStory", "Answer", "AudioObject", "Barcode", "BreadcrumbList", "Brand",
        "CategoryCode", "Clip", "Comment", "CorrectionComment", "Corporation", "DataDownload", "DefinedTerm", "Drawing",
        "Event", "GovernmentOrganization", "ImageGallery", "ImageObject", "ImageObjectSnapshot", "ItemList",
        "ListItem", "LocalBusiness", "Map", "MediaGallery", "MediaObject", "MobileApplication", "MusicRecording",
        "MusicVideoObject", "NewsMediaOrganization", "NGO", "Offer", "Organization", "Painting", "Person", "Photograph",
        "Place", "Product", "Question", "Quotation", "Rating", "Review", "SiteNavigationElement", "SoftwareApplication",
        "SoftwareSourceCode", "VideoGallery", "VideoObject", "VideoObjectSnapshot", "VisualArtwork", "WPAdBlock",
        "WPFooter", "WPHeader", "WPSideBar", "WebApplication", "WebPageElement",
    }
)  # fmt: skip
"""Types of objects whose rights are not those of the story: pictures name their own holders."""

MAX_NODES = 200
"""Objects that are read in all blocks of a page."""

MAX_DEPTH = 4
"""Depth of an object below the top of its block."""

MAX_TYPES = 16
"""Types of one object that are read."""

type Node = Mapping[str, Any]
"""An object of JSON-LD."""


class Placed(NamedTuple):
    """An object, and the one within which it stands; None at the top."""

    node: Node
    outer: Node | None


def walk(value: Any, outer: Node | None = None, depth: int = MAX_DEPTH) -> Iterator[Placed]:
    """Yield the objects of a block that may be the page, its story or its site, outer ones first."""
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:MAX_NODES]:
            yield from walk(item, outer, depth - 1)
    elif isinstance(value, dict):
        yield Placed(value, outer)
        for name in WITHIN:
            yield from walk(value.get(name), value, depth - 1)
        part_of = value.get("isPartOf")
        if isinstance(part_of, dict) and not (PAGES | SITES).isdisjoint(types_of(part_of)):
            yield Placed(part_of, value)


def nodes_of_page(placed: Iterable[Placed], statements: Statements) -> list[Node]:
    """Return the objects that are the page, its site or its story.

    Of several stories it is the one that names the page's URL, or else the first one; others with its headline are the
    same, and so may be one that names neither.
    """
    kept: list[Node] = []
    stories: list[Node] = []
    others: set[int] = set()
    for node, outer in placed:
        types = types_of(node)
        if id(outer) in others or not NOT_THE_STORY.isdisjoint(types) or _is_of_another(node, types, statements):
            others.add(id(node))
        elif types and (PAGES | SITES).isdisjoint(types):
            stories.append(node)
        else:
            kept.append(node)
    return kept + _own_stories(stories, statements)


def types_of(node: Node) -> frozenset[str]:
    """Return the types of an object, without prefixes."""
    kinds = node.get("@type")
    listed = kinds[:MAX_TYPES] if isinstance(kinds, list) else [kinds]
    return frozenset(plain_name(kind) for kind in listed if isinstance(kind, str))


def _is_of_another(node: Node, types: frozenset[str], statements: Statements) -> bool:
    """Whether an object names the URL of another page, or, for a site, of another site."""
    urls = list(_urls(node, statements))
    if not SITES.isdisjoint(types):
        return any(not statements.page.is_of_site(url) for url in urls)
    answers = {statements.page.is_of_page(url) for url in urls}
    return False in answers and True not in answers


def _own_stories(stories: list[Node], statements: Statements) -> list[Node]:
    own = [node for node in stories if any(statements.page.is_of_page(url) for url in _urls(node, statements))]
    first = own or stories[:1]
    headlines = {_headline(node) for node in first}
    return [node for node in stories if node in first or not _headline(node) or _headline(node) in headlines]


def _headline(node: Node) -> str:
    text = node.get("headline") or node.get("name")
    return " ".join(text[:500].lower().split()) if isinstance(text, str) else ""


def _urls(node: Node, statements: Statements) -> Iterator[str]:
    """Yield the addresses of the page that an object says to be, or to be the story of."""
    page = node.get("mainEntityOfPage")
    stated = [
        node.get("url"),
        node.get("@id"),
        *((page.get("@id"), page.get("url")) if isinstance(page, dict) else [page]),
    ]
    for value in stated:
        # A fragment is the name of an object, on whatever page it is.
        if isinstance(value, str) and not value.startswith("#") and (url := statements.address(value)):
            yield url.partition("#")[0] if "#!" not in url and "#/" not in url else url
