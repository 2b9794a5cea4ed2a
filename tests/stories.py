"""Articles for tests of enrichment: of given paragraphs, and invented ones whose mentions are marked by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wiredesk_schemas import Block, CleanedArticle, Extraction

_MARKED = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")

STORIES = Path(__file__).parent / "articles" / "named.txt"


@dataclass(frozen=True)
class Marked:
    """A story.

    Attributes:
        text: without marks.
        mentions: (begin, end) of each name, and the entity that it names.
    """

    number: int
    text: str
    mentions: dict[tuple[int, int], str]


def stories() -> Iterator[Marked]:
    """Yield the stories."""
    for number, line in enumerate(
        (one for one in STORIES.read_text(encoding="utf-8").splitlines() if one[0] != "#"), 1
    ):
        text, position, mentions = "", 0, {}
        for found in _MARKED.finditer(line):
            text += line[position : found.start()]
            mentions[len(text), len(text) + len(found[1])] = found[2]
            text += found[1]
            position = found.end()
        yield Marked(number, text + line[position:], mentions)


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
