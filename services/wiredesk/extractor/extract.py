"""The stage: a page is read, judged, and published as an article or set aside with the reason."""

from wiredesk.extractor import flattened, html, page_type, words
from wiredesk.extractor.models import Models, shipped
from wiredesk.extractor.page_type import Verdict
from wiredesk.extractor.reading import Reader, Reading
from wiredesk_schemas import (
    AcceptedPage,
    CleanedArticle,
    Extraction,
    Image,
    SkippedPage,
    derived_event_id,
)

READERS: dict[str, Reader] = {
    "text/html": html.read,
    "application/xhtml+xml": html.read,
    "text/plain": flattened.read,
}
"""By media type."""


class Extractor:
    """Reads articles from pages."""

    name = "extractor"
    version = "2.3.1"

    def __init__(self, models: Models | None = None) -> None:
        # Loaded here, before the fork: once, and at the cost of no page.
        self._models = models or shipped()

    def __call__(self, page: AcceptedPage) -> CleanedArticle | SkippedPage:
        """Read a page's article, or say why it has none."""
        reading = READERS[page.media_type](page, self._models)
        verdict = page_type.verdict(reading, self._models.page)
        if verdict.reason is None:
            return self._article(page, reading, verdict)
        return SkippedPage(
            event_id=derived_event_id(page.event_id, self.name, self.version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            stage=self.name,
            reason=verdict.reason,
            detail=verdict.detail,
            page_type=verdict.page_type,
            confidence=verdict.confidence,
        )

    def _article(self, page: AcceptedPage, reading: Reading, verdict: Verdict) -> CleanedArticle:
        return CleanedArticle(
            event_id=derived_event_id(page.event_id, self.name, self.version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            page_type=verdict.page_type,
            page_type_confidence=verdict.confidence,
            title=reading.title,
            subtitle=reading.subtitle,
            authors=reading.authors,
            agencies=reading.agencies,
            published_at=reading.published_at,
            modified_at=reading.modified_at,
            source=reading.source,
            section=reading.section,
            language=reading.language,
            keywords=reading.keywords,
            paragraphs=reading.blocks,
            captions=reading.captions,
            lead_image=Image(url=reading.lead_image) if reading.lead_image else None,
            is_paywalled=reading.is_paywalled,
            is_truncated=reading.is_truncated,
            word_count=words.count(reading.text),
            extraction=Extraction(
                method=reading.method,
                version=self.version,
                confidence=reading.confidence,
                evidence=reading.evidence,
            ),
        )
