"""The same pages in other forms: as text, without what they declare for machines, and made long."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from training.extraction.pages import GoldPage
from training.extraction.scores import fold
from wiredesk.extractor.document import Element, parse_html, text_of

LONG = (100, 200, 300, 400, 500)
"""Paragraphs to which stories are made long."""

PARAGRAPH = 120
"""Characters from which a line of a gold story is a paragraph that makes other stories long."""

MIN_OWN_PARAGRAPHS = 5
"""Paragraphs in one container from which a story is made long there."""

_ENGLISH = ("us", "uk", "au", "ca", "za")
"""Countries of the publishers whose stories are made long: there are enough paragraphs in their language."""

_DECLARATION = re.compile(
    r"<meta\b(?![^<>]{0,200}charset)[^<>]{0,100000}>|"
    r"<script\b[^<>]{0,1000}ld\+json[^<>]{0,1000}>.*?</script\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""What a page declares for machines: JSON-LD, and `<meta>` with Open Graph among them."""


def flattened(page: GoldPage) -> GoldPage:
    """Return a page as text without tags, as a crawl stores it."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - of another environment

    text = extract_plain_text(
        page.html, main_content=False, alt_texts=False, links=False, form_fields=False, noscript=False
    )
    return replace(page, html=text, is_text=True)


def undeclared(page: GoldPage) -> GoldPage:
    """Return a page without JSON-LD, Open Graph and `<meta>`."""
    return replace(page, html=_DECLARATION.sub("", page.html))


def made_long(pages: Sequence[GoldPage], *, as_text: bool = False) -> Iterator[GoldPage]:
    """Yield pages whose stories have more paragraphs, of other stories, in the same container as their own.

    Args:
        pages: of publishers, with `country` in their gold.
        as_text: whether they are flattened.
    """
    english = [page for page in pages if page.fields.get("country") in _ENGLISH]
    paragraphs = [(page.site, line) for page in english for line in page.body.splitlines() if len(line) >= PARAGRAPH]
    unique = {line: site for site, line in paragraphs}
    for number, page in enumerate(english):
        count = LONG[number % len(LONG)]
        others = [line for line, site in unique.items() if site != page.site][:count]
        longer = _lengthened(page, others)
        if longer is not None:
            yield flattened(longer) if as_text else longer


def _lengthened(page: GoldPage, others: Sequence[str]) -> GoldPage | None:
    """Return a page with further paragraphs; None if no container has most of its story."""
    root = parse_html(page.html)
    story = {fold(line) for line in page.body.splitlines() if len(line) >= PARAGRAPH}
    own = [p for p in root.iter("p") if fold(text_of(p)) in story] if root is not None else []
    around = Counter(parent for p in own if (parent := p.getparent()) is not None)
    if root is None or not around or around.most_common(1)[0][1] < max(MIN_OWN_PARAGRAPHS, len(story) // 2):
        return None
    last = [p for p in own if p.getparent() is around.most_common(1)[0][0]][-1]
    for line in reversed(others):
        last.addnext(_paragraph_like(last, line))
    lines = page.body.splitlines()
    place = next((n for n, line in reversed(list(enumerate(lines))) if fold(line) == fold(text_of(last))), None)
    if place is None:
        return None
    body = [*lines[: place + 1], *others, *lines[place + 1 :]]
    return replace(page, html=etree.tostring(root, encoding="unicode", method="html"), body="\n".join(body))


def _paragraph_like(paragraph: Element, text: str) -> Element:
    """Return a paragraph with the attributes of another one."""
    made = etree.Element("p")
    for name, value in paragraph.attrib.items():
        made.set(str(name), str(value))
    made.text = text
    return made
