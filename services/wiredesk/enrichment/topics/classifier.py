"""The topics of an article: top-level ones by two models, narrower ones below them, each with a calibrated score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.topics.calibration import FAST, HYBRID, logistic
from wiredesk.enrichment.topics.media_topics import VERSION, media_topics
from wiredesk.enrichment.topics.narrow import Candidate, Narrow
from wiredesk.enrichment.topics.sentences import NAME, NearestLeads, Sentences
from wiredesk.enrichment.topics.words import Floats, WordsModel, lines, log_softmax
from wiredesk_schemas import CleanedArticle, MediaTopic, Model

WORDS = 1000
"""Words that are read behind the headline: an article goes on to speak of what it is about."""

FAST_WORDS = 300
"""The same in the fast profile: news says first what it is about, and the words model alone does better with that."""

MOST_TOP = 3
MOST_NARROW = 5

LEAST_FIRST = 0.3
"""Score below which nothing is named: no news of these seventeen kinds, or too short a text."""

LEAST_FURTHER = 0.35
LEAST_NARROW = 0.25


@dataclass(frozen=True, slots=True)
class Weights:
    """How the models are put together; by trial, where all that lie near do as well.

    Attributes:
        words: exponent of the words model's probabilities, in the product with those of the nearest leads.
        prior: exponent of how common a topic is in news, for the models learnt from about as many examples of each.
        doubt: how far the first topic lies ahead of the second (natural logarithm) where no more is read: with this the
            same topics come first as if all were, and six to eight articles in ten cost one window alone.
    """

    words: float = 0.3
    prior: float = 0.6
    doubt: float = 2.0


class Classifier(Protocol):
    """Finds topics of articles in some languages.

    Another one is plugged in as an entry point of the group `wiredesk.classifiers` that makes it: see
    docs/enrichment.md.

    Attributes:
        model: what it is; name and version go into every event, and into the events' ids.
        languages: ISO 639 codes of those that it reads.
    """

    model: Model
    languages: frozenset[str]

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return the topics of an article, the main one first.

        Scores are probabilities that the topic is right. Only codes of `media_topics()` may be returned.
        """


@dataclass(frozen=True, slots=True)
class Reading:
    """What the models say of a text.

    Attributes:
        top: natural logarithms of the probabilities of the top-level topics.
        vector: its meaning (384); None in the fast profile.
    """

    top: Floats
    vector: Floats | None


class NewsClassifier:
    """Classifies English news into the Media Topics.

    Args:
        fast: by the words model alone, for a hundredth of the time.
        weights: of the models, where there is more than one.

    Raises:
        OSError: a model's file is not there.
    """

    languages = frozenset({"en"})

    def __init__(self, *, fast: bool = False, weights: Weights = Weights()) -> None:
        arrays = load()
        name = "news-words" if fast else f"news-words+{NAME}"
        self.model = Model(task="topics", name=name, version=f"6+mediatopics.{VERSION}")
        self._taxonomy = media_topics()
        self.roots = lines(arrays["roots"])
        self._words = WordsModel(arrays)
        self._sentences = None if fast else Sentences()
        self._leads = NearestLeads(arrays)
        self._narrow = Narrow(arrays)
        self._reach = FAST_WORDS if fast else WORDS
        self._weights = weights
        self._prior = weights.prior * np.log(arrays["common"])
        self._scores = FAST if fast else HYBRID

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return the topics of an article: top-level ones, the likeliest first, then narrower ones."""
        title, body = article.title or "", " ".join(block.text for block in article.paragraphs)
        reading = self.read(title, body)
        top = self.top_level(reading)
        narrow = self.narrow(reading, title, " ".join([body, *(caption.text for caption in article.captions)]))
        return tuple(self._topic(code, score, language) for code, score in (*top, *narrow))

    def read(self, title: str, body: str) -> Reading:
        """Ask the models."""
        read = body.split(maxsplit=self._reach)[: self._reach]
        # The headline counts twice: it says what the story is about.
        words = self._words.log_probabilities(" ".join([title, title, *read]))
        if self._sentences is None:
            return Reading(words, None)
        text = " ".join(read)
        prior = self._prior + self._weights.words * words
        for vector in self._sentences.vectors(f"{title}. {text}" if title else text):
            top = log_softmax(np.asarray(prior + self._leads.log_probabilities(vector), dtype=np.float32))
            second, first = np.sort(top)[-2:]
            if first - second >= self._weights.doubt:
                break
        return Reading(top, vector)

    def top_level(self, reading: Reading) -> list[tuple[str, float]]:
        """Return the top-level topics and their scores, the likeliest first."""
        found = []
        for rank, row in enumerate(np.argsort(-reading.top, kind="stable")[:MOST_TOP]):
            score = logistic(self._scores.top, top_features(reading.top, row, rank))
            if score >= (LEAST_FIRST if rank == 0 else LEAST_FURTHER):
                found.append((self.roots[row], score))
        return found

    def narrow(self, reading: Reading, title: str, body: str) -> list[tuple[str, float]]:
        """Return the narrower topics and their scores, the likeliest first."""
        scored = [
            (candidate.code, logistic(self._scores.narrow, features))
            for candidate, features in self.candidates(reading, title, body)
        ]
        found = sorted((item for item in scored if item[1] >= LEAST_NARROW), key=lambda item: -item[1])
        return found[:MOST_NARROW]

    def candidates(self, reading: Reading, title: str, body: str) -> Iterator[tuple[Candidate, tuple[float, ...]]]:
        """Yield narrower topics that may be right, each with what its score is made of."""
        top = dict(zip(self.roots, map(float, reading.top), strict=True))
        for candidate in self._narrow.candidates(reading.vector, title, body):
            yield candidate, candidate.features(top[self._taxonomy[candidate.code].root])

    def _topic(self, code: str, score: float, language: str) -> MediaTopic:
        topic = self._taxonomy[code]
        return MediaTopic(code=code, name=topic.name(language), path=topic.path, score=round(score, 3))


def top_features(top: Floats, row: int, rank: int) -> tuple[float, ...]:
    """Return what a top-level topic's score is made of: log probability, lead of the first one, whether further."""
    own, first = float(top[row]), float(top.max())
    return own, first - own, float(rank > 0)


def load() -> Mapping[str, NDArray[Any]]:
    """Return the trained arrays, as `training.enrichment.topics` wrote them."""
    with files("wiredesk.enrichment").joinpath("trained", "topics.npz").open("rb") as file, np.load(file) as arrays:
        return {name: arrays[name] for name in arrays.files}
