"""The story of a page: its texts with their probabilities, and those that are kept as blocks."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor import words
from wiredesk.extractor.body.layout import layout_containers
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.segments import PROSE, Container, Segment, SegmentedPage
from wiredesk.extractor.words import fold, length
from wiredesk_schemas import Block, BlockKind

SEGMENT_THRESHOLD = 0.45
"""Probability from which a segment belongs to the story. On sites that the models had not seen, F1 moves by 0.002
between 0.35 and 0.6; a lower one loses less of a story."""

LINE_THRESHOLD = 0.6
"""Probability from which a line belongs to the story. Lines of publishers' pages do best with it."""

HEADING_LENGTH = 80
"""Characters below which a line that does not end like a sentence is a heading."""

MIN_LINKED_ITEM = 0.5
"""Share of a list item in links from which it is a link."""

MUCH_MORE = 1.5
"""If the word count that a page states is this many times the shown one, the page has truncated the story."""

_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary"), BlockKind.HEADING),
    **dict.fromkeys(("blockquote",), BlockKind.QUOTE),
    **dict.fromkeys(("li", "dt", "dd"), BlockKind.LIST_ITEM),
    **dict.fromkeys(("td", "th"), BlockKind.TABLE_ROW),
    "pre": BlockKind.PREFORMATTED,
}
"""Kinds of blocks by the tag of a container."""

_KIND_REACH = 3
"""Number of containers around a segment that are searched for its kind."""

_MORE_CHARACTERS = 80
"""Number of characters at the end of a story that are searched for words such as `read more`."""

_MORE = re.compile(
    r"(?:\[?(?:…|\.{3})\]?|continue reading|read more|read the full (?:story|article)|weiterlesen|lire la suite|"
    r"seguir leyendo|continua a leggere|lees verder|читать далее)\W{0,5}$",
    re.IGNORECASE,
)
"""How a page says that there is more; add a language here."""

OUTSIDE_OF_RULE = "outside of the site's rule"
"""Why a text is excluded that the selectors of a site's rule for the body do not match."""


class ScoredText(NamedTuple):
    """A text of a page, and how likely it belongs to the story.

    Attributes:
        text: a segment, or a line without the bullet of a list item.
        kind: of the block that it becomes.
        probability: that it belongs to the story.
        row: number of the table row that it is in; None outside of a table.
        excluded_because: why it is not kept, whatever its probability; None if nothing excludes it.
        threshold: probability from which it is kept.
    """

    text: str
    kind: BlockKind
    probability: float
    row: int | None = None
    excluded_because: str | None = None
    threshold: float = SEGMENT_THRESHOLD

    @property
    def kept(self) -> bool:
        """Whether it is part of the story."""
        return self.excluded_because is None and self.probability >= self.threshold


def score_segments(page: SegmentedPage, probabilities: NDArray[np.float64]) -> tuple[ScoredText, ...]:
    """Return the segments of an HTML page with their probabilities."""
    layout = layout_containers(page)
    kinds = [_segment_kind(segment, page.containers, layout) for segment in page.segments]
    return tuple(
        ScoredText(segment.text, kind, probability, row)
        for segment, (kind, row), probability in zip(page.segments, kinds, probabilities.tolist(), strict=True)
    )


def score_lines(page_lines: Sequence[Line], probabilities: NDArray[np.float64]) -> tuple[ScoredText, ...]:
    """Return the lines of a text with their probabilities; that of residue is 0."""
    return tuple(
        ScoredText(
            line.without_bullet,
            _line_kind(line),
            0.0 if line.is_residue else float(probability),
            threshold=LINE_THRESHOLD,
        )
        for line, probability in zip(page_lines, probabilities, strict=True)
    )


def keep_selected(page: SegmentedPage, texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Return the texts with the selected segments as the story: a rule states the body, with a probability of 1."""
    return tuple(
        text._replace(probability=1.0)
        if segment.is_selected
        else text._replace(probability=0.0, excluded_because=OUTSIDE_OF_RULE)
        for segment, text in zip(page.segments, texts, strict=True)
    )


def first_prose_of(texts: Sequence[ScoredText]) -> int:
    """Return the index of the story's first prose; the number of texts if there is none."""
    return next((index for index, text in enumerate(texts) if _is_prose(text)), len(texts))


def exclude_duplicated_fields(
    texts: Sequence[ScoredText], above: Mapping[str, str], within: Mapping[str, str]
) -> tuple[ScoredText, ...]:
    """Exclude texts that the article has in another field, and texts above the headline.

    A page may repeat its headline below the story: what most of the story is above is not taken for its headline.

    Args:
        texts: of the page.
        above: folded texts that may occur before the story's first prose, with their fields: headline, standfirst,
            byline.
        within: folded texts that may occur anywhere in the story, with their fields: captions.
    """
    checked = list(texts)
    first_prose = first_prose_of(texts)
    headline = 0
    for index, text in enumerate(texts[: first_prose + 1]):
        folded = fold(text.text)
        if field := within.get(folded) or above.get(folded):
            checked[index] = text._replace(excluded_because=f"already in {field}")
            headline = index if field == "title" else headline
    for index in range(first_prose + 1, len(texts) if within else 0):
        text = texts[index]
        if text.kept and (field := within.get(fold(text.text))):
            checked[index] = text._replace(excluded_because=f"already in {field}")
    if headline and _kept_letters(checked[:headline]) < _kept_letters(checked[headline:]):
        for index in range(headline):
            if checked[index].kept:
                checked[index] = checked[index]._replace(excluded_because="above the headline")
    return tuple(checked)


def exclude_unannounced_tail(texts: Sequence[ScoredText], page: SegmentedPage | None = None) -> tuple[ScoredText, ...]:
    """Exclude headings and lists at the end that no sentence announces: links to other stories begin so.

    Args:
        texts: of the page.
        page: of HTML, its segments. Where items are known to be no links, they are a list of the story's own.
    """
    checked = list(texts)
    kept = [index for index, text in enumerate(checked) if text.kept]
    tail = 0
    while tail < len(kept) and _is_label(checked[index := kept[-1 - tail]]):
        if page is not None and checked[index].kind is BlockKind.LIST_ITEM and not _is_link(page.segments[index]):
            break
        tail += 1
    announced = tail < len(kept) and checked[kept[-1 - tail]].text.endswith((":", "："))
    items = [index for index in kept[len(kept) - tail :] if checked[index].kind is BlockKind.LIST_ITEM]
    for index in kept[len(kept) - tail :]:
        if not (announced and items and index <= items[-1]):
            checked[index] = checked[index]._replace(excluded_because="at the end, and nothing announces it")
    return tuple(checked)


def to_blocks(texts: Sequence[ScoredText]) -> tuple[Block, ...]:
    """Return the kept texts as blocks. The cells of a table row become one block."""
    blocks: list[Block] = []
    last_row: int | None = None
    for text in (text for text in texts if text.kept):
        if text.row is not None and text.row == last_row:
            blocks[-1] = Block(text=f"{blocks[-1].text} | {text.text}", kind=blocks[-1].kind)
        else:
            blocks.append(Block(text=text.text, kind=text.kind))
        last_row = text.row
    return tuple(blocks)


def confidence(texts: Sequence[ScoredText]) -> float:
    """Return the expected overlap of the kept texts and the story; 0 to 1.

    It is the expected intersection of the two, divided by their union, in characters.
    """
    kept_texts = [text for text in texts if text.kept]
    right = sum(text.probability * len(text.text) for text in kept_texts)
    kept = sum(len(text.text) for text in kept_texts)
    lost = sum(text.probability * len(text.text) for text in texts if not text.kept)
    return right / (kept + lost) if kept else 0.0


def is_truncated(blocks: Sequence[Block], stated_words: int = 0) -> bool:
    """Return whether a page truncates its story.

    Args:
        blocks: of the story.
        stated_words: length of the story as the page states it; 0 if it does not.
    """
    if not blocks:
        return False
    if stated_words and stated_words > MUCH_MORE * sum(words.count(block.text) for block in blocks):
        return True
    return _MORE.search(blocks[-1].text[-_MORE_CHARACTERS:]) is not None


def _is_label(text: ScoredText) -> bool:
    """Return whether a text is a heading, or a short list item without a full stop: it means little by itself."""
    if text.text.rstrip(words.CLOSING_MARKS).endswith((".", "。", "…", ":", "：")):
        return False
    short = length(text.text) < HEADING_LENGTH
    return text.kind is BlockKind.HEADING or (text.kind is BlockKind.LIST_ITEM and short)


def _is_link(segment: Segment) -> bool:
    return segment.linked >= MIN_LINKED_ITEM


def _is_prose(text: ScoredText) -> bool:
    return text.kept and text.kind is BlockKind.PARAGRAPH and length(text.text) >= PROSE


def _kept_letters(texts: Sequence[ScoredText]) -> int:
    return sum(len(text.text) for text in texts if text.kept)


def _segment_kind(
    segment: Segment, containers: Sequence[Container], layout: AbstractSet[int]
) -> tuple[BlockKind, int | None]:
    """Return the kind of a segment, by the containers around it, and the index of the table row that it is in."""
    kind, row = BlockKind.PARAGRAPH, None
    index = segment.container
    for _ in range(_KIND_REACH):
        container = containers[index]
        if kind is BlockKind.PARAGRAPH and index not in layout:
            kind = _KINDS.get(container.tag, kind)
        if container.tag == "tr":
            row = container.index
        index = container.parent
        if index < 0:
            break
    return kind, row if kind is BlockKind.TABLE_ROW else None


def _line_kind(line: Line) -> BlockKind:
    if line.is_item:
        return BlockKind.LIST_ITEM
    is_heading = len(line.text) < HEADING_LENGTH and not words.ends_sentence(line.text)
    return BlockKind.HEADING if is_heading else BlockKind.PARAGRAPH
