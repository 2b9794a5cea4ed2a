"""The stage: a page is read, judged, and published as an article or set aside with the reason."""

from schemas import (
    AcceptedPage,
    CleanedArticle,
    Extraction,
    Image,
    SkippedPage,
    derived_event_id,
)
from services.extractor import flattened, html, page_type, words
from services.extractor.reading import Reader, Reading

READERS: dict[str, Reader] = {
    "text/html": html.read,
    "application/xhtml+xml": html.read,
    "text/plain": flattened.read,
}
"""By media type."""


class Extractor:
    """Reads articles from pages."""

    name = "extractor"
    version = "1.0.0"

    def __init__(self) -> None:
        html.warm_up()

    def __call__(self, page: AcceptedPage) -> CleanedArticle | SkippedPage:
        """Read a page's article, or say why it has none."""
        reading = READERS[page.media_type](page)
        skipped = page_type.verdict(reading, page.canonical_url)
        if skipped is None:
            return self._article(page, reading)
        reason, detail = skipped
        return SkippedPage(
            event_id=derived_event_id(page.event_id, self.name, self.version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            stage=self.name,
            reason=reason,
            detail=detail,
        )

    def _article(self, page: AcceptedPage, reading: Reading) -> CleanedArticle:
        return CleanedArticle(
            event_id=derived_event_id(page.event_id, self.name, self.version),
            page_id=page.page_id,
            revision=page.revision,
            url=page.url,
            canonical_url=page.canonical_url,
            title=reading.title,
            subtitle=reading.subtitle,
            authors=reading.authors,
            published_at=reading.published_at,
            modified_at=reading.modified_at,
            source=reading.source,
            section=reading.section,
            language=reading.language,
            keywords=reading.keywords,
            paragraphs=reading.blocks,
            captions=reading.captions,
            lead_image=Image(url=reading.lead_image) if reading.lead_image else None,
            word_count=words.count(reading.text),
            extraction=Extraction(
                method=reading.method,
                version=self.version,
                confidence=reading.confidence,
                evidence=reading.evidence,
            ),
        )
