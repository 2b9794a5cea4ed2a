"""An article or a withdrawal, as the forms are made from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from wiredesk.web.wire.brief import Brief
from wiredesk.web.wire.ring import Item
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle


@dataclass(frozen=True, slots=True)
class Entry:
    """An article or a withdrawal.

    Attributes:
        event: as it is in the topic.
        brief: its line on the wire.
    """

    event: EnrichedArticle | ArticleWithdrawn
    brief: Brief

    @classmethod
    def of_item(cls, item: Item) -> Self:
        """Return an item of the wire, which has a line."""
        if item.brief is None:
            raise ValueError("the item has no line")
        kind = ArticleWithdrawn if item.brief.kind == "withdrawn" else EnrichedArticle
        return cls(kind.from_json(item.value), item.brief)

    @property
    def uri(self) -> str:
        """The name of the story in every form: of its page, whatever its revision."""
        return f"urn:uuid:{self.event.page_id}"

    @property
    def arrived(self) -> str | None:
        """When the event was written, in the form of RFC 3339."""
        return rfc3339(self.brief.arrived)


def rfc3339(time: object) -> str | None:
    """Return a time as formats with a date-time want it: None for one without a time of day or an offset."""
    return time.isoformat() if isinstance(time, datetime) and time.tzinfo is not None else None


def body_of(article: EnrichedArticle) -> str:
    """Return the body as plain text, a paragraph after an empty line."""
    return "\n\n".join(block.text for block in article.paragraphs)


def without_nothing[V](fields: dict[str, V]) -> dict[str, V]:
    """Return fields without those that have no value."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}
