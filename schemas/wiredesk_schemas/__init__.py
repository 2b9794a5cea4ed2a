"""The contracts: every event on the wire, in the order of the flow, and the headers around it.

A raw page comes in (`RawPage`), is accepted (`AcceptedPage`), cleaned (`CleanedArticle`) and enriched
(`EnrichedArticle`); what is no article ends as a `SkippedPage`; what cannot be processed ends in a dead-letter
topic, as received, under the headers that `DeadLetterHeaders` describes.

This package imports nothing of the services, so that any program may read our topics with it alone.
"""

from wiredesk_schemas.accepted_page import AcceptedPage, Charset, CharsetEvidence
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
from wiredesk_schemas.event import Event, InvalidEventError
from wiredesk_schemas.headers import Headers, header
from wiredesk_schemas.ids import derived_event_id, event_id, page_id, revision
from wiredesk_schemas.moment import Moment
from wiredesk_schemas.page_type import PageType
from wiredesk_schemas.raw_page import RawPage
from wiredesk_schemas.skipped_page import SkippedPage, SkipReason

EVENTS: tuple[type[Event], ...] = (RawPage, AcceptedPage, CleanedArticle, EnrichedArticle, SkippedPage)
"""Every event, in the order of the flow."""

__all__ = [
    "EVENTS",
    "AcceptedPage",
    "Block",
    "BlockKind",
    "Caption",
    "Charset",
    "CharsetEvidence",
    "CleanedArticle",
    "Coordinates",
    "DeadLetterHeaders",
    "EnrichedArticle",
    "Enrichment",
    "Entity",
    "EntityType",
    "Event",
    "Evidence",
    "Extraction",
    "Headers",
    "Image",
    "InvalidEventError",
    "LanguageGuess",
    "MediaTopic",
    "Mention",
    "Model",
    "Moment",
    "PageType",
    "RawPage",
    "SkipReason",
    "SkippedPage",
    "derived_event_id",
    "event_id",
    "header",
    "page_id",
    "revision",
]
