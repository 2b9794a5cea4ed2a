"""The body of an HTML page, as blocks: trafilatura finds it, we keep what each block is to the story."""

from collections.abc import Iterator

from lxml import etree
from trafilatura import bare_extraction

from schemas import Block, BlockKind
from services.extractor.document import Element
from services.extractor.words import clean

_KINDS = {
    "p": BlockKind.PARAGRAPH,
    "head": BlockKind.HEADING,
    "quote": BlockKind.QUOTE,
    "item": BlockKind.LIST_ITEM,
    "row": BlockKind.TABLE_ROW,
    "code": BlockKind.PREFORMATTED,
}
"""trafilatura's elements, which are TEI's."""


def blocks(root: Element) -> tuple[Block, ...]:
    """Return the blocks of the page's story, in order; none where nothing looks like one."""
    _unfold_layout(root)
    document = bare_extraction(root, include_comments=False, include_tables=True, with_metadata=False)
    body = getattr(document, "body", None)
    return tuple(_blocks(body)) if body is not None else ()


def _unfold_layout(root: Element) -> None:
    """Make divisions of the tables that only lay out the page, as pages did before there were style sheets.

    A table of data has short cells; one whose cells hold headings, paragraphs or other tables is a page.
    """
    for table in list(root.iter("table")):
        if any(next(cell.iter("p", "h1", "h2", "table"), None) is not None for cell in table.iter("td")):
            table.tag = "div"
    for part in list(root.iter("thead", "tbody", "tr", "td", "th")):
        if next(part.iterancestors("table"), None) is None:
            part.tag = "div"


def _blocks(body: etree._Element) -> Iterator[Block]:
    for element in body.iter():
        kind = _KINDS.get(str(element.tag))
        if kind is None or _within_block(element, body):
            # Text that stands in a container itself, outside of any block, is a paragraph that has lost its mark-up.
            loose = clean(element.text or "") if kind is None and str(element.tag) in ("body", "list", "table") else ""
            if loose:
                yield Block(text=loose)
            continue
        text = " | ".join(_cells(element)) if kind is BlockKind.TABLE_ROW else _text(element)
        if text:
            yield Block(text=text, kind=kind)


def _within_block(element: etree._Element, body: etree._Element) -> bool:
    parent = element.getparent()
    while parent is not None and parent is not body:
        if str(parent.tag) in _KINDS:
            return True
        parent = parent.getparent()
    return False


def _cells(row: etree._Element) -> list[str]:
    return [text for cell in row.iter("cell") if (text := _text(cell))]


def _text(element: etree._Element) -> str:
    return clean("".join(map(str, element.itertext())))
