"""Write what the training libraries compute with the weights that ship, for the parity tests in tests/models/.

    OMP_NUM_THREADS=1 python -m training.enrichment.parity

The arithmetic of these models is implemented twice, in a training library and in the service:

- The words model is fitted by scikit-learn and runs in numpy (`topics/words_model.py`). Here scikit-learn computes its
  outputs, with the weights of topics.npz.
- The sentence model is published as a graph of floats and runs as our graph of integers (`graph.py`). Here onnx's
  reference implementation computes the outputs of the published graph.

The tagger is trained and run by the same library, spaCy.
"""

import sys
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tests.models.enrichment import LONG_TEXT, TEXTS
from tests.models.stored import save
from wiredesk.enrichment.topics.model_arrays import load_arrays, text_lines
from wiredesk.enrichment.topics.sentence_model import (
    MIN_FURTHER_PIECES,
    WINDOW_PIECES,
    WINDOW_WEIGHTS,
    SentenceEncoder,
    weights_file,
)
from wiredesk.enrichment.topics.words_model import text_terms

CLS, SEP = 101, 102
"""Ids in BERT's vocabulary of the word pieces that enclose a text."""


def main() -> int:
    """Write both files."""
    texts = (*TEXTS, LONG_TEXT)
    save("reference/words_model", dict(zip(texts, _words_model(texts), strict=True)))
    save("reference/sentence_model", dict(zip(texts, _sentence_vectors(texts), strict=True)))
    return 0


def _words_model(texts: tuple[str, ...]) -> list[list[float]]:
    arrays = load_arrays()
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: list(text_terms(text)), sublinear_tf=True, vocabulary=text_lines(arrays["terms"])
    )
    vectorizer.idf_ = arrays["idf"].astype(np.float64)
    regression = LogisticRegression()
    regression.coef_ = arrays["weights"].T.astype(np.float64) * float(arrays["scale"])
    regression.intercept_ = arrays["bias"].astype(np.float64)
    regression.classes_ = np.arange(len(regression.intercept_))
    probabilities: list[list[float]] = regression.predict_log_proba(vectorizer.transform(texts)).tolist()
    return probabilities


def _sentence_vectors(texts: tuple[str, ...]) -> list[list[float]]:
    graph = ReferenceEvaluator(onnx.load(str(weights_file())))
    encoder = SentenceEncoder()
    vectors = []
    for text in texts:
        pieces = encoder.pieces(text)
        mean = np.zeros(1)
        for number, weight in enumerate(WINDOW_WEIGHTS):
            window = pieces[number * WINDOW_PIECES : (number + 1) * WINDOW_PIECES]
            if number == 0 or len(window) >= MIN_FURTHER_PIECES:
                mean = mean + weight * _unit(_window_vector(graph, window))
        vectors.append(_unit(mean).tolist())
    return vectors


def _window_vector(graph: ReferenceEvaluator, pieces: list[int]) -> NDArray[Any]:
    """Return the mean of the vectors of all pieces, [CLS] and [SEP] among them."""
    ids = np.array([[CLS, *pieces, SEP]], dtype=np.int64)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    outputs: Any = graph.run(None, {name: inputs[name] for name in graph.input_names})
    mean: NDArray[Any] = np.asarray(outputs[0])[0].mean(axis=0)
    return mean


def _unit(vector: NDArray[Any]) -> NDArray[Any]:
    unit: NDArray[Any] = vector / np.linalg.norm(vector)
    return unit


if __name__ == "__main__":
    sys.exit(main())
