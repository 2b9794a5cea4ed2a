"""Reads HTML pages."""

import copy
from dataclasses import replace

from schemas import AcceptedPage, Block, Caption, Evidence
from services.extractor import metadata
from services.extractor.blocks import blocks
from services.extractor.captions import caption
from services.extractor.document import Element, find, parse, text_of
from services.extractor.reading import FULL_LENGTH, Reading
from services.extractor.words import fold, length

MAX_CAPTIONS = 50


def read(page: AcceptedPage) -> Reading:
    """Read an HTML page."""
    root = parse(page.body)
    if root is None:
        return Reading(method="html")
    found = metadata.read(page, root)
    pictures = _captions(root)
    links = sum(1 for anchor in root.iter("a") if anchor.get("href"))
    # trafilatura takes the tree apart: it gets a copy of its own.
    above = {fold(found.fields[name]) for name in ("title", "subtitle") if name in found.fields}
    body = _story(blocks(copy.deepcopy(root)), above, pictures)
    evidence = dict(found.evidence)
    if body:
        evidence["paragraphs"] = Evidence.DOM
    if pictures:
        evidence["captions"] = Evidence.DOM
    reading = Reading(
        method="html",
        blocks=body,
        captions=pictures,
        pictures=len(pictures),
        links=links,
        page_title=metadata.window_title(root),
        evidence=evidence,
        **found.fields,
    )
    return replace(reading, confidence=_confidence(reading))


def warm_up() -> None:
    """Have the libraries build what they build at first use: word lists, some tenths of a second.

    Done before the fork it is done once. In each new child it would be taken from the deadline of a page, and on a
    machine that is short of CPU a child that was killed for it is replaced by one that is as cold.
    """
    root = parse("<html><body><p>No story here.</p></body></html>")
    assert root is not None  # noqa: S101 - for the type checker
    blocks(root)


def _captions(root: Element) -> tuple[Caption, ...]:
    found: dict[str, Caption] = {}
    for element in (*root.iter("figcaption"), *find(root, "//*[contains(@class, 'wp-caption-text')]")):
        read_caption = caption(text_of(element))
        if read_caption is not None:
            found.setdefault(fold(read_caption.text), read_caption)
    return tuple(found.values())[:MAX_CAPTIONS]


def _story(body: tuple[Block, ...], above: set[str], captions: tuple[Caption, ...]) -> tuple[Block, ...]:
    """Drop what stands elsewhere in the article: headline and standfirst above the body, and captions within."""
    told_elsewhere = {fold(c.text) for c in captions}
    kept = [block for block in body if fold(block.text) not in told_elsewhere]
    while kept and fold(kept[0].text) in above:
        kept.pop(0)
    return tuple(kept)


def _confidence(reading: Reading) -> float:
    """Return a rough confidence: a body of some length under a headline, on a page that calls itself an article."""
    size = min(1.0, length(reading.text) / FULL_LENGTH)
    declared = "title" in reading.evidence and reading.published_at is not None
    return round(size * (0.95 if declared else 0.8), 3)
