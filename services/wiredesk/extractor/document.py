"""HTML documents: parsing within bounds, and access to elements, their texts and `<meta>` contents."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from lxml import etree

from wiredesk.extractor.surplus_attributes import cut_surplus_attributes
from wiredesk.extractor.surplus_tags import drop_surplus_tags
from wiredesk.extractor.words import clean

type Element = etree._Element  # noqa: SLF001 - lxml gives its class no public name

_END_OF_PAGE = re.compile(r"</(?:body|html)\s{0,10}>", re.IGNORECASE)
"""The end tags at which libxml2 stops reading."""

_ELLIPSIS = re.compile(r"&#(?:133|x85);")
"""A reference to the byte of an ellipsis in windows-1252. Browsers show one; U+0085 separates words in Python."""

MAX_BUTTONS = 60
"""Buttons of a page whose labels are read."""

MAX_LABEL = 80
"""Characters that are read from the label of a button."""

MAX_PIECES = 4
"""Pieces of text of a button that are read. One that is not closed has the rest of the page in it."""

MAX_TEXT_EVENTS = 4000
"""Starts and ends of elements that are read for the text of one."""

_METADATA = frozenset({"title", "meta", "link", "base", "style", "script"})
"""Elements that belong to the head wherever they stand."""

_IN_HEAD = _METADATA | {"noscript", "template", "bgsound", "basefont", "noframes", "object", "isindex"}
"""Elements that a head may have."""

_INVISIBLE = ("script", "style", "noscript", "template", "svg", "iframe")
"""Elements whose text a reader does not see."""


def parse_html(body: str) -> Element | None:
    """Parse an HTML page, whatever its faults. Return None if it has no element.

    libxml2 limits depth (256 levels) and the size of a text node. It stops where a page is deeper: the page is then
    parsed again with the option `huge_tree`, which allows 2,048 levels. libxml2 stops at the end tag of the page, but
    browsers read on, and some templates have that tag in the middle: it is removed before parsing.
    """
    encoded = _END_OF_PAGE.sub("", _ELLIPSIS.sub("…", body)).encode("utf-8", "replace")
    encoded = cut_surplus_attributes(drop_surplus_tags(encoded))
    root, error = _parse(encoded, huge_tree=False)
    if error == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        root = _parse(encoded, huge_tree=True)[0]
    if root is not None:
        _end_head(root)
    return root


def _end_head(root: Element) -> None:
    """Move what no head may have from the head to the body, as browsers do: with it, the body has begun.

    The tags of both may be left out. libxml2 ends a head only before elements that it knows, which `<article>` and
    `<main>` are not: without this the head would have the whole story.
    """
    head = next(islice(root, 1), None)
    if head is None or head.tag != "head":
        return
    first = next((n for n, child in enumerate(head) if child.tag not in _IN_HEAD and _has_text(child)), None)
    if first is None:
        return
    moved = [child for child in islice(head, first, None) if child.tag not in _METADATA]
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    elif body.text:
        # The text with which the body begins follows what is put before it.
        moved[-1].tail = (moved[-1].tail or "") + body.text
        body.text = None
    for place, child in enumerate(moved):
        body.insert(place, child)


def _has_text(element: Element) -> bool:
    return any(not str(text).isspace() for text in element.itertext())


def _parse(encoded: bytes, *, huge_tree: bool) -> tuple[Element | None, int]:
    """Return the root of a page, and the number of the last error; 0 if there was none."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge_tree)
    try:
        root = etree.fromstring(encoded, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    last = parser.error_log.last_error
    return root, int(last.type) if last is not None else 0


def find(root: Element, path: str) -> Iterator[Element]:
    """Yield the elements that an XPath expression selects, in document order."""
    selected = _compiled(path)(root)
    if isinstance(selected, list):
        yield from (element for element in selected if isinstance(element, etree._Element))  # noqa: SLF001 - as above


@lru_cache(maxsize=256)
def _compiled(path: str) -> etree.XPath:
    """Return an expression in the form in which it is evaluated. There are as many as the code has."""
    return etree.XPath(path)


def remove(element: Element) -> None:
    """Remove an element from its tree, and keep the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    previous = element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def text_of(element: Element) -> str:
    """Return the text of an element that a reader sees, on one line."""
    if not len(element):
        return "" if element.tag in _INVISIBLE else clean(element.text or "")
    pieces: list[str] = []
    for event, node in islice(etree.iterwalk(element, events=("start", "end")), MAX_TEXT_EVENTS):
        if event == "start":
            if node.tag in _INVISIBLE:
                continue
            if node.tag in ("br", "p", "div", "li", "td"):
                pieces.append(" ")
            pieces.append(node.text or "")
        elif node is not element:
            pieces.append(node.tail or "")
    return clean("".join(pieces))


def button_labels(root: Element) -> tuple[str, ...]:
    """Return the labels of the first buttons of a page."""
    buttons = islice(root.iter("button", "input"), MAX_BUTTONS)
    labels = (
        "".join(map(str, islice(b.itertext(), MAX_PIECES))) if b.tag == "button" else b.get("value") or ""
        for b in buttons
    )
    return tuple(filter(None, (clean(label[:MAX_LABEL]) for label in labels)))


def meta_contents(metas: Iterable[Element]) -> dict[str, list[str]]:
    """Return the contents of `<meta>` elements by name, property or itemprop, in lower case."""
    contents: dict[str, list[str]] = {}
    for element in metas:
        content = clean(element.get("content") or "")
        names = map(element.get, ("name", "property", "itemprop")) if content else ()
        for name in {name.lower() for name in names if name}:
            contents.setdefault(name, []).append(content)
    return contents
