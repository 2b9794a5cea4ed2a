"""The pipeline, on one screen: every topic, every stage, and what flows between them.

    pages.raw ─▶ ingest ─▶ pages.accepted ─▶ extractor ─▶ articles.cleaned ─▶ revisions ─▶ articles.revised
                    └─────────────────────────────┴───────▶ pages.skipped ◀───────┘
    articles.revised ─▶ signatures ─▶ articles.signatures ─▶ syndication ─▶ articles.copies
    articles.revised ─▶ enrichment ─▶ articles.enriched ─▶ latest ─▶ articles.latest

Every stage writes what it cannot process to its dead-letter topic: `<input topic>.dlq`, or `articles.latest.dlq`.

This is the only place that names our topics. Installed packages may add stages: `registry` combines theirs with ours,
and commands use the registry.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from wiredesk.envelope import Envelope, StatefulEnvelope
from wiredesk.runtime.records import Handler
from wiredesk.runtime.state import KeyedState, StatefulHandler
from wiredesk.runtime.topology import DAY_MS, Compaction, Stage, Store, Suppression, Topic, topics_of
from wiredesk_schemas import (
    AcceptedPage,
    ArticleCopies,
    ArticleSignature,
    ArticleWithdrawn,
    CleanedArticle,
    EnrichedArticle,
    ForgottenEntry,
    RawPage,
    SkippedPage,
    WithdrawnPage,
)

if TYPE_CHECKING:
    from wiredesk.syndication.window import Window

NEWEST_REVISIONS = Compaction(min_lag_ms=9 * DAY_MS, max_lag_ms=30 * DAY_MS)
"""Topics of articles keep all events of a month at most, and of a year the newest one of each page. A page that was
forgotten is off the disk within 30 days: the month that the law gives.

Nothing is compacted while the raw page from which it was made is kept (a week and a day): the audit finds each outcome.
"""

PAGES_RAW = Topic("pages.raw", "Raw pages, as crawlers and partners publish them", events=(RawPage,))
PAGES_ACCEPTED = Topic(
    "pages.accepted",
    "Pages checked, decoded, and under their canonical URL; and pages that are gone",
    events=(AcceptedPage, WithdrawnPage),
)
ARTICLES_CLEANED = Topic(
    "articles.cleaned",
    "Articles: headline, byline, times and body; and pages that are gone",
    retention_ms=365 * DAY_MS,
    compaction=NEWEST_REVISIONS,
    events=(CleanedArticle, WithdrawnPage),
)
ARTICLES_REVISED = Topic(
    "articles.revised",
    "Revisions of articles: created, updated, corrected, withdrawn",
    retention_ms=365 * DAY_MS,
    compaction=NEWEST_REVISIONS,
    events=(CleanedArticle, ArticleWithdrawn),
)
ARTICLES_ENRICHED = Topic(
    "articles.enriched",
    "Articles with topics and entities; and their withdrawals",
    retention_ms=365 * DAY_MS,
    compaction=NEWEST_REVISIONS,
    events=(EnrichedArticle, ArticleWithdrawn),
    terminal=True,
)
ARTICLES_LATEST = Topic(
    "articles.latest",
    "The newest enriched article of each page that is there now",
    retention_ms=-1,
    compaction=Compaction(),
    events=(EnrichedArticle,),
)
PAGES_SKIPPED = Topic(
    "pages.skipped",
    "Valid pages that are not articles, with the reason",
    retention_ms=28 * DAY_MS,  # as long as dead letters
    events=(SkippedPage,),
    terminal=True,
)

ARTICLES_SIGNATURES = Topic(
    "articles.signatures",
    "Fingerprints of articles, in one order",
    partitions=1,
    events=(ArticleSignature,),
)
ARTICLES_COPIES = Topic(
    "articles.copies",
    "Groups of articles that carry the same text",
    retention_ms=28 * DAY_MS,
    compaction=Compaction(),
    events=(ArticleCopies,),
)

FORGOTTEN = Topic(
    "wiredesk.forgotten",
    "Ids of the pages and hosts that are to be forgotten, with the reason",
    events=(ForgottenEntry,),
    partitions=1,
    retention_ms=-1,
    compaction=Compaction(),
)
FORGETTING = Suppression(FORGOTTEN, "wiredesk.operations.forgetting.suppressor:forgotten_pages")
"""No stage publishes anything of a page that is to be forgotten, whether a crawler or a replay brings it back."""

INGEST = Stage(
    name="ingest",
    description="Checks, decodes and identifies raw pages",
    consumes=PAGES_RAW,
    produces=(PAGES_ACCEPTED, PAGES_SKIPPED),
    handler="wiredesk.pipeline:ingest",
    entry=True,
    settings="wiredesk.ingest.settings:IngestSettings",
    suppression=FORGETTING,
)
EXTRACTOR = Stage(
    name="extractor",
    description="Extracts the article of a page",
    consumes=PAGES_ACCEPTED,
    produces=(ARTICLES_CLEANED, PAGES_SKIPPED),
    handler="wiredesk.pipeline:extractor",
    settings="wiredesk.extractor.settings:ExtractorSettings",
    suppression=FORGETTING,
)
REVISIONS = Stage(
    name="revisions",
    description="Finds what is new, changed, corrected or gone of a story",
    consumes=ARTICLES_CLEANED,
    produces=(ARTICLES_REVISED, PAGES_SKIPPED),
    handler="wiredesk.pipeline:revisions",
    settings="wiredesk.revisions.settings:RevisionsSettings",
    store=Store("pages", retention_ms=365 * DAY_MS),
    suppression=FORGETTING,
)
ENRICHMENT = Stage(
    name="enrichment",
    description="Finds language, topics and entities of an article",
    consumes=ARTICLES_REVISED,
    produces=(ARTICLES_ENRICHED,),
    handler="wiredesk.pipeline:enrichment",
    settings="wiredesk.enrichment.settings:EnrichmentSettings",
    suppression=FORGETTING,
)

LATEST = Stage(
    name="latest",
    description="Keeps the newest article of each page",
    consumes=ARTICLES_ENRICHED,
    produces=(ARTICLES_LATEST,),
    handler="wiredesk.pipeline:latest",
    one_to_one=False,
    # Of its own: other packages have stages that read the same topic, and name theirs after it.
    dead_letters="articles.latest.dlq",
    settings="wiredesk.revisions.settings:RevisionsSettings",
    store=Store("pages"),
    suppression=FORGETTING,
)

SIGNATURES = Stage(
    name="signatures",
    description="Makes the fingerprints of an article",
    consumes=ARTICLES_REVISED,
    produces=(ARTICLES_SIGNATURES,),
    handler="wiredesk.pipeline:signatures",
    dead_letters="articles.revised.signatures.dlq",
    suppression=FORGETTING,
)
SYNDICATION = Stage(
    name="syndication",
    description="Finds the copies of an article",
    consumes=ARTICLES_SIGNATURES,
    produces=(ARTICLES_COPIES,),
    handler="wiredesk.pipeline:syndication",
    settings="wiredesk.syndication.settings:SyndicationSettings",
    one_to_one=False,
    store=Store("window", retention_ms=7 * DAY_MS),
    suppression=FORGETTING,
)

STAGES: Mapping[str, Stage] = MappingProxyType(
    {stage.name: stage for stage in (INGEST, EXTRACTOR, REVISIONS, SIGNATURES, SYNDICATION, ENRICHMENT, LATEST)}
)
"""Our stages, in the order of the flow."""

TOPICS = topics_of(STAGES.values())
"""Their topics."""

TERMINAL_TOPICS = tuple(
    topic
    for topic in topics_of(stage for stage in STAGES.values() if stage not in (LATEST, SIGNATURES, SYNDICATION))
    if topic.terminal or topic.dead_letters
)
"""Every raw page reaches exactly one of these, or a dead-letter topic."""


# Services are imported only where they are loaded, in the child processes: a worker's image has the libraries of its
# own stage only, and the worker's main process loads no models.


def ingest() -> Handler:
    """Load ingest."""
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415

    return Envelope(Ingest(), INGEST)


def extractor() -> Handler:
    """Load the extractor."""
    from wiredesk.extractor.extract import Extractor  # noqa: PLC0415
    from wiredesk.ingest.urls import canonical_url  # noqa: PLC0415

    return Envelope(Extractor(canonical_url=canonical_url), EXTRACTOR)


def revisions() -> StatefulHandler[KeyedState]:
    """Load the stage of revisions."""
    from wiredesk.revisions.revise import Revisions  # noqa: PLC0415

    return StatefulEnvelope(Revisions(), REVISIONS)


def enrichment() -> Handler:
    """Load enrichment with its models."""
    from wiredesk.enrichment.enrich import Enricher  # noqa: PLC0415

    return Envelope(Enricher(), ENRICHMENT)


def latest() -> StatefulHandler[KeyedState]:
    """Load the stage of the newest articles."""
    from wiredesk.revisions.latest import Latest  # noqa: PLC0415

    return StatefulEnvelope(Latest(), LATEST)


def signatures() -> Handler:
    """Load what makes signatures."""
    from wiredesk.syndication.sign import Signer  # noqa: PLC0415

    return Envelope(Signer(), SIGNATURES)


def syndication() -> "StatefulHandler[Window]":
    """Load what finds copies."""
    from wiredesk.syndication.syndicate import Syndication  # noqa: PLC0415

    return StatefulEnvelope(Syndication(), SYNDICATION)
