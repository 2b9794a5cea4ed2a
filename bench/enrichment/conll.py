"""CoNLL files as articles, and exact spans of people, organisations and places scored against them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import find_mentions
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType

LABELS = {EntityType.PERSON: "PER", EntityType.ORGANISATION: "ORG", EntityType.PLACE: "LOC"}

type Names = set[tuple[int, int, str]]
"""First token, last token + 1, label."""

type Tags = list[Sequence[Sequence[TaggedSpan]]]
"""Of each article, of each sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its text, where each token stands in it, and the names in it."""

    text: str
    tokens: tuple[tuple[int, int], ...]
    names: frozenset[tuple[int, int, str]]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the tokens between two offsets, without article and possessive; None where the offsets cut one."""
        inside = [i for i, (a, b) in enumerate(self.tokens) if a < end and b > start]
        if not inside:
            return None
        first, last = inside[0], inside[-1] + 1
        if self.tokens[first][0] < start or self.tokens[last - 1][1] > end:
            return None
        while first < last and self._word(first).lower() in {"the", "a", "an"}:
            first += 1
        while first < last and self._word(last - 1) in {"'s", "’s"}:
            last -= 1
        return (first, last) if first < last else None

    def _word(self, token: int) -> str:
        start, end = self.tokens[token]
        return self.text[start:end]


type Article = list[Sentence]


def read(path: Path) -> list[Article]:
    """Return the articles of a file: token, begin, end and tag on a line, `-DOCSTART-` before each article."""
    articles: list[Article] = []
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("-DOCSTART-"):
            articles.append([])
        elif line.strip():
            rows.append(line.split())
        elif rows:
            articles[-1].append(_sentence(rows))
            rows = []
    return [article for article in articles if article]


def _sentence(rows: Sequence[Sequence[str]]) -> Sentence:
    base = int(rows[0][1])
    text, tokens = "", []
    for word, start, end, _ in rows:
        text = text.ljust(int(start) - base) + word
        tokens.append((int(start) - base, int(end) - base))
    return Sentence(text, tuple(tokens), frozenset(_names([row[3] for row in rows])))


def _names(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    start, kind = None, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if start is not None and (tag == "O" or prefix == "B" or label != kind):
            if kind in LABELS.values():
                yield start, i, kind
            start = None
        if tag != "O" and start is None:
            start, kind = i, label


def tagged(articles: Sequence[Article], tag: Callable[[Sequence[str]], Sequence[Sequence[TaggedSpan]]]) -> Tags:
    """Return what a tagger says of all sentences."""
    return [tag([sentence.text for sentence in article]) for article in articles]


def alone(articles: Sequence[Article], tags: Tags) -> list[list[Names]]:
    """Return the names that the tagger found, without anything of ours behind it."""
    return [
        [
            _spans(sentence, [(s.start, s.end, s.type) for s in spans])
            for sentence, spans in zip(article, found, strict=True)
        ]
        for article, found in zip(articles, tags, strict=True)
    ]


def with_rules(articles: Sequence[Article], tags: Tags) -> list[list[Names]]:
    """Return the names that enrichment finds, from what the tagger found."""
    result = []
    for article, found in zip(articles, tags, strict=True):
        texts = [ArticleField(f"/paragraphs/{n}/text", sentence.text, 1.0, n) for n, sentence in enumerate(article)]
        spans: list[list[tuple[int, int, EntityType]]] = [[] for _ in article]
        for span in find_mentions(texts, found):
            spans[span.field.position].append((span.start, span.end, span.type))
        result.append([_spans(sentence, own) for sentence, own in zip(article, spans, strict=True)])
    return result


def _spans(sentence: Sentence, found: Sequence[tuple[int, int, EntityType]]) -> Names:
    return {
        (*span, LABELS[kind])
        for start, end, kind in found
        if kind in LABELS and (span := sentence.span(start, end)) is not None
    }


def counts(
    articles: Sequence[Article], found: Sequence[Sequence[Names]], label: str = ""
) -> list[tuple[int, int, int]]:
    """Return, for each article, how many names are right, how many are wrong, and how many are missing."""
    return [
        tuple(
            map(sum, zip(*(_count(s.names, names, label) for s, names in zip(article, own, strict=True)), strict=True))
        )  # type: ignore[misc] # three sums
        for article, own in zip(articles, found, strict=True)
    ]


def _count(gold: frozenset[tuple[int, int, str]], names: Names, label: str) -> tuple[int, int, int]:
    right = {name for name in gold if label in ("", name[2])}
    said = {name for name in names if label in ("", name[2])}
    return len(right & said), len(said - right), len(right - said)
