"""A mention while it is being worked on."""

from dataclasses import dataclass

from wiredesk.enrichment.fields import Text
from wiredesk_schemas import EntityType


@dataclass(frozen=True, slots=True)
class Named:
    """A name in one of an article's texts."""

    text: Text
    start: int
    end: int
    type: EntityType

    @property
    def surface(self) -> str:
        """The name as written there."""
        return self.text.text[self.start : self.end]

    def overlaps(self, other: "Named") -> bool:
        """Whether both hold a character of the same text."""
        return self.text is other.text and self.start < other.end and other.start < self.end
