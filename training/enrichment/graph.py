"""Write the sentence model's graph: the published weights, with sums of whole numbers.

    python -m training.enrichment.graph

The package holds its weights as bytes and its graph multiplies them as 32-bit floats, in operators that a tracer left.
Ours says the same with the runtime's own: it multiplies bytes by bytes (`DynamicQuantizeMatMul`: activations become
bytes, too, by the least and the greatest of each tensor), attends in one operator, and looks up the embeddings of the
pieces alone, where the published graph makes floats of all 30,522. It holds no weights: it names the places in the
package's file where they stand.

Vectors are near the published graph's, not equal: `training.enrichment.topics` is to be run again after this.

Writes services/wiredesk/enrichment/trained/minilm.onnx. Operators: onnx 1.17, and onnxruntime's `com.microsoft`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from wiredesk.enrichment.topics.sentence_model import DIMENSIONS, weights_file

TARGET = Path("services/wiredesk/enrichment/trained/minilm.onnx")

HEADS = 12
EPSILON = 1e-12
"""Of layer normalisation: both as in BERT (Devlin et al. 2019)."""

MATRICES = 6
"""Of a layer: query, key, value, output; and the two of the feed-forward network."""

CONTRIBUTED = "com.microsoft"
OPERATORS, CONTRIBUTED_OPERATORS, FORMAT = 17, 1, 8


def main() -> int:
    """Write the graph."""
    graph = Graph(weights_file())
    TARGET.write_bytes(graph.model().SerializeToString())
    print(f"{TARGET}: {TARGET.stat().st_size / 1e3:.0f} kB")
    return 0


class Graph:
    """BERT's encoder for one text, and the mean of its vectors.

    Input `input_ids` (pieces), output `vector` (384).

    Args:
        weights: the package's model file.
    """

    def __init__(self, weights: Path) -> None:
        self._location = weights.name
        self._bytes = weights.read_bytes()
        published = onnx.load_from_string(self._bytes).graph
        self._published = {tensor.name: tensor for tensor in published.initializer}
        # Biases and norms keep the names that they were trained under; a tracer numbered the matrices, in their order.
        of_products = [node.input[1] for node in published.node if node.op_type == "MatMul"]
        self._matrices = [name for name in of_products if f"{name}_q" in self._published]
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
        operators = [helper.make_opsetid("", OPERATORS), helper.make_opsetid(CONTRIBUTED, CONTRIBUTED_OPERATORS)]
        return helper.make_model(graph, opset_imports=operators, ir_version=FORMAT)

    def _embeddings(self) -> str:
        zero, one = self._whole("zero", 0), self._whole("one", 1)
        words, positions = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
        pieces = self._floats(words, "Gather", "input_ids")
        length = self._node("Shape", ["input_ids"], "length", start=0, end=1)
        places = self._floats(positions, "Slice", zero, length)
        kind = self._node("Slice", [self._weights("embeddings.token_type_embeddings.weight"), zero, one], "kind")
        added = self._node("Add", [pieces, self._node("Add", [places, kind], "places_of_kind")], "added")
        return self._norm("embeddings.LayerNorm", self._node("Unsqueeze", [added, zero], "embedded"), "hidden.0")

    def _layer(self, name: str, matrices: Sequence[str], hidden: str) -> str:
        query, key, value, output, widen, narrow = matrices
        of_attention = f"{name}.attention.self"
        seen = [
            self._product(hidden, matrix, f"{of_attention}.{part}")
            for matrix, part in ((query, "query"), (key, "key"), (value, "value"))
        ]
        mixed = self._node("MultiHeadAttention", seen, of_attention, domain=CONTRIBUTED, num_heads=HEADS)
        attended = self._product(mixed, output, f"{name}.attention.output.dense")
        hidden = self._residual(f"{name}.attention.output", attended, hidden)
        wide = self._product(hidden, widen, f"{name}.intermediate.dense")
        wide = self._node("Gelu", [wide], f"{name}.gelu", domain=CONTRIBUTED)
        return self._residual(f"{name}.output", self._product(wide, narrow, f"{name}.output.dense"), hidden)

    def _product(self, left: str, matrix: str, name: str) -> str:
        """Multiply floats by a matrix of bytes, and add the bias."""
        scale = self._weights(f"{matrix}_scale", flat=True)
        operands = [left, self._weights(f"{matrix}_q"), scale, "", self._weights(f"{name}.bias")]
        return self._node("DynamicQuantizeMatMul", operands, name, domain=CONTRIBUTED)

    def _residual(self, name: str, change: str, hidden: str) -> str:
        # Not the runtime's fused operator for the two: it takes four times as long.
        added = self._node("Add", [change, hidden], f"{name}.added")
        return self._norm(f"{name}.LayerNorm", added, name)

    def _norm(self, name: str, values: str, output: str) -> str:
        learnt = [self._weights(f"{name}.weight"), self._weights(f"{name}.bias")]
        return self._node("LayerNormalization", [values, *learnt], output, axis=-1, epsilon=EPSILON)

    def _floats(self, name: str, pick: str, *which: str) -> str:
        """Pick rows of an embedding, and make floats of these alone."""
        rows = self._node(pick, [self._weights(f"{name}_q"), *which], f"{name}.bytes")
        scales = self._node(pick, [self._weights(f"{name}_scale"), *which], f"{name}.scales")
        rows = self._node("Cast", [rows], f"{name}.floats", to=TensorProto.FLOAT)
        return self._node("Mul", [rows, scales], name)

    def _weights(self, name: str, *, flat: bool = False) -> str:
        """Name a tensor of the package's file by where its bytes stand there."""
        published = self._published.get(name) or self._published[f"inner.{name}"]
        shape = [max(published.dims)] if flat else list(published.dims)
        tensor = TensorProto(name=name, data_type=published.data_type, dims=shape, data_location=TensorProto.EXTERNAL)
        offset = self._bytes.index(published.raw_data)
        place = {"location": self._location, "offset": str(offset), "length": str(len(published.raw_data))}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self._tensors[name] = tensor
        return name

    def _whole(self, name: str, value: int) -> str:
        self._tensors[name] = helper.make_tensor(name, TensorProto.INT64, [1], [value])
        return name

    def _node(self, operator: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


if __name__ == "__main__":
    sys.exit(main())
