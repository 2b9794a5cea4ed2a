"""Write the encoder's graphs from trained weights.

    python -m training.enrichment.encoder.graph WEIGHTS.npz [WEIGHTS.npz ...]

Its products are of integers (`DynamicQuantizeMatMul`): each column of a matrix has a scale of its own, and 127 steps.

- The lower graph reads pieces. Its first layer computes the output only for the first piece of each word, from all
  pieces; its second layer reads words. It says how likely each word is a part of a name.
- The upper graph reads the words that may be names, for their labels.

Weights of several files are averaged (Wortsman et al. 2022): those of runs of which one went on from the other. A file
that is named twice counts twice.

Writes services/wiredesk/enrichment/trained/lower.onnx and upper.onnx.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

TRAINED = Path("services/wiredesk/enrichment/trained")
"""The folder of the files that are written."""

LOWER_LAYERS = 2
"""Layers of the lower graph."""

HEADS, DIMENSIONS, EPSILON = 12, 384, 1e-12
"""As in multilingual-e5-small."""

STEPS = 127
"""Steps of an 8-bit integer on each side of zero; of two together, where their products' sums are to fit."""

CONTRIBUTED = "com.microsoft"
"""Domain of onnxruntime's own operators."""

OPSET, CONTRIBUTED_OPSET, IR_VERSION = 17, 1, 8
"""Versions of the operators and of the file format."""

type Weights = Mapping[str, NDArray[Any]]
type Described = tuple[str, int, list[str | int | None]]
"""Name, type and shape of an input or output."""


def main() -> int:
    """Write the graph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, nargs="+")
    weights = averaged(parser.parse_args().weights)
    for name, model in (("lower", Graph(weights).lower()), ("upper", Graph(weights).upper())):
        target = TRAINED / f"{name}.onnx"
        target.write_bytes(model.SerializeToString())
        print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def averaged(paths: Sequence[Path]) -> Weights:
    """Return the mean of the weights in some files."""
    files = [np.load(path) for path in paths]
    return {name: np.mean([file[name] for file in files], axis=0, dtype=np.float32) for name in files[0].files}


def as_integers(matrix: NDArray[Any], *, sums_fit: bool) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return a matrix as integers of 8 bits, and the scale of each column.

    Processors without instructions for sums of products add those of two rows, the first and the second, the third and
    the fourth, in 16 bits. The left factors are at most 255. So the sum fits if two such integers of the same sign have
    at most 128 steps together, and after rounding they have one more than before at most.

    Args:
        matrix: of floats, with an even number of rows.
        sums_fit: whether no sum may overflow; the steps are then 1.27 times as long in the mean.
    """
    floats = matrix.astype(np.float32)
    size = 2 if sums_fit else 1
    runs = floats.reshape(len(floats) // size, size, -1)
    largest = np.maximum(np.maximum(runs, 0).sum(axis=1), np.maximum(-runs, 0).sum(axis=1)).max(axis=0)
    scale = (largest / STEPS).astype(np.float32)
    return np.clip(np.round(floats / scale), -STEPS, STEPS).astype(np.int8), scale


class Graph:
    """A graph of some layers, as operators of onnxruntime.

    Args:
        weights: of `training.enrichment.encoder.train`.

    Attributes:
        sums_fit: as of `as_integers`. Not for names, whose F1 was 0.004 lower with such integers.
    """

    sums_fit = False

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, TensorProto] = {}

    def lower(self) -> onnx.ModelProto:
        """Return the lower layers.

        Inputs: `pieces` (n by 384), the vectors of a window's pieces; `first` (m), the first piece of each word.
        Outputs: `words` (m by 384); `names` (m), the log odds that a word is a part of a name.
        """
        zero = self._constant("zero", np.array([0]))
        length = self._node("Shape", ["pieces"], "length", start=0, end=1)
        places = self._node("Slice", [self._weight("places"), zero, length], "places_of_pieces")
        embedded = self._node("Unsqueeze", [self._node("Add", ["pieces", places], "placed"), zero], "embedded")
        pieces = self._norm("embedded", embedded, "pieces_normed")
        hidden = self._layer(0, self._node("Gather", [pieces, "first"], "first_pieces", axis=1), pieces)
        for layer in range(1, LOWER_LAYERS):
            hidden = self._layer(layer, hidden, hidden)
        words = self._node("Squeeze", [hidden, zero], "words")
        scores = self._linear(words, "exit", "names_of_words")
        self._node("Squeeze", [scores, self._constant("one", np.array([1]))], "names")
        return self._model(
            [("pieces", TensorProto.FLOAT, ["n", DIMENSIONS]), ("first", TensorProto.INT64, ["m"])],
            [("words", TensorProto.FLOAT, ["m", DIMENSIONS]), ("names", TensorProto.FLOAT, ["m"])],
        )

    def upper(self) -> onnx.ModelProto:
        """Return the upper layers.

        Input: `words` (m by 384), of the lower graph. Output: `labels` (m by 7).
        """
        zero = self._constant("zero", np.array([0]))
        hidden = self._node("Unsqueeze", ["words", zero], "embedded")
        for layer in range(LOWER_LAYERS, self._count()):
            hidden = self._layer(layer, hidden, hidden)
        words = self._node("Squeeze", [hidden, zero], "read_words")
        self._linear(words, "tag", "labels")
        return self._model(
            [("words", TensorProto.FLOAT, ["m", DIMENSIONS])], [("labels", TensorProto.FLOAT, ["m", None])]
        )

    def _model(self, inputs: Sequence[Described], outputs: Sequence[Described]) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(*described) for described in inputs],
            [helper.make_tensor_value_info(*described) for described in outputs],
            list(self._tensors.values()),
        )
        operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, CONTRIBUTED_OPSET)]
        return helper.make_model(graph, opset_imports=operators, ir_version=IR_VERSION)

    def _count(self) -> int:
        return len({name.partition(".")[0] for name in self._weights if name.startswith("l") and ".q." in name})

    def _layer(self, number: int, words: str, read: str) -> str:
        """Add a layer, whose words read others: the pieces in the first one, themselves in all others."""
        name = f"l{number}"
        query = self._product(words, f"{name}.q")
        key, value = self._product(read, f"{name}.k"), self._product(read, f"{name}.v")
        mixed = self._node(
            "MultiHeadAttention", [query, key, value], f"{name}.mixed", domain=CONTRIBUTED, num_heads=HEADS
        )
        words = self._residual(f"{name}.aln", self._product(mixed, f"{name}.ao"), words)
        wide = self._node("Gelu", [self._product(words, f"{name}.fi")], f"{name}.gelu", domain=CONTRIBUTED)
        return self._residual(f"{name}.oln", self._product(wide, f"{name}.fo"), words)

    def _product(self, left: str, name: str) -> str:
        """Multiply floats by a matrix of 8-bit integers, and add the bias."""
        integers, scale = as_integers(self._weights[f"{name}.w"], sums_fit=self.sums_fit)
        operands = [
            left,
            self._constant(f"{name}.integers", integers),
            self._constant(f"{name}.scale", scale),
            "",
            self._weight(f"{name}.b"),
        ]
        return self._node("DynamicQuantizeMatMul", operands, f"{name}.product", domain=CONTRIBUTED)

    def _linear(self, left: str, name: str, output: str) -> str:
        product = self._node("MatMul", [left, self._weight(f"{name}.w")], f"{name}.product")
        return self._node("Add", [product, self._weight(f"{name}.b")], output)

    def _residual(self, norm: str, change: str, words: str) -> str:
        return self._norm(norm, self._node("Add", [change, words], f"{norm}.added"), f"{norm}.normed")

    def _norm(self, name: str, values: str, output: str) -> str:
        learnt = [self._weight(f"{name}.w"), self._weight(f"{name}.b")]
        return self._node("LayerNormalization", [values, *learnt], output, axis=-1, epsilon=EPSILON)

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name].astype(np.float32))

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self._tensors.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


if __name__ == "__main__":
    sys.exit(main())
