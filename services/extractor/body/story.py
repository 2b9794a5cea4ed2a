"""The story of a page: its texts, each with the model's verdict, and those that were kept as blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from schemas import Block, BlockKind
from services.extractor.body import lines, markup
from services.extractor.body.lines import Line
from services.extractor.body.markup import Hints
from services.extractor.body.segments import Container, Segment, Segmented
from services.extractor.body.trees import Trees
from services.extractor.words import fold

THRESHOLD = 0.5
LINE_THRESHOLD = 0.6
"""Probability from which a segment, and a line, belongs to the story. On sites that the models had not seen, F1 moves by
less than 0.006 between 0.4 and 0.6; lines of publishers' pages do best at the higher one."""

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
        elsewhere: the field of the article that holds it, so that its body does not.
    """

    text: str
    kind: BlockKind
    probability: float
    row: int | None = None
    elsewhere: str | None = None
    threshold: float = THRESHOLD

    @property
    def kept(self) -> bool:
        """Whether it is part of the story."""
        return self.elsewhere is None and self.probability >= self.threshold


def of_html(page: Segmented, hints: Hints, model: Trees) -> tuple[Judged, ...]:
    """Judge the segments of an HTML page."""
    if not page.segments:
        return ()
    return judged_html(page, model.probabilities(markup.describe(page, hints, model.words)))


def judged_html(page: Segmented, probabilities: NDArray[np.float64]) -> tuple[Judged, ...]:
    """Return the segments of a page, judged by these probabilities."""
    kinds = [_kind(segment, page.containers) for segment in page.segments]
    return tuple(
        Judged(segment.text, kind, float(probability), row)
        for segment, (kind, row), probability in zip(page.segments, kinds, probabilities, strict=True)
    )


def of_text(found: Sequence[Line], model: Trees) -> tuple[Judged, ...]:
    """Judge the lines of a text."""
    if not found:
        return ()
    columns = lines.describe(found)
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
    """Mark what the article tells in another field.

    Args:
        above: folded texts that may stand at the head of the story, and their fields: headline and standfirst.
        within: those that may stand anywhere in it: captions.
    """
    found: list[Judged] = []
    begun = False
    for text in judged:
        folded = fold(text.text)
        elsewhere = within.get(folded) or (None if begun else above.get(folded))
        begun = begun or (elsewhere is None and text.kept)
        found.append(replace(text, elsewhere=elsewhere) if elsewhere else text)
    return tuple(found)


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
