"""The stage: a page is extracted and classified, and published as an article or skipped with a reason."""

from wiredesk.extractor import words
from wiredesk.extractor.extracted_page import ExtractedPage
from wiredesk.extractor.flattened import extract_text
from wiredesk.extractor.html import extract_html
from wiredesk.extractor.models import Models, shipped_models
from wiredesk.extractor.page_type import Verdict, classify_page
from wiredesk.extractor.settings import ExtractorSettings
from wiredesk.extractor.site_rules import load_site_rules
from wiredesk.extractor.surplus_tags import MAX_TAGS, is_cut
from wiredesk_schemas import AcceptedPage, CleanedArticle, Extraction, Image, SkippedPage, derived_event_id


class Extractor:
    """Reads articles from pages.

    Args:
        models: those that ship, if left out.
        settings: read from the environment, if left out.
    """

    name = "extractor"
    version = "3.0.0"

    def __init__(self, models: Models | None = None, settings: ExtractorSettings | None = None) -> None:
        # Loaded here, before the fork: once, and not for each page.
        self.models = models or shipped_models()
        self._site_rules = load_site_rules((settings or ExtractorSettings()).site_rules)

    def __call__(self, page: AcceptedPage) -> CleanedArticle | SkippedPage:
        """Return the article of a page, or why it has none."""
        return self.publish(page, self.extract(page))

    def extract(self, page: AcceptedPage) -> ExtractedPage:
        """Return what is on a page, by the method for its media type."""
        if page.media_type == "text/plain":
            return extract_text(page, self.models)
        return extract_html(page, self.models, self._site_rules)

    def publish(self, page: AcceptedPage, extracted: ExtractedPage) -> CleanedArticle | SkippedPage:
        """Return the event that an extracted page becomes."""
        verdict = classify_page(extracted, self.models.page)
        version = self._version(extracted)
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
            is_truncated=extracted.is_truncated or page.is_truncated,
            omitted_words=extracted.omitted_words,
            rights=page.rights,
            canonical_evidence=page.canonical_evidence,
            ingest_notes=page.ingest_notes,
            word_count=words.count(extracted.body),
            extraction=Extraction(
                method=extracted.method,
                version=version,
                confidence=extracted.confidence,
                evidence=extracted.evidence(),
            ),
        )


def _what_is_missing(page: AcceptedPage) -> str:
    """Return which part of a page was not read, as the end of a sentence about it: it may hold a story."""
    if page.is_truncated:
        return "; the page is truncated"
    if page.media_type != "text/plain" and is_cut(page.body):
        return f"; only its first {MAX_TAGS} tags were read"
    return ""
