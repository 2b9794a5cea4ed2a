"""A text as a cleaned article."""

from wiredesk_schemas import Block, CleanedArticle, Extraction


def text_article(body: str, title: str | None = None) -> CleanedArticle:
    """Return a text as a cleaned article, with a paragraph for each line."""
    lines = [line for line in body.splitlines() if line.strip()] or ["-"]
    return CleanedArticle(
        event_id="00000000-0000-5000-8000-000000000000",
        page_id="0",
        revision="0",
        url="http://a.example/",
        canonical_url="http://a.example/",
        title=title,
        paragraphs=tuple(Block(text=line) for line in lines),
        word_count=0,
        extraction=Extraction(method="gold", version="0", confidence=1),
    )
