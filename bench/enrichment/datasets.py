"""The sets that enrichment is measured on: files in the folder of public corpora, and our own stories."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.stories import marked_stories
from wiredesk.enrichment.entities import names
from wiredesk.enrichment.entities.lexicon import lexicon_of
from wiredesk.enrichment.languages import ENGLISH
from wiredesk_schemas import CleanedArticle

from .articles import text_article
from .clusters import Story
from .conll import Article, read_conll
from .sources import BBC, BODIES, CONLL, PAGE_TOPICS, PAGES, SIB, TOPICS, WIKINEWS

WIKINEWS_TYPES = ("PER", "ORG", "LOC")
"""Types of the Wikinews mentions that are measured."""

# The words after and before the name in a noun phrase about a person.
_AFTER_PERSON = re.compile(r",| of the | of [A-Z]| from ")
_BEFORE_PERSON = re.compile(r"['’]s ")


def conll_articles(data: Path) -> list[Article]:
    """Return the CoNLL++ articles."""
    return read_conll(data / CONLL)


def wikinews_stories(data: Path) -> Iterator[Story]:
    """Yield the Wikinews articles.

    GUM, from which they are, marks whole noun phrases; `name_in_phrase` reduces them to the names in them. Of nested
    mentions the outer one counts. A mention that begins in lower case is not a name.
    """
    for row in json_lines(data / WIKINEWS):
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
    bodies = {row["id"]: row["body"] for row in json_lines(data / BODIES)}
    for row in json_lines(data / TOPICS):
        yield text_article(bodies[row["id"]]), row["topics"]


def labelled_pages(data: Path) -> Iterator[tuple[CleanedArticle, list[str], str]]:
    """Yield the labelled pages in other languages: article, top-level topics with the main one first, language."""
    pages = {row["id"]: row for row in json_lines(data / PAGES)}
    for row in json_lines(data / PAGE_TOPICS):
        page = pages[row["id"]]
        yield text_article(page["body"], page["title"]), row["topics"], row["language"]


def sib_sentences(data: Path, language: str) -> dict[str, tuple[str, str]]:
    """Return the sentences of SIB-200 in a language, with their class.

    The same key stands for the same sentence in every language.

    Args:
        language: ISO 639-1 code; `no` is the file of Bokmål.
    """
    code = {"no": "nb"}.get(language, language)
    rows = json_lines(data / SIB / f"sib200-{code}.jsonl.gz")
    return {"/".join(row["id"].split("/")[2:]): (row["text"], row["topic"]) for row in rows}


def bbc_articles(data: Path) -> Iterator[tuple[CleanedArticle, list[str]]]:
    """Yield the BBC's articles with the top-level topic of their section; the first line is the headline."""
    for row in json_lines(data / BBC):
        title, _, body = row["text"].partition("\n")
        yield text_article(body, title), [row["topic"]]


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON Lines, which may be compressed."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        yield from map(json.loads, lines)


def evenly[T](items: list[T], limit: int | None) -> list[T]:
    """Return at most that many items, evenly spaced; all without a limit."""
    if limit is None or len(items) <= limit:
        return items
    return [items[number * len(items) // limit] for number in range(limit)]
