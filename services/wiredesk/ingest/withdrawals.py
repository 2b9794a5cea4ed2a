"""Withdrawals: records of `pages.raw` without value, which Kafka calls tombstones.

A publisher writes one to say that a page is gone. The record's subject or its key names the page: its URL, its page id,
or a key that only the publisher knows.
"""

import hashlib
from urllib.parse import quote
from uuid import UUID

from wiredesk.ingest.urls import canonical_url, safe_url
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import RawPage, SkipReason, WithdrawalReason, WithdrawnPage, event_id, page_id, revision

MAX_KEY_CHARACTERS = 500
"""Characters of a key, with escapes, that a URN holds. Of longer ones, and of those with an @, it holds the hash."""

CONTENT = "withdrawal"
"""What the event id of a withdrawal is derived from, in place of a page's revision: a withdrawal has no content."""

URN = "urn:wiredesk:key:"
"""The beginning of the URN of a page whose key is no URL; the key follows, percent-encoded."""

NO_KEY = "urn:wiredesk:no-key"
"""The URN of a page of which a record says nothing: it has neither value nor key nor subject."""


def tombstone(page: RawPage, stage: str, version: str) -> WithdrawnPage:
    """Return the event that says that the publisher withdraws a page.

    Args:
        page: the withdrawal.
        stage: the stage that reads it.
        version: of the stage.
    """
    identity, url, canonical = _identify(page.url)
    return WithdrawnPage(
        event_id=event_id(identity, CONTENT, stage, version),
        page_id=identity,
        revision=revision(""),
        url=url,
        canonical_url=canonical,
        stage=stage,
        reason=WithdrawalReason.TOMBSTONE,
        skip_reason=SkipReason.WITHDRAWN,
        detail="the record has no value: its publisher withdraws the page",
    )


def _identify(key: str) -> tuple[str, str, str]:
    """Return page id, URL and canonical URL of a page by its subject or key; URNs, where its URL is not known."""
    try:
        canonical = canonical_url(key)
        return page_id(canonical), safe_url(key), canonical
    except RejectedError:
        pass
    try:
        identity = str(UUID(key))
    except ValueError:
        urn = _urn(key)
        return page_id(urn), urn, urn
    urn = f"urn:uuid:{identity}"
    return identity, urn, urn


def _urn(key: str) -> str:
    if not key:
        return NO_KEY
    escaped = quote(key, safe="", errors="surrogateescape")
    if len(escaped) > MAX_KEY_CHARACTERS or "@" in key:  # there may be a password before it
        escaped = f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()}"
    return URN + escaped
