"""The page of a story."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from wiredesk.revisions.wording import Passage, Run, passage_changes, word_changes
from wiredesk.web.exchange import Exchange
from wiredesk.web.forms.entry import Entry
from wiredesk.web.marks import Piece, marks_of, pieces
from wiredesk.web.site import Site
from wiredesk.web.story import read_story
from wiredesk_schemas import EnrichedArticle

DIFFERENCES = 20
"""Revisions whose difference from the one before is shown, the newest ones."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision, and what was changed in it.

    Attributes:
        headline: the words of the headline, if it was changed.
        passages: the passages that were changed; empty of a withdrawal and of the first revision.
    """

    entry: Entry
    headline: tuple[Run, ...] = ()
    passages: tuple[Passage, ...] = ()


async def story(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show a story: its text, its revisions, its copies, its way."""
    (page_id,) = exchange.arguments
    known = await read_story(site, page_id)
    newest = next((one for one in known.revisions if isinstance(one.event, EnrichedArticle)), None)
    article = newest.event if newest is not None and isinstance(newest.event, EnrichedArticle) else None
    return site.page(
        exchange,
        "story.html",
        page_id=page_id,
        now=known.revisions[0].brief,
        article=article,
        blocks=_blocks(article) if article is not None else (),
        headline=_marked(article, "/title", article.title or "") if article is not None else (),
        standfirst=_marked(article, "/subtitle", article.subtitle or "") if article is not None else (),
        revisions=revisions(known.revisions),
        copies=known.copies,
        traces=known.traces,
        unread=known.unread,
    )


def revisions(entries: Sequence[Entry]) -> list[Revision]:
    """Return the revisions of a story, the newest first, each with its difference from the article before."""
    shown = []
    for number, entry in enumerate(entries):
        before = next((one.event for one in entries[number + 1 :] if isinstance(one.event, EnrichedArticle)), None)
        if isinstance(entry.event, EnrichedArticle) and before is not None and number < DIFFERENCES:
            shown.append(_difference(entry, before, entry.event))
        else:
            shown.append(Revision(entry))
    return shown


def _difference(entry: Entry, before: EnrichedArticle, after: EnrichedArticle) -> Revision:
    headline = word_changes(before.title or "", after.title or "") if before.title != after.title else ()
    passages = tuple(one for one in passage_changes(before, after) if one.is_changed)
    return Revision(entry, headline, passages)


def _blocks(article: EnrichedArticle) -> list[tuple[str, list[Piece]]]:
    """Return the kind of each block of the body, and its text with marks."""
    marks = marks_of(article)
    return [
        (str(block.kind), pieces(block.text, marks.get(f"/paragraphs/{number}/text", ())))
        for number, block in enumerate(article.paragraphs)
    ]


def _marked(article: EnrichedArticle, field: str, text: str) -> list[Piece]:
    return pieces(text, marks_of(article).get(field, ()))
