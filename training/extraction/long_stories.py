"""Long stories to learn from: stories of the page sets, into which paragraphs of other stories were put.

The page sets have hardly a story of a hundred paragraphs, and models that learned from them alone cut longer ones. The
paragraphs come from sites of the same group and from pages in the same language: nothing gets from one side of a split
to the other.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from lxml import etree

from training.extraction.examples import MADE_LONG, HtmlPage, TextPage
from training.extraction.folds import FOLDS, fold_of
from training.extraction.pages import GoldPage
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.segments import PROSE, segment_page
from wiredesk.extractor.document import Element, parse_html, text_of
from wiredesk.extractor.html import story_hints
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.words import ends_sentence, length

GROUPS = 20
"""Groups of sites within which paragraphs are lent, if they are in English; the folds are unions of them. Of other
languages there are fewer, and they are lent within a fold."""

ONE_IN = {"html": 10, "text": 25}
"""One page of this number is made long; each page comes in three forms of text."""

FEWEST, MOST = 60, 500
"""Paragraphs that a long story has: as many of each order of magnitude."""

PARAGRAPH_TAGS = ("p", "div", "li", "td")
"""Elements that may hold one paragraph."""

_LANGUAGE = re.compile(r"<html\b[^<>]{0,1000}?\blang=[\"']?(\w\w)", re.IGNORECASE)
"""The language that a page states."""

_HEAD = 5000
"""Characters of a page within which it states its language."""

BREAKS = "br"
"""In place of a tag: paragraphs that are separated by two line breaks."""

OTHER_FORMS = (BREAKS, "div", None, None, None, None)
"""Forms of the paragraphs by chance: two line breaks, a `<div>`, or those of the story (None)."""

type Pool = Mapping[tuple[int, str], Sequence[str]]
"""Paragraphs by the group of their site and the language of their page."""


def html_pages(pages: Sequence[HtmlPage]) -> Iterator[HtmlPage]:
    """Yield some pages with long stories."""
    pool = _pool(pages)
    for page in filter(_is_chosen, pages):
        root = parse_html(page.page.html)
        middle = story_middle(root, page) if root is not None else None
        lent = _lent(page, pool)
        if root is None or middle is None or not lent:
            continue
        form = OTHER_FORMS[int(_digest(page)[16:24], 16) % len(OTHER_FORMS)]
        put = frozenset(_put(middle, form or str(middle.tag), lent))
        hints = story_hints(MetadataSources.from_document(root))
        segments = segment_page(root, put)
        own = iter(page.story.tolist())
        is_own = [not segment.is_selected for segment in segments.segments]
        if sum(is_own) != len(page.story):
            continue
        story = np.array([next(own) if of_page else True for of_page in is_own])
        texts = tuple(segment.text for segment in segments.segments)
        yield HtmlPage(_long(page.page, texts, story.tolist()), segments, hints, texts, story)


def text_pages(pages: Sequence[TextPage]) -> Iterator[TextPage]:
    """Yield some pages with long stories."""
    pool = _pool(pages)
    for page in filter(_is_chosen, pages):
        lent, inside = _lent(page, pool), np.flatnonzero(page.story)
        if not lent or not len(inside):
            continue
        at = int(inside[len(inside) // 2]) + 1
        blank = page.lines[at - 1].blank
        lines = (*page.lines[:at], *(Line(text, blank) for text in lent), *page.lines[at:])
        story = np.concatenate([page.story[:at], np.ones(len(lent), bool), page.story[at:]])
        texts = tuple(line.text for line in lines)
        yield TextPage(_long(page.page, texts, story.tolist()), lines, texts, story, page.form)


def _pool(pages: Sequence[HtmlPage | TextPage]) -> Pool:
    """Return the paragraphs of all stories that may be lent, each once."""
    pool: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    for page in pages:
        prose = (text for text, is_story in zip(page.texts, page.story.tolist(), strict=True) if is_story)
        paragraphs = (text for text in prose if length(text) >= PROSE and ends_sentence(text))
        pool[_key(page)] |= dict.fromkeys(paragraphs)
    return {key: tuple(paragraphs) for key, paragraphs in pool.items()}


def _key(page: HtmlPage | TextPage) -> tuple[int, str]:
    language = _language(page.page)
    return fold_of(page.page.site, GROUPS if language == "en" else FOLDS), language


def _language(page: GoldPage) -> str:
    """Return the language that a page states; English if it states none."""
    stated = _LANGUAGE.search(page.html[:_HEAD])
    return stated[1].lower() if stated else "en"


def _is_chosen(page: HtmlPage | TextPage) -> bool:
    one_in = ONE_IN["html" if isinstance(page, HtmlPage) else "text"]
    return int(_digest(page)[:8], 16) % one_in == 0


def _digest(page: HtmlPage | TextPage) -> str:
    return hashlib.sha256(f"{page.form} {page.page.set} {page.page.id}".encode()).hexdigest()


def _lent(page: HtmlPage | TextPage, pool: Pool) -> list[str]:
    """Return the paragraphs that a page gets: at most as many as there are, in an order of chance."""
    generator = np.random.default_rng(int(_digest(page)[8:16], 16))
    paragraphs = pool.get(_key(page), ())
    count = int(np.exp(generator.uniform(np.log(FEWEST), np.log(MOST))))
    chosen = [paragraphs[at] for at in generator.permutation(len(paragraphs))[:count].tolist()]
    return chosen if len(chosen) >= FEWEST else []


def story_middle(root: Element, page: HtmlPage) -> Element | None:
    """Return the element of the paragraph in the middle of a page's story; a `<br>` if it follows one."""
    prose = [
        text for text, is_story in zip(page.texts, page.story.tolist(), strict=True) if is_story and len(text) >= PROSE
    ]
    if not prose:
        return None
    text = prose[len(prose) // 2]
    for tag in PARAGRAPH_TAGS:
        for element in root.iter(tag):
            if element.getparent() is not None and text_of(element) == text:
                return element
    for element in root.iter("br"):
        if element.tail and element.tail.strip()[:PROSE] == text[:PROSE]:
            return element
    return None


def _put(middle: Element, form: str, lent: Sequence[str]) -> Iterator[Element]:
    """Put paragraphs into a page, after an element, and yield their own."""
    outer = middle.getparent()
    if outer is None:
        return
    at = outer.index(middle) + 1
    for text in reversed(lent):
        element = etree.Element(
            "span" if form == BREAKS else form, {str(name): str(value) for name, value in middle.items()}
        )
        element.text = text
        outer.insert(at, element)
        if form == BREAKS:
            outer.insert(at, etree.Element("br"))
            outer.insert(at, etree.Element("br"))
        yield element


def _long(page: GoldPage, texts: Sequence[str], story: Sequence[bool]) -> GoldPage:
    body = "\n".join(text for text, is_story in zip(texts, story, strict=True) if is_story)
    return replace(page, set=MADE_LONG, id=f"{page.id} long", body=body)
