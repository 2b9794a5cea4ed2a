"""Articles for tests of enrichment: from given paragraphs, and invented stories with marked mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wiredesk_schemas import Block, CleanedArticle, Extraction

STORIES = Path(__file__).parent / "articles" / "named.txt"
"""The marked stories; the file's first line describes the marks."""

_MARK = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")


@dataclass(frozen=True)
class MarkedStory:
    """A story whose mentions are known.

    Attributes:
        number: number in the file, from 1.
        text: text without the marks.
        mentions: by start and end of the mention, the entity that it names.
    """

    number: int
    text: str
    mentions: dict[tuple[int, int], str]


def marked_stories() -> Iterator[MarkedStory]:
    """Yield the stories of the file."""
    lines = (line for line in STORIES.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    for number, line in enumerate(lines, 1):
        text, position, mentions = "", 0, {}
        for mark in _MARK.finditer(line):
            text += line[position : mark.start()]
            mentions[len(text), len(text) + len(mark[1])] = mark[2]
            text += mark[1]
            position = mark.end()
        yield MarkedStory(number, text + line[position:], mentions)


def article(*paragraphs: str, title: str | None = None) -> CleanedArticle:
    """Return a cleaned article with these paragraphs."""
    return CleanedArticle(
        event_id="00000000-0000-5000-8000-000000000000",
        page_id="p",
        revision="r",
        url="https://a.example/",
        canonical_url="https://a.example/",
        title=title,
        paragraphs=tuple(Block(text=text) for text in paragraphs),
        word_count=1,
        extraction=Extraction(method="html", version="1", confidence=1),
    )
