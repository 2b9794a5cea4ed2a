"""Our classifier: top-level topics by two models, narrower topics below them, each with a calibrated score."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wiredesk.enrichment.languages import ENGLISH, SUPPORT
from wiredesk.enrichment.topics.calibration import ENGLISH_NEWS, FAST_ENGLISH, OTHER_LANGUAGES, Coefficients, logistic
from wiredesk.enrichment.topics.candidate import Candidate
from wiredesk.enrichment.topics.meaning_encoder import MeaningEncoder
from wiredesk.enrichment.topics.model_arrays import Floats, load_arrays, log_softmax, text_lines
from wiredesk.enrichment.topics.narrower_topics import NarrowerTopics
from wiredesk.enrichment.topics.news_model import NewsModel, has_words
from wiredesk.enrichment.topics.sentence_model import (
    LeadsModel,
    LeadsReading,
    SentenceEncoder,
    SentenceVector,
)
from wiredesk.enrichment.topics.taxonomy import VERSION, naming_language, taxonomy
from wiredesk.enrichment.topics.universal_encoder import UniversalEncoder
from wiredesk.enrichment.topics.words_model import WordsModel
from wiredesk_schemas import CleanedArticle, MediaTopic, Model

MODEL_VERSION = "10"
"""Version of the trained arrays, of the coefficients and of the code around them."""

HYBRID_WORDS = 1000
"""Words of the body that the words model reads: an article mentions its subject again and again."""

FAST_WORDS = 300
"""The same in the fast profile: news states its subject first, and the words model alone does better with fewer
words."""

MAX_CHARACTERS = 4000
"""Characters of the body that are given to the encoders, which read its first words."""

MAX_TOP_LEVEL = 3
"""Maximum number of top-level topics of an article."""

MAX_NARROWER = 5
"""Maximum number of narrower topics of an article."""

MIN_FURTHER_SCORE = 0.4
"""Minimum score of a second and third top-level topic."""

MIN_NARROWER_SCORE = 0.25
"""Minimum score of a narrower topic."""


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """How the models are combined. The values were chosen by experiment, and values near them do equally well.

    Attributes:
        nearest: exponent of the nearest leads' probabilities, in the product of the models.
        regression: exponent of the probabilities by the regression on the leads.
        words: exponent of the words model's probabilities.
        prior: exponent of how common each topic is in news. The models were trained with about as many examples of
            each topic.
        articles: how far the mean that is subtracted from vectors of long texts is that of articles, not of leads.
            Half of the articles whose mean is known are guides and blogs: subtracted whole, their mean takes away
            what speaks for technology and lifestyle.
        doubt: lead of the first topic over the second (natural logarithm) from which no further window is read. With
            this value the first topics are as often right as if everything were always read, by all encoders.
        doubt_after: lead from which no further encoder is read, which takes longer than a window of the first one.
    """

    nearest: float
    regression: float
    words: float
    prior: float
    articles: float
    doubt: float
    doubt_after: float


ENGLISH_WEIGHTS = ModelWeights(
    nearest=1.0, regression=0.0, words=0.4, prior=0.3, articles=0.4, doubt=2.0, doubt_after=2.0
)
"""For English: the words model does what the regression does elsewhere."""

OTHER_WEIGHTS = ModelWeights(
    nearest=0.5, regression=0.5, words=0.0, prior=0.3, articles=0.25, doubt=1.5, doubt_after=1.0
)
"""For all other languages."""


@dataclass(frozen=True, slots=True)
class TopicScores:
    """The outputs of the models for a text.

    Attributes:
        top: natural logarithms of the top-level topics' probabilities, in the order of `NewsClassifier.roots`.
        encoder: name of the encoder that `vector` is of; empty for none.
        vector: the sentence vector, centred; None where no encoder read the text.
        is_news: whether the text is anything that has a topic.
        coefficients: of the topics' scores.
    """

    top: Floats
    encoder: str
    vector: Floats | None
    is_news: bool
    coefficients: Coefficients


class NewsClassifier:
    """Classifies news into the IPTC Media Topics, in the languages of its encoders.

    Args:
        fast: use the words model only; in other languages than English, which it does not read, one window only. It is
            shorter where the second encoder reads the language.
        weights: of the models in their product, for all languages; None for those that were chosen for each.
        encoders: that compute sentence vectors; the first one that reads a language is used below the top level.

    Raises:
        OSError: a model's file is missing.
    """

    vocabulary = VERSION

    def __init__(
        self,
        *,
        fast: bool = False,
        weights: ModelWeights | None = None,
        encoders: Sequence[SentenceEncoder] | None = None,
    ) -> None:
        arrays = load_arrays()
        self._encoders = tuple(encoders) if encoders is not None else (UniversalEncoder(), MeaningEncoder(brief=fast))
        parts = ("news-words", *(encoder.name for encoder in self._encoders), *(("fast",) if fast else ()))
        self.model = Model(task="topics", name="+".join(parts), version=f"{MODEL_VERSION}+mediatopics.{VERSION}")
        read = frozenset[str]().union(*(encoder.languages for encoder in self._encoders))
        self.languages = frozenset(code for code, support in SUPPORT.items() if support.topics and code in read)
        self.roots = text_lines(arrays["roots"])
        self._taxonomy = taxonomy()
        self._words_model = WordsModel(arrays)
        self._leads = {encoder.name: LeadsModel(arrays, encoder.name) for encoder in self._encoders}
        self._news_model = {encoder.name: NewsModel(arrays, encoder.name) for encoder in self._encoders}
        self._narrower_topics = NarrowerTopics(arrays, [encoder.name for encoder in self._encoders])
        self._fast = fast
        self._weights = weights
        self._log_common: Floats = np.log(arrays["common"]).astype(np.float32)

    def topics(self, article: CleanedArticle, language: str) -> tuple[MediaTopic, ...]:
        """Return the topics of an article: top-level ones, the most likely first, then narrower ones.

        There are none if no top-level topic is sure enough, or if the text is no news: a cookie notice, a horoscope.
        """
        title, body = article.title or "", " ".join(block.text for block in article.paragraphs)
        with_captions = " ".join([body, *(caption.text for caption in article.captions)])
        scores = self.score(title, body, language)
        if not scores.is_news:
            return ()
        top_level = self.top_level(scores)
        narrower = self.narrower(scores, title, with_captions, language) if top_level else []
        tag = naming_language(article.language, language)
        return tuple(self._media_topic(code, score, tag) for code, score in (*top_level, *narrower))

    def score(self, title: str, body: str, language: str = ENGLISH) -> TopicScores:
        """Return the scores of the top-level topics, and the sentence vector.

        Args:
            title: the headline; empty for none.
            body: the paragraphs.
            language: ISO 639-1 code, one of `languages`.
        """
        is_english = language == ENGLISH
        is_readable = has_words(f"{title} {body[:MAX_CHARACTERS]}")
        weights = self._weights or (ENGLISH_WEIGHTS if is_english else OTHER_WEIGHTS)
        prior: Floats = np.float32(weights.prior) * self._log_common
        if is_english:
            most = FAST_WORDS if self._fast else HYBRID_WORDS
            words = body.split(maxsplit=most)[:most]
            # The headline counts twice, because it states the subject of the story.
            by_words = self._words_model.log_probabilities(" ".join([title, title, *words]))
            if self._fast:
                return TopicScores(by_words, "", None, is_readable, FAST_ENGLISH)
            prior = prior + np.float32(weights.words) * by_words
        text = body[:MAX_CHARACTERS]
        scores = self._score_vectors(f"{title}. {text}" if title else text, language, prior, weights)
        return scores if is_readable else replace(scores, is_news=False)

    def _score_vectors(self, text: str, language: str, prior: Floats, weights: ModelWeights) -> TopicScores:
        """Return the scores by the vectors of all encoders that read a language.

        An encoder begins where the one before has read all and is in doubt. Encoders that take long are best the last.

        Args:
            prior: natural logarithms of the topics' probabilities before the text is read, of any sum.
            weights: of the models.
        """
        encoders = [encoder for encoder in self._encoders if language in encoder.languages]
        read: list[tuple[SentenceVector, LeadsReading]] = []
        lead = 0.0
        for encoder in encoders:
            if read and lead >= weights.doubt_after:
                break
            before = tuple(read)
            for vector in encoder.vectors(text):
                reading = self._leads[encoder.name].read(
                    vector, language, weights.articles, weights.nearest, weights.regression
                )
                read = [*before, (vector, reading)]
                by_leads = [one.by_leads for _, one in read]
                top = log_softmax(np.asarray(prior + np.sum(by_leads, axis=0), dtype=np.float32))
                second, first = np.sort(top)[-2:]
                lead = np.inf if self._fast else float(first - second)
                if lead >= weights.doubt:
                    break
        main = encoders[0].name
        is_news = self._news_model[main].is_news(read[0][0].values)
        coefficients = ENGLISH_NEWS if language == ENGLISH else OTHER_LANGUAGES
        return TopicScores(top, main, read[0][1].centred, is_news, coefficients)

    def top_level(self, scores: TopicScores) -> list[tuple[str, float]]:
        """Return codes and calibrated scores of the top-level topics, the most likely first."""
        accepted = []
        for rank, row in enumerate(np.argsort(-scores.top, kind="stable")[:MAX_TOP_LEVEL]):
            score = logistic(scores.coefficients.top, top_features(scores.top, row, rank))
            if score >= (scores.coefficients.least if rank == 0 else MIN_FURTHER_SCORE):
                accepted.append((self.roots[row], score))
        return accepted

    def narrower(self, scores: TopicScores, title: str, body: str, language: str = ENGLISH) -> list[tuple[str, float]]:
        """Return codes and calibrated scores of the narrower topics, the most likely first."""
        scored = [
            (candidate.code, logistic(scores.coefficients.narrower, features))
            for candidate, features in self.candidates(scores, title, body, language)
        ]
        accepted = sorted((item for item in scored if item[1] >= MIN_NARROWER_SCORE), key=lambda item: -item[1])
        return accepted[:MAX_NARROWER]

    def candidates(
        self, scores: TopicScores, title: str, body: str, language: str = ENGLISH
    ) -> Iterator[tuple[Candidate, tuple[float, ...]]]:
        """Yield the narrower topics that the article may have, each with the features of its score."""
        top = dict(zip(self.roots, map(float, scores.top), strict=True))
        for candidate in self._narrower_topics.candidates(scores.encoder, scores.vector, title, body, language):
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
