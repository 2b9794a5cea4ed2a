"""Reads text that was once a page: its tags are gone, its boilerplate is not. And wire copy, which never was one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from wiredesk.extractor import moments
from wiredesk.extractor.body import story
from wiredesk.extractor.body.lines import Line, lines
from wiredesk.extractor.captions import caption, is_caption
from wiredesk.extractor.metadata.authors import BY, names
from wiredesk.extractor.models import Models
from wiredesk.extractor.reading import Reading
from wiredesk.extractor.truncation import is_truncated
from wiredesk.extractor.words import clean, fold, length
from wiredesk_schemas import AcceptedPage, Evidence

HEADER_LINES = 40
"""Lines above the body in which its headline, byline and date are looked for; the nearest are at most a few away."""

_SOURCE = re.compile(r"^\(([^()]{2,50})\)$|^(?:source|quelle|来源|出典)\s*[:：]\s*(.{2,50})$", re.IGNORECASE)
_DATED = re.compile(r"\b(?:updated|published|posted)\b", re.IGNORECASE)
_MAX_TITLE = 200
_MIN_TITLE = 12
"""Letters of a headline; shorter lines are labels."""


def read(page: AcceptedPage, models: Models) -> Reading:
    """Read a page of text."""
    found = lines(page.body)
    captions = tuple(c for line in found if is_caption(line.text) and (c := caption(line.text)) is not None)
    pictured = {fold(line.text): "captions" for line in found if is_caption(line.text)}
    judged = story.apart(story.of_text(found, models.text), {}, pictured)
    begin = next((index for index, text in enumerate(judged) if text.kept), 0)
    reading = _with_header(Reading(method="flattened-text"), found[max(0, begin - HEADER_LINES) : begin], page)
    if reading.title:
        judged = story.apart(judged, {fold(reading.title): "title"}, pictured)
    blocks = story.blocks(judged)
    evidence = dict(reading.evidence)
    evidence |= {name: Evidence.TEXT for name, value in (("paragraphs", blocks), ("captions", captions)) if value}
    return replace(
        reading,
        blocks=blocks,
        captions=captions,
        pictures=len(captions),
        is_truncated=is_truncated(blocks),
        evidence=evidence,
        judged=judged,
        confidence=round(story.confidence(judged), 3),
    )


def _with_header(reading: Reading, header: Sequence[Line], page: AcceptedPage) -> Reading:
    """Read headline, date, source and byline from the lines above the body."""
    evidence: dict[str, Evidence] = {}
    source, authors = page.source, tuple[str, ...]()
    times: list[tuple[date, str]] = []
    rest: list[str] = []
    if source:
        evidence["source"] = Evidence.PUBLISHER
    for line in header:
        text = line.text
        named, byline = _SOURCE.match(text), names(text) if BY.match(text) else ()
        moment = moments.written(text) if len(text) <= moments.MAX_LENGTH else None
        if moment is not None:
            times.append((moment, text))
        elif named:
            source = source or clean(named[1] or named[2])
            evidence.setdefault("source", Evidence.TEXT)
        elif byline:
            authors = byline
        elif not line.is_residue and not is_caption(text) and not line.is_item:
            rest.append(text)
    title = _title(rest)
    evidence |= {name: Evidence.TEXT for name, value in (("title", title), ("authors", authors)) if value}
    published = _published(times)
    if published is not None:
        evidence["published_at"] = Evidence.TEXT
    if page.language:
        evidence["language"] = Evidence.PUBLISHER
    return replace(
        reading,
        title=title,
        source=source,
        authors=authors,
        published_at=published,
        language=page.language,
        evidence=evidence,
    )


def _published(times: Sequence[tuple[date, str]]) -> date | None:
    """Return the time nearest to the body, one with a word for it (`Updated:`) before a bare one."""
    worded = [moment for moment, line in times if _DATED.search(line)]
    moments_found = worded or [moment for moment, _ in times]
    return moments_found[-1] if moments_found else None


def _title(found: Sequence[str]) -> str | None:
    """Return the line that is likeliest the headline: of the length of one, no sentence, near the body."""
    best, best_score = None, 0.0
    for distance, line in enumerate(reversed(found)):
        if len(line) > _MAX_TITLE:
            continue
        size = length(line)
        score = min(size, 60) - max(0.0, size - 120) - 2 * distance - (15 if line.endswith(".") else 0)
        if score > best_score and size >= _MIN_TITLE:
            best, best_score = line, score
    return best
