"""Metadata of an HTML page: several places state each field; which one is believed stands here, field by field.

sources      the places
titles       the headline and the standfirst
authors      the byline
times        publication and change
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import ada_url

from wiredesk.extractor import structured
from wiredesk.extractor.metadata.authors import authors
from wiredesk.extractor.metadata.sources import Sources
from wiredesk.extractor.metadata.times import modified, published
from wiredesk.extractor.metadata.titles import site_in_title, subtitle, titles
from wiredesk_schemas import AcceptedPage, Evidence

__all__ = ["Found", "Sources", "read"]


@dataclass(slots=True)
class Found:
    """The fields that were found, by their names in `Reading`, and where."""

    fields: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def first(self, name: str, candidates: Iterable[tuple[Evidence, Any]]) -> None:
        """Set a field to the first candidate that is not empty."""
        for evidence, value in candidates:
            if value:
                self.fields[name], self.evidence[name] = value, evidence
                return


def read(page: AcceptedPage, sources: Sources) -> Found:
    """Read a page's metadata."""
    found = Found()
    found.first(
        "source",
        (
            (Evidence.PUBLISHER, page.source),
            (Evidence.JSON_LD, sources.json_ld("publisher")),
            (Evidence.META, sources.named("og:site_name", "application-name")),
            (Evidence.DOM, site_in_title(sources)),
        ),
    )
    source = found.fields.get("source")
    found.first("title", titles(sources, source, page.canonical_url))
    found.first(
        "subtitle",
        ((Evidence.JSON_LD, sources.json_ld("alternativeHeadline")), (Evidence.DOM, subtitle(sources.root))),
    )
    for evidence, byline in authors(sources, source):
        if byline:
            found.first("authors", ((evidence, byline.people),))
            found.first("agencies", ((evidence, byline.agencies),))
            break
    found.first("published_at", published(sources))
    found.first("modified_at", modified(sources))
    _classify(page, sources, found)
    return found


def _classify(page: AcceptedPage, sources: Sources, found: Found) -> None:
    """Read what puts a page into its place: section, language, keywords, picture, and the type that it declares."""
    root = sources.root
    found.first(
        "section",
        (
            (Evidence.JSON_LD, sources.json_ld("articleSection")),
            (Evidence.META, sources.named("article:section", "section")),
        ),
    )
    found.first(
        "language",
        (
            (Evidence.DOM, root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")),
            (Evidence.JSON_LD, sources.json_ld("inLanguage")),
            (Evidence.META, (sources.named("og:locale") or "").replace("_", "-")),
            (Evidence.PUBLISHER, page.language),
        ),
    )
    found.first(
        "keywords",
        (
            (Evidence.JSON_LD, structured.strings(sources.article.get("keywords"))),
            (Evidence.META, structured.strings(sources.named("news_keywords", "keywords"))),
        ),
    )
    found.first(
        "lead_image",
        (
            (Evidence.META, _absolute(page.canonical_url, sources.named("og:image", "twitter:image"))),
            (Evidence.JSON_LD, _absolute(page.canonical_url, sources.json_ld("image"))),
        ),
    )
    free = structured.string(sources.article.get("isAccessibleForFree"))
    if free is not None:
        found.fields["is_paywalled"], found.evidence["is_paywalled"] = free.lower() == "false", Evidence.JSON_LD


def _absolute(base: str, address: str | None) -> str | None:
    """Return an address as an absolute URL that is safe to hand on.

    Without credentials; with controls, spaces or invisible characters it is written by the rules of the WHATWG, which
    drop or percent-encode them. None where it is no http or https URL.
    """
    try:
        joined = urljoin(base, address) if address else ""
        parsed = ada_url.URL(joined)
    except ValueError:
        return None
    if not joined.startswith(("http://", "https://")):
        return None
    if joined.isprintable() and " " not in joined and not (parsed.username or parsed.password):
        return joined
    parsed.username = parsed.password = ""
    return str(parsed.href)
