"""The stage `signatures`: makes of an article the small event in which its copies are searched for."""

import base64
from urllib.parse import urlsplit

from wiredesk.syndication.facts import facts
from wiredesk.syndication.fingerprints import fingerprints
from wiredesk_schemas import (
    ArticleSignature,
    ArticleWithdrawn,
    CleanedArticle,
    IngestNote,
    IngestNoteKind,
    PageType,
)

MAX_TITLE = 300
"""Characters of a headline that are kept."""

MAX_NAME = 100
"""Characters of a publication's or an agency's name that are kept."""

MAX_AGENCIES = 8
"""Agencies of an article that are kept."""


class Signer:
    """Makes the signature of an article."""

    name = "signatures"
    version = "1.0.0"

    def __call__(self, event: CleanedArticle | ArticleWithdrawn) -> ArticleSignature:
        """Return the signature of an article; of one that was withdrawn, that it is gone."""
        if isinstance(event, ArticleWithdrawn):
            return ArticleSignature.derived_from(
                event,
                self.name,
                self.version,
                article_event_id=event.event_id,
                is_withdrawn=True,
                withdrawal_reason=event.reason,
                revision_number=event.revision_number,
            )
        text = "\n".join(block.text for block in event.paragraphs)
        signature = fingerprints(text)
        return ArticleSignature.derived_from(
            event,
            self.name,
            self.version,
            article_event_id=event.event_id,
            revision_number=event.revision_number,
            fingerprints=base64.b64encode(signature.hashes.astype("<u8").tobytes()).decode(),
            facts=base64.b64encode(facts(text)).decode(),
            thinning=signature.thinning,
            word_count=event.word_count,
            is_live=event.page_type is PageType.LIVE_BLOG,
            title=_cut(event.title, MAX_TITLE),
            source=_cut(event.source, MAX_NAME),
            language=_cut(event.language, MAX_NAME),
            agencies=tuple(agency[:MAX_NAME] for agency in event.agencies[:MAX_AGENCIES]),
            declared_original=_declared_elsewhere(event.ingest_notes, event.canonical_url),
            published_at=event.published_at,
            first_seen=event.first_seen,
        )


def _cut(text: str | None, characters: int) -> str | None:
    return text[:characters] if text else None


def _declared_elsewhere(notes: tuple[IngestNote, ...], own_url: str) -> str | None:
    """Return the URL on another host that a page declares as its canonical one, which ingest did not believe."""
    for note in notes:
        _, colon, url = note.detail.partition(": ")
        if note.kind is IngestNoteKind.CANONICAL_NOT_BELIEVED and colon and _host(url) not in (None, _host(own_url)):
            return url
    return None


def _host(url: str) -> str | None:
    """Return the host of a web address; None where the text is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None
