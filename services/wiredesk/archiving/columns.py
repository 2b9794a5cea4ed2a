"""The columns of the archive, and the row of a record.

Within a major version of the events columns are only added, at the end. A row is what one record says: an article, its
withdrawal, or that a page is to be forgotten. What is so now is a query (`docs/integrations.md`).
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pyarrow as pa

from wiredesk.envelope import EPOCH
from wiredesk.runtime.records import Record
from wiredesk_schemas import ArticleWithdrawn, EnrichedArticle
from wiredesk_schemas.event import InvalidEventError
from wiredesk_schemas.headers import (
    EVENT_TYPE,
    ORIGIN_TIME,
    REPLAY,
    TIME,
    decode_number,
    decode_text,
    header,
    last_value,
)
from wiredesk_schemas.rfc3339 import parse_rfc3339

TIME_TYPE = pa.timestamp("ms", tz="UTC")
"""The type of instants: milliseconds, in UTC."""

TEXTS = pa.list_(pa.string())
"""The type of lists of texts."""

ENTITY = pa.struct(
    [
        ("type", pa.string()),
        ("name", pa.string()),
        ("wikidata", pa.string()),
        ("country", pa.string()),
        ("count", pa.int32()),
        ("salience", pa.float32()),
    ]
)
"""An entity of an article."""

COLUMNS = pa.schema(
    [
        pa.field("type", pa.string(), nullable=False),
        pa.field("page_id", pa.string(), nullable=False),
        pa.field("event_id", pa.string()),
        pa.field("revision_event_id", pa.string()),
        pa.field("previous_event_id", pa.string()),
        pa.field("revision_number", pa.int32()),
        pa.field("fetched_at", TIME_TYPE),
        pa.field("first_seen", TIME_TYPE),
        pa.field("url", pa.string()),
        pa.field("canonical_url", pa.string()),
        pa.field("source", pa.string()),
        pa.field("section", pa.string()),
        pa.field("language", pa.string()),
        pa.field("detected_language", pa.string()),
        pa.field("page_type", pa.string()),
        pa.field("page_type_confidence", pa.float32()),
        pa.field("title", pa.string()),
        pa.field("subtitle", pa.string()),
        pa.field("text", pa.string()),
        pa.field("word_count", pa.int32()),
        pa.field("authors", TEXTS),
        pa.field("agencies", TEXTS),
        pa.field("keywords", TEXTS),
        pa.field("published_at", pa.string()),
        pa.field("modified_at", pa.string()),
        pa.field("image_url", pa.string()),
        pa.field("is_paywalled", pa.bool_()),
        pa.field("is_truncated", pa.bool_()),
        pa.field("topics", TEXTS),
        pa.field("topic_names", TEXTS),
        pa.field("topic_scores", pa.list_(pa.float32())),
        pa.field("entities", pa.list_(ENTITY)),
        pa.field("returned", pa.bool_()),
        pa.field("changed", TEXTS),
        pa.field("change", pa.float32()),
        pa.field("correction", pa.string()),
        pa.field("withdrawal_reason", pa.string()),
        pa.field("rights", pa.string()),
        pa.field("schema_version", pa.string()),
        pa.field("replay", pa.string()),
        pa.field("origin_time", TIME_TYPE),
        pa.field("written_at", TIME_TYPE),
        pa.field("partition", pa.int32(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
    ]
)
"""The columns. `published_at` and `modified_at` are texts: what a page states may be a day, or have no offset."""

MAX_INT32 = 2**31 - 1
"""The largest number that the columns of numbers hold."""

type Row = dict[str, Any]
"""A row: a value for each column that is not null."""


class RowType(StrEnum):
    """What a row says of its page, beside the kinds of revisions (created, updated, corrected)."""

    WITHDRAWN = "withdrawn"
    FORGOTTEN = "forgotten"
    ARTICLE = "article"  # an article of a version before revisions were numbered


def row_of(record: Record) -> Row:
    """Return the row of a record.

    Raises:
        InvalidEventError: the record holds no event of a version that is known, or a number that no column holds.
    """
    if record.defect is not None or not record.key:
        raise InvalidEventError("the record cannot be read, or has no key")
    place: Row = {
        "written_at": _instant(record.timestamp),
        "partition": record.partition,
        "offset": record.offset,
    }
    if record.value is None:
        return {"type": RowType.FORGOTTEN.value, "page_id": decode_text(record.key), **place}
    origin = decode_number(last_value(record.headers, ORIGIN_TIME))
    place |= {
        "origin_time": None if origin is None else _instant(origin),
        "replay": header(record.headers, REPLAY),
        "fetched_at": _fetched_at(record),
    }
    if header(record.headers, EVENT_TYPE) == ArticleWithdrawn.TYPE:
        return _withdrawal(ArticleWithdrawn.from_json(record.value)) | place
    row = _article(EnrichedArticle.from_json(record.value)) | place
    for name, number in (("word_count", row["word_count"]), *(("count", one["count"]) for one in row["entities"])):
        _check_number(name, number)
    return row


def _identifiers(event: EnrichedArticle | ArticleWithdrawn) -> Row:
    names = (
        "page_id", "event_id", "revision_event_id", "previous_event_id", "revision_number", "first_seen", "url",
        "canonical_url", "schema_version",
    )  # fmt: skip
    _check_number("revision_number", event.revision_number)
    return {name: getattr(event, name) for name in names}


def _check_number(name: str, number: int | None) -> None:
    if number is not None and number > MAX_INT32:
        raise InvalidEventError(f"{name}: {number} is more than {MAX_INT32}")


def _withdrawal(event: ArticleWithdrawn) -> Row:
    return {"type": RowType.WITHDRAWN.value, "withdrawal_reason": event.reason.value, **_identifiers(event)}


def _article(event: EnrichedArticle) -> Row:
    names = (
        "source", "section", "language", "page_type_confidence", "title", "subtitle", "word_count", "authors",
        "agencies", "keywords", "is_paywalled", "is_truncated", "returned", "change", "correction",
    )  # fmt: skip
    return {
        **_identifiers(event),
        **{name: getattr(event, name) for name in names},
        "type": RowType.ARTICLE.value if event.revision_kind is None else event.revision_kind.value,
        "page_type": event.page_type.value,
        "text": "\n\n".join(block.text for block in event.paragraphs),
        "published_at": None if event.published_at is None else event.published_at.isoformat(),
        "modified_at": None if event.modified_at is None else event.modified_at.isoformat(),
        "image_url": None if event.lead_image is None else event.lead_image.url,
        "detected_language": None if event.detected_language is None else event.detected_language.code,
        "topics": [topic.code for topic in event.topics],
        "topic_names": [topic.name for topic in event.topics],
        "topic_scores": [topic.score for topic in event.topics],
        "entities": [{name: getattr(entity, name) for name in ENTITY.names} for entity in event.entities],
        "changed": [part.value for part in event.changed],
        "rights": None if event.rights is None else event.rights.model_dump_json(),
    }


def _fetched_at(record: Record) -> datetime | None:
    """Return when the page was fetched: by this time the revisions of a page are in order."""
    if (stated := parse_rfc3339(header(record.headers, TIME))) is not None:
        return stated
    origin = decode_number(last_value(record.headers, ORIGIN_TIME))
    return _instant(record.timestamp if origin is None else origin)


def _instant(milliseconds: int) -> datetime | None:
    try:
        return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds >= 0 else None
    except OverflowError:
        return None


def day_of(record: Record) -> str:
    """Return the day on which a record was written, in UTC; the first one of the calendar for impossible times."""
    return (_instant(record.timestamp) or EPOCH).astimezone(UTC).date().isoformat()
