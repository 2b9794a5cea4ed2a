"""Headline and text of a story as they are compared: without typography, and without what stands around the story.

Two fetches of a story have the same text unless somebody wrote something: a word, a figure, a sign. Markup, spaces,
the division into paragraphs, quotation marks, upper and lower case, times of the page, counters, pointers to other
stories and requests of the site say nothing.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from wiredesk.revisions.asides import story_passages
from wiredesk.revisions.difference import word_hashes
from wiredesk.revisions.folding import fold, without_spaces
from wiredesk_schemas import Block, CleanedArticle

HASH_BYTES = 8
"""Bytes of a hash that is kept: it is compared with one other hash, of the same page."""

_CLOSING = " ."
"""What a headline may end with or not."""


@dataclass(frozen=True)  # without slots: the cached properties need a dictionary
class StoryText:
    """What a story says.

    Attributes:
        headline: folded.
        passages: of standfirst and body, folded.
        times: when the page says that it was published and modified.
    """

    headline: str
    passages: tuple[str, ...]
    times: str

    @classmethod
    def of(cls, article: CleanedArticle) -> "StoryText":
        """Return what an article says."""
        subtitle = (Block(text=article.subtitle),) if article.subtitle else ()
        times = "/".join("" if t is None else t.isoformat() for t in (article.published_at, article.modified_at))
        headline = fold(article.title or "").rstrip(_CLOSING)
        return cls(headline, tuple(story_passages((*subtitle, *article.paragraphs))), times)

    @cached_property
    def headline_hash(self) -> bytes:
        """The hash of the headline."""
        return _hash(without_spaces(self.headline))

    @cached_property
    def text_hash(self) -> bytes:
        """The hash of the text, whatever its division into paragraphs."""
        return _hash(without_spaces("".join(self.passages)))

    @cached_property
    def times_hash(self) -> bytes:
        """The hash of the times."""
        return _hash(self.times)

    @cached_property
    def words(self) -> list[int]:
        """The hashes of the words of the text."""
        return word_hashes(" ".join(self.passages))


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()
