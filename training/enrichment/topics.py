"""Train the topic models: a few hundred example leads teach a teacher, and the teacher teaches the words model.

    python -m training.enrichment.topics [--data ../shared/data]

1. The teacher is the product of three models of the example leads and of IPTC's definitions: TF-IDF, a regression on
   sentence vectors, and the nearest leads.
2. It labels 15,000 headlines and beginnings of articles, which may train and do not ship: HuffPost (CC BY 4.0) and
   web-pages (CC BY 4.0).
3. The words model learns from leads, definitions, and what the teacher said, each label as sure as the teacher was.
4. How common each topic is in news is the mean of what the teacher said of four years of headlines.

Writes services/wiredesk/enrichment/trained/topics.npz. The gold of `bench/enrichment` has no part in it.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from wiredesk.enrichment.topics.sentence_model import NearestLeads, SentenceEncoder
from wiredesk.enrichment.topics.taxonomy import taxonomy
from wiredesk.enrichment.topics.words_model import text_terms

TARGET = Path("services/wiredesk/enrichment/trained/topics.npz")
LEADS = Path("services/wiredesk/enrichment/data/example-leads.jsonl")

LEAD_WEIGHT = 3.0
DEFINITION_WEIGHT = 0.3
"""Definitions are not written as news is: for vectors they count less than for words, where their terms help."""

TEACHER = (0.3, 0.5, 0.4)
"""Exponents of regression on vectors, nearest leads, and TF-IDF in the teacher's product."""

LEAST_SURE = 0.15
BALANCE = 0.8
"""Topics weigh the same in sum to this power: nearly so, whatever the headlines of a year were about."""

MIN_TEXTS = 3
"""That a term stands in; to keep only terms of large weights did worse on articles that were labelled."""

WINDOW = 120
WINDOWS = 2
"""Words of a piece of an article, and pieces of each article."""

SET_ASIDE = 1 / 6

type Floats = NDArray[np.float32]


def main() -> int:
    """Train, and write the models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    args = parser.parse_args()
    huffpost = args.data / "topics" / "huffpost.jsonl.gz"
    if not huffpost.exists():
        print(f"topics: no {huffpost}; see docs/benchmarks.md for its source", file=sys.stderr)
        return 1
    examples = Examples()
    sentences = SentenceEncoder()
    headlines = _headlines(huffpost)
    unlabelled = [*headlines, *_beginnings(args.data)]
    print(f"{len(examples.texts)} leads and definitions, {len(unlabelled)} texts without labels", flush=True)
    vectors = _vectors(sentences, examples.texts)
    arrays = _vector_arrays(examples, vectors)
    taught = _teach(examples, vectors, NearestLeads(arrays), unlabelled, _vectors(sentences, unlabelled))
    arrays |= _words_model(examples, unlabelled, taught)
    arrays["common"] = taught[: len(headlines)].mean(axis=0)
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, allow_pickle=False, **arrays)
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0


class Examples:
    """Example leads, then definitions of the taxonomy: texts, their top-level topics, and what they weigh."""

    def __init__(self) -> None:
        leads = [json.loads(line) for line in LEADS.read_text(encoding="utf-8").splitlines()]
        terms = list(taxonomy().values())
        self.roots = sorted({term.root for term in terms})
        self.codes = [term.code for term in terms]
        self.leads = len(leads)
        self.texts = [row["text"] for row in leads] + [f"{t.name()}. {t.definition}" for t in terms]
        codes = [row["topic"] for row in leads] + [term.root for term in terms]
        self.topics = np.array([self.roots.index(code) for code in codes])

    def weights(self, definition: float) -> NDArray[np.float64]:
        """Return what each text weighs."""
        return np.where(np.arange(len(self.texts)) < self.leads, LEAD_WEIGHT, definition)


def _headlines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines]


def _beginnings(data: Path) -> list[str]:
    pieces = []
    for page in read_pages(data / "web-pages"):
        words = f"{page.get('title') or ''}. {page.get('body') or ''}".split()
        cut = [words[i * WINDOW : (i + 1) * WINDOW] for i in range(WINDOWS)]
        if not is_set_aside(page["id"]):
            pieces += [" ".join(piece) for piece in cut if len(piece) >= WINDOW // 4]
    return pieces


def read_pages(folder: Path) -> list[dict[str, Any]]:
    """Return the gold of a set of pages."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def is_set_aside(page_id: str) -> bool:
    """Return whether an article is kept from training: scores are calibrated on articles that no model has read."""
    return hashlib.sha256(page_id.encode()).digest()[0] < SET_ASIDE * 256


def _vectors(sentences: SentenceEncoder, texts: Sequence[str]) -> Floats:
    return np.stack([[*sentences.vectors(text)][-1] for text in texts])


def _vector_arrays(examples: Examples, vectors: Floats) -> dict[str, NDArray[Any]]:
    """Return what the sentence model is made of; vectors become whole numbers, which changes nothing that counts."""
    whole = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    return {
        "roots": np.frombuffer("\n".join(examples.roots).encode(), dtype=np.uint8),
        "leads": whole[: examples.leads],
        "leads_topic": examples.topics[: examples.leads].astype(np.int8),
        "definitions": whole[examples.leads :],
        "definitions_code": np.frombuffer("\n".join(examples.codes).encode(), dtype=np.uint8),
    }


def _teach(examples: Examples, vectors: Floats, nearest: NearestLeads, texts: Sequence[str], seen: Floats) -> Floats:
    """Return the teacher's probabilities (texts by topics); `vectors` are the examples', `seen` the texts'."""
    meaning = LogisticRegression(C=3.0, class_weight="balanced", max_iter=500)
    meaning.fit(vectors, examples.topics, sample_weight=examples.weights(DEFINITION_WEIGHT))
    tfidf = TfidfVectorizer(analyzer=lambda text: list(text_terms(text)), sublinear_tf=True)
    words = LogisticRegression(C=20.0, class_weight="balanced", max_iter=400)
    words.fit(tfidf.fit_transform(examples.texts), examples.topics, sample_weight=examples.weights(1.0))
    parts = (
        meaning.predict_log_proba(seen),
        np.stack([nearest.log_probabilities(vector) for vector in seen]),
        np.log(words.predict_proba(tfidf.transform(texts)) + 1e-6),
    )
    product = sum(exponent * part for exponent, part in zip(TEACHER, parts, strict=True))
    taught: Floats = np.exp(product - np.logaddexp.reduce(product, axis=1, keepdims=True))
    return taught


def _words_model(examples: Examples, texts: Sequence[str], taught: Floats) -> dict[str, NDArray[Any]]:
    rows, topics = np.nonzero(taught >= LEAST_SURE)
    learnt = [*examples.texts, *(texts[int(row)] for row in rows)]
    labels = np.concatenate([examples.topics, topics])
    weights = np.concatenate([examples.weights(1.0), taught[rows, topics]])
    sums = np.bincount(labels, weights)
    weights *= (sums.sum() / len(sums) / sums[labels]) ** BALANCE
    tfidf = TfidfVectorizer(analyzer=lambda text: list(text_terms(text)), sublinear_tf=True, min_df=MIN_TEXTS)
    model = LogisticRegression(C=10.0, max_iter=150).fit(tfidf.fit_transform(learnt), labels, sample_weight=weights)
    scale = np.abs(model.coef_).max() / 127
    return {
        "terms": np.frombuffer("\n".join(tfidf.get_feature_names_out()).encode(), dtype=np.uint8),
        "idf": tfidf.idf_.astype(np.float16),
        "weights": np.round(model.coef_.T / scale).astype(np.int8),
        "scale": np.float32(scale),
        "bias": model.intercept_.astype(np.float32),
    }


if __name__ == "__main__":
    sys.exit(main())
