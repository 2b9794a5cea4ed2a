"""A name in one of an article's texts: what all rules for entities work on."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities.lexicon import Lexicon, lexicon_of
from wiredesk_schemas import EntityType

NAME_TYPES = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE)
"""The types that the rules revise. What else a tagger marks (dates, amounts, works, ...) keeps its type."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name in a text of the article.

    Attributes:
        field: the text.
        start: offset of the name's first character, in code points.
        end: offset after its last character.
        type: the type of the named entity.
    """

    field: ArticleField
    start: int
    end: int
    type: EntityType

    @property
    def surface(self) -> str:
        """The name as it is written there, in ordinary case."""
        return self.field.text[self.start : self.end]

    @property
    def written(self) -> str:
        """The name in ordinary case, with the signs of the event: `Frankfurt/Main`, which is read with a comma."""
        pairs = zip(self.surface, self.published_surface, strict=True)
        return "".join(published if read == "," else read for read, published in pairs)

    @property
    def lexicon(self) -> Lexicon:
        """The word lists of the text's language."""
        return lexicon_of(self.field.language)

    @property
    def published_surface(self) -> str:
        """The name as the event has it."""
        return self.field.published_text[self.start : self.end]

    def overlaps(self, other: "NameSpan") -> bool:
        """Whether the two share a character of the same text."""
        return self.field is other.field and self.start < other.end and other.start < self.end


class MarkedPlaces:
    """Where an article's texts are marked as names already.

    Args:
        spans: the names, in any order; they may overlap.
    """

    def __init__(self, spans: Iterable[NameSpan]) -> None:
        marked: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for span in spans:
            marked[span.field.pointer].append((span.start, span.end))
        self._starts: dict[str, Sequence[int]] = {}
        self._furthest_ends: dict[str, Sequence[int]] = {}
        for pointer, places in marked.items():
            places.sort()
            self._starts[pointer] = [start for start, _ in places]
            self._furthest_ends[pointer] = list(accumulate((end for _, end in places), max))

    def overlap(self, field: ArticleField, start: int, end: int) -> bool:
        """Whether a name has a character between two offsets of a text."""
        before = bisect_left(self._starts.get(field.pointer, ()), end)
        return before > 0 and self._furthest_ends[field.pointer][before - 1] > start
