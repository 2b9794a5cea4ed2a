"""The texts of an article, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from wiredesk_schemas import CleanedArticle


@dataclass(frozen=True, slots=True)
class Text:
    """A string of an article.

    Attributes:
        pointer: JSON Pointer (RFC 6901) to it in the event; what mentions name as their field.
        weight: of a mention in it, for salience: a headline says what a story is about.
        position: of the text in the article.
    """

    pointer: str
    text: str
    weight: float
    position: int = 0


def texts(article: CleanedArticle) -> Iterator[Text]:
    """Return the strings in which names are looked for."""
    position = count()
    if article.title:
        yield Text("/title", article.title, 4.0, next(position))
    if article.subtitle:
        yield Text("/subtitle", article.subtitle, 2.0, next(position))
    for index, block in enumerate(article.paragraphs):
        yield Text(f"/paragraphs/{index}/text", block.text, 2.0 if index == 0 else 1.0, next(position))
    for index, caption in enumerate(article.captions):
        yield Text(f"/captions/{index}/text", caption.text, 0.5, next(position))
