"""Train the topic models: a teacher learns from example leads, and the words model learns from the teacher.

    python -m training.enrichment.topics [--data ../shared/data] [--vectors-only]

1. The teacher is the product of three models, which learn from the example leads and from IPTC's definitions: TF-IDF, a
   regression on sentence vectors, and the nearest leads.
2. It labels 15,000 headlines and beginnings of articles, whose licence allows training and which do not ship: HuffPost
   (CC BY 4.0) and web-pages (CC BY 4.0).
3. The words model learns from leads, definitions and the teacher's labels, each weighted by its probability.
4. How common each topic is in news is the mean of the teacher's probabilities for four years of headlines.

Writes services/wiredesk/enrichment/trained/topics.npz. It uses none of the gold sets of `bench/enrichment`.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from wiredesk.enrichment.languages import ENGLISH
from wiredesk.enrichment.topics.meaning_encoder import MeaningEncoder
from wiredesk.enrichment.topics.model_arrays import load_arrays, unit_rows
from wiredesk.enrichment.topics.sentence_model import LeadsModel, SentenceEncoder, SentenceVector
from wiredesk.enrichment.topics.taxonomy import taxonomy
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder
from wiredesk.enrichment.topics.words_model import text_terms

TARGET = Path("services/wiredesk/enrichment/trained/topics.npz")
"""The file that is written."""

LEADS = Path("services/wiredesk/enrichment/data/example-leads.jsonl")
"""The example leads."""

NOT_NEWS = Path(__file__).parent / "not-news.jsonl"
"""Texts that are no news, written for this project: cookie notices, recipes, job adverts, in many languages."""

NEAR_NEWS = Path(__file__).parent / "near-news.jsonl"
"""News about what texts that are no news contain, written for this project: a lottery's winner, jobs that are cut."""

LEADS_PENALTY = 3.0
"""Inverse of the penalty of large weights in the regression on the leads."""

NO_NEWS_PENALTY, NO_NEWS_WEIGHT, NEAR_NEWS_WEIGHT = 10.0, 7.0, 10.0
"""Inverse of the penalty of large weights in the model of what is no news, the weight of a text that is none, and that
of news which resembles such texts. Other news has a weight of 1."""

WORDS_ARRAYS = ("terms", "idf", "weights", "scale", "bias", "common")
"""Arrays of the words model, and how common each topic is."""

LEAD_WEIGHT = 3.0
"""Weight of a lead in training."""

DEFINITION_WEIGHT = 0.3
"""Weight of a definition for models of vectors: definitions are not written as news is. For words it is 1: their terms
help."""

TEACHER_EXPONENTS = (0.3, 0.5, 0.4)
"""Exponents of the regression on vectors, of the nearest leads, and of TF-IDF, in the teacher's product."""

TEACHER_ARTICLES = 0.4
"""Share of the mean of articles in what the teacher subtracts from the longest texts."""

MIN_PROBABILITY = 0.15
"""Minimum probability with which a topic of the teacher is a label."""

BALANCE = 0.8
"""Exponent by which the topics' sums of weights are equalised: nearly to 1, whatever a year's headlines were about."""

MIN_TEXTS = 3
"""Minimum number of texts that contain a term. Keeping the terms with large weights instead did worse on the labelled
articles."""

PIECE_WORDS = 120
"""Words of each piece of an article."""

PIECES = 2
"""Number of pieces of each article, from its beginning."""

HELD_OUT_SHARE = 1 / 6
"""Share of the articles of web-pages that are not used for training."""

type Floats = NDArray[np.float32]


def main() -> int:
    """Train, and write the models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--vectors-only", action="store_true", help="keep the words model that ships")
    args = parser.parse_args()
    huffpost = args.data / "topics" / "huffpost.jsonl.gz"
    if not huffpost.exists():
        print(f"topics: no {huffpost}; docs/benchmarks.md names its source", file=sys.stderr)
        return 1
    examples, beginnings = Examples(), _beginnings(args.data)
    encoder = UniversalEncoder()
    beginning_vectors = _vectors(encoder, beginnings)
    meaning = MeaningEncoder()
    arrays: dict[str, NDArray[Any]] = {
        "roots": np.frombuffer("\n".join(examples.roots).encode(), dtype=np.uint8),
        "definitions_code": np.frombuffer("\n".join(examples.codes).encode(), dtype=np.uint8),
    }
    arrays |= _vector_arrays(encoder, examples, beginning_vectors)
    arrays |= _vector_arrays(meaning, examples, _vectors(meaning, beginnings))
    print(f"{len(examples.texts)} leads and definitions, {len(beginnings)} beginnings of articles", flush=True)
    if args.vectors_only:
        shipped = load_arrays()
        arrays |= {name: shipped[name] for name in WORDS_ARRAYS}
    else:
        headlines = _headlines(huffpost)
        vectors = np.concatenate([_vectors(encoder, headlines), beginning_vectors])
        nearest = LeadsModel(arrays, encoder.name)
        texts = [*headlines, *beginnings]
        probabilities = _teach(examples, _vectors(encoder, examples.texts), nearest, texts, vectors)
        arrays |= _words_model(examples, texts, probabilities)
        arrays["common"] = probabilities[: len(headlines)].mean(axis=0)
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, allow_pickle=False, **arrays)
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0


@dataclass(frozen=True, slots=True)
class Lead:
    """An example lead.

    Attributes:
        text: the story, in a line or two.
        topic: code of its top-level topic.
        language: ISO 639-1 code.
    """

    text: str
    topic: str
    language: str = ENGLISH


def read_leads() -> list[Lead]:
    """Return the example leads."""
    rows = map(json.loads, LEADS.read_text(encoding="utf-8").splitlines())
    return [Lead(row["text"], row["topic"], row.get("language", ENGLISH)) for row in rows]


class Examples:
    """The example leads in English, then the definitions of the taxonomy.

    Attributes:
        roots: codes of the top-level topics.
        codes: of the definitions.
        leads: number of the leads.
        texts: of leads and definitions.
        topics: of each text, as an index of `roots`.
        others: the leads in other languages, which vectors learn from, but words do not.
    """

    def __init__(self) -> None:
        leads = [lead for lead in read_leads() if lead.language == ENGLISH]
        terms = list(taxonomy().values())
        self.roots = sorted({term.root for term in terms})
        self.codes = [term.code for term in terms]
        self.leads = len(leads)
        self.texts = [lead.text for lead in leads] + [f"{t.name()}. {t.definition}" for t in terms]
        codes = [lead.topic for lead in leads] + [term.root for term in terms]
        self.topics = np.array([self.roots.index(code) for code in codes])
        self.others = [lead for lead in read_leads() if lead.language != ENGLISH]

    def weights(self, definition: float) -> NDArray[np.float64]:
        """Return the weight of each text, given that of a definition."""
        return np.where(np.arange(len(self.texts)) < self.leads, LEAD_WEIGHT, definition)


def _headlines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines]


def _beginnings(data: Path) -> list[str]:
    pieces = []
    for page in read_pages(data / "web-pages"):
        words = f"{page.get('title') or ''}. {page.get('body') or ''}".split()
        cut = [words[i * PIECE_WORDS : (i + 1) * PIECE_WORDS] for i in range(PIECES)]
        if not is_held_out(page["id"]):
            pieces += [" ".join(piece) for piece in cut if len(piece) >= PIECE_WORDS // 4]
    return pieces


def read_pages(folder: Path) -> list[dict[str, Any]]:
    """Return the gold of a set of pages."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def is_held_out(page_id: str) -> bool:
    """Return whether an article is not used for training: scores are calibrated on articles that no model has read."""
    return hashlib.sha256(page_id.encode()).digest()[0] < HELD_OUT_SHARE * 256


def _vectors(encoder: SentenceEncoder, texts: Sequence[str]) -> Floats:
    return np.stack([[*encoder.vectors(text)][-1].values for text in texts])


def _vector_arrays(encoder: SentenceEncoder, examples: Examples, articles: Floats) -> dict[str, NDArray[Any]]:
    """Return the arrays of an encoder. Vectors are stored as 8-bit integers, which changes no figure.

    Args:
        articles: vectors of articles' beginnings.
    """
    vectors = _vectors(encoder, examples.texts)
    english = vectors[: examples.leads]
    mean = english.mean(axis=0)
    others = [lead for lead in examples.others if lead.language in encoder.languages]
    other_vectors = _vectors(encoder, [lead.text for lead in others])
    shifts = _language_shifts(encoder, others, other_vectors, mean)
    centred = other_vectors - mean - np.stack([shifts[lead.language] for lead in others])
    topics = [*examples.topics[: examples.leads], *(examples.roots.index(lead.topic) for lead in others)]
    leads = _integers(np.concatenate([english - mean, centred]))
    return {
        f"{encoder.name}_leads": leads,
        f"{encoder.name}_regression": _regression(unit_rows(leads), topics),
        f"{encoder.name}_leads_topic": np.array(topics, dtype=np.int8),
        f"{encoder.name}_leads_mean": mean.astype(np.float16),
        f"{encoder.name}_articles_mean": articles.mean(axis=0).astype(np.float16),
        f"{encoder.name}_languages": np.frombuffer("\n".join(shifts).encode(), dtype=np.uint8),
        f"{encoder.name}_language_shifts": np.stack(list(shifts.values())).astype(np.float16),
        f"{encoder.name}_definitions": _integers(vectors[examples.leads :] - mean),
        f"{encoder.name}_no_news": _no_news(encoder, np.concatenate([english, other_vectors, articles])),
    }


def _regression(leads: Floats, topics: Sequence[int]) -> NDArray[np.float16]:
    """Return weights and biases (topics by dimensions + 1) of the regression on the leads' vectors."""
    model = LogisticRegression(C=LEADS_PENALTY, class_weight="balanced", max_iter=1000)
    model.fit(leads, topics)
    return np.column_stack([model.coef_, model.intercept_]).astype(np.float16)


def _language_shifts(
    encoder: SentenceEncoder, leads: Sequence[Lead], vectors: Floats, mean: Floats
) -> dict[str, Floats]:
    """Return for each language by how much the mean of its leads differs from that of English ones.

    The leads of a language are spread over the topics evenly, so what they have in common is the language.
    """
    languages = np.array([lead.language for lead in leads])
    factor = np.float32(encoder.has_language_bias)
    return {
        str(language): factor * (vectors[languages == language].mean(axis=0) - mean)
        for language in np.unique(languages)
    }


def _integers(rows: Floats) -> NDArray[np.int8]:
    return np.round(rows / np.abs(rows).max(axis=1, keepdims=True) * 127).astype(np.int8)


def _no_news(encoder: SentenceEncoder, news: Floats) -> NDArray[np.float16]:
    """Return weights and bias of the regression which tells texts that are no news from those that are.

    Args:
        news: vectors of leads and of articles' beginnings.
    """
    near, others = (
        _vectors(encoder, [row["text"] for row in _json_lines(path) if row["language"] in encoder.languages])
        for path in (NEAR_NEWS, NOT_NEWS)
    )
    model = LogisticRegression(C=NO_NEWS_PENALTY, max_iter=1000)
    counts = (len(news), len(near), len(others))
    weights = np.repeat((1.0, NEAR_NEWS_WEIGHT, NO_NEWS_WEIGHT), counts)
    model.fit(np.concatenate([news, near, others]), np.repeat((False, False, True), counts), sample_weight=weights)
    return np.concatenate([model.coef_[0], model.intercept_]).astype(np.float16)


def _json_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _teach(
    examples: Examples, vectors: Floats, nearest: LeadsModel, texts: Sequence[str], text_vectors: Floats
) -> Floats:
    """Return the teacher's probabilities (texts by topics).

    Args:
        vectors: of the examples.
        nearest: the model of the nearest leads, which is part of the teacher.
        texts: without labels.
        text_vectors: of these.
    """
    meaning = LogisticRegression(C=3.0, class_weight="balanced", max_iter=500)
    meaning.fit(vectors, examples.topics, sample_weight=examples.weights(DEFINITION_WEIGHT))
    tfidf = TfidfVectorizer(analyzer=lambda text: list(text_terms(text)), sublinear_tf=True)
    words = LogisticRegression(C=20.0, class_weight="balanced", max_iter=400)
    words.fit(tfidf.fit_transform(examples.texts), examples.topics, sample_weight=examples.weights(1.0))
    centred = [
        nearest.centred(SentenceVector(vector, len(text.split())), ENGLISH, TEACHER_ARTICLES)
        for vector, text in zip(text_vectors, texts, strict=True)
    ]
    parts = (
        meaning.predict_log_proba(text_vectors),
        np.stack([nearest.by_nearest(vector) for vector in centred]),
        np.log(words.predict_proba(tfidf.transform(texts)) + 1e-6),
    )
    product = sum(exponent * part for exponent, part in zip(TEACHER_EXPONENTS, parts, strict=True))
    probabilities: Floats = np.exp(product - np.logaddexp.reduce(product, axis=1, keepdims=True))
    return probabilities


def _words_model(examples: Examples, texts: Sequence[str], probabilities: Floats) -> dict[str, NDArray[Any]]:
    """Return the arrays of the words model, which learns from examples and from the teacher's probabilities."""
    rows, topics = np.nonzero(probabilities >= MIN_PROBABILITY)
    training_texts = [*examples.texts, *(texts[int(row)] for row in rows)]
    labels = np.concatenate([examples.topics, topics])
    weights = np.concatenate([examples.weights(1.0), probabilities[rows, topics]])
    sums = np.bincount(labels, weights)
    weights *= (sums.sum() / len(sums) / sums[labels]) ** BALANCE
    tfidf = TfidfVectorizer(analyzer=lambda text: list(text_terms(text)), sublinear_tf=True, min_df=MIN_TEXTS)
    model = LogisticRegression(C=10.0, max_iter=150)
    model.fit(tfidf.fit_transform(training_texts), labels, sample_weight=weights)
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
