"""What the wire shows of an article or of a withdrawal: one line, and what it can be filtered by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

import orjson

from wiredesk.runtime.records import Record
from wiredesk.web.links import web_url
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle, EntityType, InvalidEventError
from wiredesk_schemas.headers import is_synthetic

MAX_TEXT = 500
"""Characters of a headline or standfirst that the wire shows; a hostile one may have megabytes."""

MAX_NAMES = 200
"""Entities of an article by which it can be filtered, the most salient first."""

MAX_LABELS = 10
"""Labels of a host by which articles are filtered: more have only names that were made up."""

NAMES_SHOWN = 6
"""Entities that a line shows."""

WITHDRAWN = "withdrawn"
"""The kind of a withdrawal, beside those of revisions."""

_FILTERED = {EntityType.PERSON: "person", EntityType.ORGANISATION: "organisation", EntityType.PLACE: "place"}
"""The types of entities by which articles are filtered, and the names of the filters."""

type Keys = Mapping[str, frozenset[str]]
"""By name of a filter, the values with which an article matches, in lower case."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A line of the wire.

    Attributes:
        page_id: id of the page.
        kind: `created`, `updated`, `corrected`, or `withdrawn`.
        arrived: when the event was written.
        url: of the page; empty if it is no web address.
        topics: code and name of each topic, the main one first.
        names: type and name of entities, the most salient first.
        detail: the correction that it states, or the reason of a withdrawal.
        keys: what it can be filtered by.
    """

    page_id: str
    kind: str
    arrived: datetime | None
    url: str
    title: str
    subtitle: str
    source: str
    language: str
    page_type: str
    published: str
    revision: int
    returned: bool
    topics: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]
    detail: str
    words: int
    keys: Keys

    @classmethod
    def of_article(cls, article: EnrichedArticle, arrived: datetime | None) -> Self:
        """Return the line of an article."""
        named = [one for one in article.entities[:MAX_NAMES] if one.type in _FILTERED]
        return cls(
            page_id=article.page_id,
            kind=str(article.revision_kind or "created"),
            arrived=arrived,
            url=web_url(article.canonical_url),
            title=(article.title or "")[:MAX_TEXT],
            subtitle=(article.subtitle or "")[:MAX_TEXT],
            source=(article.source or "")[:MAX_TEXT],
            language=_language(article),
            page_type=str(article.page_type),
            published="" if article.published_at is None else article.published_at.isoformat(),
            revision=article.revision_number or 1,
            returned=article.returned,
            topics=tuple((topic.code, topic.name) for topic in article.topics),
            names=tuple((_FILTERED[one.type], one.name[:MAX_TEXT]) for one in named[:NAMES_SHOWN]),
            detail=article.correction or "",
            words=article.word_count,
            keys=_keys(article),
        )

    @classmethod
    def of_withdrawal(cls, event: ArticleWithdrawn, arrived: datetime | None, before: Self | None) -> Self:
        """Return the line of a withdrawal.

        Args:
            before: the newest line of the same page, if the wire still has it: a withdrawal has no headline.
        """
        return cls(
            page_id=event.page_id,
            kind=WITHDRAWN,
            arrived=arrived,
            url=web_url(event.canonical_url),
            title=before.title if before is not None else "",
            subtitle="",
            source=before.source if before is not None else "",
            language=before.language if before is not None else "",
            page_type=before.page_type if before is not None else "",
            published=before.published if before is not None else "",
            revision=event.revision_number or 1,
            returned=False,
            topics=before.topics if before is not None else (),
            names=(),
            detail=f"{event.reason}: {event.detail[:MAX_TEXT]}",
            words=0,
            keys=before.keys if before is not None else {},
        )

    def as_object(self) -> dict[str, Any]:
        """Return the line as a JSON object."""
        return {
            "page_id": self.page_id,
            "kind": self.kind,
            "arrived": self.arrived,
            "url": self.url or None,
            "title": self.title or None,
            "subtitle": self.subtitle or None,
            "source": self.source or None,
            "language": self.language or None,
            "page_type": self.page_type or None,
            "published_at": self.published or None,
            "revision_number": self.revision,
            "returned": self.returned,
            "topics": [{"code": code, "name": name} for code, name in self.topics],
            "names": [{"type": kind, "name": name} for kind, name in self.names],
            "detail": self.detail or None,
            "word_count": self.words,
        }


def brief_of(record: Record, arrived: datetime | None, before: Brief | None) -> Brief | None:
    """Return the line of a record; None if readers are not to see it: it is synthetic, or it is no article.

    Args:
        before: the newest line of the same page.
    """
    if record.value is None or record.defect is not None or is_synthetic(record.headers):
        return None
    try:
        fields = orjson.loads(record.value)
        if isinstance(fields, dict) and "paragraphs" not in fields:
            return Brief.of_withdrawal(ArticleWithdrawn.from_object(fields), arrived, before)
        return Brief.of_article(EnrichedArticle.from_json(record.value), arrived)
    except (InvalidEventError, orjson.JSONDecodeError):
        return None


def _language(article: EnrichedArticle) -> str:
    detected = article.detected_language
    return article.language or (detected.code if detected is not None else "")


def _hosts(url: str) -> list[str]:
    """Return the host of a page and those above it, but for the last label: they name a source, as its name does."""
    try:
        labels = (urlsplit(url).hostname or "").strip(".").split(".")[-MAX_LABELS:]
    except ValueError:
        return []
    return [".".join(labels[number:]) for number in range(max(1, len(labels) - 1))]


def _keys(article: EnrichedArticle) -> Keys:
    """Return what an article can be filtered by: a topic also by those above it, a language also without its region."""
    topics = [text for topic in article.topics for text in (topic.code, topic.name, *topic.path)]
    language = _language(article)
    keys = {
        "topic": topics + [code.removeprefix("medtop:") for code in topics],
        "source": [article.source or "", *_hosts(article.canonical_url)],
        "language": [language, language.partition("-")[0]],
        "type": [str(article.page_type)],
    }
    for kind, name in _FILTERED.items():
        named = [one for one in article.entities[:MAX_NAMES] if one.type is kind]
        keys[name] = [text for one in named for text in (one.name, one.wikidata or "")]
    return {name: frozenset(one.casefold() for one in values if one) for name, values in keys.items()}
