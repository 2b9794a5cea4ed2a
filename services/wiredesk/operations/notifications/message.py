"""The body of a webhook: what happened, and enough of the article to decide whether to read it. It has no text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from wiredesk.operations.notifications.copies import Story
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle
from wiredesk_schemas.rfc3339 import format_rfc3339

MAX_ENTITIES = 20
"""Entities in a message, the most salient ones."""

MAX_TEXT = 1000
"""Characters of a headline, a standfirst or a correction in a message."""


def article_message(what: str, event: EnrichedArticle, rules: Sequence[str], story: Story, time: datetime) -> bytes:
    """Return the body about an article.

    Args:
        what: `matched`, `updated` or `corrected`.
        event: the article.
        rules: names of the rules that it matches.
        story: what carries the same text.
        time: when it was published by wiredesk.
    """
    data = {
        "rules": list(rules),
        **_identifiers(event),
        "title": _cut(event.title),
        "subtitle": _cut(event.subtitle),
        "source": event.source,
        "language": event.language,
        "published_at": None if event.published_at is None else event.published_at.isoformat(),
        "page_type": event.page_type.value,
        "revision_kind": None if event.revision_kind is None else event.revision_kind.value,
        "correction": _cut(event.correction),
        "topics": [{"code": topic.code, "name": topic.name, "score": topic.score} for topic in event.topics],
        "entities": [
            {"type": entity.type.value, "name": entity.name, "wikidata": entity.wikidata, "salience": entity.salience}
            for entity in event.entities[:MAX_ENTITIES]
        ],
        "copies": {"group_id": story.group, "pages": len(story.pages)} if story.group is not None else None,
    }
    return _body(what, data, time)


def withdrawal_message(event: ArticleWithdrawn, rules: Sequence[str], time: datetime) -> bytes:
    """Return the body about a withdrawal."""
    data = {"rules": list(rules), **_identifiers(event), "reason": event.reason.value, "detail": _cut(event.detail)}
    return _body("withdrawn", data, time)


def _identifiers(event: EnrichedArticle | ArticleWithdrawn) -> dict[str, Any]:
    return {
        "page_id": event.page_id,
        "event_id": event.event_id,
        "revision_event_id": event.revision_event_id,
        "revision_number": event.revision_number,
        "url": event.canonical_url,
    }


def _body(what: str, data: dict[str, Any], time: datetime) -> bytes:
    return orjson.dumps({"type": f"story.{what}", "timestamp": format_rfc3339(time), "data": data})


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
