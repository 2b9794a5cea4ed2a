"""Every event, in the order of the flow."""

from wiredesk_schemas.accepted_page import AcceptedPage
from wiredesk_schemas.article_copies import ArticleCopies
from wiredesk_schemas.article_signature import ArticleSignature
from wiredesk_schemas.cleaned_article import CleanedArticle
from wiredesk_schemas.enriched_article import EnrichedArticle
from wiredesk_schemas.event import Event
from wiredesk_schemas.forgotten_entry import ForgottenEntry
from wiredesk_schemas.raw_page import RawPage
from wiredesk_schemas.skipped_page import SkippedPage
from wiredesk_schemas.withdrawal import ArticleWithdrawn, WithdrawnPage

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
