"""Sentence vectors: what encoders have in common, and top-level topics by the example leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, log_softmax, text_lines, unit, unit_rows

NEIGHBOURS = 8
"""Nearest example leads of each topic whose similarities are averaged."""

SHARPNESS = 30.0
"""Factor of the similarities before the softmax; chosen by experiment, and values near it do equally well."""

LEAD_PIECES, ARTICLE_PIECES = 30, 130
"""Word pieces of a lead and of the beginning of an article. Between the two, the mean that is subtracted from a vector
changes from that of leads towards that of articles."""


@dataclass(frozen=True, slots=True)
class SentenceVector:
    """The meaning of a text.

    Attributes:
        values: of length 1.
        pieces: word pieces of the text that were read.
    """

    values: Floats
    pieces: int


class SentenceEncoder(Protocol):
    """Computes sentence vectors. Vectors of the same meaning are near each other in all its languages.

    Attributes:
        name: prefix of its arrays in `topics.npz`, and part of the classifier's name.
        languages: ISO 639-1 codes.
        has_language_bias: whether vectors of a language have something in common, whatever they say.
    """

    name: str
    languages: frozenset[str]
    has_language_bias: bool

    def vectors(self, text: str) -> Iterator[SentenceVector]:
        """Yield the vector of the beginning, then that of more of the text. Each is computed when it is requested."""


@dataclass(frozen=True, slots=True)
class LeadsReading:
    """What the example leads say of a vector.

    Attributes:
        centred: the vector without what all texts of its length and language have in common.
        by_leads: natural logarithms of the topics' probabilities, of any sum.
    """

    centred: Floats
    by_leads: Floats


class LeadsModel:
    """Top-level topics by the example leads, in vectors of an encoder: by the nearest leads, and by a regression.

    Vectors of articles have much in common that is not their subject: that they are articles, and their language. So
    the mean vector of articles is subtracted, and from leads that of leads (Mu & Viswanath 2018).

    Args:
        arrays: of the encoder `name`: `leads` (n by dimensions, integers, centred), `leads_topic` (n: the number of
            each lead's topic), `leads_mean`, `articles_mean` (dimensions); `languages` (k lines) and
            `language_shifts` (k by dimensions): from the mean of English leads to that of the language's; and
            `regression` (topics by dimensions, and the bias last): multinomial logistic regression on the leads.
        name: of the encoder.
    """

    def __init__(self, arrays: Arrays, name: str) -> None:
        regression = arrays[f"{name}_regression"].astype(np.float32)
        self._weights, self._bias = regression[:, :-1], regression[:, -1]
        self._leads = unit_rows(arrays[f"{name}_leads"])
        topics = arrays[f"{name}_leads_topic"]
        self._rows_by_topic = _rows_by_topic(topics)
        self._leads_mean = arrays[f"{name}_leads_mean"].astype(np.float32)
        self._articles_mean = arrays[f"{name}_articles_mean"].astype(np.float32)
        shifts = arrays[f"{name}_language_shifts"].astype(np.float32)
        self._shifts = dict(zip(text_lines(arrays[f"{name}_languages"]), shifts, strict=True))
        self._mean_shift = shifts.mean(axis=0)

    def read(
        self, vector: SentenceVector, language: str, articles: float, nearest: float, regression: float
    ) -> LeadsReading:
        """Return what the leads say of a vector.

        Args:
            vector: of a text.
            language: ISO 639-1 code.
            articles: as of `centred`.
            nearest: exponent of the probabilities by the nearest leads.
            regression: exponent of those by the regression.
        """
        centred = self.centred(vector, language, articles)
        by_nearest, by_regression = self.by_nearest(centred), self.by_regression(centred)
        return LeadsReading(centred, np.float32(nearest) * by_nearest + np.float32(regression) * by_regression)

    def centred(self, vector: SentenceVector, language: str, articles: float) -> Floats:
        """Return a vector without what all texts of its length and language have in common, of length 1.

        Args:
            vector: of a text.
            language: ISO 639-1 code.
            articles: share of the mean of articles, for the longest texts, in what is subtracted; the rest is that of
                leads.
        """
        length = (vector.pieces - LEAD_PIECES) / (ARTICLE_PIECES - LEAD_PIECES)
        share = articles * min(1.0, max(0.0, length))
        common = (1 - share) * self._leads_mean + share * self._articles_mean
        return unit(vector.values - common - self._shifts.get(language, self._mean_shift))

    def by_nearest(self, centred: Floats) -> Floats:
        """Return the natural logarithm of each topic's probability, from the mean similarity of its nearest leads."""
        similarities = np.append(self._leads @ centred, np.float32(-np.inf))
        by_topic = np.partition(similarities[self._rows_by_topic], -NEIGHBOURS, axis=1)
        nearest = np.sort(by_topic[:, -NEIGHBOURS:], axis=1).mean(axis=1)
        return log_softmax(np.asarray(SHARPNESS * nearest, dtype=np.float32))

    def by_regression(self, centred: Floats) -> Floats:
        """Return the natural logarithm of each topic's probability, by the regression."""
        return log_softmax(self._weights @ centred + self._bias)


def _rows_by_topic(topics: NDArray[Any]) -> NDArray[np.intp]:
    """Return the rows of each topic's leads, one topic a line; the line of a topic with fewer ends with -1."""
    rows = [np.flatnonzero(topics == topic) for topic in range(topics.max() + 1)]
    table = np.full((len(rows), max(map(len, rows))), -1, dtype=np.intp)
    for topic, own in enumerate(rows):
        table[topic, : len(own)] = own
    return table
