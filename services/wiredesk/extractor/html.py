"""HTML pages: every step from the mark-up to the extracted page."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from wiredesk.extractor import words
from wiredesk.extractor.body import html_features
from wiredesk.extractor.body.completeness import omitted_words
from wiredesk.extractor.body.correction_notes import keep_corrections
from wiredesk.extractor.body.features import FeatureMatrix
from wiredesk.extractor.body.hint_features import StoryHints
from wiredesk.extractor.body.offers import exclude_offers
from wiredesk.extractor.body.other_stories import exclude_other_stories
from wiredesk.extractor.body.repeated_texts import exclude_repeated
from wiredesk.extractor.body.segments import SegmentedPage, segment_page
from wiredesk.extractor.body.story import (
    ScoredText,
    confidence,
    exclude_duplicated_fields,
    exclude_unannounced_tail,
    first_prose_of,
    is_truncated,
    keep_selected,
    score_segments,
    to_blocks,
)
from wiredesk.extractor.body.unseen_labels import exclude_unseen_labels
from wiredesk.extractor.captions import read_captions
from wiredesk.extractor.document import Element, button_labels, parse_html
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.hidden_story import (
    MAX_SHOWN_WORDS,
    MIN_WORDS,
    MUCH_MORE,
    find_hidden_story,
    put_into,
    show_alternatives,
)
from wiredesk.extractor.metadata.access import has_wall
from wiredesk.extractor.metadata.authors import is_byline
from wiredesk.extractor.metadata.dates import is_dated, parse_written_date
from wiredesk.extractor.metadata.dates.conventions import day_of
from wiredesk.extractor.metadata.fields import Metadata, MetadataField, read_metadata, with_credits
from wiredesk.extractor.metadata.languages import languages
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.models import Models
from wiredesk.extractor.page_language import page_language
from wiredesk.extractor.signals import page_signals
from wiredesk.extractor.site_rules import SiteRules
from wiredesk.extractor.story_measure import SHORT
from wiredesk.extractor.surplus_tags import is_cut
from wiredesk.extractor.words import fold
from wiredesk_schemas import AcceptedPage, BlockKind, Caption, Evidence

MAX_STATED_DIGITS = 6
"""Maximum digits of the word count that a page states; longer numbers are ignored."""

MAX_BUTTON_WORDS = 2 * SHORT
"""Words from which a page is a story, whatever its buttons say: they are not read."""

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
    captions = read_captions(sources.elements)
    story = _read_story(sources, rule.body, metadata, captions, models)
    if not rule.body and story.words < MAX_SHOWN_WORDS:
        story = _read_hidden_story(story, sources, metadata, captions, models)
    blocks = to_blocks(story.texts)
    language, blocks = page_language(languages(sources, page.language), metadata.title.value, blocks, models.languages)
    truncated = is_truncated(blocks, _stated_words(sources)) or is_cut(page.body)
    metadata = with_credits(replace(metadata, language=language), Evidence.DOM, story.texts)
    if truncated and metadata.is_paywalled.value is None and has_wall(root):
        metadata = replace(metadata, is_paywalled=MetadataField(value=True, evidence=Evidence.DOM))
    return ExtractedPage(
        method="html",
        place=Evidence.DOM,
        metadata=metadata,
        blocks=blocks,
        captions=captions,
        texts=story.texts,
        features=story.features,
        segments=story.segments,
        confidence=round(confidence(story.texts), 3),
        is_truncated=truncated,
        omitted_words=omitted_words(story.segments, story.texts),
        window_title=sources.window_title,
        buttons=button_labels(root) if story.words < MAX_BUTTON_WORDS else (),
        signals=page_signals(page.canonical_url, sources, metadata, story.segments, story.texts, models.page.terms),
        rule=rule,
        body_place=story.place,
    )


@dataclass(frozen=True)
class _Story:
    """The story of a page, as its segments are read once.

    Attributes:
        segments: of the page.
        features: of the segments.
        texts: the segments with their probabilities.
        place: the evidence of the story.
    """

    segments: SegmentedPage
    features: FeatureMatrix
    texts: tuple[ScoredText, ...]
    place: Evidence = Evidence.DOM

    @cached_property
    def words(self) -> int:
        """Number of words of the kept texts."""
        return sum(words.count(text.text) for text in self.texts if text.kept)


def _read_story(
    sources: MetadataSources,
    selected: AbstractSet[Element],
    metadata: Metadata,
    captions: Sequence[Caption],
    models: Models,
) -> _Story:
    """Read the story of a page.

    Args:
        sources: of the page, with its root.
        selected: elements that are known to be the whole story; without any, the models say what it is.
        metadata: of the page, which is not part of the story.
        captions: of the page, which are not part of the story either.
        models: of the body.
    """
    segments = segment_page(sources.root, selected)
    features = html_features.features(segments, story_hints(sources), models.html.lexicon)
    probabilities = models.html.probabilities(features)
    texts = score_segments(segments, probabilities)
    if selected:
        texts = keep_selected(segments, texts)
    texts = exclude_duplicated_fields(
        texts, _above_story(texts, metadata), {fold(c.text): "captions" for c in captions}
    )
    if not selected:
        texts = exclude_offers(exclude_other_stories(segments, texts, metadata.title.value))
        texts = exclude_unannounced_tail(exclude_repeated(exclude_unseen_labels(segments, texts)), segments)
        texts = keep_corrections(segments, texts)
    return _Story(segments, features, texts)


def _read_hidden_story(
    shown: _Story, sources: MetadataSources, metadata: Metadata, captions: Sequence[Caption], models: Models
) -> _Story:
    """Return the story that a page carries without showing it, if that is much more than the shown one.

    Args:
        shown: the story that the page shows.
        sources: of the page. Its root gets the story, so that everything else is read as if it were shown.
        metadata: of the page.
        captions: of the page.
        models: of the body.
    """
    if show_alternatives(sources.root):
        story = _read_story(sources, frozenset(), metadata, captions, models)
        if story.words >= max(MIN_WORDS, MUCH_MORE * shown.words):
            return story
    hidden = find_hidden_story(sources, shown.words)
    if hidden is None:
        return shown
    story = _read_story(sources, put_into(sources.root, hidden), metadata, captions, models)
    return replace(story, place=hidden.place)


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
    above_prose = texts[: first_prose_of(texts) + 1]
    above = {fold(text.text): "authors" for text in above_prose if is_byline(text.text)}
    days = {day_of(stated) for stated in (metadata.published_at.value, metadata.modified_at.value) if stated}
    above |= {fold(text.text): "published_at" for text in above_prose if days and _is_date_alone(text, days)}
    fields = {"subtitle": metadata.subtitle.value, "title": metadata.title.value}
    return above | {fold(value): name for name, value in fields.items() if value}


def _is_date_alone(text: ScoredText, days: AbstractSet[date]) -> bool:
    """Return whether a kept paragraph is only one of the page's days; a chronology has other days, as headings."""
    if not (text.kept and text.kind is BlockKind.PARAGRAPH and is_dated(text.text)):
        return False
    written = parse_written_date(text.text)
    return written is not None and day_of(written) in days


def _stated_words(sources: MetadataSources) -> int:
    """Return the length of the story in words as the page states it; 0 if it does not."""
    stated = sources.json_ld("wordCount") or ""
    in_body = words.count(sources.json_ld("articleBody") or "")
    return max(in_body, int(stated)) if stated.isdecimal() and len(stated) <= MAX_STATED_DIGITS else in_body
