"""The texts of an article, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from wiredesk.enrichment.composed_text import ComposedText
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import CleanedArticle, Mention

TITLE_WEIGHT = 4.0
"""Weight of a mention in the headline: a headline says what a story is about."""

LEAD_WEIGHT = 2.0
"""Weight of a mention in the subtitle or in the first paragraph."""

BODY_WEIGHT = 1.0
"""Weight of a mention in any other paragraph."""

CAPTION_WEIGHT = 0.5
"""Weight of a mention in a caption: captions name people who are not in the story."""


@dataclass(frozen=True, slots=True)
class ArticleField:
    """A text of an article.

    Attributes:
        pointer: JSON Pointer (RFC 6901) to the text in the event; a mention's `field`.
        text: the text itself, as tagger and rules read it.
        weight: of each mention in it, for salience.
        position: its index among the article's texts, from 0.
        language: ISO 639-1 code of the language in which it is read; None where that is not known.
        published: the same text in the case and with the signs of the event, of the same length; None where `text` is
            that.
        composed: where each character is in the event; None where the event has the text as it is.
    """

    pointer: str
    text: str
    weight: float
    position: int = 0
    language: str | None = ENGLISH
    published: str | None = None
    composed: ComposedText | None = None

    @property
    def published_text(self) -> str:
        """The text with the letters and the case of the event."""
        return self.text if self.published is None else self.published

    def mention(self, start: int, end: int) -> Mention:
        """Return a name of this text, as the event has it.

        Args:
            start: offset of its first character in `text`.
            end: offset after its last one.
        """
        if self.composed is None:
            return Mention(field=self.pointer, start=start, end=end, surface=self.published_text[start:end])
        start, end = self.composed.start(start), self.composed.end(end)
        return Mention(field=self.pointer, start=start, end=end, surface=self.composed.original[start:end])


def composed_field(field: ArticleField) -> ArticleField:
    """Return a text in composed form, in which word lists and taggers know the words."""
    composed = ComposedText(field.text)
    return field if composed.text == field.text else replace(field, text=composed.text, composed=composed)


def article_fields(article: CleanedArticle) -> Iterator[ArticleField]:
    """Yield the texts in which names are tagged: title, subtitle, paragraphs, captions."""
    position = count()
    if article.title:
        yield ArticleField("/title", article.title, TITLE_WEIGHT, next(position))
    if article.subtitle:
        yield ArticleField("/subtitle", article.subtitle, LEAD_WEIGHT, next(position))
    for index, block in enumerate(article.paragraphs):
        weight = LEAD_WEIGHT if index == 0 else BODY_WEIGHT
        yield ArticleField(f"/paragraphs/{index}/text", block.text, weight, next(position))
    for index, caption in enumerate(article.captions):
        yield ArticleField(f"/captions/{index}/text", caption.text, CAPTION_WEIGHT, next(position))
