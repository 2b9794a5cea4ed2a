"""The stage: which raw pages are accepted, which are skipped, which are refused."""

import re
from http import HTTPStatus
from typing import Literal

from wiredesk.ingest import charset, content, urls
from wiredesk.ingest.settings import IngestSettings
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import (
    AcceptedPage,
    Charset,
    CharsetEvidence,
    RawPage,
    SkippedPage,
    SkipReason,
    event_id,
    page_id,
    revision,
)

type MediaType = Literal["text/html", "application/xhtml+xml", "text/plain"]

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|title|article|div|p|h[1-6]|table|script)\b|<!--", re.IGNORECASE)
_SNIFFED = 4096
"""Characters in which a page that has markup shows some."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")


class Ingest:
    """Checks and normalises raw pages."""

    name = "ingest"
    version = "1.1.0"

    def __init__(self, settings: IngestSettings | None = None) -> None:
        self._settings = settings or IngestSettings()

    def __call__(self, page: RawPage) -> AcceptedPage | SkippedPage:
        """Accept a page, or skip it when its server answered with no page.

        Raises:
            RejectedError: `invalid_url`, `empty`, `binary`, `too_large`, `undecodable`.
        """
        canonical_url = urls.canonical(page.url)
        if page.http_status is not None and not _brings_a_page(page.http_status):
            return self._skipped(page, canonical_url, page.http_status)
        media_type = (page.declared_type or "").partition(";")[0].strip().lower()
        text, encoding = self._text(page, media_type)
        identity = page_id(canonical_url)
        content_id = revision(text)
        return AcceptedPage(
            event_id=event_id(identity, content_id, self.name, self.version),
            page_id=identity,
            revision=content_id,
            url=urls.public(page.url),
            canonical_url=canonical_url,
            media_type=_media_type(media_type, text),
            body=text,
            charset=encoding,
            fetched_at=page.fetched,
            http_status=page.http_status,
            source=page.source,
            language=_language(page.language or page.http_header("content-language")),
        )

    def _text(self, page: RawPage, media_type: str) -> tuple[str, Charset]:
        limit = self._settings.max_page_bytes
        if page.body is not None:
            # Characters, not bytes: cheaper to count, and never more than the bytes.
            if len(page.body) > limit:
                raise RejectedError(
                    "too_large", f"body: {len(page.body)} characters, {limit} are allowed (WIREDESK_MAX_PAGE_BYTES)"
                )
            content.refuse_binary(b"", media_type)
            return content.text_only(page.body), Charset(name="utf-8", evidence=CharsetEvidence.TEXT)
        body = content.unpacked(page.body_base64 or b"", page.http_header("content-encoding"), limit)
        content.refuse_binary(body, media_type)
        text, encoding = charset.decode(body, declared=page.charset, content_type=page.declared_type)
        return content.text_only(text), encoding

    def _skipped(self, page: RawPage, canonical_url: str, status: int) -> SkippedPage:
        identity = page_id(canonical_url)
        content_id = revision(page.body if page.body is not None else (page.body_base64 or b"").decode("latin-1"))
        return SkippedPage(
            event_id=event_id(identity, content_id, self.name, self.version),
            page_id=identity,
            revision=content_id,
            url=urls.public(page.url),
            canonical_url=canonical_url,
            stage=self.name,
            reason=SkipReason.HTTP_ERROR,
            detail=f"the server answered with status {status}",
        )


def _brings_a_page(status: int) -> bool:
    success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return success and status not in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)


def _media_type(stated: str, text: str) -> MediaType:
    """Return the media type as stated; where that says nothing of use, markup near the beginning makes it HTML."""
    if stated == "application/xhtml+xml":
        return "application/xhtml+xml"
    if stated == "text/html":
        return "text/html"
    if stated.startswith("text/") and stated != "text/xml":
        return "text/plain"
    return "text/html" if _MARKUP.search(text[:_SNIFFED]) else "text/plain"


def _language(stated: str | None) -> str | None:
    first = (stated or "").partition(",")[0].strip()
    return first if _LANGUAGE.fullmatch(first) else None
