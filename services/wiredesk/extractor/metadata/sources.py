"""The places of an HTML page that state metadata, each read once."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from lxml import etree

from wiredesk.extractor.document import Element, find, meta_contents, text_of
from wiredesk.extractor.metadata.json_ld import JsonLd, Node, as_text, read_json_ld
from wiredesk.extractor.metadata.microdata import read_microdata
from wiredesk.extractor.metadata.story_node import (
    PageWitnesses,
    is_article,
    nodes_by_id,
    referenced,
    resolve,
    story_node,
)
from wiredesk.extractor.page_elements import PageElements

MAX_HEADINGS = 100
"""Number of headings that are read."""

MAX_SPANS = 10
"""Number of `<span>` elements of a heading that are read."""

MIN_KICKER = 3
"""Minimum characters of a kicker; a shorter `<span>` is a part of a word."""

_LINK_SIGN = re.compile(r"\s{1,3}#$|\s{0,3}[¶\U0001f517]$")
"""The sign of a link to a heading, at its end."""

_ACTING = "//*[@role='heading' and @aria-level='1']"
"""Elements that act as `<h1>` for readers who hear a page."""

MAX_VALUES = 100
"""Maximum number of contents of one `<meta>` name that are read."""


@dataclass(frozen=True)
class MetadataSources:
    """What a page says about itself.

    Attributes:
        elements: of the document.
        url: of the page, if it is known.
        stated: the page's JSON-LD.
        metas: contents of `<meta>`, by name, property or itemprop, in the order of the page.
    """

    elements: PageElements
    url: str
    stated: JsonLd
    metas: Mapping[str, list[str]]

    @classmethod
    def from_document(cls, root: Element, url: str = "") -> "MetadataSources":
        """Read the places of a document."""
        elements = PageElements(root)
        return cls(elements, url, read_json_ld(elements.named("script")), meta_contents(elements.named("meta")))

    @property
    def root(self) -> Element:
        """The document."""
        return self.elements.root

    @property
    def nodes(self) -> list[Node]:
        """All JSON-LD objects, outer ones first."""
        return self.stated.nodes

    @cached_property
    def meta(self) -> dict[str, str]:
        """The first content of `<meta>`, by name, property or itemprop."""
        return {name: contents[0] for name, contents in self.metas.items()}

    @cached_property
    def article(self) -> Node:
        """The JSON-LD object that describes the page's story; empty if there is none."""
        shared = (self.meta_content("og:title"), self.meta_content("twitter:title"), self.window_title)
        titles = (*self.headings, *filter(None, shared))
        return referenced(story_node(self.stated, PageWitnesses(titles, self.addresses)), self._by_id)

    @cached_property
    def own_nodes(self) -> list[Node]:
        """The JSON-LD objects that describe the page, without other stories and the entries of lists."""
        pairs = zip(self.stated.nodes, self.stated.is_aside, strict=True)
        return [node for node, is_aside in pairs if not is_aside and (node is self.article or not is_article(node))]

    @cached_property
    def microdata(self) -> Node:
        """The story as microdata or RDFa describe it, in the form of JSON-LD; empty if JSON-LD describes it itself."""
        return {} if self.article else read_microdata(self.elements)

    def json_ld(self, name: str) -> str | None:
        """Return a property of the story's JSON-LD object as text."""
        return self.as_text(self.article.get(name))

    def as_text(self, value: object) -> str | None:
        """Return a JSON-LD value as text. References are resolved; of several languages that of the page counts."""
        return as_text(self.resolve(value), self.root.get("lang") or "")

    def resolve[T](self, value: T) -> T:
        """Return a JSON-LD value with references replaced by the objects that they refer to."""
        return resolve(value, self._by_id) if isinstance(value, dict | list) else value

    def meta_content(self, *names: str) -> str | None:
        """Return the content of the first of these `<meta>` names that the page has."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    def meta_list(self, *names: str) -> list[str]:
        """Return all contents of the first of these `<meta>` names that the page has."""
        return next((self.metas[name][:MAX_VALUES] for name in names if name in self.metas), [])

    @cached_property
    def links(self) -> dict[str, str]:
        """The addresses of the page's `<link>` elements, by relation; the first of each."""
        links: dict[str, str] = {}
        for element in self.elements.named("link"):
            for relation in (element.get("rel") or "").lower().split()[:4]:
                links.setdefault(relation, (element.get("href") or "").strip())
        return links

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The page's address, and those that it declares to be its own."""
        stated = (self.url, self.links.get("canonical"), self.meta_content("og:url"))
        return tuple(dict.fromkeys(address for address in stated if address))

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return nodes_by_id(self.nodes)

    @cached_property
    def window_title(self) -> str | None:
        """The text of `<title>`."""
        return next((text_of(title) for title in self.elements.named("title")), None)

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the page's `<h1>` elements."""
        return [text for _, text in self.heading_elements]

    @cached_property
    def heading_elements(self) -> list[tuple[Element, str]]:
        """The page's `<h1>` elements that have a text, and their texts; without any, what is marked to act as one."""
        headings = [(h, text) for h in islice(self.elements.named("h1"), MAX_HEADINGS) if (text := heading_text(h))]
        acting = islice(find(self.root, _ACTING), MAX_HEADINGS) if not headings else ()
        return headings or [(element, text) for element in acting if (text := heading_text(element))]

    @cached_property
    def heading_parts(self) -> frozenset[str]:
        """The texts of the `<span>` elements of the page's `<h1>` elements: kickers, and headlines after them."""
        spans = (islice(heading.iter("span", "small", "sup", "a"), MAX_SPANS) for heading, _ in self.heading_elements)
        return frozenset(text_of(span) for span in chain.from_iterable(spans))

    def times(self) -> Iterator[str | None]:
        """Yield the `datetime` attributes of the page's `<time>` elements."""
        return (time.get("datetime") for time in self.elements.named("time"))


def heading_text(heading: Element) -> str:
    """Return the text of a heading, without the sign of a link to it.

    A kicker in a `<span>` that nothing separates from the headline gets a space, and so do lines in one each.
    """
    if heading.find(".//rt") is not None:
        heading = copy.deepcopy(heading)
        etree.strip_elements(heading, "rt", "rp", with_tail=False)  # readings of characters, which no title repeats
    text = _LINK_SIGN.sub("", text_of(heading))
    for span in islice(heading.iter("span"), MAX_SPANS):
        following = span.getnext()
        after = span.tail or (text_of(following) if following is not None else "")
        kicker = text_of(span)
        is_line = not span.tail and " " in kicker and " " in after and following is not None and following.tag == "span"
        is_glued = after[:1].isupper() and (not kicker[-1:].isupper() or (kicker.isupper() and after[1:2].islower()))
        if len(kicker) >= MIN_KICKER and after and (is_line or is_glued):
            text = text.replace(f"{kicker}{after[0]}", f"{kicker} {after[0]}", 1)
    return text
