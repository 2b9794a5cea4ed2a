"""Lines of a plain-text page, and their features."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wiredesk.extractor.body.characters import Characters
from wiredesk.extractor.body.features import (
    PARAGRAPH,
    FeatureMatrix,
    cohesion_features,
    mean_weights,
    neighbour_features,
    position_features,
    surrounding_means,
    text_features,
)
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.page_words import PageWords
from wiredesk.extractor.words import clean

MAX_LINE = 100_000
"""Characters of a line that are read."""

MAX_CHARACTERS = 1_000_000
"""Characters of all lines from which no more are read: a novel has half of it."""

MAX_LINES = 5000
"""Lines of a text that are read."""

MIN_WRAPPED_WIDTH = 50
"""Characters of the longest line from which a text may be wrapped, by hand or by a mail program."""

MAX_WRAPPED_WIDTH = 100
"""Characters of the longest line up to which a text may be wrapped."""

WRAPPED_SHARE = 0.6
"""Share of a text's long lines that are nearly full if it is wrapped. Paragraphs have all lengths."""

NEARLY_FULL = 15
"""Characters that a full line lacks at most, because the next word did not fit."""

MAX_BLANK_LINES = 5
"""Blank lines before a line at most; more count as this many."""

_RESIDUE = re.compile(r"[\s|·•*=_~#-]*")
"""Characters that tables and horizontal rules leave in a text."""

_ITEM = re.compile(r"^(?:[-*•‣–·]|\d{1,2}[.)])\s+")
"""The marker at the beginning of a list item."""

_BULLET = re.compile(r"^[-*•‣–·]\s+")
"""A marker that says nothing. A number does: `1. FC Köln wins`, `Reason 3`."""

_EIGHT_NEIGHBOURS = (
    "length", "ends_sentence", "capitalised", "common_words", "blank_before", "words", "shared_stems", "phrases"
)  # fmt: skip
"""Features that a line gets from four neighbours on either side."""

_TWO_NEIGHBOURS = (
    "digits", "item", "repeated", "symbols", "says_copyright", "says_related", "says_byline", "says_month", "clock"
)  # fmt: skip
"""Features that a line gets from those right before and after it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank.

    Attributes:
        text: of the line, without leading and trailing spaces.
        blank: number of blank lines before it.
    """

    text: str
    blank: int

    @property
    def is_residue(self) -> bool:
        """Whether it is a residue of a table or of a horizontal rule."""
        return _RESIDUE.fullmatch(self.text) is not None

    @property
    def is_item(self) -> bool:
        """Whether it is a list item."""
        return _ITEM.match(self.text) is not None

    @property
    def without_marker(self) -> str:
        """The text without the marker of a list item, whether it is a bullet or a number."""
        return _ITEM.sub("", self.text) or self.text

    @property
    def without_bullet(self) -> str:
        """The text without the bullet of a list item."""
        return _BULLET.sub("", self.text) or self.text


def split_lines(body: str) -> tuple[Line, ...]:
    """Split a text into lines. Wrapped lines are joined to paragraphs again."""
    page_lines: list[Line] = []
    blank = characters = 0
    for raw in body.splitlines():
        text = clean(raw)[:MAX_LINE]
        if not text:
            blank += 1
            continue
        page_lines.append(Line(text, blank))
        blank = 0
        characters += len(text)
        if len(page_lines) >= MAX_LINES or characters >= MAX_CHARACTERS:
            break
    return _unwrapped(page_lines)


def features(page_lines: Sequence[Line], lexicon: LexiconOdds) -> FeatureMatrix:
    """Return the features of a text's lines; none if it has no lines.

    Args:
        page_lines: of the text.
        lexicon: of the model that will read the features.
    """
    if not page_lines:
        return {}
    texts = [line.text for line in page_lines]
    page_words = PageWords.of_texts(texts)
    matrix = text_features(texts, Characters.of_texts(texts), page_words)
    matrix |= {
        "blank_before": np.fromiter((min(line.blank, MAX_BLANK_LINES) for line in page_lines), np.float64),
        "item": np.fromiter((line.is_item for line in page_lines), np.float64),
        "residue": np.fromiter((line.is_residue for line in page_lines), np.float64),
        "any_blank": np.full(len(page_lines), float(any(line.blank for line in page_lines))),
    }
    matrix |= position_features(matrix)
    prose = (matrix["length"] >= PARAGRAPH) & (matrix["ends_sentence"] > 0)
    matrix |= cohesion_features(page_words, prose, prose & (matrix["in_span"] > 0))
    matrix["phrases"] = lexicon.score(page_words)
    weights = mean_weights(matrix["length"])
    for name in ("phrases", "shared_stems"):
        matrix |= surrounding_means(name, matrix[name], weights, (2, 5, 10))
    matrix |= neighbour_features(matrix, _EIGHT_NEIGHBOURS, (-4, -3, -2, -1, 1, 2, 3, 4))
    return matrix | neighbour_features(matrix, _TWO_NEIGHBOURS, (-1, 1))


def _unwrapped(page_lines: Sequence[Line]) -> tuple[Line, ...]:
    width = _wrapped_width(page_lines)
    if width is None:
        return tuple(page_lines)
    joined: list[Line] = []
    last = 0  # length of the line before
    for line in page_lines:
        # A line continues the one before if that one had no room for its first word.
        first_word = line.text.split(" ", 1)[0]
        if joined and last + 1 + len(first_word) > width and not line.blank and not line.is_item:
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
        last = len(line.text)
    return tuple(joined)


def _wrapped_width(page_lines: Sequence[Line]) -> int | None:
    """Return the width at which a text is wrapped, or None if it is not."""
    sizes = [len(line.text) for line in page_lines]
    width = max(sizes, default=0)
    if not MIN_WRAPPED_WIDTH <= width <= MAX_WRAPPED_WIDTH:
        return None
    long = [size for size in sizes if size >= MIN_WRAPPED_WIDTH]
    return width if sum(size >= width - NEARLY_FULL for size in long) >= WRAPPED_SHARE * len(long) else None
