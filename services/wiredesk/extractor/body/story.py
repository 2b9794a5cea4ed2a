"""The story of a page: its texts, each with the model's verdict, and those that were kept as blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body import lines, markup
from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.body.markup import Hints
from wiredesk.extractor.body.model import BodyModel
from wiredesk.extractor.body.segments import PROSE, Container, Segment, Segmented
from wiredesk.extractor.words import fold, length
from wiredesk_schemas import Block, BlockKind

THRESHOLD = 0.5
LINE_THRESHOLD = 0.6
"""Probability from which a segment, and a line, belongs to the story. On sites that the models had not seen, F1 moves
by less than 0.006 between 0.4 and 0.6; lines of publishers' pages do best at the higher one."""

HEADING_LENGTH = 80
"""Characters below which a line of text that ends no sentence is a heading."""

_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary"), BlockKind.HEADING),
    **dict.fromkeys(("blockquote",), BlockKind.QUOTE),
    **dict.fromkeys(("li", "dt", "dd"), BlockKind.LIST_ITEM),
    **dict.fromkeys(("td", "th"), BlockKind.TABLE_ROW),
    "pre": BlockKind.PREFORMATTED,
}
_REACH = 3
"""Containers outwards in which a quotation or a list around a paragraph is looked for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text of the page.

    Attributes:
        probability: that it belongs to the story.
        row: of a table, numbered; None outside of one.
        threshold: probability from which it does.
        aside: why it is not kept although it may be likely: it stands in another field, or tells nothing.
    """

    text: str
    kind: BlockKind
    probability: float
    row: int | None = None
    aside: str | None = None
    threshold: float = THRESHOLD

    @property
    def kept(self) -> bool:
        """Whether it is part of the story."""
        return self.aside is None and self.probability >= self.threshold


def of_html(page: Segmented, hints: Hints, model: BodyModel) -> tuple[Judged, ...]:
    """Judge the segments of an HTML page."""
    if not page.segments:
        return ()
    return judged_html(page, model.probabilities(markup.describe(page, hints, model.wording)))


def judged_html(page: Segmented, probabilities: NDArray[np.float64]) -> tuple[Judged, ...]:
    """Return the segments of a page, judged by these probabilities."""
    kinds = [_kind(segment, page.containers) for segment in page.segments]
    return tuple(
        Judged(segment.text, kind, float(probability), row)
        for segment, (kind, row), probability in zip(page.segments, kinds, probabilities, strict=True)
    )


def of_text(found: Sequence[Line], model: BodyModel) -> tuple[Judged, ...]:
    """Judge the lines of a text."""
    if not found:
        return ()
    columns = lines.describe(found, model.wording)
    probabilities = model.probabilities(columns)
    return tuple(
        Judged(
            line.without_marker,
            _kind_of_line(line, ends),
            0.0 if line.is_residue else float(probability),
            threshold=LINE_THRESHOLD,
        )
        for line, ends, probability in zip(found, columns["ends_sentence"], probabilities, strict=True)
    )


def blocks(judged: Sequence[Judged]) -> tuple[Block, ...]:
    """Return what was kept, the cells of a row as one block."""
    kept = [text for text in judged if text.kept]
    found: list[Block] = []
    last_row: int | None = None
    for text in kept:
        if text.row is not None and text.row == last_row:
            found[-1] = Block(text=f"{found[-1].text} | {text.text}", kind=found[-1].kind)
        else:
            found.append(Block(text=text.text, kind=text.kind))
        last_row = text.row
    return tuple(found)


def apart(judged: Sequence[Judged], above: Mapping[str, str], within: Mapping[str, str]) -> tuple[Judged, ...]:
    """Set aside what the article tells in another field, and what tells nothing.

    Args:
        above: folded texts that may stand before the story's first prose, and their fields: headline, standfirst,
            byline.
        within: those that may stand anywhere in it: captions.
    """
    found = list(judged)
    begin = next((index for index, text in enumerate(found) if _is_prose(text)), len(found))
    headline = 0
    for index, text in enumerate(found):
        if index > begin and not text.kept:
            continue
        folded = fold(text.text)
        field = within.get(folded) or (above.get(folded) if index <= begin else None)
        if field:
            found[index] = replace(text, aside=f"stands in {field}")
            headline = index if field == "title" and index <= begin else headline
    for index in range(headline):
        if found[index].kept:
            found[index] = replace(found[index], aside="above the headline")
    return tuple(_without_tail(found))


def _without_tail(judged: list[Judged]) -> list[Judged]:
    """Set aside headings and lists at the end that nothing announces: a list of other stories begins so."""
    kept = [index for index, text in enumerate(judged) if text.kept]
    tail = 0
    while tail < len(kept) and _is_label(judged[kept[-1 - tail]]):
        tail += 1
    announced = tail < len(kept) and judged[kept[-1 - tail]].text.endswith((":", "："))
    items = [index for index in kept[len(kept) - tail :] if judged[index].kind is BlockKind.LIST_ITEM]
    for index in kept[len(kept) - tail :]:
        if not (announced and items and index <= items[-1]):
            judged[index] = replace(judged[index], aside="at the end, and nothing announces it")
    return judged


def _is_label(text: Judged) -> bool:
    """Whether a text tells nothing by itself: a heading, or an item that reads like one, without a full stop."""
    if text.text.rstrip("\"'”’»)").endswith((".", "。", "…", ":", "：")):
        return False
    short = length(text.text) < HEADING_LENGTH
    return text.kind is BlockKind.HEADING or (text.kind is BlockKind.LIST_ITEM and short)


def _is_prose(text: Judged) -> bool:
    return text.kept and text.kind is BlockKind.PARAGRAPH and length(text.text) >= PROSE


def confidence(judged: Sequence[Judged]) -> float:
    """Return how far what was kept is the story, whole and alone, as the model expects it.

    That is the expected overlap of what was kept and what belongs to the story, divided by both together.
    """
    right = sum(text.probability * len(text.text) for text in judged if text.kept)
    kept = sum(len(text.text) for text in judged if text.kept)
    lost = sum(text.probability * len(text.text) for text in judged if not text.kept)
    return right / (kept + lost) if kept else 0.0


def _kind(segment: Segment, containers: Sequence[Container]) -> tuple[BlockKind, int | None]:
    """Return the kind of a segment, told by the containers around it, and the row of the table that it stands in."""
    kind, row = BlockKind.PARAGRAPH, None
    index = segment.container
    for _ in range(_REACH):
        container = containers[index]
        if kind is BlockKind.PARAGRAPH:
            kind = _KINDS.get(container.tag, kind)
        if container.tag == "tr":
            row = container.index
        index = container.parent
        if index < 0:
            break
    return kind, row if kind is BlockKind.TABLE_ROW else None


def _kind_of_line(line: Line, ends_sentence: float) -> BlockKind:
    if line.is_item:
        return BlockKind.LIST_ITEM
    return BlockKind.HEADING if len(line.text) < HEADING_LENGTH and not ends_sentence else BlockKind.PARAGRAPH
