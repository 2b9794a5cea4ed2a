"""Plain-text pages: pages without their tags, but with their boilerplate; and wire copy."""

from collections.abc import Sequence
from dataclasses import replace

from wiredesk.extractor import words
from wiredesk.extractor.body import lines
from wiredesk.extractor.body.completeness import omitted_words_of_lines
from wiredesk.extractor.body.lines import Line, split_lines
from wiredesk.extractor.body.offers import exclude_offers
from wiredesk.extractor.body.other_subjects import exclude_other_subjects
from wiredesk.extractor.body.repeated_texts import exclude_repeated, find_placeholders
from wiredesk.extractor.body.story import (
    ScoredText,
    confidence,
    exclude_duplicated_fields,
    exclude_unannounced_tail,
    is_truncated,
    score_lines,
    to_blocks,
)
from wiredesk.extractor.captions import is_caption, read_text_captions
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.metadata.fields import read_text_metadata, with_credits
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.extractor.models import Models
from wiredesk.extractor.page_language import page_language
from wiredesk.extractor.words import fold
from wiredesk_schemas import AcceptedPage, Evidence

HEADER_LINES = 40
"""Number of lines above the body that are searched for headline, byline and date. They are usually within a few
lines."""

OPENING_LINES = 5
"""Number of lines at the beginning of the body that may hold a byline or a dateline."""

BEGINNING_LINES = 12
"""Number of lines from the beginning of the body that may hold a byline or a date, which are not part of it."""

MIN_STRAY_LINES, MAX_STRAY_SHARE = 25, 0.15
"""Number of lines between the body and a line above it that is none of its own, and the share of all kept letters that
such lines have at most."""

MAX_SHARED_WORDS, LONG_WORD = 0.25, 6
"""Share of the long words of such lines that the body has at most, and the letters of a long word."""

ENDING_LINES = 5
"""Number of lines at the end of the body, and right below it, that may hold a byline or credits."""


def extract_text(page: AcceptedPage, models: Models) -> ExtractedPage:
    """Extract a plain-text page.

    Args:
        page: as ingest accepted it.
        models: for its lines.
    """
    page_lines = _without_placeholders(split_lines(page.body))
    captions = [line.text for line in page_lines if is_caption(line.text)]
    folded_captions = {fold(caption): "captions" for caption in captions}
    features = lines.features(page_lines, models.text.lexicon)
    texts = exclude_offers(exclude_repeated(score_lines(page_lines, models.text.probabilities(features))))
    texts = exclude_other_subjects(texts)
    texts = exclude_unannounced_tail(exclude_duplicated_fields(texts, {}, folded_captions))
    metadata = read_text_metadata(page, text_sources(page_lines, texts))
    if metadata.title.value:
        above = {fold(metadata.title.value): "title"}
        texts = exclude_unannounced_tail(exclude_duplicated_fields(texts, above, folded_captions))
    stated = [(Evidence.PUBLISHER, metadata.language.value)] if metadata.language.value else []
    language, blocks = page_language(stated, metadata.title.value, to_blocks(texts), models.languages)
    metadata = with_credits(replace(metadata, language=language), Evidence.TEXT, texts)
    return ExtractedPage(
        method="flattened-text",
        place=Evidence.TEXT,
        metadata=metadata,
        blocks=blocks,
        captions=read_text_captions(captions),
        texts=texts,
        features=features,
        confidence=round(confidence(texts), 3),
        is_truncated=is_truncated(blocks),
        omitted_words=omitted_words_of_lines(page_lines, texts, page.body),
    )


def _without_placeholders(page_lines: Sequence[Line]) -> Sequence[Line]:
    """Return lines without labels of what is not there: among them, the model of lines takes a story for a list."""
    folded = [fold(line.text) for line in page_lines]
    placeholders = find_placeholders(folded)
    if not placeholders:
        return page_lines
    return [line for line, own in zip(page_lines, folded, strict=True) if own not in placeholders]


def text_sources(page_lines: Sequence[Line], texts: Sequence[ScoredText]) -> TextSources:
    """Return the lines above the body, and those at its beginning and its end.

    A few lines far above all others are no beginning of it: they are in the page's navigation.
    """
    kept = _without_strays([index for index, text in enumerate(texts) if text.kept], texts)
    start, end = (kept[0], kept[-1] + 1) if kept else (0, 0)
    return TextSources(
        header=page_lines[max(0, start - HEADER_LINES) : start],
        opening=[page_lines[index] for index in kept[:OPENING_LINES]],
        beginning=page_lines[start : min(end, start + BEGINNING_LINES)],
        body=[page_lines[index] for index in kept],
        ending=[page_lines[index] for index in kept[-ENDING_LINES:]],
        below=page_lines[end : end + ENDING_LINES],
        page=page_lines,
    )


def _without_strays(kept: Sequence[int], texts: Sequence[ScoredText]) -> Sequence[int]:
    """Return the indices of the body's lines without its first ones, if far above and of another subject."""
    letters = [len(texts[index].text) for index in kept]
    most, above = MAX_STRAY_SHARE * sum(letters), 0
    for number in range(1, len(kept)):
        above += letters[number - 1]
        if above > most:
            break
        if kept[number] - kept[number - 1] >= MIN_STRAY_LINES:
            first, others = (_long_words(texts, part) for part in (kept[:number], kept[number:]))
            return kept[number:] if len(first & others) <= MAX_SHARED_WORDS * len(first) else kept
    return kept


def _long_words(texts: Sequence[ScoredText], indices: Sequence[int]) -> frozenset[str]:
    return frozenset(word for index in indices for word in words.split(texts[index].text) if len(word) >= LONG_WORD)
