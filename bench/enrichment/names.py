"""Names in articles of many languages: exact span and type, with `alt` and `optional` spans, and their clusters.

The counts are those of the labels' own scorer: an `alt` span of a name is right, an `optional` one is neither demanded
nor wrong, whatever its type. Of a page's text the first line is the title, each further one a paragraph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wiredesk.enrichment.enrich import Enricher
from wiredesk.enrichment.entities.name_span import NAME_TYPES
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import ANY_LANGUAGE, EnrichmentSettings
from wiredesk_schemas import CleanedArticle, EnrichedArticle, Model

from .articles import text_article
from .conll import LABELS
from .datasets import json_lines
from .sources import PAGE_CLUSTERS, PAGE_NAMES
from .stage import NoTopics

TYPES = {label: kind for kind, label in LABELS.items()}
"""Our types of CoNLL's labels."""

type Span = tuple[int, int]
"""Start and end in the text of a page."""


@dataclass(frozen=True, slots=True)
class GoldName:
    """A name of a page.

    Attributes:
        label: PER, ORG or LOC.
        spans: the span, and then others that are also right.
        cluster: number of its entity in the page; None where it belongs to none.
        wikidata: id of the item, where the labels state one.
    """

    label: str
    spans: tuple[Span, ...]
    cluster: int | None
    wikidata: str | None


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of which every name is known.

    Attributes:
        page_id: id in the gold file.
        language: ISO 639-1 code.
        text: title, line feed, paragraphs.
        names: in it, in the order of the gold file.
        optional: spans that may be marked or not.
    """

    page_id: str
    language: str
    text: str
    names: tuple[GoldName, ...]
    optional: frozenset[Span]

    def article(self) -> CleanedArticle:
        """Return the page as an article."""
        title, _, body = self.text.partition("\n")
        return text_article(body, title)

    def offsets(self) -> dict[str, int]:
        """Return the offset in the text of each field of the article, by its JSON Pointer."""
        title, _, body = self.text.partition("\n")
        offsets, base, number = {"/title": 0}, len(title) + 1, 0
        for line in body.split("\n"):
            if line.strip():
                offsets[f"/paragraphs/{number}/text"] = base
                number += 1
            base += len(line) + 1
        return offsets


@dataclass(frozen=True, slots=True)
class Prediction:
    """A mention that enrichment found.

    Attributes:
        span: in the text of the page.
        label: PER, ORG or LOC.
        entity: number of its entity in the page.
        wikidata: id of its entity.
    """

    span: Span
    label: str
    entity: int
    wikidata: str | None


def named_pages(data: Path) -> list[NamedPage]:
    """Return the pages, with the clusters of their names."""
    clusters = {row["id"]: row["clusters"] for row in json_lines(data / PAGE_CLUSTERS)}
    return [_named_page(row, clusters[row["id"]]) for row in json_lines(data / PAGE_NAMES)]


def _named_page(row: Mapping[str, object], clusters: Sequence[Mapping[str, object]]) -> NamedPage:
    cluster_of = {n: number for number, cluster in enumerate(clusters) for n in cluster["mentions"]}  # type: ignore[attr-defined]
    entities: Sequence[Mapping[str, object]] = row["entities"]  # type: ignore[assignment]
    optional: Sequence[Mapping[str, int]] = row.get("optional", [])  # type: ignore[assignment]
    return NamedPage(
        str(row["id"]),
        str(row["language"]),
        str(row["text"]),
        tuple(_gold_name(entity, cluster_of.get(n), clusters) for n, entity in enumerate(entities)),
        frozenset((span["start"], span["end"]) for span in optional),
    )


def _gold_name(entity: Mapping[str, object], cluster: int | None, clusters: Sequence[Mapping[str, object]]) -> GoldName:
    spans = [(entity["start"], entity["end"]), *entity.get("alt", [])]  # type: ignore[misc]
    wikidata = clusters[cluster].get("wikidata") if cluster is not None else None
    return GoldName(
        str(entity["type"]),
        tuple((int(start), int(end)) for start, end in spans),
        cluster,
        str(wikidata) if wikidata else None,
    )


def predictions(page: NamedPage, enriched: EnrichedArticle) -> list[Prediction]:
    """Return the people, organisations and places that enrichment found, with offsets in the page's text."""
    offsets = page.offsets()
    return [
        Prediction((offsets[m.field] + m.start, offsets[m.field] + m.end), LABELS[entity.type], number, entity.wikidata)
        for number, entity in enumerate(enriched.entities)
        if entity.type in NAME_TYPES
        for m in entity.mentions
        if m.field in offsets
    ]


def counts(page: NamedPage, predicted: Sequence[Prediction]) -> tuple[int, int, int]:
    """Return how many names are right, how many predictions are wrong, and how many names are missing."""
    right = {(*span, name.label): n for n, name in enumerate(page.names) for span in name.spans}
    marked = {(*prediction.span, prediction.label) for prediction in predicted}
    hits = {right[span] for span in marked if span in right}
    wrong = sum(span not in right and span[:2] not in page.optional for span in marked)
    return len(hits), wrong, len(page.names) - len(hits)


def matched(page: NamedPage, predicted: Sequence[Prediction]) -> list[tuple[GoldName, Prediction]]:
    """Return the names that were found, whatever their type, each with its prediction."""
    by_span = {prediction.span: prediction for prediction in reversed(predicted)}
    pairs = []
    for name in page.names:
        found = next((by_span[span] for span in name.spans if span in by_span), None)
        if found is not None and name.cluster is not None:
            pairs.append((name, found))
    return pairs


def b_cubed(pairs: Sequence[tuple[GoldName, Prediction]]) -> tuple[float, float, int]:
    """Return the sums of precision and of recall of the mentions, and the number of mentions."""
    precision = recall = 0.0
    for name, prediction in pairs:
        gold = [other for other, _ in pairs if other.cluster == name.cluster]
        own = [other for other, second in pairs if second.entity == prediction.entity]
        both = sum(other.cluster == name.cluster for other in own)
        precision += both / len(own)
        recall += both / len(gold)
    return precision, recall, len(pairs)


class GoldTagger:
    """Marks the names of a page as its labels do, so that only rules and merging are measured.

    Args:
        page: whose article is enriched.
    """

    languages = frozenset({ANY_LANGUAGE})
    model = Model(task="entities", name="gold", version="0")

    def __init__(self, page: NamedPage) -> None:
        lines = [line for line in page.text.split("\n") if line.strip()]
        bases = page.offsets().values()
        self._spans: dict[str, list[TaggedSpan]] = {line: [] for line in lines}
        for line, base in zip(lines, bases, strict=True):
            spans = [(*name.spans[0], TYPES[name.label]) for name in page.names]
            inside = sorted({s for s in spans if base <= s[0] and s[1] <= base + len(line)}, key=lambda s: s[:2])
            self._spans[line] = [TaggedSpan(start - base, end - base, kind) for start, end, kind in inside]

    def tag(self, texts: Sequence[str]) -> list[list[TaggedSpan]]:
        """Return the labelled names in each text."""
        return [self._spans.get(text, []) for text in texts]


def gold_stage(page: NamedPage) -> Enricher:
    """Return enrichment of a page whose names are given, without topics."""
    return Enricher(EnrichmentSettings(topic_model="fast"), tagger=GoldTagger(page), classifier=NoTopics())
