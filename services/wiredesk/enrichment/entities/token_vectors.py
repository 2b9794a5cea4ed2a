"""The network before spaCy's tagger, computed for reading only: one vector for each token, in half of spaCy's time.

spaCy computes its network layer by layer in a form that can be trained. Here the same numbers are computed

- once for each word of an article rather than for each token, as far as the network looks at single words;
- in blocks of rows that stay in the processor's cache, with matrices whose rows are in the order that `maximum` reads.

Of spaCy's networks this is `HashEmbedCNN` with static vectors (`MultiHashEmbed`, `MaxoutWindowEncoder`), followed by a
linear layer, as in `en_core_web_md`. The vectors differ from spaCy's in the last bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from thinc.api import Model, NumpyOps

from wiredesk.enrichment.entities.word_rows import read_rows

if TYPE_CHECKING:
    from spacy.tokens import Doc

type Floats = npt.NDArray[np.float32]
type Ids = npt.NDArray[np.uint64]

BLOCK_ROWS = 192
"""Rows that a layer computes at once: more leave the cache, fewer spend their time in Python."""

PIECES = 3
"""Values of which a maxout layer takes the greatest."""

EPSILON = 1e-8
"""Added to the variance, as thinc's layer normalisation does."""

MIXING = np.uint64(0x9E3779B97F4A7C15)
"""An odd factor (2^64 divided by the golden ratio) by which two ids are mixed into one."""


WORD = "ORTH"
"""spaCy's name of the feature by which static vectors are found: the word itself."""


class UnknownNetworkError(Exception):
    """A network has other layers than the one that is computed here."""


@dataclass(frozen=True, slots=True)
class MaxoutLayer:
    """A maxout layer with layer normalisation.

    Attributes:
        weights: of shape (inputs, `PIECES` times outputs): first all first pieces, then all second ones.
        bias: of length `PIECES` times outputs.
        gain: factor of the normalised outputs.
        shift: added to the normalised outputs.
    """

    weights: Floats
    bias: Floats
    gain: Floats
    shift: Floats

    def __call__(self, ops: NumpyOps, rows: Floats) -> Floats:
        """Return the outputs for some rows of inputs."""
        width = len(self.gain)
        products: Floats = ops.gemm(rows, self.weights)
        products += self.bias
        greatest = np.maximum(products[:, :width], products[:, width : 2 * width])
        np.maximum(greatest, products[:, 2 * width :], out=greatest)
        greatest -= greatest.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.einsum("ij,ij->i", greatest, greatest) / np.float32(width) + np.float32(EPSILON))
        greatest /= deviation[:, np.newaxis]
        greatest *= self.gain
        greatest += self.shift
        return greatest


class WordVectors:
    """The static vectors of words, in a sixth of the memory of spaCy's dictionary.

    Args:
        vectors: one row per vector.
        words: spaCy's hash of each word.
        rows: the row of each word.
    """

    def __init__(self, vectors: Floats, words: Ids, rows: npt.NDArray[np.int32]) -> None:
        self._vectors = vectors
        order = np.argsort(words)
        self._words = words[order]
        self._rows = rows[order]

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """Load what spaCy stored for a vocabulary. The vectors stay in their file, whose memory all processes share."""
        vectors = np.asarray(np.load(folder / "vectors", mmap_mode="r"))
        return cls(vectors, *read_rows((folder / "key2row").read_bytes()))

    def __call__(self, words: Ids) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return the vector of each word, and which words have one; the vectors of the others mean nothing."""
        places = np.minimum(np.searchsorted(self._words, words), max(len(self._words) - 1, 0))
        known = self._words[places] == words
        return self._vectors[self._rows[places]], known


class TokenVectors:
    """Computes what a tagger's `tok2vec` computes.

    Args:
        tok2vec: the network.
        words: the static vectors of its pipeline.
        ops: multiplies matrices.

    Raises:
        UnknownNetworkError: the network is of another kind.
    """

    def __init__(self, tok2vec: Model[Any, Any], words: WordVectors, ops: NumpyOps) -> None:
        try:
            core, to_array, linear = tok2vec.layers
            embedding, encoder = core.layers
            inputs, mixer, to_list = embedding.layers
            hashed, static = inputs.layers
            features, to_ragged, tables = hashed.layers
            self._tables = [column.layers[1] for column in tables.layers[0].layers]
            self._mixer = _maxout_layer(mixer.layers[0].layers[0])
            windows = [residual.layers[0] for residual in encoder.layers[0].layers]
            self._windows = [_maxout_layer(window.layers[1].layers[0]) for window in windows]
            self._columns = [*features.attrs["columns"], WORD]
            self._pad = int(encoder.attrs["pad"])
            plain = (to_array, linear, to_list, static, features, to_ragged, *self._tables)
            names = [layer.name for layer in plain]
            sizes = [window.layers[0].attrs["window_size"] for window in windows]
        except (ValueError, IndexError, KeyError) as error:
            raise UnknownNetworkError(str(error)) from error
        kinds = ["list2array", "linear", "ragged2list", "static_vectors", "extract_features", "list2ragged"]
        if names != kinds + ["hashembed"] * (len(self._columns) - 1) or set(sizes) != {1}:
            raise UnknownNetworkError(f"{tok2vec.name}, windows {sizes}")
        self._words = words
        self._static = np.ascontiguousarray(_weights(static, "W").T)
        self._linear, self._linear_bias = np.ascontiguousarray(_weights(linear, "W").T), _weights(linear, "b")
        self._ops = ops

    def __call__(self, documents: Sequence["Doc"]) -> Floats:
        """Return a vector for each token of all documents, in their order."""
        lengths = np.array([len(document) for document in documents])
        ids: Ids = np.concatenate([document.to_array(self._columns) for document in documents])
        words, word_of_token = _distinct(ids)
        # Zeros around each document: the windows of its first and last tokens must not see another document.
        places = np.arange(len(ids)) + np.repeat(self._pad * np.arange(1, len(documents) + 1), lengths)
        rows = np.zeros((len(ids) + self._pad * (len(documents) + 1), len(self._mixer.gain)), dtype=np.float32)
        rows[places] = self._of_words(words)[word_of_token]
        for layer in self._windows:
            rows = self._read_windows(layer, rows)
        return self._product(rows[places], self._linear) + self._linear_bias

    def _of_words(self, words: Ids) -> Floats:
        """Return a vector for each word: of its features by hashing, of itself by the table of static vectors."""
        vectors, known = self._words(words[:, -1])
        static = self._product(vectors, self._static)
        static[~known] = 0
        features = [self._of_feature(table, words[:, column].copy()) for column, table in enumerate(self._tables)]
        inputs = np.hstack([*features, static])
        return np.vstack([self._mixer(self._ops, inputs[start:end]) for start, end in _blocks(len(inputs))])

    def _of_feature(self, table: Model[Any, Any], ids: Ids) -> Floats:
        weights: Any = table.get_param("E")
        ops: Any = self._ops
        vectors: Floats = ops.gather_add(weights, ops.hash(ids, table.attrs["seed"]) % len(weights))
        return vectors

    def _read_windows(self, layer: MaxoutLayer, rows: Floats) -> Floats:
        """Return the rows, each with the layer's output for it and its two neighbours added."""
        width = rows.shape[1]
        around = np.zeros((len(rows) + 2, width), dtype=np.float32)
        around[1:-1] = rows
        read = np.empty_like(rows)
        window = np.empty((min(BLOCK_ROWS, len(rows)), 3 * width), dtype=np.float32)
        for start, end in _blocks(len(rows)):
            inputs = window[: end - start]
            for place in range(3):
                inputs[:, place * width : (place + 1) * width] = around[start + place : end + place]
            np.add(layer(self._ops, inputs), rows[start:end], out=read[start:end])
        return read

    def _product(self, left: Floats, right: Floats) -> Floats:
        product: Floats = self._ops.gemm(left, right)
        return product


def _maxout_layer(model: Model[Any, Any]) -> MaxoutLayer:
    maxout, norm = model.layers
    weights = _weights(maxout, "W")
    outputs, pieces, inputs = weights.shape
    if (maxout.name, norm.name, pieces) != ("maxout", "layernorm", PIECES):
        raise UnknownNetworkError(f"{model.name} of {pieces} pieces")
    return MaxoutLayer(
        weights=np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(outputs * pieces, inputs).T),
        bias=_weights(maxout, "b").T.ravel(),
        gain=_weights(norm, "G"),
        shift=_weights(norm, "b"),
    )


def _weights(layer: Model[Any, Any], name: str) -> Floats:
    return np.asarray(layer.get_param(name), dtype=np.float32)


def _distinct(ids: Ids) -> tuple[Ids, npt.NDArray[np.intp]]:
    """Return the rows that differ, and for each row the place of its like among them."""
    mixed = ids[:, -1] + ids[:, 0] * MIXING  # the other features follow from the word
    _, first, like = np.unique(mixed, return_index=True, return_inverse=True)
    distinct = ids[first]
    if not np.array_equal(distinct[like], ids):  # two ids were mixed into the same number
        return ids, np.arange(len(ids))
    return distinct, like


def _blocks(rows: int) -> list[tuple[int, int]]:
    return [(start, min(start + BLOCK_ROWS, rows)) for start in range(0, rows, BLOCK_ROWS)]
