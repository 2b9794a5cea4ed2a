"""Pages as they were before there was metadata, made of others.

They have no class names, say nothing about their story elsewhere, and are laid out with tables. The page sets have few
of them, and the web outside of publishers' sites many.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from training.extraction.examples import MADE_OLD, HtmlPage
from training.extraction.long_stories import story_middle
from wiredesk.extractor.body.hint_features import StoryHints
from wiredesk.extractor.body.segments import NAMING_ATTRIBUTES, segment_page
from wiredesk.extractor.document import Element, parse_html

ONE_IN = 10
"""One page of this number is made old, and every second one of them gets a layout table."""


def html_pages(pages: Sequence[HtmlPage]) -> Iterator[HtmlPage]:
    """Yield some pages as old ones."""
    for page in pages:
        chance = int(hashlib.sha256(f"old {page.page.set} {page.page.id}".encode()).hexdigest()[:8], 16)
        root = parse_html(page.page.html) if chance % ONE_IN == 0 else None
        if root is None:
            continue
        if chance % (2 * ONE_IN) == 0:
            _lay_out(story_middle(root, page))
        for element in root.iter():
            for name in NAMING_ATTRIBUTES:
                element.attrib.pop(name, "")
        segments = segment_page(root)
        texts = tuple(segment.text for segment in segments.segments)
        if texts == page.texts:
            hints = StoryHints(titles=page.hints.titles[:1])
            yield HtmlPage(replace(page.page, set=MADE_OLD), segments, hints, texts, page.story)


def _lay_out(middle: Element | None) -> None:
    """Put the story, by an element in its middle, into the cell of a table."""
    outer = middle.getparent() if middle is not None else None
    if outer is None or outer.tag in ("table", "tbody", "tr", "ul", "ol", "html"):
        return
    cell = etree.Element("td")
    cell.text, outer.text = outer.text, None
    cell.extend(list(outer))
    table, row = etree.SubElement(outer, "table"), etree.Element("tr")
    table.append(row)
    row.append(cell)
