"""The stage: a page is extracted and classified, and published as an article or skipped with a reason."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.flattened import extract_text
from wiredesk.extractor.html import extract_html
from wiredesk.extractor.models import Models, shipped_models
from wiredesk.extractor.page_type import Verdict, classify_page
from wiredesk.extractor.removals import named_urls, removal
from wiredesk.extractor.settings import ExtractorSettings
from wiredesk.extractor.site_rules import load_site_rules
from wiredesk.extractor.surplus_tags import MAX_TAGS, is_cut
from wiredesk.runtime.errors import RejectedError
from wiredesk_schemas import (
    AcceptedPage,
    CleanedArticle,
    Extraction,
    Image,
    SkippedPage,
    SkipReason,
    WithdrawalReason,
    WithdrawnPage,
    derived_event_id,
    page_id,
)

MAX_QUOTED = 120
"""Characters of a text that the detail of an event quotes."""


class Extractor:
    """Reads articles from pages.

    Args:
        models: those that ship, if left out.
        settings: read from the environment, if left out.
        canonical_url: returns the canonical form of a URL, so that a notice may withdraw the page that it names;
            without it, a notice withdraws its own page.
    """

    name = "extractor"
    version = "3.0.0"

    def __init__(
        self,
        models: Models | None = None,
        settings: ExtractorSettings | None = None,
        canonical_url: Callable[[str], str] | None = None,
    ) -> None:
        self._canonical_url = canonical_url
        # Loaded here, before the fork: once, and not for each page.
        self.models = models or shipped_models()
        self._site_rules = load_site_rules((settings or ExtractorSettings()).site_rules)

    def __call__(self, page: AcceptedPage | WithdrawnPage) -> CleanedArticle | SkippedPage | WithdrawnPage:
        """Return the article of a page, or why it has none. A page that is gone is passed on."""
        if isinstance(page, WithdrawnPage):
            return page.model_copy(update={"event_id": derived_event_id(page.event_id, self.name, self.version)})
        return self.publish(page, self.extract(page))

    def extract(self, page: AcceptedPage) -> ExtractedPage:
        """Return what is on a page, by the method for its media type."""
        if page.media_type == "text/plain":
            return extract_text(page, self.models)
        return extract_html(page, self.models, self._site_rules)

    def publish(self, page: AcceptedPage, extracted: ExtractedPage) -> CleanedArticle | SkippedPage | WithdrawnPage:
        """Return the event that an extracted page becomes."""
        verdict = classify_page(extracted, self.models.page)
        version = self._version(extracted)
        if (withdrawn := removal(extracted, verdict)) is not None:
            return self._withdrawn(page, extracted, verdict, *withdrawn)
        if verdict.reason is None:
            return self._article(page, extracted, verdict, version)
        return SkippedPage(
            event_id=derived_event_id(page.event_id, self.name, version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            stage=self.name,
            reason=verdict.reason,
            detail=verdict.detail + _what_is_missing(page),
            page_type=verdict.page_type,
            confidence=verdict.confidence,
            rights=page.rights,
            canonical_evidence=page.canonical_evidence,
            ingest_notes=page.ingest_notes,
        )

    def _withdrawn(
        self, page: AcceptedPage, extracted: ExtractedPage, verdict: Verdict, reason: WithdrawalReason, text: str
    ) -> WithdrawnPage:
        named = self._named(page, extracted) if reason is WithdrawalReason.NOTICE else page.canonical_url
        return WithdrawnPage(
            event_id=derived_event_id(page.event_id, self.name, self._version(extracted)),
            page_id=page_id(named) if named != page.canonical_url else page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=named,
            stage=self.name,
            reason=reason,
            skip_reason=verdict.reason or SkipReason.WITHDRAWN,
            detail=f"the page says so itself: {text[:MAX_QUOTED]!r}",
            http_status=page.http_status,
            page_type=verdict.page_type,
            confidence=verdict.confidence if verdict.reason else None,
            rights=page.rights,
            canonical_evidence=page.canonical_evidence,
            ingest_notes=page.ingest_notes,
        )

    def _named(self, page: AcceptedPage, extracted: ExtractedPage) -> str:
        """Return the canonical URL of the page that a notice withdraws: one that it names on its site, or its own."""
        for url in named_urls(extracted) if self._canonical_url else []:
            with suppress(RejectedError):
                named = self._canonical_url(url) if self._canonical_url else url
                if _site(named) == _site(page.canonical_url) and named != page.canonical_url:
                    return named
        return page.canonical_url

    def _version(self, extracted: ExtractedPage) -> str:
        """Return the version that made a page's event: the extractor's, and the operator's rule if one applies."""
        digest = extracted.rule.digest
        return f"{self.version}+rule.{digest}" if digest else self.version

    def _article(self, page: AcceptedPage, extracted: ExtractedPage, verdict: Verdict, version: str) -> CleanedArticle:
        metadata = extracted.metadata
        lead_image = metadata.lead_image.value
        return CleanedArticle(
            event_id=derived_event_id(page.event_id, self.name, version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            page_type=verdict.page_type,
            page_type_confidence=verdict.confidence,
            title=metadata.title.value,
            declared_title=metadata.declared_title.value,
            shown_title=metadata.shown_title.value,
            subtitle=metadata.subtitle.value,
            authors=metadata.authors.value,
            agencies=metadata.agencies.value,
            published_at=metadata.published_at.value,
            modified_at=metadata.modified_at.value,
            source=metadata.source.value,
            section=metadata.section.value,
            language=metadata.language.value,
            keywords=metadata.keywords.value,
            paragraphs=extracted.blocks,
            captions=extracted.captions,
            lead_image=Image(url=lead_image) if lead_image else None,
            is_paywalled=metadata.is_paywalled.value,
            declared_corrections=metadata.declared_corrections.value,
            is_truncated=extracted.is_truncated or page.is_truncated,
            omitted_words=extracted.omitted_words,
            rights=page.rights,
            canonical_evidence=page.canonical_evidence,
            ingest_notes=page.ingest_notes,
            word_count=extracted.word_count,
            extraction=Extraction(
                method=extracted.method,
                version=version,
                confidence=extracted.confidence,
                evidence=extracted.evidence(),
            ),
        )


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _what_is_missing(page: AcceptedPage) -> str:
    """Return which part of a page was not read, as the end of a sentence about it: it may hold a story."""
    if page.is_truncated:
        return "; the page is truncated"
    if page.media_type != "text/plain" and is_cut(page.body):
        return f"; only its first {MAX_TAGS} tags were read"
    return ""
