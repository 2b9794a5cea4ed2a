"""The stage: which raw pages are accepted, skipped or rejected."""

import re
from http import HTTPStatus
from typing import Literal

from wiredesk.ingest.charset import decode
from wiredesk.ingest.content import check_size, decompress, refuse_binary, remove_control_characters
from wiredesk.ingest.language import stated_language
from wiredesk.ingest.notes import Notes
from wiredesk.ingest.settings import IngestSettings
from wiredesk.ingest.urls import canonical_url, safe_url
from wiredesk.ingest.withdrawals import skip_withdrawn
from wiredesk_schemas import (
    AcceptedPage,
    Charset,
    CharsetEvidence,
    IngestNoteKind,
    RawPage,
    SkippedPage,
    SkipReason,
    event_id,
    page_id,
    revision,
)

type MediaType = Literal["text/html", "application/xhtml+xml", "text/plain"]

MARKUP_CHARACTERS = 4096
"""Number of characters at the beginning of a page that are searched for markup, if the media type does not help."""

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|title|article|div|p|h[1-6]|table|script)\b|<!--", re.IGNORECASE)


class Ingest:
    """Checks, decodes and identifies raw pages.

    Args:
        settings: how large a page may be.
    """

    name = "ingest"
    version = "2.0.0"

    def __init__(self, settings: IngestSettings | None = None) -> None:
        self._settings = settings or IngestSettings()

    def __call__(self, page: RawPage) -> AcceptedPage | SkippedPage:
        """Accept a page, or skip it where its server did not answer with a page, or its publisher withdraws it.

        Raises:
            RejectedError: `invalid_url`, `empty`, `binary`, `too_large`, `undecodable`.
        """
        if page.is_withdrawal:
            return skip_withdrawn(page, self.name, self.version)
        canonical = canonical_url(page.url)
        if page.http_status is not None and not _has_body(page.http_status):
            return self._skip(page, canonical, page.http_status)
        stated_type = (page.declared_type or "").partition(";")[0].strip().lower()
        notes = Notes(page.notes)
        body, charset = self._decode(page, stated_type, notes)
        identity = page_id(canonical)
        content_id = revision(body)
        return AcceptedPage(
            event_id=event_id(identity, content_id, self.name, self.version),
            page_id=identity,
            revision=content_id,
            url=safe_url(page.url),
            canonical_url=canonical,
            media_type=_media_type(stated_type, body),
            body=body,
            charset=charset,
            fetched_at=page.fetched,
            is_truncated=page.is_truncated,
            http_status=page.http_status,
            source=page.source,
            language=stated_language(page.language or page.http_header("content-language"), notes),
            ingest_notes=notes.collected(),
        )

    def _decode(self, page: RawPage, stated_type: str, notes: Notes) -> tuple[str, Charset]:
        """Return the page's text, and how its charset was determined."""
        limit = self._settings.max_page_bytes
        if page.body is not None:
            check_size(len(page.body), limit, "characters")  # cheaper to count than bytes, and never more than these
            refuse_binary(b"", stated_type)
            return remove_control_characters(page.body, notes), Charset(name="utf-8", evidence=CharsetEvidence.TEXT)
        content = decompress(page.body_base64 or b"", page.http_header("content-encoding"), limit)
        check_size(len(content), limit, "bytes")
        refuse_binary(content, stated_type)
        text, charset = decode(content, declared=page.charset, content_type=page.declared_type)
        if charset.replaced:
            notes.add(
                IngestNoteKind.BYTES_REPLACED, f"body: {charset.replaced} bytes are not valid in {charset.name}: U+FFFD"
            )
        return remove_control_characters(text, notes), charset

    def _skip(self, page: RawPage, canonical: str, status: int) -> SkippedPage:
        identity = page_id(canonical)
        content_id = revision(page.body if page.body is not None else (page.body_base64 or b"").decode("latin-1"))
        return SkippedPage(
            event_id=event_id(identity, content_id, self.name, self.version),
            page_id=identity,
            revision=content_id,
            url=safe_url(page.url),
            canonical_url=canonical,
            stage=self.name,
            reason=SkipReason.HTTP_ERROR,
            detail=f"the server answered with status {status}",
            ingest_notes=page.notes,
        )


def _has_body(status: int) -> bool:
    """Whether a response with this status has a page in it."""
    is_success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return is_success and status not in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)


def _media_type(stated: str, text: str) -> MediaType:
    """Return the stated media type; if it does not help, HTML if there is markup near the beginning."""
    if stated == "application/xhtml+xml":
        return "application/xhtml+xml"
    if stated == "text/html":
        return "text/html"
    if stated.startswith("text/") and stated != "text/xml":
        return "text/plain"
    return "text/html" if _MARKUP.search(text[:MARKUP_CHARACTERS]) else "text/plain"
