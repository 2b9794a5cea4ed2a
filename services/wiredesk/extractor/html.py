"""HTML pages: every step from the mark-up to the extracted page."""

import re
from collections.abc import Sequence
from dataclasses import replace

from wiredesk.extractor import words
from wiredesk.extractor.body import html_features
from wiredesk.extractor.body.html_features import StoryHints
from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.body.story import (
    ScoredText,
    confidence,
    exclude_duplicated_fields,
    exclude_unannounced_tail,
    is_truncated,
    keep_selected,
    score_segments,
    to_blocks,
)
from wiredesk.extractor.captions import read_captions
from wiredesk.extractor.document import button_labels, parse_html
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.metadata.access import has_wall
from wiredesk.extractor.metadata.authors import is_byline
from wiredesk.extractor.metadata.fields import Metadata, MetadataField, read_metadata
from wiredesk.extractor.metadata.languages import languages
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.models import Models
from wiredesk.extractor.page_language import page_language
from wiredesk.extractor.signals import page_signals
from wiredesk.extractor.site_rules import SiteRules
from wiredesk.extractor.words import fold
from wiredesk_schemas import AcceptedPage, Evidence

MAX_STATED_DIGITS = 6
"""Maximum digits of the word count that a page states; longer numbers are ignored."""

_TAG = re.compile(r"<[^<>]{0,1000}>")
"""A tag in JSON-LD's body."""


def extract_html(page: AcceptedPage, models: Models, rules: SiteRules) -> ExtractedPage:
    """Extract an HTML page. A page without any element gives an empty one.

    This function has all steps; the page is parsed and segmented once, here.

    Args:
        page: as ingest accepted it.
        models: for its texts and for its terms.
        rules: for sites; what they select takes precedence over the models and the page's metadata.
    """
    root = parse_html(page.body)
    if root is None:
        return ExtractedPage(method="html", place=Evidence.DOM)
    rule = rules.apply(page.canonical_url, root)
    sources = MetadataSources.from_document(root, page.canonical_url)
    metadata = read_metadata(page, sources, rule)
    captions = read_captions(root)
    segments = segment_page(root, rule.body)
    features = html_features.features(segments, story_hints(sources), models.html.lexicon)
    probabilities = models.html.probabilities(features)
    texts = score_segments(segments, probabilities)
    if rule.body:
        texts = keep_selected(segments, texts)
    texts = exclude_duplicated_fields(
        texts, _above_story(texts, metadata), {fold(c.text): "captions" for c in captions}
    )
    texts = texts if rule.body else exclude_unannounced_tail(texts)
    language, blocks = page_language(
        languages(sources, page.language), metadata.title.value, to_blocks(texts), models.languages
    )
    truncated = is_truncated(blocks, _stated_words(sources))
    metadata = replace(metadata, language=language)
    if truncated and metadata.is_paywalled.value is None and has_wall(root):
        metadata = replace(metadata, is_paywalled=MetadataField(value=True, evidence=Evidence.DOM))
    return ExtractedPage(
        method="html",
        place=Evidence.DOM,
        metadata=metadata,
        blocks=blocks,
        captions=captions,
        texts=texts,
        features=features,
        segments=segments,
        confidence=round(confidence(texts), 3),
        is_truncated=truncated,
        window_title=sources.window_title,
        buttons=button_labels(root),
        signals=page_signals(page.canonical_url, sources, metadata, segments, texts, models.page.terms),
        rule=rule,
    )


def story_hints(sources: MetadataSources) -> StoryHints:
    """Return what a page says about its story outside of its body."""
    body = sources.json_ld("articleBody") or ""
    titles = (sources.window_title, sources.meta_content("og:title"), sources.json_ld("headline"))
    return StoryHints(
        titles=tuple(filter(None, titles)),
        description=sources.meta_content("description", "og:description") or "",
        article_body=_TAG.sub(" ", body) if "<" in body else body,
    )


def _above_story(texts: Sequence[ScoredText], metadata: Metadata) -> dict[str, str]:
    """Return folded texts that may occur above the story, with the fields that hold them."""
    above = {fold(text.text): "authors" for text in texts if is_byline(text.text)}
    fields = {"subtitle": metadata.subtitle.value, "title": metadata.title.value}
    return above | {fold(value): name for name, value in fields.items() if value}


def _stated_words(sources: MetadataSources) -> int:
    """Return the length of the story in words as the page states it; 0 if it does not."""
    stated = sources.json_ld("wordCount") or ""
    in_body = words.count(sources.json_ld("articleBody") or "")
    return max(in_body, int(stated)) if stated.isdecimal() and len(stated) <= MAX_STATED_DIGITS else in_body
