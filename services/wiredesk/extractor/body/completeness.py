"""Completeness: how much prose a body lacks that stands among its own. It is counted without a model.

A model that is wrong about a kind of page loses parts of its stories, and does not know it. Prose that is dropped
although it has the same place in the mark-up as what is kept, or stands between lines that are kept, is probably a part
of the story. What a page does not show at all is another matter: `story.is_truncated`.
"""

from collections.abc import Iterable, Sequence

from wiredesk.extractor.body.lines import MAX_LINES, Line
from wiredesk.extractor.body.segments import MAX_LINKED_PROSE, PROSE, Segment, SegmentedPage
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.words import clean, count, ends_sentence, length

MIN_OMITTED = 40
"""Words from which an omission counts: most stories have a sentence among them that belongs to something else."""

MIN_OMITTED_SHARE = 0.05
"""Words, for each word of the body, from which an omission counts."""

LAST_TEXTS = 20
"""Texts at the end of what is read of a page: if the story goes on there, it goes on in what is not read."""


def omitted_words(page: SegmentedPage, texts: Sequence[ScoredText]) -> int:
    """Return the words of likely prose of an HTML page's story that its body lacks; 0 if there are few.

    Args:
        page: its segments and containers.
        texts: the segments with their probabilities.
    """
    pairs = list(zip(page.segments, texts, strict=True))
    places = {_place(page, s) for s, t in pairs if t.kept and s.size >= PROSE}
    dropped = (
        t.text
        for s, t in pairs
        if not t.kept and t.excluded_because is None and _is_prose(s) and _place(page, s) in places
    )
    return _if_many(_words(dropped) + (page.unread_words if _goes_on(texts) else 0), texts)


def omitted_words_of_lines(page_lines: Sequence[Line], texts: Sequence[ScoredText], body: str) -> int:
    """Return the words of likely prose of a text's story that its body lacks; 0 if there are few.

    Args:
        page_lines: of the text.
        texts: the lines with their probabilities.
        body: the whole text.
    """
    kept = [index for index, text in enumerate(texts) if text.kept]
    if not kept:
        return 0
    stop = kept[-1] + 1
    while stop < len(texts) and _is_prose_line(texts[stop].text):
        stop += 1
    between = texts[kept[0] : stop]
    dropped = (t.text for t in between if not t.kept and t.excluded_because is None and _is_prose_line(t.text))
    unread = _words(_unread_lines(body)) if len(page_lines) >= MAX_LINES and _goes_on(texts) else 0
    return _if_many(_words(dropped) + unread, texts)


def _place(page: SegmentedPage, segment: Segment) -> tuple[int, str]:
    """Return the place of a segment: the paragraphs of a story are mostly in one container, and have one tag."""
    return page.containers[segment.container].parent, segment.tag


def _is_prose(segment: Segment) -> bool:
    return segment.size >= PROSE and segment.linked < MAX_LINKED_PROSE and ends_sentence(segment.text)


def _is_prose_line(text: str) -> bool:
    return length(text) >= PROSE and ends_sentence(text)


def _unread_lines(body: str) -> Iterable[str]:
    """Yield the lines of prose after those that are read."""
    lines = [text for line in body.splitlines() if (text := clean(line))]
    return (text for text in lines[MAX_LINES:] if _is_prose_line(text))


def _goes_on(texts: Sequence[ScoredText]) -> bool:
    """Return whether the story goes on at the end of what was read."""
    return any(text.kept for text in texts[-LAST_TEXTS:])


def _words(texts: Iterable[str]) -> int:
    return sum(map(count, texts))


def _if_many(omitted: int, texts: Sequence[ScoredText]) -> int:
    if omitted < MIN_OMITTED:
        return 0
    body = _words(text.text for text in texts if text.kept)
    return omitted if body and omitted >= MIN_OMITTED_SHARE * body else 0
