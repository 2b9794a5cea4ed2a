"""Metadata of an HTML page: several places state each field; which one is believed stands here, field by field."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from schemas import AcceptedPage, Evidence
from services.extractor import moments, structured
from services.extractor.document import Element, find, metas, text_of
from services.extractor.words import clean, fold

MAX_TITLE = 500
MIN_HEADING = 15
"""Characters of a lone heading that is a headline; shorter ones are names of sections."""

NEAR = 60
"""Pieces of text after the heading among which a date that is only written for readers stands."""

MAX_AUTHOR = 80
MAX_AUTHORS = 20

_SEPARATOR = re.compile(r"\s+(?:[|·•»«—–-]|::)\s+|\s*[|_]\s*")
_BY = re.compile(r"^\s*(?:by|von|par|por|di|от|door|av|af|autor(?:in)?|text)\s*:?\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|;|/|\band\b|\bund\b|\bet\b|\by\b|&)\s*")
_NO_NAME = re.compile(r"https?:|@|\d{2}|www\.", re.IGNORECASE)
_PUBLISHED = ("article:published_time", "datepublished", "date", "pubdate", "dc.date", "parsely-pub-date")
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time")
_SUBTITLES = frozenset(
    {"standfirst", "subtitle", "sub-title", "subheadline", "sub-headline", "dek", "deck", "article-summary"}
)
"""Classes that publishers give a standfirst."""


@dataclass(slots=True)
class Found:
    """The fields that were found, by their names in `Reading`, and where."""

    fields: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def first(self, name: str, *candidates: tuple[Evidence, Any]) -> None:
        """Set a field to the first candidate that is not empty."""
        for evidence, value in candidates:
            if value:
                self.fields[name], self.evidence[name] = value, evidence
                return


@dataclass(frozen=True, slots=True)
class _Sources:
    """The places of a page that state metadata, each read once.

    Attributes:
        root: of the document.
        article: the JSON-LD object of the article.
        meta: contents of `<meta>`.
    """

    root: Element
    article: structured.Node
    meta: dict[str, str]

    def json_ld(self, name: str) -> str | None:
        return structured.string(self.article.get(name))

    def named(self, *names: str) -> str | None:
        """Return the content of the first of these `<meta>` that the page has."""
        return next((self.meta[name] for name in names if name in self.meta), None)


def read(page: AcceptedPage, root: Element) -> Found:
    """Read a page's metadata."""
    sources = _Sources(root, structured.article(structured.nodes(root)), metas(root))
    found = Found()
    found.first(
        "source",
        (Evidence.PUBLISHER, page.source),
        (Evidence.JSON_LD, sources.json_ld("publisher")),
        (Evidence.META, sources.named("og:site_name", "application-name")),
        (Evidence.DOM, _site_in_title(root)),
    )
    found.first("title", *_titles(sources, found.fields.get("source"), page.canonical_url))
    found.first(
        "subtitle",
        (Evidence.JSON_LD, sources.json_ld("alternativeHeadline")),
        (Evidence.DOM, _subtitle(root)),
    )
    found.first(
        "authors",
        (Evidence.JSON_LD, _names(structured.people(sources.article.get("author")))),
        (Evidence.META, _names(_meta_authors(sources))),
        (Evidence.DOM, _names(_bylines(root))),
    )
    _times(found, sources)
    found.first(
        "section",
        (Evidence.JSON_LD, sources.json_ld("articleSection")),
        (Evidence.META, sources.named("article:section", "section")),
    )
    found.first(
        "language",
        (Evidence.DOM, root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")),
        (Evidence.JSON_LD, sources.json_ld("inLanguage")),
        (Evidence.META, (sources.named("og:locale") or "").replace("_", "-")),
        (Evidence.PUBLISHER, page.language),
    )
    found.first(
        "keywords",
        (Evidence.JSON_LD, structured.strings(sources.article.get("keywords"))),
        (Evidence.META, structured.strings(sources.named("news_keywords", "keywords"))),
    )
    found.first(
        "lead_image",
        (Evidence.META, _absolute(page.canonical_url, sources.named("og:image", "twitter:image"))),
        (Evidence.JSON_LD, _absolute(page.canonical_url, sources.json_ld("image"))),
    )
    found.fields["declared_type"] = next(iter(structured.types(sources.article)), None) or sources.named("og:type")
    return found


def _titles(sources: _Sources, source: str | None, url: str) -> Iterable[tuple[Evidence, str]]:
    """Return candidates for the headline, the best first.

    A heading on the page that a machine-readable title repeats is the headline as readers see it. Where none agrees,
    the machine-readable ones are better than a heading: that one may be the site's name, or a section. The title of
    the browser's window comes last: it is made for the window.
    """
    site = {fold(name) for name in (source, urlsplit(url).hostname) if name} | _sites_at_the_end(sources.root)
    stated = [
        (Evidence.JSON_LD, sources.json_ld("headline")),
        (Evidence.META, sources.named("og:title", "twitter:title", "dc.title", "title")),
    ]
    window = _without_site(window_title(sources.root) or "", site)
    titles = [(e, _without_site(t, site)) for e, t in stated if t and len(t) <= MAX_TITLE]
    agreeing = [*(title for _, title in titles), window]
    headings = [text for h in sources.root.iter("h1") if (text := text_of(h)) and len(text) <= MAX_TITLE]
    for heading in headings:
        if any(fold(heading) and fold(heading) in fold(t) for t in agreeing) and fold(heading) not in site:
            yield Evidence.DOM, heading
    yield from titles
    if len(headings) == 1 and len(headings[0]) >= MIN_HEADING and fold(headings[0]) not in site:
        yield Evidence.DOM, headings[0]
    yield Evidence.DOM, window[:MAX_TITLE]
    yield from ((Evidence.DOM, heading) for heading in headings)


def window_title(root: Element) -> str | None:
    """Return the title that the browser's window shows."""
    return next((text_of(title) for title in root.iter("title")), None)


def _sites_at_the_end(root: Element) -> set[str]:
    """Return headings that end the window's title: of `A headline - The Paper`, a heading `The Paper`."""
    parts = _SEPARATOR.split(window_title(root) or "")
    headings = {fold(text_of(heading)) for heading in root.iter("h1")}
    return {fold(parts[-1])} & headings if len(parts) > 1 and len(parts[-1]) < len(parts[0]) else set()


def _site_in_title(root: Element) -> str | None:
    """Return the end of the window's title where its beginning is the page's heading: that is the site's name."""
    headings = {fold(text_of(heading)) for heading in root.iter("h1")}
    parts = _SEPARATOR.split(window_title(root) or "")
    return parts[-1] if len(parts) > 1 and fold(parts[0]) in headings else None


def _without_site(title: str, site: set[str]) -> str:
    """Drop the site's name, and what stands beyond it, from the end of a title, or from its beginning."""
    parts = _SEPARATOR.split(title)
    if len(parts) == 1:
        return title
    separators = list(_SEPARATOR.finditer(title))
    for index in range(len(parts) - 1, 0, -1):
        if _names_site(parts[index], site):
            return title[: separators[index - 1].start()]
    return title[separators[0].end() :] if _names_site(parts[0], site) else title


def _names_site(part: str, site: set[str]) -> bool:
    name = fold(part)
    joined = name.replace(" ", "")
    return bool(name) and any(name == s or s in name or joined in s.replace(" ", "") for s in site)


def _subtitle(root: Element) -> str | None:
    for element in root.iter("p", "h2", "div", "span"):
        if _SUBTITLES.intersection((element.get("class") or "").split()):
            text = text_of(element)
            if text and len(text) <= MAX_TITLE:
                return text
    return None


def _meta_authors(sources: _Sources) -> tuple[str, ...]:
    author = sources.named("author", "article:author", "parsely-author", "dc.creator", "byl")
    return tuple(_AND.split(author)) if author else ()


def _bylines(root: Element) -> tuple[str, ...]:
    for element in find(root, "//*[@rel='author' or @itemprop='author' or contains(@class, 'byline')]"):
        text = text_of(element)
        if text and len(text) <= MAX_AUTHOR * 2:
            return tuple(_AND.split(_BY.sub("", text)))
    return ()


def _names(candidates: Iterable[str]) -> tuple[str, ...]:
    names = (_BY.sub("", name).strip(" ,.-|") for name in candidates)
    return tuple(dict.fromkeys(n for n in names if 1 < len(n) <= MAX_AUTHOR and not _NO_NAME.search(n)))[:MAX_AUTHORS]


def _times(found: Found, sources: _Sources) -> None:
    def first(texts: Iterable[str | None]) -> date | None:
        return next((moment for text in texts if (moment := moments.stated(text)) is not None), None)

    found.first(
        "published_at",
        (Evidence.JSON_LD, moments.stated(sources.json_ld("datePublished"))),
        (Evidence.META, first(sources.meta.get(name) for name in _PUBLISHED)),
        (Evidence.DOM, first(time.get("datetime") for time in sources.root.iter("time"))),
        (Evidence.DOM, _written(sources.root)),
    )
    found.first(
        "modified_at",
        (Evidence.JSON_LD, moments.stated(sources.json_ld("dateModified"))),
        (Evidence.META, first(sources.meta.get(name) for name in _MODIFIED)),
    )


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


def _absolute(base: str, address: str | None) -> str | None:
    try:
        joined = urljoin(base, address) if address else ""
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None
