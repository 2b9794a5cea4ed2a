"""Enrichment of a single input without Kafka: a page, an article's event, or a text.

The models of a stage are loaded when an input needs them: an article's event needs no extractor.
"""

import orjson

from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.operations.article_text import UNKNOWN_URL, parse_article
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk_schemas import CleanedArticle, EnrichedArticle, RawPage, SkippedPage, WithdrawnPage

GZIP_SIGNATURE = b"\x1f\x8b"
"""First bytes of gzip content; ingest decompresses it."""


def enrich_one(
    content: bytes, settings: EnrichmentSettings, *, name: str = "-", url: str | None = None
) -> EnrichedArticle | SkippedPage:
    """Return the enriched article of an input, or the skipped page if the input is a page without an article.

    Args:
        content: HTML, also gzipped; the JSON of a cleaned article or of a raw page; what `wiredesk extract` prints; or
            a plain text (UTF-8) with its headline on the first line.
        name: name of the input, for error messages.
        url: URL of the page, if the input is HTML.

    Raises:
        UsageError: the input is none of these, ingest rejects it, or a model cannot be loaded.
    """
    try:
        article = read_article(content, url=url)
    except (RejectedError, ValueError) as error:
        raise UsageError(f"{name}: {error}") from error
    if isinstance(article, SkippedPage):
        return article
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415 - its models take seconds to load

    return Enricher(settings)(article)


def read_article(content: bytes, *, url: str | None = None) -> CleanedArticle | SkippedPage:
    """Return the article of an input, or the skipped page.

    Raises:
        ValueError: the input is not a page, the event of an article or page, or a text.
        RejectedError: ingest rejects the page.
    """
    if content.lstrip()[:1] == b"{":
        return _read_event(content)
    if content.startswith(GZIP_SIGNATURE) or _is_markup(content):
        return _extract(RawPage(url=url or UNKNOWN_URL, body_base64=content))
    try:
        article = parse_article(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}; neither HTML nor a text nor JSON") from error
    if article is None:
        raise ValueError("there is no text in it")
    return article


def _read_event(content: bytes) -> CleanedArticle | SkippedPage:
    """Return the article or skipped page of an event; if there are several lines, the first one counts."""
    lines = content.strip().splitlines()
    try:
        fields = orjson.loads(content)
    except orjson.JSONDecodeError:
        content = lines[0]
        try:
            fields = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"it begins as JSON does, and is not JSON: {error}") from error
    if "body" in fields or "body_base64" in fields:
        return _extract(RawPage.from_json(content))
    if "reason" in fields:
        return SkippedPage.from_json(content)
    return CleanedArticle.from_json(content)


def _extract(page: RawPage) -> CleanedArticle | SkippedPage:
    from wiredesk.extractor.extract import Extractor  # noqa: PLC0415 - its models take a second to load
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415 - with its libraries

    accepted = Ingest()(page)
    result = accepted if isinstance(accepted, SkippedPage) else Extractor()(accepted)
    return result.skipped_page() if isinstance(result, WithdrawnPage) else result


def _is_markup(content: bytes) -> bool:
    """Whether the first character, after a byte order mark and spaces, is `<`, in UTF-8 or UTF-16."""
    return content.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")[:1] == b"<"
