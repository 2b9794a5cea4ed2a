"""Text with marked entities: cut at the places of their mentions, so that each piece is escaped by itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wiredesk_schemas import EnrichedArticle

MAX_MARKS = 5000
"""Maximum number of mentions that are marked in an article."""


class Piece(NamedTuple):
    """A piece of a text.

    Attributes:
        kind: type of the entity that it names; empty: it names none.
        name: of that entity.
    """

    text: str
    kind: str = ""
    name: str = ""


class Mark(NamedTuple):
    """A place in a text where an entity is named, in code points."""

    start: int
    stop: int
    kind: str
    name: str


def marks_of(article: EnrichedArticle) -> Mapping[str, list[Mark]]:
    """Return the places where entities are named, by the JSON Pointer of their text."""
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    count = 0
    for entity in article.entities:
        for mention in entity.mentions:
            if count < MAX_MARKS:
                marks[mention.field].append(Mark(mention.start, mention.end, str(entity.type), entity.name))
            count += 1
    return marks


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Return a text in pieces. A mark that overlaps an earlier one, or is not within the text, is left out."""
    parts: list[Piece] = []
    at = 0
    for mark in sorted(marks, key=lambda one: (one.start, -one.stop)):
        if not at <= mark.start < mark.stop <= len(text):
            continue
        if mark.start > at:
            parts.append(Piece(text[at : mark.start]))
        parts.append(Piece(text[mark.start : mark.stop], mark.kind, mark.name))
        at = mark.stop
    if at < len(text) or not parts:
        parts.append(Piece(text[at:]))
    return parts
