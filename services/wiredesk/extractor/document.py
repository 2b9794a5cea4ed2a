"""HTML documents: parsed within bounds, and looked at."""

import re
from collections.abc import Iterator

from lxml import etree

from wiredesk.extractor.words import clean

type Element = etree._Element  # noqa: SLF001 - as lxml names its own class

_END_OF_PAGE = re.compile(r"</(?:body|html)\s{0,10}>", re.IGNORECASE)
_INVISIBLE = ("script", "style", "noscript", "template", "svg", "iframe")


def parse(body: str) -> Element | None:
    """Parse HTML, whatever its faults; None where there is no element in it.

    libxml2 bounds depth (256 levels) and the size of a text node by itself: `huge_tree`, which lifts both, stays off.
    It stops at the end tag of the page, behind which browsers read on; templates that were put together by hand have
    one in the middle.
    """
    body = _END_OF_PAGE.sub("", body)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return etree.fromstring(body.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def find(root: Element, path: str) -> Iterator[Element]:
    """Return the elements of an XPath."""
    found = root.xpath(path)
    if isinstance(found, list):
        yield from (element for element in found if isinstance(element, etree._Element))  # noqa: SLF001 - the same


def drop(root: Element, path: str) -> None:
    """Take the elements of an XPath out of a tree, and leave what stands behind them."""
    for element in list(find(root, path)):
        outer = element.getparent()
        if outer is None:
            continue
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + (element.tail or "")
        else:
            outer.text = (outer.text or "") + (element.tail or "")
        outer.remove(element)


def text_of(element: Element) -> str:
    """Return the text that a reader sees of an element, on one line."""
    pieces: list[str] = []
    _collect(element, pieces)
    return clean("".join(pieces))


def metas(root: Element) -> dict[str, str]:
    """Return the page's `<meta>` contents by name, property or itemprop, lower-cased; of several, the first."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        content = clean(element.get("content") or "")
        for attribute in ("name", "property", "itemprop"):
            name = (element.get(attribute) or "").lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _collect(element: Element, pieces: list[str]) -> None:
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if node.tag in _INVISIBLE:
                continue
            if node.tag in ("br", "p", "div", "li", "td"):
                pieces.append(" ")
            pieces.append(node.text or "")
        elif node is not element:
            pieces.append(node.tail or "")
