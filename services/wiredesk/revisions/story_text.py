"""Headline and text of a story as they are compared: without typography, and without what stands around the story.

Two fetches of a story have the same text unless somebody wrote something: a word, a figure, a sign. Markup, spaces,
the division into paragraphs, quotation marks, upper and lower case, times of the page, counters, pointers to other
stories and requests of the site say nothing.
"""

import hashlib
import re
from collections.abc import Sequence
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

_BETWEEN = "\x1f"
"""What stands between the texts of an article when they are hashed as they are: no text that can be stored has it."""

_UNSAID = re.compile(r"""[.!?؟।|•·](?:(?<=[|•·])|["')\]]{1,2}(?= ))""")
"""What says nothing between two sentences: what closes a quotation or a bracket, and the signs between parts of a line.

It begins with the sign before it: a pattern that begins with a class of characters is found many times as fast."""

_SENTENCE_SIGNS = ".!?؟।"
"""Signs before it that stay."""


@dataclass(frozen=True)  # without slots: the cached properties need a dictionary
class StoryText:
    """What a story says.

    Attributes:
        headline: folded.
        folded: the texts of standfirst and body, folded, and the asides among them.
        passages: of standfirst and body, folded.
        times: when the page says that it was published and modified.
    """

    headline: str
    folded: Sequence[str]
    passages: Sequence[str]
    times: str

    @classmethod
    def of(cls, article: CleanedArticle) -> "StoryText":
        """Return what an article says."""
        subtitle = (Block(text=article.subtitle),) if article.subtitle else ()
        blocks = (*subtitle, *article.paragraphs)
        folded = [fold(block.text) for block in blocks]
        times = "/".join("" if t is None else t.isoformat() for t in (article.published_at, article.modified_at))
        headline = fold(article.title or "").rstrip(_CLOSING)
        return cls(headline, folded, tuple(story_passages(blocks, folded)), times)

    @cached_property
    def headline_hash(self) -> bytes:
        """The hash of the headline."""
        return _hash(without_spaces(self.headline))

    @cached_property
    def text_hash(self) -> bytes:
        """The hash of the text, whatever its division into paragraphs."""
        said = _UNSAID.sub(_said, "\n".join(self.passages))
        return _hash(without_spaces(said.replace("\n", "")))

    @cached_property
    def times_hash(self) -> bytes:
        """The hash of the times."""
        return _hash(self.times)

    @cached_property
    def words(self) -> bytes:
        """The hashes of the words of the text."""
        return word_hashes(" ".join(self.passages))


def exact_hash(article: CleanedArticle) -> bytes:
    """Return the hash of headline, text and declared corrections as they are: where it is the same, the story is.

    It costs a small part of folding a text, and most fetches of a page bring the text of the one before. It is empty
    where texts have the character that stands between them.
    """
    texts = [article.title or "", article.subtitle or ""]
    for block in article.paragraphs:
        texts += (block.kind, block.text)
    texts += article.declared_corrections
    joined = _BETWEEN.join(texts)
    return _hash(joined) if joined.count(_BETWEEN) == len(texts) - 1 else b""


def _said(match: re.Match[str]) -> str:
    sign = match[0][0]
    return sign if sign in _SENTENCE_SIGNS else ""


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()
