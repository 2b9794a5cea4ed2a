"""The words model: top-level topics by words and pairs of words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS

_WORD = re.compile(r"\w\w+")

type Floats = NDArray[np.float32]


def terms(text: str) -> Iterator[str]:
    """Yield words and pairs of neighbouring words: lower-case, without accents, without those that mean nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    words = [word for word in _WORD.findall(plain) if word not in STOP_WORDS]
    yield from words
    for one, two in pairwise(words):
        yield f"{one} {two}"


class WordsModel:
    """Multinomial logistic regression on TF-IDF.

    A term counts 1 + ln(its occurrences), times its inverse document frequency in training; the vector has length 1.

    Args:
        arrays: `terms` (separated by line feeds, UTF-8), `idf` (n), `weights` (n by topics, whole numbers), `scale` (of
            the weights), `bias` (topics).
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._index = {term: i for i, term in enumerate(lines(arrays["terms"]))}
        self._idf = arrays["idf"].astype(np.float32)
        self._weights = arrays["weights"]
        self._scale = float(arrays["scale"])
        self._bias = arrays["bias"].astype(np.float32)

    def log_probabilities(self, text: str) -> Floats:
        """Return the natural logarithm of the probability of each topic."""
        counts = Counter(i for term in terms(text) if (i := self._index.get(term)) is not None)
        if not counts:
            return log_softmax(self._bias)
        rows = np.fromiter(counts, dtype=np.int64)
        vector = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * self._idf[rows]
        vector /= np.linalg.norm(vector)
        return log_softmax(vector @ self._weights[rows].astype(np.float32) * self._scale + self._bias)


def lines(array: NDArray[Any]) -> list[str]:
    """Return the lines of a text that is kept as an array of bytes."""
    text: str = array.tobytes().decode()
    return text.split("\n")


def log_softmax(scores: Floats) -> Floats:
    """Return scores as logarithms of probabilities that add up to 1."""
    shifted = scores - scores.max()
    result: Floats = (shifted - np.log(np.exp(shifted).sum())).astype(np.float32)
    return result
