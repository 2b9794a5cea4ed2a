"""The sets that enrichment is measured on: files in the folder of public corpora, and our own stories."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clusters import Story
from conll import Article, read_conll

from tests.stories import marked_stories
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import Block, CleanedArticle, Extraction

# Paths within the folder of public corpora.
CONLL = "entities/conllpp-dev.txt"
WIKINEWS = "entities/wikinews-linked-dev.jsonl"
TOPICS = "topics/gold-dev.jsonl"
BODIES = "article-extraction-benchmark/gold.jsonl"
BBC = "topics/bbc-eval.jsonl.gz"

WIKINEWS_TYPES = ("PER", "ORG", "LOC")
"""Types of the Wikinews mentions that are measured."""

# The words after and before the name in a noun phrase about a person.
_AFTER_PERSON = re.compile(r",| of the | of [A-Z]| from ")
_BEFORE_PERSON = re.compile(r"['’]s ")


def missing_files(data: Path) -> list[Path]:
    """Return the files that do not exist."""
    return [data / name for name in (CONLL, WIKINEWS, TOPICS, BODIES, BBC) if not (data / name).exists()]


def conll_articles(data: Path) -> list[Article]:
    """Return the CoNLL++ articles."""
    return read_conll(data / CONLL)


def wikinews_stories(data: Path) -> Iterator[Story]:
    """Yield the Wikinews articles.

    GUM, from which they are, marks whole noun phrases; `name_in_phrase` reduces them to the names in them. Of nested
    mentions the outer one counts. A mention that begins in lower case is not a name.
    """
    for row in _rows(data / WIKINEWS):
        mentions: dict[tuple[int, int, int], str] = {}
        spans = [(e["start"], e["end"], e) for e in row["entities"] if e["type"] in WIKINEWS_TYPES]
        lines = _lines(row["text"])
        for start, end, entity in spans:
            if any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in spans):
                continue
            number, base = next((n, base) for n, (base, text) in enumerate(lines) if base <= start <= base + len(text))
            first, last = name_in_phrase(entity["text"], entity["type"])
            name = entity["text"][first:last]
            if name and not name[0].islower():
                mentions[number, start - base + first, start - base + last] = entity["wikipedia"]
        yield Story(tuple(text for _, text in lines), mentions)


def name_in_phrase(phrase: str, kind: str) -> tuple[int, int]:
    """Return start and end of the name in a noun phrase: of `Donald Trump` in `U.S. President Donald Trump`."""
    english = lexicon_of(ENGLISH)
    first, last = names.trim_name(phrase, english)
    if kind == "PER":
        # `Frederick Fung of ADPL`, `Mark Tedeschi, QC`, `Korea's Kim Shin-Wook`, `captain Harry Kane`
        last = first + min((cut.start() for cut in _AFTER_PERSON.finditer(phrase[first:last])), default=last - first)
        first += max((cut.end() for cut in _BEFORE_PERSON.finditer(phrase[first:last])), default=0)
        first += names.skip_roles(phrase[first:last], english)
        words = list(re.finditer(r"\S+\s*", phrase[first:last]))
        first += max((w.end() for w in words[:-1] if w[0].strip().lower() in english.offices), default=0)
    elif kind == "LOC":
        last = first + len(phrase[first:last].partition(", ")[0])
    return first, last


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines of a text, each with its offset."""
    lines, base = [], 0
    for line in text.split("\n"):
        lines.append((base, line))
        base += len(line) + 1
    return lines


def own_stories() -> Iterator[Story]:
    """Yield the stories that we wrote: with shared surnames, acronyms, titles, possessives."""
    for story in marked_stories():
        # A name that could be two people's is an entity of its own each time: it must not be merged with either.
        yield Story((story.text,), {(0, *place): entity for place, entity in story.mentions.items()})


def labelled_articles(data: Path) -> Iterator[tuple[CleanedArticle, list[str]]]:
    """Yield the labelled articles with their top-level topics, the main one first."""
    bodies = {row["id"]: row["body"] for row in _rows(data / BODIES)}
    for row in _rows(data / TOPICS):
        yield text_article(bodies[row["id"]]), row["topics"]


def bbc_articles(data: Path) -> Iterator[tuple[CleanedArticle, list[str]]]:
    """Yield the BBC's articles with the top-level topic of their section; the first line is the headline."""
    with gzip.open(data / BBC, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            title, _, body = row["text"].partition("\n")
            yield text_article(body, title), [row["topic"]]


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


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
