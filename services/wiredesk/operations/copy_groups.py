"""The groups of copies that name a page, as they are now."""

from collections.abc import Sequence

from wiredesk.runtime.records import Record
from wiredesk_schemas import ArticleCopies, GroupedArticle, InvalidEventError


class CopyGroups:
    """Collects the groups of a page from the records of `articles.copies`, in their order.

    Args:
        page: its id.
    """

    def __init__(self, page: str) -> None:
        self._page = page
        self._needle = page.encode()
        self._newest: dict[bytes | None, Record] = {}

    def add(self, record: Record) -> None:
        """Take note of a record: of those of one key, the later one says what is so now."""
        self._newest.pop(record.key, None)
        if record.value is not None and self._needle in record.value:
            self._newest[record.key] = record

    def groups(self) -> tuple[ArticleCopies, ...]:
        """Return the groups that the page is in, or whose text it quotes, the newest last."""
        events = (_event(record) for record in self._newest.values())
        return tuple(event for event in events if event is not None and member(event, self._page) is not None)


def members(group: ArticleCopies) -> Sequence[GroupedArticle]:
    """Return the articles that a group lists, the likely original first."""
    return (group.original, *group.copies)


def member(group: ArticleCopies, page: str) -> GroupedArticle | None:
    """Return a page's article in a group; None where the group does not list it, or became part of another."""
    if group.merged_into is not None:
        return None
    return next((article for article in members(group) if article.page_id == page), None)


def _event(record: Record) -> ArticleCopies | None:
    try:
        return ArticleCopies.from_json(record.value)
    except InvalidEventError:
        return None
