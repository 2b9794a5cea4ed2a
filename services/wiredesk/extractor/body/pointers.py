"""Labels before links to other stories: `Read also: A headline`. `pointers.toml` lists them, by language.

The models learn such labels where they have seen them. Of languages that they have not seen, the list is all there is.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from wiredesk.extractor.body.segments import Segment
from wiredesk.extractor.body.story import ScoredText
from wiredesk.extractor.words import fold
from wiredesk.languages.alternation import alternation

MAX_POINTER = 200
"""Characters of a text that points to another story."""

MIN_POINTER_LINK = 0.5
"""Share of a text with a label in links from which it points to another story."""

WHOLLY_LINKED = 0.9
"""Share in links from which a text after a label is nothing but a link."""

MAX_AFTER_LABEL = 6
"""Links after a label."""

_stored = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_LABEL = re.compile(
    rf"(?:(?:{alternation(map(fold, chain.from_iterable(_stored['labels'].values())), ' ')})(?!\w)"
    rf"|(?:{alternation(map(fold, chain.from_iterable(_stored['spaceless'].values())), ' ')}))"
)
"""A label at the beginning of a folded text."""


def pointers(segments: Sequence[Segment], texts: Sequence[ScoredText]) -> Iterator[int]:
    """Yield the kept texts that point to other stories: a label with its link, or a label and the links after it.

    A label without links stays, and so does a sentence in which little is a link.

    Args:
        segments: of the page.
        texts: the segments with their probabilities.
    """
    for index, (segment, text) in enumerate(zip(segments, texts, strict=True)):
        if not text.kept or len(segment.text) > MAX_POINTER:
            continue
        after = tuple(_links_after(segments, index))
        if not after and segment.linked < MIN_POINTER_LINK:
            continue
        rest = _after_label(segment.text)
        if rest is None or (rest and segment.linked < MIN_POINTER_LINK):
            continue
        yield index
        if not rest:
            yield from (other for other in after if texts[other].kept)


def _after_label(text: str) -> str | None:
    """Return what follows the label with which a text begins, folded; None if it begins with none."""
    # Turkish has a dot on its capital, which would stay as a character of its own.
    folded = fold(text.replace("İ", "i"))
    label = _LABEL.match(folded)
    return None if label is None else folded[label.end() :]


def _links_after(segments: Sequence[Segment], label: int) -> Iterator[int]:
    """Yield the texts after a label that are nothing but links."""
    for index in range(label + 1, min(len(segments), label + 1 + MAX_AFTER_LABEL)):
        if segments[index].linked < WHOLLY_LINKED or len(segments[index].text) > MAX_POINTER:
            return
        yield index
