"""Plain-text pages: pages without their tags, but with their boilerplate; and wire copy."""

import re
from collections.abc import Sequence
from datetime import date

from wiredesk.extractor.body import lines
from wiredesk.extractor.body.lines import Line, split_lines
from wiredesk.extractor.body.story import (
    confidence,
    exclude_duplicated_fields,
    exclude_unannounced_tail,
    is_truncated,
    score_lines,
    to_blocks,
)
from wiredesk.extractor.captions import is_caption, parse_caption
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.metadata.authors import BY, parse_names
from wiredesk.extractor.metadata.dates import MAX_LENGTH, parse_written_date
from wiredesk.extractor.metadata.fields import Metadata, MetadataField
from wiredesk.extractor.models import Models
from wiredesk.extractor.words import clean, fold, length
from wiredesk_schemas import AcceptedPage, Evidence

HEADER_LINES = 40
"""Number of lines above the body that are searched for headline, byline and date. They are usually within a few
lines."""

MAX_TITLE = 200
"""Maximum characters of a headline; longer lines are not headlines."""

MIN_TITLE = 12
"""Minimum letters of a headline; shorter lines are labels."""

_SOURCE = re.compile(r"^\(([^()]{2,50})\)$|^(?:source|quelle|来源|出典)\s*[:：]\s*(.{2,50})$", re.IGNORECASE)
"""A line that names the publication."""

_DATE_WORD = re.compile(r"\b(?:updated|published|posted)\b", re.IGNORECASE)
"""A word that introduces a date."""


def extract_text(page: AcceptedPage, models: Models) -> ExtractedPage:
    """Extract a plain-text page.

    Args:
        page: as ingest accepted it.
        models: for its lines.
    """
    page_lines = split_lines(page.body)
    caption_lines = [line for line in page_lines if is_caption(line.text)]
    captions = tuple(caption for line in caption_lines if (caption := parse_caption(line.text)) is not None)
    folded_captions = {fold(line.text): "captions" for line in caption_lines}
    features = lines.features(page_lines, models.text.lexicon)
    texts = score_lines(page_lines, models.text.probabilities(features))
    texts = exclude_unannounced_tail(exclude_duplicated_fields(texts, {}, folded_captions))
    start = next((index for index, text in enumerate(texts) if text.kept), 0)
    metadata = _read_header(page, page_lines[max(0, start - HEADER_LINES) : start])
    if metadata.title.value:
        above = {fold(metadata.title.value): "title"}
        texts = exclude_unannounced_tail(exclude_duplicated_fields(texts, above, folded_captions))
    blocks = to_blocks(texts)
    return ExtractedPage(
        method="flattened-text",
        place=Evidence.TEXT,
        metadata=metadata,
        blocks=blocks,
        captions=captions,
        texts=texts,
        features=features,
        confidence=round(confidence(texts), 3),
        is_truncated=is_truncated(blocks),
    )


def _read_header(page: AcceptedPage, header: Sequence[Line]) -> Metadata:
    """Read headline, date, publication and byline from the lines above the body."""
    source = MetadataField(page.source, Evidence.PUBLISHER if page.source else None)
    authors = tuple[str, ...]()
    dates: list[tuple[date, str]] = []
    other: list[str] = []
    for line in header:
        text = line.text
        source_line, byline = _SOURCE.match(text), parse_names(text) if BY.match(text) else ()
        parsed = parse_written_date(text) if len(text) <= MAX_LENGTH else None
        if parsed is not None:
            dates.append((parsed, text))
        elif source_line:
            if not source.value:
                source = MetadataField(clean(source_line[1] or source_line[2]), Evidence.TEXT)
        elif byline:
            authors = byline
        elif not line.is_residue and not is_caption(text) and not line.is_item:
            other.append(text)
    title, published = _title(other), _published(dates)
    return Metadata(
        source=source,
        title=MetadataField(title, Evidence.TEXT if title else None),
        authors=MetadataField(authors, Evidence.TEXT if authors else None),
        published_at=MetadataField(published, Evidence.TEXT if published else None),
        language=MetadataField(page.language, Evidence.PUBLISHER if page.language else None),
    )


def _published(dates: Sequence[tuple[date, str]]) -> date | None:
    """Return the date that is nearest to the body. One with a word for it (`Updated:`) comes before others."""
    introduced = [parsed for parsed, line in dates if _DATE_WORD.search(line)]
    candidates = introduced or [parsed for parsed, _ in dates]
    return candidates[-1] if candidates else None


def _title(candidates: Sequence[str]) -> str | None:
    """Return the line that is most likely the headline: of the length of one, no sentence, near the body."""
    best, best_score = None, 0.0
    for distance, line in enumerate(reversed(candidates)):
        if len(line) > MAX_TITLE:
            continue
        size = length(line)
        score = min(size, 60) - max(0.0, size - 120) - 2 * distance - (15 if line.endswith(".") else 0)
        if score > best_score and size >= MIN_TITLE:
            best, best_score = line, score
    return best
