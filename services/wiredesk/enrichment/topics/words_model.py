"""The words model: top-level topics by words and pairs of words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from wiredesk.enrichment.lean_spacy import import_spacy
from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, log_softmax, text_lines

STOP_WORDS = frozenset(import_spacy().util.get_lang_class("en").Defaults.stop_words)
"""Words of English that say nothing about a subject."""

_WORD = re.compile(r"\w\w+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def text_terms(text: str) -> Iterator[str]:
    """Yield the words of a text, then pairs of neighbours: in lower case, without accents, without stop words."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = _NOT_ASCII.sub(lambda sign: "" if unicodedata.combining(sign[0]) else sign[0], decomposed)
    words = [word for word in _WORD.findall(plain) if word not in STOP_WORDS]
    yield from words
    for one, two in pairwise(words):
        yield f"{one} {two}"


class WordsModel:
    """Multinomial logistic regression on TF-IDF.

    The value of a term is 1 + ln(occurrences), times its inverse document frequency in the training texts. The vector
    is scaled to length 1. `training.enrichment.topics` fits the same model with scikit-learn.

    Args:
        arrays: `terms` (n lines), `idf` (n), `weights` (n by topics, integers), `scale` (of the weights), `bias`
            (topics).
    """

    def __init__(self, arrays: Arrays) -> None:
        self._index = {term: i for i, term in enumerate(text_lines(arrays["terms"]))}
        self._idf = arrays["idf"].astype(np.float32)
        self._weights = arrays["weights"]
        self._scale = float(arrays["scale"])
        self._bias = arrays["bias"].astype(np.float32)

    def log_probabilities(self, text: str) -> Floats:
        """Return the natural logarithm of each top-level topic's probability."""
        counts = Counter(i for term in text_terms(text) if (i := self._index.get(term)) is not None)
        if not counts:
            return log_softmax(self._bias)
        rows = np.fromiter(counts, dtype=np.int64)
        vector = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32))) * self._idf[rows]
        vector /= np.linalg.norm(vector)
        return log_softmax(vector @ self._weights[rows].astype(np.float32) * self._scale + self._bias)
