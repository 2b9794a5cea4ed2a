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
events              EVENTS: all of them
event               Event, DerivedEvent and Part: base classes, also for events of other packages
headers             Kafka headers: their names, and how they are read
http_response       HttpResponse: status line, headers and body of a response
header_lines        lines of one header of a response, in one text
ids                 deterministic identifiers
timestamp           Timestamp: a time as precise as the page states it
rfc3339             timestamps of headers: instants in UTC
storable_text       text without characters that stores and parsers refuse

This package does not import the services, so any program can read our topics with it alone. Each name is imported when
it is first used: a program that needs the headers' names alone builds no models.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

# Not when it is first used: its module has the same name, and would be in its place.
from wiredesk_schemas.raw_page_key import raw_page_key

if TYPE_CHECKING:
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
    from wiredesk_schemas.event import (
        DerivedEvent,
        Event,
        InvalidEventError,
        Part,
        Since,
        Tombstone,
        UnknownVersionError,
    )
    from wiredesk_schemas.events import EVENTS
    from wiredesk_schemas.forgotten_entry import ForgottenEntry, ForgottenKind
    from wiredesk_schemas.headers import Headers, header
    from wiredesk_schemas.ids import derived_event_id, event_id, page_id, revision, sibling_event_id
    from wiredesk_schemas.ingest_note import IngestNote, IngestNoteKind
    from wiredesk_schemas.page_type import PageType
    from wiredesk_schemas.raw_page import RawPage
    from wiredesk_schemas.rights import Rights, RightsKind, RightsStatement
    from wiredesk_schemas.skipped_page import SkippedPage, SkipReason
    from wiredesk_schemas.story_revision import ChangedPart, RevisionKind
    from wiredesk_schemas.timestamp import Timestamp
    from wiredesk_schemas.withdrawal import ArticleWithdrawn, WithdrawalReason, WithdrawnPage

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

_MODULES = MappingProxyType(
    {
        "AcceptedPage": "wiredesk_schemas.accepted_page",
        "ArticleCopies": "wiredesk_schemas.article_copies",
        "ArticleSignature": "wiredesk_schemas.article_signature",
        "ArticleWithdrawn": "wiredesk_schemas.withdrawal",
        "Block": "wiredesk_schemas.cleaned_article",
        "BlockKind": "wiredesk_schemas.cleaned_article",
        "CanonicalEvidence": "wiredesk_schemas.canonical_evidence",
        "Caption": "wiredesk_schemas.cleaned_article",
        "ChangedPart": "wiredesk_schemas.story_revision",
        "Charset": "wiredesk_schemas.accepted_page",
        "CharsetEvidence": "wiredesk_schemas.accepted_page",
        "CleanedArticle": "wiredesk_schemas.cleaned_article",
        "Coordinates": "wiredesk_schemas.enriched_article",
        "Copy": "wiredesk_schemas.article_copies",
        "CopyKind": "wiredesk_schemas.article_copies",
        "DeadLetterHeaders": "wiredesk_schemas.dead_letter",
        "DerivedEvent": "wiredesk_schemas.event",
        "EVENTS": "wiredesk_schemas.events",
        "EnrichedArticle": "wiredesk_schemas.enriched_article",
        "Enrichment": "wiredesk_schemas.enriched_article",
        "Entity": "wiredesk_schemas.enriched_article",
        "EntityType": "wiredesk_schemas.enriched_article",
        "Event": "wiredesk_schemas.event",
        "Evidence": "wiredesk_schemas.cleaned_article",
        "Extraction": "wiredesk_schemas.cleaned_article",
        "ForgottenEntry": "wiredesk_schemas.forgotten_entry",
        "ForgottenKind": "wiredesk_schemas.forgotten_entry",
        "GroupedArticle": "wiredesk_schemas.article_copies",
        "Headers": "wiredesk_schemas.headers",
        "Image": "wiredesk_schemas.cleaned_article",
        "IngestNote": "wiredesk_schemas.ingest_note",
        "IngestNoteKind": "wiredesk_schemas.ingest_note",
        "InvalidEventError": "wiredesk_schemas.event",
        "LanguageGuess": "wiredesk_schemas.enriched_article",
        "MediaTopic": "wiredesk_schemas.enriched_article",
        "Mention": "wiredesk_schemas.enriched_article",
        "Model": "wiredesk_schemas.enriched_article",
        "OriginalEvidence": "wiredesk_schemas.article_copies",
        "PageType": "wiredesk_schemas.page_type",
        "Part": "wiredesk_schemas.event",
        "RawPage": "wiredesk_schemas.raw_page",
        "RevisionKind": "wiredesk_schemas.story_revision",
        "Rights": "wiredesk_schemas.rights",
        "RightsKind": "wiredesk_schemas.rights",
        "RightsStatement": "wiredesk_schemas.rights",
        "Since": "wiredesk_schemas.event",
        "SkipReason": "wiredesk_schemas.skipped_page",
        "SkippedPage": "wiredesk_schemas.skipped_page",
        "Timestamp": "wiredesk_schemas.timestamp",
        "Tombstone": "wiredesk_schemas.event",
        "UnknownVersionError": "wiredesk_schemas.event",
        "WithdrawalReason": "wiredesk_schemas.withdrawal",
        "WithdrawnCopy": "wiredesk_schemas.article_copies",
        "WithdrawnPage": "wiredesk_schemas.withdrawal",
        "derived_event_id": "wiredesk_schemas.ids",
        "event_id": "wiredesk_schemas.ids",
        "header": "wiredesk_schemas.headers",
        "page_id": "wiredesk_schemas.ids",
        "revision": "wiredesk_schemas.ids",
        "sibling_event_id": "wiredesk_schemas.ids",
    }
)
"""The module that defines each exported name."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
