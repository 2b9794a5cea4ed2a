"""When a story was published, and when it was changed."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from wiredesk.extractor import moments, structured
from wiredesk.extractor.document import Element
from wiredesk.extractor.metadata.sources import Sources
from wiredesk.extractor.words import clean
from wiredesk_schemas import Evidence

NEAR = 60
"""Pieces of text after the heading among which a date that is only written for readers stands."""

MAX_NODES = 200
"""JSON-LD objects that are asked for a date where none describes an article: a page, a post of no known type."""

_PUBLISHED = ("article:published_time", "datepublished", "date", "pubdate", "dc.date", "parsely-pub-date")
_NAMES_PUBLICATION = re.compile(r"publi(?:sh|cation).{0,20}(?:date|time)|(?:date|time).{0,20}publi", re.IGNORECASE)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time")


def published(sources: Sources) -> Iterator[tuple[Evidence, date | None]]:
    """Yield when the places of the page say that it was published, the most trusted first."""
    yield Evidence.JSON_LD, moments.stated(sources.json_ld("datePublished"))
    yield Evidence.META, _first(sources.meta.get(name) for name in _PUBLISHED)
    yield Evidence.META, _first(text for name, text in sources.meta.items() if _NAMES_PUBLICATION.search(name))
    yield Evidence.JSON_LD, _first(structured.string(node.get("datePublished")) for node in sources.nodes[:MAX_NODES])
    yield Evidence.DOM, _first(sources.dates())
    yield Evidence.DOM, _written(sources.root)


def modified(sources: Sources) -> Iterator[tuple[Evidence, date | None]]:
    """Yield when they say that it was changed."""
    yield Evidence.JSON_LD, moments.stated(sources.json_ld("dateModified"))
    yield Evidence.META, _first(sources.meta.get(name) for name in _MODIFIED)


def _first(texts: Iterable[str | None]) -> date | None:
    return next((moment for text in texts if (moment := moments.stated(text)) is not None), None)


def _written(root: Element) -> date | None:
    """Return the first date that is written below the heading."""
    heading = next(root.iter("h1"), None)
    pieces = 0
    below = heading is None
    for element in root.iter():
        below = below or element is heading
        for text in (element.text, element.tail) if below and isinstance(element.tag, str) else ():
            piece = clean(text or "")
            if piece:
                pieces += 1
                moment = moments.written(piece) if len(piece) <= moments.MAX_LENGTH else None
                if moment is not None or pieces > NEAR:
                    return moment
    return None
