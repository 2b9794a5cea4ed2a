"""The stage: which raw pages are accepted, skipped or rejected."""

import hashlib
from http import HTTPStatus

from wiredesk.ingest.declarations import Declarations, find_declarations
from wiredesk.ingest.language import stated_language
from wiredesk.ingest.media_type import media_type_of, stated_media_type
from wiredesk.ingest.page_text import read_text, undone_content
from wiredesk.ingest.response_headers import passed_on
from wiredesk.ingest.rights.policy import UNAVAILABLE_AFTER, RightsPolicy
from wiredesk.ingest.rights.reading import read_event, read_page
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.settings import IngestSettings
from wiredesk.ingest.urls import canonical_url, safe_url
from wiredesk.ingest.urls.identity import Identity, StatedUrls, identify
from wiredesk.ingest.withdrawals import tombstone
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import (
    AcceptedPage,
    CanonicalEvidence,
    IngestNoteKind,
    RawPage,
    SkippedPage,
    SkipReason,
    WithdrawalReason,
    WithdrawnPage,
    event_id,
    page_id,
    revision,
)
from wiredesk_schemas.ingest_note import Notes

MAX_URLS_NOTED = 4
"""Declared URLs that a note says are not believed, at most: other notes of the page must have room."""

GONE: dict[int, WithdrawalReason] = {404: WithdrawalReason.NOT_FOUND, 410: WithdrawalReason.GONE}
"""The answers of a server that say that a page is gone. Others are errors that pass, or of the reader: 451 is often
sent to readers of some countries only."""

EXPIRY = RightsPolicy((UNAVAILABLE_AFTER,))
"""The time until which a page may be shown ends its article, whatever else the policy honours."""


class Ingest:
    """Checks, decodes and identifies raw pages.

    Args:
        settings: how large a page may be, and which reservations of rights are honoured.
    """

    name = "ingest"
    version = "2.0.0"

    def __init__(self, settings: IngestSettings | None = None) -> None:
        self._settings = settings or IngestSettings()
        self._policy = RightsPolicy.parse(self._settings.rights_policy)
        self._agents = self._settings.agents

    def __call__(self, page: RawPage) -> AcceptedPage | SkippedPage | WithdrawnPage:
        """Accept a page, skip it, or say that it is gone.

        A page is skipped for an error of its server, or because its rights are reserved. It is gone if its publisher
        withdraws it, if the server says so, or if it was fetched after the time until which it may be shown.

        Raises:
            RejectedError: `invalid_url`, `empty`, `binary`, `too_large`, `undecodable`.
        """
        if page.is_withdrawal:
            return tombstone(page, self.name, self.version)
        canonical = canonical_url(page.url)
        if page.http_status is not None and not _has_body(page.http_status):
            return self._error(page, canonical, page.http_status)
        stated_type = stated_media_type(page.declared_type)
        notes = Notes(page.notes)
        body = read_text(page, stated_type, self._settings.max_page_bytes, notes)
        media_type = media_type_of(stated_type, body.text)
        declared = None if media_type == "text/plain" else find_declarations(body.text)
        identity = _identity(page, canonical, declared, body.text, notes)
        statements = read_event(page, canonical, self._agents, notes)
        if declared is not None:
            read_page(body.text, declared, identity, statements)
        content_id = body.revision
        refusal = self._policy.refusal(statements, page.fetched)
        if expiry := EXPIRY.refusal(statements, page.fetched):
            reason = SkipReason.RIGHTS_RESERVED if refusal else SkipReason.WITHDRAWN
            skipped = self._skip(page, identity, content_id, reason, refusal or expiry, statements, notes)
            return _gone(skipped, WithdrawalReason.EXPIRED, page.http_status)
        if refusal:
            reason = SkipReason.RIGHTS_RESERVED
            return self._skip(page, identity, content_id, reason, refusal, statements, notes)
        identifier = page_id(identity.url)
        return AcceptedPage(
            event_id=event_id(identifier, content_id, self.name, self._version()),
            page_id=identifier,
            revision=content_id,
            url=safe_url(page.url),
            canonical_url=identity.url,
            media_type=media_type,
            body=body.text,
            charset=body.charset,
            fetched_at=page.fetched,
            http_status=page.http_status,
            source=page.source,
            language=stated_language(page.language or page.http_header("content-language"), notes),
            canonical_evidence=identity.evidence,
            is_truncated=body.is_truncated,
            http_headers=passed_on(page),
            rights=statements.rights(),
            ingest_notes=notes.collected(),
        )

    def _version(self, policy: RightsPolicy | None = None) -> str:
        """Return the version that makes an event: with the settings that have changed what is in it."""
        honoured = ",".join(policy.honoured) if policy else ""
        agents = ",".join(sorted(self._agents))
        if not (honoured or agents):
            return self.version
        digest = hashlib.sha256(f"{honoured};{agents}".encode()).hexdigest()[:8]
        return f"{self.version}+rights.{digest}"

    def _error(self, page: RawPage, canonical: str, status: int) -> SkippedPage | WithdrawnPage:
        """Return the event of a page that is gone, or of another error of its server."""
        content_id = revision(undone_content(page, self._settings.max_page_bytes))
        notes = Notes(page.notes)
        statements = read_event(page, canonical, self._agents, notes)
        detail = f"the server answered with status {status}"
        reason = GONE.get(status)
        identity = Identity(canonical, CanonicalEvidence.URL)
        if reason is not None:
            identity = _identity(page, canonical, self._declared(page), "", notes)
        skipped = self._skip(page, identity, content_id, SkipReason.HTTP_ERROR, detail, statements, notes)
        return skipped if reason is None else _gone(skipped, reason, status)

    def _declared(self, page: RawPage) -> Declarations | None:
        """Return what the page of an error declares; None if it has no text."""
        stated_type = stated_media_type(page.declared_type)
        try:
            text = read_text(page, stated_type, self._settings.max_page_bytes, Notes(())).text
        except RejectedError:
            return None
        return None if media_type_of(stated_type, text) == "text/plain" else find_declarations(text)

    def _skip(
        self,
        page: RawPage,
        identity: Identity,
        content_id: str,
        reason: SkipReason,
        detail: str,
        statements: Statements,
        notes: Notes,
    ) -> SkippedPage:
        identifier = page_id(identity.url)
        version = self._version(self._policy if reason is SkipReason.RIGHTS_RESERVED else None)
        return SkippedPage(
            event_id=event_id(identifier, content_id, self.name, version),
            page_id=identifier,
            revision=content_id,
            url=safe_url(page.url),
            canonical_url=identity.url,
            canonical_evidence=identity.evidence,
            stage=self.name,
            reason=reason,
            detail=detail,
            rights=statements.rights(),
            ingest_notes=notes.collected(),
        )


def _gone(skipped: SkippedPage, reason: WithdrawalReason, status: int | None) -> WithdrawnPage:
    """Return the event of a page that is gone, which is skipped if there was no article of it."""
    fields = {name: getattr(skipped, name) for name in SkippedPage.model_fields if name != "reason"}
    return WithdrawnPage(**fields, reason=reason, skip_reason=skipped.reason, http_status=status)


def _identity(page: RawPage, canonical: str, declared: Declarations | None, text: str, notes: Notes) -> Identity:
    """Return the URL that identifies a page; note which declared ones do not."""
    identity = identify(StatedUrls(page.url, canonical, declared, page.http_header("link"), page.subject, text))
    for url, reason in identity.not_believed[:MAX_URLS_NOTED]:
        notes.add(IngestNoteKind.CANONICAL_NOT_BELIEVED, f"{reason}: {url}")
    return identity


def _has_body(status: int) -> bool:
    """Whether a response with this status has a page in it."""
    is_success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return is_success and status not in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)
