"""Articles as text: the form that `wiredesk extract` prints and that `wiredesk enrich` reads, and plain text.

The form is a head of `name: value` lines, then blocks separated by blank lines. A block that is not a paragraph begins
with its kind in brackets: `[heading] Background`, `[caption] The harbour on Monday (Anna Keller)`.
"""

import re
from datetime import datetime

from wiredesk.operations.rights_text import rights_line
from wiredesk_schemas import Block, BlockKind, Caption, CleanedArticle, Extraction

UNKNOWN_URL = "https://page.invalid/"
"""URL of an article or page whose URL is not given. The host belongs to no publisher."""

UNKNOWN_ID = "00000000-0000-5000-8000-000000000000"
"""Event and page id of an article that is read from text."""

MAX_HEADLINE_CHARACTERS = 200
"""A longer first line of plain text is a paragraph."""

HEAD_NAMES = ("title", "subtitle", "by", "published", "source", "language", "page type", "confidence", "rights")
"""Names of the head's lines, in their order. A line without a value is left out; `page type` always has a value."""

_HEAD_LINE = re.compile(rf"({'|'.join(HEAD_NAMES)}): (.*)")
_BLOCK_KIND = re.compile(rf"\[({'|'.join([*BlockKind, 'caption'])})\] (.*)", re.DOTALL)
_CREDIT = re.compile(r"(.*) \(([^()]+)\)", re.DOTALL)


def head_of(article: CleanedArticle) -> list[tuple[str, str]]:
    """Return the lines of an article's head: names and values."""
    probability = article.page_type_confidence
    certainty = f" (an article with a probability of {probability:.2f})" if probability is not None else ""
    values = (
        article.title,
        article.subtitle,
        ", ".join((*article.authors, *article.agencies)),
        article.published_at,
        article.source,
        article.language,
        f"{article.page_type}{certainty}",
        article.extraction.confidence,
        rights_line(article.rights),
    )
    return [(name, str(value)) for name, value in zip(HEAD_NAMES, values, strict=True) if value]


def blocks_of(article: CleanedArticle) -> list[str]:
    """Return the blocks of an article: paragraphs, then captions."""
    blocks = [
        block.text if block.kind is BlockKind.PARAGRAPH else f"[{block.kind}] {block.text}"
        for block in article.paragraphs
    ]
    for caption in article.captions:
        credit = f" ({caption.credit})" if caption.credit else ""
        blocks.append(f"[caption] {caption.text}{credit}")
    return blocks


def parse_article(text: str) -> CleanedArticle | None:
    """Return the article of a text in the form of `wiredesk extract`, or of plain text; None if there is no text.

    Plain text has a paragraph on each line. Its first line is the headline if it does not end as a sentence does.
    """
    head, body = _split_head(text)
    if head:
        return _parse_blocks(head, body)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    has_headline = len(lines) > 1 and len(lines[0]) <= MAX_HEADLINE_CHARACTERS and lines[0][-1] not in '.!"”'
    paragraphs = tuple(Block(text=line) for line in lines[has_headline:])
    return _article(paragraphs, title=lines[0] if has_headline else None)


def _split_head(text: str) -> tuple[dict[str, str], str]:
    """Return the head's values by name, and the rest of the text; no values if the text has no head."""
    first, _, body = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    lines = [_HEAD_LINE.fullmatch(line) for line in first.splitlines()]
    head = {line[1]: line[2] for line in lines if line is not None}
    return (head, body) if None not in lines and "page type" in head else ({}, text)


def _parse_blocks(head: dict[str, str], body: str) -> CleanedArticle | None:
    paragraphs, captions = [], []
    for block in filter(None, (part.strip() for part in body.split("\n\n"))):
        marked = _BLOCK_KIND.fullmatch(block)
        if marked is None:
            paragraphs.append(Block(text=block))
        elif marked[1] == "caption":
            credited = _CREDIT.fullmatch(marked[2])
            captions.append(Caption(text=credited[1], credit=credited[2]) if credited else Caption(text=marked[2]))
        else:
            paragraphs.append(Block(text=marked[2], kind=BlockKind(marked[1])))
    if not paragraphs:
        return None
    return _article(
        tuple(paragraphs),
        title=head.get("title"),
        subtitle=head.get("subtitle"),
        authors=tuple(filter(None, head.get("by", "").split(", "))),
        published_at=_time(head.get("published")),
        source=head.get("source"),
        language=head.get("language"),
        captions=tuple(captions),
    )


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value else None
    except ValueError:
        return None


def _article(paragraphs: tuple[Block, ...], **fields: object) -> CleanedArticle:
    content = {
        "event_id": UNKNOWN_ID,
        "page_id": UNKNOWN_ID,
        "revision": "0",
        "url": UNKNOWN_URL,
        "canonical_url": UNKNOWN_URL,
        "paragraphs": paragraphs,
        "word_count": sum(len(block.text.split()) for block in paragraphs),
        "extraction": Extraction(method="text", version="none", confidence=1),
    }
    return CleanedArticle.model_validate(content | fields)
