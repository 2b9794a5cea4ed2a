"""Topics: which media topics an article is about. The interface, and a small classifier behind it."""

import re
from collections import Counter
from importlib.resources import files
from typing import Protocol

import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from schemas import CleanedArticle, Model, Topic
from services.enrichment.media_topics import VERSION, MediaTopic, media_topics

FIRST_WORDS = 200
"""Words that are classified, behind the headline: news says first what it is about, and more did not do better."""

MOST = 3
ALSO = 0.5
"""Top-level topics of one article at most, and the share of the first one's score that a further one needs."""

LEAST = 0.2
"""Score below which a top-level topic is not named. Where one is, the first is right for four in five of the labelled
benchmark articles (`bench/topics.py`); below, when this was set, for one in three."""

MAX_NAMED = 4
MIN_NAME_WORDS = 2
"""Narrower topics are told by their names in the text; names of one word (`music`) are said in passing too often."""


LEAD_WEIGHT = 3.0


class Classifier(Protocol):
    """Finds topics of articles in some languages."""

    model: Model
    languages: frozenset[str]

    def topics(self, article: CleanedArticle, language: str) -> tuple[Topic, ...]:
        """Return the topics of an article, the main one first."""


class LeadsClassifier:
    """Classifies into the top-level topics by words, trained on example leads and the taxonomy's own definitions.

    TF-IDF over words and pairs of words, and multinomial logistic regression. It is trained when it is loaded, in
    about a second: what it is follows from the two files beside it and nothing else.
    """

    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.model = Model(task="topics", name="leads-tfidf", version=f"2+mediatopics.{VERSION}")
        self._taxonomy = media_topics()
        self._pipeline = _trained(self._taxonomy)
        self._roots: list[str] = list(self._pipeline.classes_)
        self._named = _names_pattern(self._taxonomy)

    def topics(self, article: CleanedArticle, language: str) -> tuple[Topic, ...]:
        """Return the topics of an article: top-level ones by its words, narrower ones by their names in it."""
        body = " ".join(block.text for block in article.paragraphs)
        text = f"{article.title or ''} {article.title or ''} {' '.join(body.split()[:FIRST_WORDS])}"
        scores = self._pipeline.predict_proba([text])[0]
        ranked = sorted(zip(self._roots, map(float, scores), strict=True), key=lambda item: -item[1])
        roots = [(code, score) for code, score in ranked[:MOST] if score >= max(LEAST, ALSO * ranked[0][1])]
        named = self._by_name(f"{article.title or ''}\n{body}")
        return tuple(self._topic(code, score, language) for code, score in (*roots, *named))

    def _by_name(self, text: str) -> list[tuple[str, float]]:
        pattern, codes = self._named
        counts = Counter(codes[_singular(match[0])] for match in pattern.finditer(text.lower()))
        # Said once it may be in passing; a score that grows with repetition, and never claims certainty.
        return [(code, round(1 - 0.6**count, 3)) for code, count in counts.most_common(MAX_NAMED)]

    def _topic(self, code: str, score: float, language: str) -> Topic:
        topic = self._taxonomy[code]
        return Topic(code=code, name=topic.name(language), path=topic.path, score=round(score, 3))


def _trained(taxonomy: dict[str, MediaTopic]) -> Pipeline:
    leads = files(__package__).joinpath("data", "example-leads.jsonl").read_bytes().splitlines()
    examples = [(row["text"], row["topic"]) for row in map(orjson.loads, leads)]
    examples += [(f"{topic.name()}. {topic.definition}", topic.root) for topic in taxonomy.values()]
    # Definitions outnumber leads, unevenly: classes are balanced, and leads, which are written as news is, count more.
    weights = [LEAD_WEIGHT if index < len(leads) else 1.0 for index in range(len(examples))]
    pipeline = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), stop_words="english", strip_accents="unicode"),
        LogisticRegression(C=20.0, class_weight="balanced", max_iter=400),
    )
    texts, labels = zip(*examples, strict=True)
    fitted: Pipeline = pipeline.fit(texts, labels, logisticregression__sample_weight=weights)
    return fitted


def _names_pattern(taxonomy: dict[str, MediaTopic]) -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {
        _singular(topic.name().lower()): code
        for code, topic in taxonomy.items()
        if len(topic.path) > 1 and len(topic.name().split()) >= MIN_NAME_WORDS and "(" not in topic.name()
    }
    forms = sorted(codes, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))})s?\b"), codes


def _singular(name: str) -> str:
    return name.removesuffix("s")
