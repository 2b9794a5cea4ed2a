"""Train the tagger of names: a slow teacher labels open texts, and the published pipeline learns from what it says.

    python -m training.enrichment.tagger [--data ../shared/data] [--cache .cache/tagger]

1. The teacher (`teacher.py`) learns from 7,860 open sentences.
2. Teacher and published pipeline tag publisher-pages (MIT), web-pages and HuffPost (CC BY 4.0). Where the teacher is
   sure it is believed, elsewhere the pipeline is; then the article's own consistency has its say, as in a worker.
3. The pipeline's tagger of names learns from these labels and from the open sentences, in three rounds.

Writes services/wiredesk/enrichment/trained/tagger.xz: weights, rounded to 16 bits. CoNLL++ and Wikinews have no part
in it.
"""

import argparse
import gzip
import json
import lzma
import random
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import filter_spans, minibatch
from thinc.api import fix_random_seed

from training.enrichment import teacher
from training.enrichment.teacher import Found, Row
from training.enrichment.topics import read_pages
from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import find_mentions
from wiredesk.enrichment.entities.spacy_tagger import TYPE_OF_LABEL
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import BASE_PIPELINE

TARGET = Path("services/wiredesk/enrichment/trained/tagger.xz")

SURE = 0.85
"""Probability from which the teacher is believed: by trial on CoNLL++'s dev half, 0.7 did nearly as well."""

EPOCHS = 3
RATE = 0.0005
BATCH = 64
MOST_CHARACTERS = 1500
MOST_PARAGRAPHS = 40
LEAST_WORDS = 8

LABELS = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE"}
BACK = {"person": "PERSON", "organisation": "ORG", "event": "EVENT"}
PLACES = ("GPE", "LOC", "FAC")
NAMES = frozenset({"PERSON", "ORG", *PLACES})

type Tagged = list[tuple[int, int, str]]
"""Begin, end, and the pipeline's own label."""


def main() -> int:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/tagger"), help="of the published model and the teacher"
    )
    args = parser.parse_args()
    sentences = args.data / "entities" / "train-open.jsonl"
    if not sentences.exists():
        print(f"tagger: no {sentences}; see docs/enrichment.md for its source", file=sys.stderr)
        return 1
    args.cache.mkdir(parents=True, exist_ok=True)
    rows = teacher.read(sentences)
    articles = list(_articles(args.data))
    pipeline = _pipeline()
    examples = [*_taught(pipeline, articles, teacher.trained(args.cache, rows)), *_open(pipeline, rows)]
    print(
        f"{len(articles)} articles, {len(examples)} texts, {sum(len(e.reference) for e in examples)} words", flush=True
    )
    _learn(pipeline, examples)
    TARGET.write_bytes(lzma.compress(_rounded(pipeline), preset=6))
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0


def _pipeline() -> Language:
    pipeline = spacy.load(str(import_module(BASE_PIPELINE).model_path()))
    for pipe in [name for name in pipeline.pipe_names if name != "ner"]:
        pipeline.remove_pipe(pipe)
    return pipeline


def _articles(data: Path) -> Iterator[list[str]]:
    """Yield articles in English, as paragraphs, the headline first."""
    for name in ("publisher-pages", "web-pages"):
        for page in read_pages(data / name):
            lines = [
                (page.get("title") or "").strip(),
                *(line.strip() for line in (page.get("body") or "").split("\n")),
            ]
            kept = [line for line in lines if 0 < len(line) < MOST_CHARACTERS][:MOST_PARAGRAPHS]
            if _is_english(" ".join(kept)):
                yield kept
    with gzip.open(data / "topics" / "huffpost.jsonl.gz", "rt", encoding="utf-8") as headlines:
        for line in headlines:
            # The description alone: headlines capitalise every word.
            description = json.loads(line)["text"].partition(". ")[2]
            if len(description.split()) >= LEAST_WORDS:
                yield [description]


def _is_english(text: str) -> bool:
    words = text.lower().split()[:150]
    return sum(word in {"the", "of", "and", "to", "in", "a", "is", "for"} for word in words) > len(words) / 6


def _taught(pipeline: Language, articles: Sequence[Sequence[str]], master: teacher.Teacher) -> Iterator[Example]:
    flat = [text for article in articles for text in article]
    sure = master.tag(flat)
    own = [_spans(document.ents) for document in pipeline.pipe(flat, batch_size=BATCH)]
    position = 0
    for article in articles:
        tagged = [_combined(sure[position + n], own[position + n]) for n in range(len(article))]
        texts = [ArticleField(f"/{n}", text, 1.0, n) for n, text in enumerate(article)]
        marked = [
            [TaggedSpan(start, end, TYPE_OF_LABEL[label]) for start, end, label in spans if label in TYPE_OF_LABEL]
            for spans in tagged
        ]
        consistent = find_mentions(texts, marked)
        names: list[Tagged] = [[] for _ in article]
        for span in consistent:
            finer = _place(tagged[span.field.position], span.start, span.end)
            label = finer if span.type.value == "place" else BACK.get(span.type.value)
            if label:
                names[span.field.position].append((span.start, span.end, label))
        for n, text in enumerate(article):
            yield from _example(pipeline, text, [*names[n], *_others(own[position + n], names[n])])
        position += len(article)


def _open(pipeline: Language, rows: Sequence[Row]) -> Iterator[Example]:
    own = [_spans(document.ents) for document in pipeline.pipe([row["text"] for row in rows], batch_size=BATCH)]
    for row, tagged in zip(rows, own, strict=True):
        names = [
            (e["start"], e["end"], _place(tagged, e["start"], e["end"]) if e["type"] == "LOC" else LABELS[e["type"]])
            for e in row["entities"]
        ]
        yield from _example(pipeline, row["text"], [*names, *_others(tagged, names)])


def _spans(entities: Sequence[spacy.tokens.Span]) -> Tagged:
    return [(entity.start_char, entity.end_char, entity.label_) for entity in entities]


def _combined(sure: Sequence[Found], own: Tagged) -> Tagged:
    """Return what the teacher is sure of, and what the pipeline says beside it."""
    kept = [(a, b, _place(own, a, b) if kind == "LOC" else LABELS[kind]) for a, b, kind, p in sure if p >= SURE]
    return sorted([*kept, *(span for span in own if not _overlaps(span, kept))])


def _others(own: Tagged, names: Tagged) -> Tagged:
    """Return what the pipeline says of dates, amounts and the like: the teacher does not know them."""
    return [span for span in own if span[2] not in NAMES and not _overlaps(span, names)]


def _overlaps(span: tuple[int, int, str], others: Tagged) -> bool:
    return any(a < span[1] and span[0] < b for a, b, _ in others)


def _place(tagged: Tagged, start: int, end: int) -> str:
    """Return the pipeline's finer label of a place, where it sees one there."""
    return next((label for a, b, label in tagged if a < end and start < b and label in PLACES), "GPE")


def _example(pipeline: Language, text: str, spans: Tagged) -> Iterator[Example]:
    document = pipeline.make_doc(text)
    if len(document) < 3:  # noqa: PLR2004 - nothing to learn
        return
    found = [document.char_span(a, b, label, alignment_mode="expand") for a, b, label in spans]
    reference = document.copy()
    reference.set_ents(filter_spans([span for span in found if span is not None]))
    yield Example(document, reference)


def _learn(pipeline: Language, examples: list[Example]) -> None:
    random.seed(0)
    fix_random_seed(0)
    optimizer = pipeline.resume_training()
    optimizer.learn_rate = RATE
    for epoch in range(EPOCHS):
        random.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, size=BATCH):  # type: ignore[no-untyped-call] # spaCy annotates in part
            pipeline.update(batch, sgd=optimizer, drop=0.1, losses=losses)
        print(f"round {epoch + 1} of {EPOCHS}: loss {losses['ner']:.0f}", flush=True)


def _rounded(pipeline: Language) -> bytes:
    ner: Any = pipeline.get_pipe("ner")
    for node in ner.model.walk():
        for name in node.param_names:
            if node.has_param(name):
                node.set_param(name, node.get_param(name).astype("float16").astype("float32"))
    weights: bytes = ner.to_bytes(exclude=["vocab"])
    return weights


if __name__ == "__main__":
    sys.exit(main())
