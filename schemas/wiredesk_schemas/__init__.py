"""The contracts: every event on the wire, and the headers around it.

raw_page            RawPage: what crawlers publish
raw_page_key        raw_page_key: under which key to publish one
raw_page_reading    how a raw page is read, also in other forms than that of its schema
accepted_page       AcceptedPage: checked, decoded, under its canonical URL
canonical_evidence  CanonicalEvidence: what the canonical URL was read from
cleaned_article     CleanedArticle: headline, byline, times and body
enriched_article    EnrichedArticle: with language, topics and entities
article_signature   ArticleSignature: what is needed to find an article's copies
article_copies      ArticleCopies: which articles carry the same text
skipped_page        SkippedPage: a page that is not an article, with the reason
forgotten_entry     ForgottenEntry: a page or a host that is to be forgotten
story_revision      what an event says of the story's earlier versions
withdrawal          WithdrawnPage and ArticleWithdrawn: a page that is gone, and its article
ingest_note         IngestNote: what ingest mended on a page, or did not believe
rights              Rights: what a page and its publisher state about its rights
page_type           PageType: what a page is
dead_letter         DeadLetterHeaders: why a record could not be processed
event               Event, DerivedEvent and Part: base classes, also for events of other packages
headers             Kafka headers: their names, and how they are read
http_response       HttpResponse: status line, headers and body of a response
header_lines        lines of one header of a response, in one text
ids                 deterministic identifiers
timestamp           Timestamp: a time as precise as the page states it
rfc3339             timestamps of headers: instants in UTC
storable_text       text without characters that stores and parsers refuse

This package does not import the services, so any program can read our topics with it alone.
"""

from wiredesk_schemas.accepted_page import AcceptedPage, Charset, CharsetEvidence
from wiredesk_schemas.article_copies import (
    ArticleCopies,
    Copy,
    CopyKind,
    GroupedArticle,
    OriginalEvidence,
    WithdrawnCopy,
)
from wiredesk_schemas.article_signature import ArticleSignature
from wiredesk_schemas.canonical_evidence import CanonicalEvidence
from wiredesk_schemas.cleaned_article import (
    Block,
    BlockKind,
    Caption,
    CleanedArticle,
    Evidence,
    Extraction,
    Image,
)
from wiredesk_schemas.dead_letter import DeadLetterHeaders
from wiredesk_schemas.enriched_article import (
    Coordinates,
    EnrichedArticle,
    Enrichment,
    Entity,
    EntityType,
    LanguageGuess,
    MediaTopic,
    Mention,
    Model,
)
from wiredesk_schemas.event import DerivedEvent, Event, InvalidEventError, Part, Since, Tombstone, UnknownVersionError
from wiredesk_schemas.forgotten_entry import ForgottenEntry, ForgottenKind
from wiredesk_schemas.headers import Headers, header
from wiredesk_schemas.ids import derived_event_id, event_id, page_id, revision, sibling_event_id
from wiredesk_schemas.ingest_note import IngestNote, IngestNoteKind
from wiredesk_schemas.page_type import PageType
from wiredesk_schemas.raw_page import RawPage
from wiredesk_schemas.raw_page_key import raw_page_key
from wiredesk_schemas.rights import Rights, RightsKind, RightsStatement
from wiredesk_schemas.skipped_page import SkippedPage, SkipReason
from wiredesk_schemas.story_revision import ChangedPart, RevisionKind
from wiredesk_schemas.timestamp import Timestamp
from wiredesk_schemas.withdrawal import ArticleWithdrawn, WithdrawalReason, WithdrawnPage

EVENTS: tuple[type[Event], ...] = (
    RawPage,
    AcceptedPage,
    WithdrawnPage,
    CleanedArticle,
    ArticleWithdrawn,
    EnrichedArticle,
    SkippedPage,
    ArticleSignature,
    ArticleCopies,
    ForgottenEntry,
)
"""Every event, in the order of the flow."""

__all__ = [
    "EVENTS",
    "AcceptedPage",
    "ArticleCopies",
    "ArticleSignature",
    "ArticleWithdrawn",
    "Block",
    "BlockKind",
    "CanonicalEvidence",
    "Caption",
    "ChangedPart",
    "Charset",
    "CharsetEvidence",
    "CleanedArticle",
    "Coordinates",
    "Copy",
    "CopyKind",
    "DeadLetterHeaders",
    "DerivedEvent",
    "EnrichedArticle",
    "Enrichment",
    "Entity",
    "EntityType",
    "Event",
    "Evidence",
    "Extraction",
    "ForgottenEntry",
    "ForgottenKind",
    "GroupedArticle",
    "Headers",
    "Image",
    "IngestNote",
    "IngestNoteKind",
    "InvalidEventError",
    "LanguageGuess",
    "MediaTopic",
    "Mention",
    "Model",
    "OriginalEvidence",
    "PageType",
    "Part",
    "RawPage",
    "RevisionKind",
    "Rights",
    "RightsKind",
    "RightsStatement",
    "Since",
    "SkipReason",
    "SkippedPage",
    "Timestamp",
    "Tombstone",
    "UnknownVersionError",
    "WithdrawalReason",
    "WithdrawnCopy",
    "WithdrawnPage",
    "derived_event_id",
    "event_id",
    "header",
    "page_id",
    "raw_page_key",
    "revision",
    "sibling_event_id",
]
