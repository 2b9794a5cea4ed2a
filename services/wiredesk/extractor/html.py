"""Reads HTML pages."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wiredesk.extractor import metadata, quirks, structured, terms, words
from wiredesk.extractor.body import story
from wiredesk.extractor.body.markup import Hints
from wiredesk.extractor.body.segments import Segmented, segmented
from wiredesk.extractor.body.story import Judged
from wiredesk.extractor.captions import caption as read_caption
from wiredesk.extractor.document import Element, find, parse, text_of
from wiredesk.extractor.metadata import Sources
from wiredesk.extractor.metadata.authors import BY, MAX_BYLINE
from wiredesk.extractor.models import Models
from wiredesk.extractor.reading import Reading
from wiredesk.extractor.signals import signals
from wiredesk.extractor.truncation import is_truncated
from wiredesk.extractor.words import fold
from wiredesk_schemas import AcceptedPage, Caption, Evidence

MAX_CAPTIONS = 50
_TAG = re.compile(r"<[^<>]{0,1000}>")


def read(page: AcceptedPage, models: Models) -> Reading:
    """Read an HTML page."""
    root = parse(page.body)
    if root is None:
        return Reading(method="html")
    quirks.apply(page.canonical_url, root)
    sources = Sources.of(root)
    found = metadata.read(page, sources)
    pictures = _captions(root)
    cut = segmented(root)
    judged = _apart(story.of_html(cut, hints(sources), models.html), found.fields, pictures)
    evidence = dict(found.evidence)
    body = story.blocks(judged)
    evidence |= {name: Evidence.DOM for name, value in (("paragraphs", body), ("captions", pictures)) if value}
    return Reading(
        method="html",
        blocks=body,
        confidence=round(story.confidence(judged), 3),
        captions=pictures,
        pictures=len(pictures),
        page_title=sources.window_title,
        is_truncated=is_truncated(body, _stated_words(sources)),
        evidence=evidence,
        judged=judged,
        signals={
            **signals(page.canonical_url, sources, found, cut, judged),
            **terms.said(terms.terms(page.canonical_url, sources, cut), models.page.terms),
        },
        **found.fields,
    )


def _apart(judged: Sequence[Judged], fields: Mapping[str, Any], pictures: Sequence[Caption]) -> tuple[Judged, ...]:
    """Set aside what other fields of the article hold."""
    above = {fold(text.text): "authors" for text in judged if BY.match(text.text) and len(text.text) <= MAX_BYLINE}
    above |= {fold(fields[name]): name for name in ("subtitle", "title") if name in fields}
    return story.apart(judged, above, {fold(caption.text): "captions" for caption in pictures})


def hints(sources: Sources) -> Hints:
    """Return what a page says of its story outside of its body."""
    body = structured.string(sources.article.get("articleBody")) or ""
    return Hints(
        titles=tuple(filter(None, (sources.window_title, sources.named("og:title"), sources.json_ld("headline")))),
        description=sources.named("description", "og:description") or "",
        article_body=_TAG.sub(" ", body) if "<" in body else body,
    )


def looked_at(root: Element) -> tuple[Segmented, Hints]:
    """Return what the model of the body sees of a page; training sees the same."""
    return segmented(root), hints(Sources.of(root))


def _stated_words(sources: Sources) -> int:
    stated = sources.json_ld("wordCount") or ""
    in_body = words.count(sources.json_ld("articleBody") or "")
    return max(in_body, int(stated)) if stated.isdecimal() and len(stated) < 7 else in_body  # noqa: PLR2004 - digits


def _captions(root: Element) -> tuple[Caption, ...]:
    found: dict[str, Caption] = {}
    for element in (*root.iter("figcaption"), *find(root, "//*[contains(@class, 'wp-caption-text')]")):
        caption = read_caption(text_of(element))
        if caption is not None:
            found.setdefault(fold(caption.text), caption)
    return tuple(found.values())[:MAX_CAPTIONS]
