"""CoNLL files as articles, and scores of exact spans of people, organisations and places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.entities import find_mentions
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk_schemas import EntityType

from .articles import text_article

LABELS = {EntityType.PERSON: "PER", EntityType.ORGANISATION: "ORG", EntityType.PLACE: "LOC"}
"""CoNLL's labels of our types."""

type LabelledSpan = tuple[int, int, str]
"""A span of tokens: first, last + 1, label."""

type SentenceSpans = set[LabelledSpan]

type ArticleTags = Sequence[Sequence[TaggedSpan]]
"""The spans that a tagger marked in each sentence of an article."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the gold set.

    Attributes:
        text: of the sentence.
        tokens: start and end of each token in the text.
        gold: the names in it.
    """

    text: str
    tokens: tuple[tuple[int, int], ...]
    gold: frozenset[LabelledSpan]

    def token_span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the tokens between two offsets, without article and possessive; None where an offset cuts one."""
        inside = [i for i, (first, last) in enumerate(self.tokens) if first < end and last > start]
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


def read_conll(path: Path) -> list[Article]:
    """Return the articles of a file: token, start, end and tag on a line, `-DOCSTART-` before each article."""
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
    return Sentence(text, tuple(tokens), frozenset(_labelled_spans([row[3] for row in rows])))


def _labelled_spans(tags: Sequence[str]) -> Iterator[LabelledSpan]:
    start, current = None, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if start is not None and (tag == "O" or prefix == "B" or label != current):
            if current in LABELS.values():
                yield start, i, current
            start = None
        if tag != "O" and start is None:
            start, current = i, label


def tag_articles(
    articles: Sequence[Article], tag: Callable[[Sequence[str]], Sequence[Sequence[TaggedSpan]]]
) -> list[ArticleTags]:
    """Return the spans that a tagger marks in all sentences of each article."""
    return [tag([sentence.text for sentence in article]) for article in articles]


def tagger_alone(articles: Sequence[Article], tags: Sequence[ArticleTags]) -> list[list[SentenceSpans]]:
    """Return the names that the tagger marked, without our rules."""
    return [
        [
            _token_spans(sentence, [(span.start, span.end, span.type) for span in marked])
            for sentence, marked in zip(article, in_article, strict=True)
        ]
        for article, in_article in zip(articles, tags, strict=True)
    ]


def with_rules(articles: Sequence[Article], tags: Sequence[ArticleTags]) -> list[list[SentenceSpans]]:
    """Return the names that enrichment finds, from what the tagger marked."""
    predicted = []
    for article, in_article in zip(articles, tags, strict=True):
        fields = [ArticleField(f"/paragraphs/{n}/text", sentence.text, 1.0, n) for n, sentence in enumerate(article)]
        by_sentence: list[list[tuple[int, int, EntityType]]] = [[] for _ in article]
        for span in find_mentions(fields, in_article):
            by_sentence[span.field.position].append((span.start, span.end, span.type))
        predicted.append([_token_spans(s, spans) for s, spans in zip(article, by_sentence, strict=True)])
    return predicted


def of_stage(article: Article, stage: Enricher) -> list[SentenceSpans]:
    """Return the names that enrichment finds in an article, each sentence of which is a paragraph."""
    enriched = stage(text_article("\n".join(sentence.text for sentence in article)))
    by_sentence: list[list[tuple[int, int, EntityType]]] = [[] for _ in article]
    for entity in enriched.entities:
        for mention in entity.mentions:
            by_sentence[int(mention.field.split("/")[2])].append((mention.start, mention.end, entity.type))
    return [_token_spans(sentence, spans) for sentence, spans in zip(article, by_sentence, strict=True)]


def _token_spans(sentence: Sentence, spans: Sequence[tuple[int, int, EntityType]]) -> SentenceSpans:
    return {
        (*tokens, LABELS[kind])
        for start, end, kind in spans
        if kind in LABELS and (tokens := sentence.token_span(start, end)) is not None
    }


def counts(
    articles: Sequence[Article], predicted: Sequence[Sequence[SentenceSpans]], label: str = ""
) -> list[tuple[int, int, int]]:
    """Return for each article how many names are right, how many are wrong, and how many are missing.

    Args:
        label: of the names that count; empty for all.
    """
    return [
        tuple(
            map(sum, zip(*(_count(s.gold, spans, label) for s, spans in zip(article, own, strict=True)), strict=True))
        )  # type: ignore[misc] # three sums
        for article, own in zip(articles, predicted, strict=True)
    ]


def _count(gold: frozenset[LabelledSpan], predicted: SentenceSpans, label: str) -> tuple[int, int, int]:
    expected = {span for span in gold if label in ("", span[2])}
    actual = {span for span in predicted if label in ("", span[2])}
    return len(expected & actual), len(actual - expected), len(expected - actual)
