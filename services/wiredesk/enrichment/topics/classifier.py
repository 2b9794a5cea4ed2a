"""Our classifier: top-level topics by two models, narrower topics below them, each with a calibrated score."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wiredesk.enrichment.topics.calibration import FAST, HYBRID, logistic
from wiredesk.enrichment.topics.model_arrays import Floats, load_arrays, log_softmax, text_lines
from wiredesk.enrichment.topics.narrower_topics import Candidate, NarrowerTopics
from wiredesk.enrichment.topics.sentence_model import NAME, NearestLeads, SentenceEncoder
from wiredesk.enrichment.topics.taxonomy import VERSION, naming_language, taxonomy
from wiredesk.enrichment.topics.words_model import WordsModel
from wiredesk_schemas import CleanedArticle, MediaTopic, Model

MODEL_VERSION = "6"
"""Version of the trained arrays, of the coefficients and of the code around them."""

HYBRID_WORDS = 1000
"""Words of the body that the words model reads: an article mentions its subject again and again."""

FAST_WORDS = 300
"""The same in the fast profile: news states its subject first, and the words model alone does better with fewer
words."""

MAX_TOP_LEVEL = 3
"""Maximum number of top-level topics of an article."""

MAX_NARROWER = 5
"""Maximum number of narrower topics of an article."""

MIN_FIRST_SCORE = 0.3
"""Minimum score of the first top-level topic. Below it the text is too short, or not about any of the seventeen
topics."""

MIN_FURTHER_SCORE = 0.35
"""Minimum score of a second and third top-level topic."""

MIN_NARROWER_SCORE = 0.25
"""Minimum score of a narrower topic."""


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """How the models are combined. The values were chosen by experiment, and values near them do equally well.

    Attributes:
        words: exponent of the words model's probabilities, in the product with those of the nearest leads.
        prior: exponent of how common each topic is in news. The models were trained with about as many examples of
            each topic.
        doubt: lead of the first topic over the second (natural logarithm) from which the second window is not read.
            With this value the same topics come first as if it were always read, and six to eight articles in
            ten need one window only.
    """

    words: float = 0.3
    prior: float = 0.6
    doubt: float = 2.0


@dataclass(frozen=True, slots=True)
class TopicScores:
    """The outputs of the models for a text.

    Attributes:
        top: natural logarithms of the top-level topics' probabilities, in the order of `NewsClassifier.roots`.
        vector: the sentence vector (384); None in the fast profile.
    """

    top: Floats
    vector: Floats | None


class NewsClassifier:
    """Classifies English news into the IPTC Media Topics.

    Args:
        fast: use the words model only, in a hundredth of the time.
        weights: of the models in their product.

    Raises:
        OSError: a model's file is missing.
    """

    languages = frozenset({"en"})
    vocabulary = VERSION

    def __init__(self, *, fast: bool = False, weights: ModelWeights = ModelWeights()) -> None:
        arrays = load_arrays()
        name = "news-words" if fast else f"news-words+{NAME}"
        self.model = Model(task="topics", name=name, version=f"{MODEL_VERSION}+mediatopics.{VERSION}")
        self.roots = text_lines(arrays["roots"])
        self._taxonomy = taxonomy()
        self._words_model = WordsModel(arrays)
        self._encoder = None if fast else SentenceEncoder()
        self._nearest_leads = NearestLeads(arrays)
        self._narrower_topics = NarrowerTopics(arrays)
        self._max_words = FAST_WORDS if fast else HYBRID_WORDS
        self._weights = weights
        self._log_prior = weights.prior * np.log(arrays["common"])
        self._coefficients = FAST if fast else HYBRID

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return the topics of an article: top-level ones, the most likely first, then narrower ones."""
        title, body = article.title or "", " ".join(block.text for block in article.paragraphs)
        with_captions = " ".join([body, *(caption.text for caption in article.captions)])
        scores = self.score(title, body)
        top_level = self.top_level(scores)
        narrower = self.narrower(scores, title, with_captions)
        tag = naming_language(article.language, language)
        return tuple(self._media_topic(code, score, tag) for code, score in (*top_level, *narrower))

    def score(self, title: str, body: str) -> TopicScores:
        """Return the scores of the top-level topics, and the sentence vector."""
        words = body.split(maxsplit=self._max_words)[: self._max_words]
        # The headline counts twice, because it states the subject of the story.
        by_words = self._words_model.log_probabilities(" ".join([title, title, *words]))
        if self._encoder is None:
            return TopicScores(by_words, None)
        text = " ".join(words)
        prior = self._log_prior + self._weights.words * by_words
        for vector in self._encoder.vectors(f"{title}. {text}" if title else text):
            product = prior + self._nearest_leads.log_probabilities(vector)
            top = log_softmax(np.asarray(product, dtype=np.float32))
            second, first = np.sort(top)[-2:]
            if first - second >= self._weights.doubt:
                break
        return TopicScores(top, vector)

    def top_level(self, scores: TopicScores) -> list[tuple[str, float]]:
        """Return codes and calibrated scores of the top-level topics, the most likely first."""
        accepted = []
        for rank, row in enumerate(np.argsort(-scores.top, kind="stable")[:MAX_TOP_LEVEL]):
            score = logistic(self._coefficients.top, top_features(scores.top, row, rank))
            if score >= (MIN_FIRST_SCORE if rank == 0 else MIN_FURTHER_SCORE):
                accepted.append((self.roots[row], score))
        return accepted

    def narrower(self, scores: TopicScores, title: str, body: str) -> list[tuple[str, float]]:
        """Return codes and calibrated scores of the narrower topics, the most likely first."""
        scored = [
            (candidate.code, logistic(self._coefficients.narrower, features))
            for candidate, features in self.candidates(scores, title, body)
        ]
        accepted = sorted((item for item in scored if item[1] >= MIN_NARROWER_SCORE), key=lambda item: -item[1])
        return accepted[:MAX_NARROWER]

    def candidates(self, scores: TopicScores, title: str, body: str) -> Iterator[tuple[Candidate, tuple[float, ...]]]:
        """Yield the narrower topics that the article may have, each with the features of its score."""
        top = dict(zip(self.roots, map(float, scores.top), strict=True))
        for candidate in self._narrower_topics.candidates(scores.vector, title, body):
            yield candidate, candidate.features(top[self._taxonomy[candidate.code].root])

    def _media_topic(self, code: str, score: float, language: str) -> MediaTopic:
        term = self._taxonomy[code]
        return MediaTopic(code=code, name=term.name(language), path=term.path, score=round(score, 3))


def top_features(top: Floats, row: int, rank: int) -> tuple[float, ...]:
    """Return the features of a top-level topic's score.

    They are: its log probability, how far the first topic is ahead of it, and whether it is a further one.

    Args:
        top: natural logarithms of all top-level topics' probabilities.
        row: of the topic.
        rank: of the topic, from 0.
    """
    own, first = float(top[row]), float(top.max())
    return own, first - own, float(rank > 0)
