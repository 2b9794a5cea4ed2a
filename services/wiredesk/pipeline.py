"""The pipeline, on one screen: every topic, every stage, and what flows between them.

    pages.raw ─▶ ingest ─▶ pages.accepted ─▶ extractor ─▶ articles.cleaned ─▶ enrichment ─▶ articles.enriched
                    └──────────────────┴─▶ pages.skipped          (every stage: <input topic>.dlq)

This is the only place where a topic is named. Topic creation, the checks of docker-compose.yml, the AsyncAPI document
and the counts of the demo derive from it.
"""

from wiredesk.envelope import Envelope
from wiredesk.runtime.records import Handler
from wiredesk.runtime.topology import DAY_MS, Stage, Topic
from wiredesk_schemas import AcceptedPage, CleanedArticle, EnrichedArticle, Event, RawPage, SkippedPage

PAGES_RAW = Topic("pages.raw", "Raw pages, as crawlers and partners publish them")
PAGES_ACCEPTED = Topic("pages.accepted", "Pages checked, decoded, and under their canonical URL")
ARTICLES_CLEANED = Topic("articles.cleaned", "Articles: headline, byline, times and body", retention_ms=365 * DAY_MS)
ARTICLES_ENRICHED = Topic("articles.enriched", "Articles with topics and entities", retention_ms=365 * DAY_MS)
PAGES_SKIPPED = Topic("pages.skipped", "Valid pages that are no article, with the reason", retention_ms=30 * DAY_MS)

EVENTS: dict[Topic, type[Event]] = {
    PAGES_RAW: RawPage,
    PAGES_ACCEPTED: AcceptedPage,
    ARTICLES_CLEANED: CleanedArticle,
    ARTICLES_ENRICHED: EnrichedArticle,
    PAGES_SKIPPED: SkippedPage,
}

INGEST = Stage(
    name="ingest",
    describes="Checks, decodes and names raw pages",
    consumes=PAGES_RAW,
    produces=(PAGES_ACCEPTED, PAGES_SKIPPED),
    handler="wiredesk.pipeline:ingest",
    entry=True,
)
EXTRACTOR = Stage(
    name="extractor",
    describes="Reads the article from a page",
    consumes=PAGES_ACCEPTED,
    produces=(ARTICLES_CLEANED, PAGES_SKIPPED),
    handler="wiredesk.pipeline:extractor",
)
ENRICHMENT = Stage(
    name="enrichment",
    describes="Finds language, topics and entities of an article",
    consumes=ARTICLES_CLEANED,
    produces=(ARTICLES_ENRICHED,),
    handler="wiredesk.pipeline:enrichment",
)

STAGES: dict[str, Stage] = {stage.name: stage for stage in (INGEST, EXTRACTOR, ENRICHMENT)}
"""In the order of the flow."""

TOPICS: tuple[Topic, ...] = (*EVENTS, *(stage.dead_letter_topic for stage in STAGES.values()))

ENDS: tuple[Topic, ...] = (ARTICLES_ENRICHED, PAGES_SKIPPED, *(stage.dead_letter_topic for stage in STAGES.values()))
"""Every raw page ends in exactly one of these."""


# Services are imported where they are loaded, in the processes that do the work: a worker's image holds the libraries
# of its own stage only, and the event loop's process none of their models.


def ingest() -> Handler:
    """Load ingest."""
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415

    return Envelope(Ingest(), RawPage, {AcceptedPage: PAGES_ACCEPTED, SkippedPage: PAGES_SKIPPED})


def extractor() -> Handler:
    """Load the extractor."""
    from wiredesk.extractor.extract import Extractor  # noqa: PLC0415

    return Envelope(Extractor(), AcceptedPage, {CleanedArticle: ARTICLES_CLEANED, SkippedPage: PAGES_SKIPPED})


def enrichment() -> Handler:
    """Load enrichment with its models."""
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415

    return Envelope(Enricher(), CleanedArticle, {EnrichedArticle: ARTICLES_ENRICHED})
