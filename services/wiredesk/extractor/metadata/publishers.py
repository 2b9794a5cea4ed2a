"""The publication: who published the story of an HTML page."""

import html
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from wiredesk.extractor.metadata.json_ld import Node, as_items, as_text, node_types
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.titles import site_in_title
from wiredesk.extractor.words import fold, is_spaceless
from wiredesk_schemas import Evidence

MAX_NAME = 100
"""Maximum characters of a name."""

MAX_LEVELS = 3
"""Levels of objects around a nameless one that may have the publication's name."""

MAX_URL = 2000
"""Characters of an address that are read."""

_PUBLISHERS, _OTHER_PUBLISHERS = ("publisher", "sourceOrganization"), ("isPartOf", "provider", "copyrightHolder")
"""Properties of a story that name the publication, before and after what `<meta>` names."""

_SITES = frozenset({"newsmediaorganization", "website", "newspaper", "periodical"})
"""Types of objects that are the publication, if the page has one of them beside its story."""

_PUBLISHER_META = (
    "og:site_name", "og:site", "application-name", "publisher", "dc.publisher", "dcterms.publisher",
    "citation_journal_title", "apple-mobile-web-app-title", "article:publisher",
)  # fmt: skip
"""`<meta>` names of the publication, the most trusted first."""

_ADDRESS = re.compile(r"^(?:https?:)?//|^www\.|^@|\.(?:html?|php)\b", re.IGNORECASE)
"""How an address begins; it is no name."""

_DOMAIN = re.compile(r"(?:[\w-]{1,60}\.){1,4}[a-z]{2,24}", re.IGNORECASE)
"""The name of a host, which names a publication only if nothing else does."""

_PLATFORMS = frozenset(
    {
        "facebook", "twitter", "x", "youtube", "wordpress", "wordpress com", "blogger", "blogspot", "blogger com",
        "tumblr", "medium", "substack", "wix", "wix com", "squarespace", "linkedin", "instagram", "google",
        "google news", "amp", "ghost",
        "joomla", "drupal", "shopify", "weebly", "telegram", "my blog", "my site", "website", "home", "homepage",
    }
)  # fmt: skip
"""Platforms, programs and names that templates begin with, folded. They count only if nothing else names the site."""


MAX_TEXTS_AFTER_HEADING = 60
"""Number of texts after the heading that are searched for the publication."""

_SHOWN = re.compile(
    r"(?:来源|來源|稿源|文章来源|信息来源|出典|出处|配信)\s{0,3}[:：]\s{0,3}([^\s:：|｜（）()\[\]]{2,30})"
)
"""How Chinese and Japanese pages name the publication that a story comes from, beside its date."""


def publishers(sources: MetadataSources) -> Iterator[tuple[Evidence, str | None]]:
    """Yield the names of the publication that a page states, the most trusted place first.

    Names of hosts and platforms come last. If the site's name is part of the publisher's, then the publisher's has a
    legal form or a department in it, and readers know the site's.
    """
    site = next(filter(None, (_name(sources.meta_content(name)) for name in _PUBLISHER_META)), "")
    later: list[tuple[Evidence, str]] = []
    for place, name in _stated(sources):
        if _DOMAIN.fullmatch(name) or fold(name) in _PLATFORMS:
            later.append((place, name))
        elif place is Evidence.JSON_LD and _is_part(site, name):
            yield Evidence.META, site
        else:
            yield place, name
    yield from later


def _is_part(site: str, name: str) -> bool:
    """Return whether a site's name is a part of a publisher's, and not the whole."""
    short, long = fold(site), fold(name)
    return bool(short) and short != long and short not in _PLATFORMS and f" {short} " in f" {long} "


def _stated(sources: MetadataSources) -> Iterator[tuple[Evidence, str]]:
    """Yield the names that may be the publication's."""
    candidates = chain(
        ((Evidence.JSON_LD, text) for name in _PUBLISHERS for text in _names(sources, sources.article.get(name))),
        ((Evidence.META, _name(sources.meta_content(name))) for name in _PUBLISHER_META),
        ((Evidence.JSON_LD, text) for name in _OTHER_PUBLISHERS for text in _names(sources, sources.article.get(name))),
        ((Evidence.JSON_LD, text) for text in _legal_names(sources)),
        ((Evidence.JSON_LD, text) for node in sources.own_nodes if (text := _site_name(node, sources))),
        ((Evidence.DOM, _name(_shown_after_heading(sources))) for _ in range(1)),
        ((Evidence.DOM, _name(site_in_title(sources))) for _ in range(1)),
        ((Evidence.DOM, text) for _ in range(1) for text in _names(sources, sources.microdata.get("publisher"))),
    )
    return ((place, name) for place, name in candidates if name)


def _shown_after_heading(sources: MetadataSources) -> str | None:
    """Return the publication that a page in Chinese or Japanese names after its heading."""
    heading = next(sources.elements.named("h1"), None)
    if heading is None or not is_spaceless("".join(sources.headings)):
        return None
    texts = heading.xpath(f"following::text()[position() <= {MAX_TEXTS_AFTER_HEADING}]")
    shown = _SHOWN.search(" ".join(str(text)[:MAX_NAME] for text in texts) if isinstance(texts, list) else "")
    return shown[1] if shown else None


def _site_name(node: Node, sources: MetadataSources) -> str | None:
    """Return the name of an object that is the site, or an organisation with the name of its host.

    Other organisations are agencies, employers of authors, and advertisers.
    """
    kinds = {kind.lower() for kind in node_types(node)}
    if not kinds & _SITES and not any("organization" in kind for kind in kinds):
        return None
    name = _name(as_text(node.get("name")))
    return name if name and (kinds & _SITES or fold(name).replace(" ", "") in _host(sources)) else None


def _names(sources: MetadataSources, value: Any) -> Iterator[str]:
    """Yield the names of a publisher, which a page of the site may name in its place."""
    for item in map(sources.resolve, as_items(value)):
        if not isinstance(item, dict):
            text = _name(as_text(item))
        elif any(kind.endswith("Page") for kind in node_types(item)):
            outer = sources.resolve(item.get("isPartOf") or item.get("publisher"))
            text = _name(as_text(outer.get("name"))) if isinstance(outer, dict) else None
        elif "Person" in node_types(item):
            text = None  # a blog is published by a person, but has a name of its own
        else:
            text = next(
                (n for key in ("name", "alternateName", "@value") if (n := _name(as_text(item.get(key))))),
                None,
            ) or _name_around(sources, item)
        if text:
            yield text


def _legal_names(sources: MetadataSources) -> Iterator[str]:
    """Yield the legal names of publishers, which readers do not know the publication by."""
    stated = (sources.resolve(item) for name in _PUBLISHERS for item in as_items(sources.article.get(name)))
    names = (_name(as_text(item.get("legalName"))) for item in stated if isinstance(item, dict))
    return (name for name in names if name)


def _name_around(sources: MetadataSources, item: Node) -> str | None:
    """Return the name of what an object without one is a part of: of a periodical, for its issue."""
    for _ in range(MAX_LEVELS):
        outer = sources.resolve(item.get("isPartOf"))
        if not isinstance(outer, dict):
            return None
        if name := _name(as_text(outer.get("name"))):
            return name
        item = outer
    return None


def _name(text: str | None) -> str | None:
    text = html.unescape(text) if text and "&" in text else text
    return text if text and len(text) <= MAX_NAME and not _ADDRESS.search(text) and fold(text) else None


def _host(sources: MetadataSources) -> str:
    """Return the letters and digits of the page's host."""
    try:
        host = urlsplit(next(iter(sources.addresses), "")[:MAX_URL]).hostname or ""
    except ValueError:
        return ""
    return host.replace("-", "").replace(".", "")
