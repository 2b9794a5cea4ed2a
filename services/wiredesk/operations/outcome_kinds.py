"""What became of a page, in one word: which revision of an article, why it was skipped, why it was dead-lettered.

It is read from the record with which the page ended: an event in a terminal topic, or a dead letter.
"""

import re

from wiredesk.operations.record_view import event_of
from wiredesk.pipeline import PAGES_SKIPPED
from wiredesk.runtime.printable import one_line
from wiredesk.runtime.records import Record
from wiredesk_schemas import ArticleWithdrawn
from wiredesk_schemas.headers import DEAD_LETTER_REASON, EVENT_TYPE, decode_text, last_value

UNKNOWN = "unknown"
"""The kind of a record that does not say it, such as an article of a version before 1.6."""

MAX_KINDS = 200
"""Kinds of one topic that are counted separately: a plug-in may give any reason. The others count as `unknown`."""

MAX_CHARACTERS = 40
"""Characters of a kind that is shown."""

WITHDRAWN = "withdrawn"
"""The kind of a page whose article it withdraws."""

_REVISION = re.compile(rb'"revision_kind" ?: ?"([a-z_]{1,40})"')
"""Where an article says what it is to the revision before. Within a string of JSON the quotation marks are escaped."""


def outcome_kind(topic: str, record: Record) -> str:
    """Return what became of a page.

    Args:
        topic: the terminal topic, without prefix.
        record: with which the page ended; it may contain anything.
    """
    if reason := last_value(record.headers, DEAD_LETTER_REASON):
        return _word(decode_text(reason))
    if topic == PAGES_SKIPPED.name:
        return _word(event_of(record).get("reason"))
    if decode_text(last_value(record.headers, EVENT_TYPE)) == ArticleWithdrawn.TYPE:
        return WITHDRAWN
    revision = _REVISION.search(record.value or b"")
    return UNKNOWN if revision is None else revision[1].decode()


def _word(value: object) -> str:
    """Return a reason; it is what the event or the dead letter has, and may be anything."""
    return one_line(value)[:MAX_CHARACTERS] if isinstance(value, str) and value.strip() else UNKNOWN
