"""Write the sentence model's graph, which multiplies the published weights as integers.

    python -m training.enrichment.graph

The package stores its weights as 8-bit integers. Its graph, which was recorded by a tracer, converts them to 32-bit
floats before it multiplies. Our graph computes the same with operators of onnxruntime:

- It multiplies integers (`DynamicQuantizeMatMul`). Activations are quantised, too, by the least and the greatest value
  of each tensor.
- It computes the attention in one operator.
- It converts the embeddings of the text's word pieces, where the published graph converts all 30,522.

Our file contains no weights: it has their offsets in the package's file. The vectors are near those of the published
graph, not equal, so run `training.enrichment.topics` after this.

Writes services/wiredesk/enrichment/trained/minilm.onnx. Operators: onnx 1.17, and onnxruntime's `com.microsoft`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from wiredesk.enrichment.topics.sentence_model import DIMENSIONS, weights_file

TARGET = Path("services/wiredesk/enrichment/trained/minilm.onnx")
"""The file that is written."""

HEADS = 12
"""Heads of the attention, as in BERT (Devlin et al. 2019)."""

EPSILON = 1e-12
"""Epsilon of the layer normalisation, as in BERT."""

MATRICES = 6
"""Matrices of a layer: query, key, value, output; and the two of the feed-forward network."""

CONTRIBUTED = "com.microsoft"
"""Domain of onnxruntime's own operators."""

OPSET, CONTRIBUTED_OPSET, IR_VERSION = 17, 1, 8
"""Versions of the operators and of the file format."""


def main() -> int:
    """Write the graph."""
    graph = Graph(weights_file())
    TARGET.write_bytes(graph.model().SerializeToString())
    print(f"{TARGET}: {TARGET.stat().st_size / 1e3:.0f} kB")
    return 0


class Graph:
    """BERT's encoder for one text, and the mean of the vectors of its word pieces.

    Its input is `input_ids` (one id per word piece), its output `vector` (384).

    Args:
        weights: the package's model file.
    """

    def __init__(self, weights: Path) -> None:
        self._location = weights.name
        self._bytes = weights.read_bytes()
        published = onnx.load_from_string(self._bytes).graph
        self._published = {tensor.name: tensor for tensor in published.initializer}
        # Biases and norms have their names from training. The tracer numbered the matrices; their order is known.
        multiplied = [node.input[1] for node in published.node if node.op_type == "MatMul"]
        self._matrices = [name for name in multiplied if f"{name}_q" in self._published]
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        """Return the whole model."""
        hidden = self._embeddings()
        for layer in range(len(self._matrices) // MATRICES):
            matrices = self._matrices[layer * MATRICES : (layer + 1) * MATRICES]
            hidden = self._layer(f"encoder.layer.{layer}", matrices, hidden)
        self._node("ReduceMean", [hidden], "vector", axes=[0, 1], keepdims=0)
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["pieces"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [DIMENSIONS])],
            list(self._tensors.values()),
        )
        operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, CONTRIBUTED_OPSET)]
        return helper.make_model(graph, opset_imports=operators, ir_version=IR_VERSION)

    def _embeddings(self) -> str:
        zero, one = self._integer("zero", 0), self._integer("one", 1)
        words, positions = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
        pieces = self._floats(words, "Gather", "input_ids")
        length = self._node("Shape", ["input_ids"], "length", start=0, end=1)
        places = self._floats(positions, "Slice", zero, length)
        kind = self._node("Slice", [self._weights("embeddings.token_type_embeddings.weight"), zero, one], "kind")
        added = self._node("Add", [pieces, self._node("Add", [places, kind], "places_of_kind")], "added")
        return self._norm("embeddings.LayerNorm", self._node("Unsqueeze", [added, zero], "embedded"), "hidden.0")

    def _layer(self, name: str, matrices: Sequence[str], hidden: str) -> str:
        query, key, value, output, widen, narrow = matrices
        attention = f"{name}.attention.self"
        projected = [
            self._product(hidden, matrix, f"{attention}.{part}")
            for matrix, part in ((query, "query"), (key, "key"), (value, "value"))
        ]
        mixed = self._node("MultiHeadAttention", projected, attention, domain=CONTRIBUTED, num_heads=HEADS)
        attended = self._product(mixed, output, f"{name}.attention.output.dense")
        hidden = self._residual(f"{name}.attention.output", attended, hidden)
        wide = self._product(hidden, widen, f"{name}.intermediate.dense")
        wide = self._node("Gelu", [wide], f"{name}.gelu", domain=CONTRIBUTED)
        return self._residual(f"{name}.output", self._product(wide, narrow, f"{name}.output.dense"), hidden)

    def _product(self, left: str, matrix: str, name: str) -> str:
        """Multiply floats by a matrix of 8-bit integers, and add the bias."""
        scale = self._weights(f"{matrix}_scale", flat=True)
        operands = [left, self._weights(f"{matrix}_q"), scale, "", self._weights(f"{name}.bias")]
        return self._node("DynamicQuantizeMatMul", operands, name, domain=CONTRIBUTED)

    def _residual(self, name: str, change: str, hidden: str) -> str:
        # onnxruntime's fused operator for both takes four times as long.
        added = self._node("Add", [change, hidden], f"{name}.added")
        return self._norm(f"{name}.LayerNorm", added, name)

    def _norm(self, name: str, values: str, output: str) -> str:
        learnt = [self._weights(f"{name}.weight"), self._weights(f"{name}.bias")]
        return self._node("LayerNormalization", [values, *learnt], output, axis=-1, epsilon=EPSILON)

    def _floats(self, name: str, pick: str, *which: str) -> str:
        """Select rows of an embedding, and convert only these to floats."""
        rows = self._node(pick, [self._weights(f"{name}_q"), *which], f"{name}.bytes")
        scales = self._node(pick, [self._weights(f"{name}_scale"), *which], f"{name}.scales")
        rows = self._node("Cast", [rows], f"{name}.floats", to=TensorProto.FLOAT)
        return self._node("Mul", [rows, scales], name)

    def _weights(self, name: str, *, flat: bool = False) -> str:
        """Add a tensor that refers to its bytes in the package's file, and return its name."""
        published = self._published.get(name) or self._published[f"inner.{name}"]
        shape = [max(published.dims)] if flat else list(published.dims)
        tensor = TensorProto(name=name, data_type=published.data_type, dims=shape, data_location=TensorProto.EXTERNAL)
        offset = self._bytes.index(published.raw_data)
        place = {"location": self._location, "offset": str(offset), "length": str(len(published.raw_data))}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self._tensors[name] = tensor
        return name

    def _integer(self, name: str, value: int) -> str:
        self._tensors[name] = helper.make_tensor(name, TensorProto.INT64, [1], [value])
        return name

    def _node(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


if __name__ == "__main__":
    sys.exit(main())
