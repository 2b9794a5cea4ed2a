"""Lines of text that was once a page, and their columns for the model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wiredesk.extractor import words
from wiredesk.extractor.body import cohesion, columns
from wiredesk.extractor.body.columns import Columns
from wiredesk.extractor.body.wording import Wording
from wiredesk.extractor.words import clean

MAX_LINES = 5000

WRAPPED_WIDTH = (50, 100)
"""Between these widths text is wrapped by hand and by mail programs."""

WRAPPED_SHARE = 0.6
"""Of the lines of wrapped text, so many are nearly full. Paragraphs on lines of their own are of all lengths."""

NEARLY_FULL = 15
"""Characters that a full line lacks at most, where the next word did not fit."""

_RESIDUE = re.compile(r"[\s|·•*=_~#-]*")
_ITEM = re.compile(r"^(?:[-*•‣–·]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds text.

    Attributes:
        blank: empty lines before it.
    """

    text: str
    blank: int

    @property
    def is_residue(self) -> bool:
        """Whether it is what tables and rules leave behind, and no text."""
        return _RESIDUE.fullmatch(self.text) is not None

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return _ITEM.match(self.text) is not None

    @property
    def without_marker(self) -> str:
        """The text of an item, or of any other line."""
        return _ITEM.sub("", self.text) or self.text


def lines(body: str) -> tuple[Line, ...]:
    """Cut a text into lines; wrapped ones become the paragraphs that they were."""
    found: list[Line] = []
    blank = 0
    for raw in body.splitlines():
        text = clean(raw)
        if not text:
            blank += 1
            continue
        found.append(Line(text, blank))
        blank = 0
        if len(found) >= MAX_LINES:
            break
    return _unwrapped(found)


def describe(found: Sequence[Line], wording: Wording) -> Columns:
    """Describe each line.

    Args:
        wording: what words say, as the model that will read the columns has learnt it.
    """
    texts = [line.text for line in found]
    split = [words.split(text) for text in texts]
    described = columns.of_texts(texts, split)
    described |= {
        "blank_before": np.fromiter((min(line.blank, 5) for line in found), np.float64),
        "item": np.fromiter((line.is_item for line in found), np.float64),
        "residue": np.fromiter((line.is_residue for line in found), np.float64),
        "any_blank": np.full(len(found), float(any(line.blank for line in found))),
    }
    described |= columns.of_positions(described)
    prose = (described["length"] >= columns.PARAGRAPH) & (described["ends_sentence"] > 0)
    described |= cohesion.describe(split, prose, prose & (described["in_span"] > 0))
    described["phrases"] = wording.said(split)
    weights = columns.weights(described["length"])
    for name in ("phrases", "shared_stems"):
        described |= columns.of_surroundings(name, described[name], weights, (2, 5, 10))
    described |= columns.of_neighbours(described, _NEIGHBOURS, (-4, -3, -2, -1, 1, 2, 3, 4))
    return described | columns.of_neighbours(described, _NEXT, (-1, 1))


_NEIGHBOURS = (
    "length",
    "ends_sentence",
    "capitalised",
    "common_words",
    "blank_before",
    "words",
    "shared_stems",
    "phrases",
)
_NEXT = (
    "digits",
    "item",
    "repeated",
    "symbols",
    "says_copyright",
    "says_related",
    "says_byline",
    "says_month",
    "clock",
)


def _unwrapped(found: Sequence[Line]) -> tuple[Line, ...]:
    width = _width(found)
    if width is None:
        return tuple(found)
    joined: list[Line] = []
    last = 0  # length of the line before
    for line in found:
        # A line goes on where the one before it had no room for its first word.
        first_word = line.text.split(" ", 1)[0]
        if joined and last + 1 + len(first_word) > width and not line.blank and not line.is_item:
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
        last = len(line.text)
    return tuple(joined)


def _width(found: Sequence[Line]) -> int | None:
    """Return the width at which a text is wrapped, or None where it is not."""
    sizes = [len(line.text) for line in found]
    width = max(sizes, default=0)
    least, most = WRAPPED_WIDTH
    if not least <= width <= most:
        return None
    long = [size for size in sizes if size >= least]
    return width if sum(size >= width - NEARLY_FULL for size in long) >= WRAPPED_SHARE * len(long) else None
