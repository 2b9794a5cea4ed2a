"""Train the tagger of names: a slow teacher labels open texts, and the published pipeline learns from its labels.

    python -m training.enrichment.tagger [--data ../shared/data] [--cache .cache/tagger]

1. The teacher (`teacher.py`) learns from 7,860 open sentences.
2. Teacher and published pipeline tag publisher-pages (MIT), web-pages and HuffPost (CC BY 4.0). A label of the teacher
   with a high probability is used, and those of the pipeline elsewhere. Then the rules for consistency are applied to
   the whole article, as in a worker.
3. The pipeline's tagger learns from these labels and from the open sentences, in three epochs.

Writes services/wiredesk/enrichment/trained/tagger.xz: the weights, rounded to 16 bits. It uses neither CoNLL++ nor
Wikinews.
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
from training.enrichment.teacher import Row, TeacherSpan
from training.enrichment.topics import read_pages
from wiredesk.enrichment.article_fields import ArticleField
from wiredesk.enrichment.entities import find_mentions
from wiredesk.enrichment.entities.spacy_tagger import TYPE_OF_LABEL
from wiredesk.enrichment.interfaces import TaggedSpan
from wiredesk.enrichment.settings import BASE_PIPELINE

TARGET = Path("services/wiredesk/enrichment/trained/tagger.xz")
"""The file that is written."""

TRUSTED_PROBABILITY = 0.85
"""Minimum probability of a label of the teacher that is used. It was chosen on the dev half of CoNLL++, where 0.7 did
nearly as well."""

EPOCHS = 3
"""Passes over the examples."""

LEARNING_RATE = 0.0005
"""Learning rate: half of spaCy's default, because the pipeline is trained already."""

BATCH = 64
"""Texts in a batch."""

MAX_CHARACTERS = 1500
"""Maximum characters of a paragraph; longer ones are left out."""

MAX_PARAGRAPHS = 40
"""Maximum number of paragraphs of an article, from its beginning."""

MIN_WORDS = 8
"""Minimum words of a description from HuffPost; shorter ones are left out."""

MIN_TOKENS = 3
"""Minimum tokens of an example; a shorter one teaches nothing."""

LABEL_OF_CONLL = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE"}
"""The pipeline's label for each label of the teacher."""

LABEL_OF_TYPE = {"person": "PERSON", "organisation": "ORG", "event": "EVENT"}
"""The pipeline's label for each of our types; places keep the pipeline's finer label."""

PLACE_LABELS = ("GPE", "LOC", "FAC")
"""The pipeline's labels of places."""

NAME_LABELS = frozenset({"PERSON", "ORG", *PLACE_LABELS})
"""The pipeline's labels of the types that the teacher knows."""

type LabelledSpan = tuple[int, int, str]
"""Start, end, and the pipeline's label."""

type LabelledSpans = list[LabelledSpan]
"""All labelled spans of a text."""


def main() -> int:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/tagger"), help="folder of the published model and of the teacher"
    )
    args = parser.parse_args()
    sentences = args.data / "entities" / "train-open.jsonl"
    if not sentences.exists():
        print(f"tagger: no {sentences}; docs/enrichment.md names its source", file=sys.stderr)
        return 1
    args.cache.mkdir(parents=True, exist_ok=True)
    rows = teacher.read_sentences(sentences)
    articles = list(_articles(args.data))
    pipeline = _pipeline()
    examples = [
        *_taught_examples(pipeline, articles, teacher.load_or_train(args.cache, rows)),
        *_open_examples(pipeline, rows),
    ]
    print(
        f"{len(articles)} articles, {len(examples)} texts, {sum(len(e.reference) for e in examples)} words", flush=True
    )
    _train(pipeline, examples)
    TARGET.write_bytes(lzma.compress(_rounded_weights(pipeline), preset=6))
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
            kept = [line for line in lines if 0 < len(line) < MAX_CHARACTERS][:MAX_PARAGRAPHS]
            if _is_english(" ".join(kept)):
                yield kept
    with gzip.open(data / "topics" / "huffpost.jsonl.gz", "rt", encoding="utf-8") as headlines:
        for line in headlines:
            # The description alone: headlines capitalise every word.
            description = json.loads(line)["text"].partition(". ")[2]
            if len(description.split()) >= MIN_WORDS:
                yield [description]


def _is_english(text: str) -> bool:
    words = text.lower().split()[:150]
    return sum(word in {"the", "of", "and", "to", "in", "a", "is", "for"} for word in words) > len(words) / 6


def _taught_examples(
    pipeline: Language, articles: Sequence[Sequence[str]], teacher_model: teacher.Teacher
) -> Iterator[Example]:
    """Yield the texts of articles with the labels of teacher and pipeline, made consistent throughout an article."""
    flat = [text for article in articles for text in article]
    by_teacher = teacher_model.tag(flat)
    by_pipeline = [_spans(document.ents) for document in pipeline.pipe(flat, batch_size=BATCH)]
    position = 0
    for article in articles:
        tagged = [_combine(by_teacher[position + n], by_pipeline[position + n]) for n in range(len(article))]
        names = _consistent_names(article, tagged)
        for n, text in enumerate(article):
            yield from _example(pipeline, text, [*names[n], *_other_labels(by_pipeline[position + n], names[n])])
        position += len(article)


def _consistent_names(article: Sequence[str], tagged: Sequence[LabelledSpans]) -> list[LabelledSpans]:
    """Return the names in each text of an article, by the rules that a worker applies."""
    fields = [ArticleField(f"/{n}", text, 1.0, n) for n, text in enumerate(article)]
    marked = [
        [TaggedSpan(start, end, TYPE_OF_LABEL[label]) for start, end, label in spans if label in TYPE_OF_LABEL]
        for spans in tagged
    ]
    names: list[LabelledSpans] = [[] for _ in article]
    for span in find_mentions(fields, marked):
        number = span.field.position
        if span.type.value == "place":
            names[number].append((span.start, span.end, _place_label(tagged[number], span.start, span.end)))
        elif label := LABEL_OF_TYPE.get(span.type.value):
            names[number].append((span.start, span.end, label))
    return names


def _open_examples(pipeline: Language, rows: Sequence[Row]) -> Iterator[Example]:
    """Yield the open sentences with their own names and the pipeline's other labels."""
    texts = [row["text"] for row in rows]
    by_pipeline = [_spans(document.ents) for document in pipeline.pipe(texts, batch_size=BATCH)]
    for row, spans in zip(rows, by_pipeline, strict=True):
        names = [
            (e["start"], e["end"], _pipeline_label(e["type"], spans, e["start"], e["end"])) for e in row["entities"]
        ]
        yield from _example(pipeline, row["text"], [*names, *_other_labels(spans, names)])


def _spans(entities: Sequence[spacy.tokens.Span]) -> LabelledSpans:
    return [(entity.start_char, entity.end_char, entity.label_) for entity in entities]


def _combine(by_teacher: Sequence[TeacherSpan], by_pipeline: LabelledSpans) -> LabelledSpans:
    """Return the teacher's labels with a high probability, and the pipeline's where they do not overlap these."""
    trusted = [
        (start, end, _pipeline_label(kind, by_pipeline, start, end))
        for start, end, kind, probability in by_teacher
        if probability >= TRUSTED_PROBABILITY
    ]
    return sorted([*trusted, *(span for span in by_pipeline if not _overlaps(span, trusted))])


def _pipeline_label(conll_label: str, by_pipeline: LabelledSpans, start: int, end: int) -> str:
    return _place_label(by_pipeline, start, end) if conll_label == "LOC" else LABEL_OF_CONLL[conll_label]


def _other_labels(by_pipeline: LabelledSpans, names: LabelledSpans) -> LabelledSpans:
    """Return the pipeline's dates, amounts and the like, which the teacher does not know."""
    return [span for span in by_pipeline if span[2] not in NAME_LABELS and not _overlaps(span, names)]


def _overlaps(span: LabelledSpan, others: LabelledSpans) -> bool:
    return any(a < span[1] and span[0] < b for a, b, _ in others)


def _place_label(by_pipeline: LabelledSpans, start: int, end: int) -> str:
    """Return the pipeline's finer label of a place, where it marked one there."""
    return next((label for a, b, label in by_pipeline if a < end and start < b and label in PLACE_LABELS), "GPE")


def _example(pipeline: Language, text: str, spans: LabelledSpans) -> Iterator[Example]:
    document = pipeline.make_doc(text)
    if len(document) < MIN_TOKENS:
        return
    aligned = [document.char_span(a, b, label, alignment_mode="expand") for a, b, label in spans]
    reference = document.copy()
    reference.set_ents(filter_spans([span for span in aligned if span is not None]))
    yield Example(document, reference)


def _train(pipeline: Language, examples: list[Example]) -> None:
    random.seed(0)
    fix_random_seed(0)
    optimizer = pipeline.resume_training()
    optimizer.learn_rate = LEARNING_RATE
    for epoch in range(EPOCHS):
        random.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, size=BATCH):  # type: ignore[no-untyped-call] # spaCy annotates in part
            pipeline.update(batch, sgd=optimizer, drop=0.1, losses=losses)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {losses['ner']:.0f}", flush=True)


def _rounded_weights(pipeline: Language) -> bytes:
    ner: Any = pipeline.get_pipe("ner")
    for node in ner.model.walk():
        for name in node.param_names:
            if node.has_param(name):
                node.set_param(name, node.get_param(name).astype("float16").astype("float32"))
    weights: bytes = ner.to_bytes(exclude=["vocab"])
    return weights


if __name__ == "__main__":
    sys.exit(main())
