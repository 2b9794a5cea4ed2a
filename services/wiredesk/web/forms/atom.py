"""Atom (RFC 4287) for feed readers; a withdrawal is a deleted entry (RFC 6721)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from wiredesk.web.forms.entry import Entry, body_of, rfc3339
from wiredesk.web.forms.ninjs import TOPICS
from wiredesk_schemas import EnrichedArticle

MEDIA_TYPE = "application/atom+xml"
"""The media type of Atom."""

ATOM, TOMBSTONES, XML = (
    "http://www.w3.org/2005/Atom",
    "http://purl.org/atompub/tombstones/1.0",
    "http://www.w3.org/XML/1998/namespace",
)
"""The namespaces."""

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even as references."""

ET.register_namespace("", ATOM)
ET.register_namespace("at", TOMBSTONES)


def atom(entries: Iterable[Entry], self_url: str) -> bytes:
    """Return a feed: of each story the newest revision.

    Args:
        entries: the newest first.
        self_url: where the feed is.
    """
    newest = {entry.uri: entry for entry in reversed(list(entries))}
    in_order = list(newest.values())[::-1]
    feed = ET.Element(f"{{{ATOM}}}feed")
    _text(feed, "id", "urn:wiredesk:wire")
    _text(feed, "title", "wiredesk")
    _text(feed, "updated", next((at for one in in_order if (at := one.arrived)), datetime.now(UTC).isoformat()))
    _link(feed, "self", self_url, MEDIA_TYPE)
    for entry in in_order:
        if isinstance(entry.event, EnrichedArticle):
            _entry(feed, entry, entry.event)
        else:
            when = entry.arrived or datetime.now(UTC).isoformat()
            ET.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", {"ref": entry.uri, "when": when})
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _entry(feed: ET.Element, entry: Entry, article: EnrichedArticle) -> None:
    element = ET.SubElement(feed, f"{{{ATOM}}}entry")
    if article.language:
        element.set(f"{{{XML}}}lang", _NO_XML.sub("", article.language))
    _text(element, "id", entry.uri)
    _text(element, "title", article.title or "(no headline)")
    _text(element, "updated", entry.arrived or datetime.now(UTC).isoformat())
    if (published := rfc3339(article.published_at)) is not None:
        _text(element, "published", published)
    if entry.brief.url:
        _link(element, "alternate", entry.brief.url, "text/html")
    for name in (*article.authors, *article.agencies) or (article.source or "unknown",):
        _text(ET.SubElement(element, f"{{{ATOM}}}author"), "name", name)
    for topic in article.topics:
        term = {"term": TOPICS + topic.code.removeprefix("medtop:"), "label": _NO_XML.sub("", topic.name)}
        ET.SubElement(element, f"{{{ATOM}}}category", term)
    if article.subtitle:
        _text(element, "summary", article.subtitle)
    _text(element, "content", body_of(article))


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = _NO_XML.sub("", text)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": _NO_XML.sub("", href), "type": kind})
