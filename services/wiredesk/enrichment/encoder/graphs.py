"""The trained graphs, as onnxruntime runs them.

Their products are of integers of 8 bits. On a processor without instructions for sums of such products (AVX512-VNNI,
AVX-VNNI) onnxruntime adds pairs of them in 16 bits, where some do not fit: F1 of names was 0.808 there, and 0.824
elsewhere. The runtime has exact kernels, which take a fifth longer there, and twice as long on others (decision 13).
So the exact ones are used for the graphs of names where the results differ. The integers of the other graphs are so
small that each sum fits. Names and topics do not depend on the processor.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime

from wiredesk.enrichment.encoder.embeddings import DIMENSIONS

EXACT_PRODUCTS = "session.x64quantprecision"
"""onnxruntime's setting: of integers of 8 bits with a sign it makes some without, whose sums fit."""

FUSIONS = (
    "AttentionFusion", "BiasGeluFusion", "EmbedLayerNormFusion", "GeluFusionL2", "LayerNormFusion",
    "SimplifiedLayerNormFusion", "SkipLayerNormFusion",
)  # fmt: skip
"""What the runtime fuses at the level at which the setting has an effect; the operators alone are faster."""

EXAMPLE_WORDS = 32
"""Words of an example by which an overflow is seen."""


FITTING = frozenset(("meaning.onnx", "universal.onnx"))
"""Graphs in which no sum overflows on any processor (`training.enrichment.encoder.graph`)."""


def open_graph(name: str) -> onnxruntime.InferenceSession:
    """Return a graph, ready to run.

    Args:
        name: of its file among those that ship.

    Raises:
        OSError: the file is missing.
    """
    return _open(name, _options()) if name in FITTING or not sums_overflow() else open_exact(name)


def open_exact(name: str) -> onnxruntime.InferenceSession:
    """Return a graph whose products are exact on every processor.

    Args:
        name: of its file among those that ship.

    Raises:
        OSError: the file is missing.
    """
    return open_comparable(name, is_exact=True)


@cache
def sums_overflow() -> bool:
    """Return whether sums of products overflow on this processor: an example gives other labels than exact ones."""
    words = np.random.default_rng(0).standard_normal((EXAMPLE_WORDS, DIMENSIONS), dtype=np.float32)
    # Both at one level of optimisation: where no sum overflows they agree to the last digit.
    graphs = [open_comparable("upper.onnx", is_exact=is_exact) for is_exact in (False, True)]
    usual, exact = (np.asarray(graph.run(["labels"], {"words": words})[0]) for graph in graphs)
    return not np.array_equal(usual, exact)


def open_comparable(name: str, *, is_exact: bool) -> onnxruntime.InferenceSession:
    """Return a graph at the level of optimisation at which the setting has an effect."""
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.add_session_config_entry(EXACT_PRODUCTS, str(int(is_exact)))
    return _open(name, options, without=FUSIONS)


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # One thread, the caller's own: child processes are forked from the process that loads this.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # At a higher level the runtime fuses operators into one that is slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    # With an arena, a child process would keep the most memory that any window ever took.
    options.enable_cpu_mem_arena = False
    return options


def _open(name: str, options: onnxruntime.SessionOptions, without: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    graph = files("wiredesk.enrichment").joinpath("trained", name).read_bytes()
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(graph, options, providers=providers, disabled_optimizers=list(without) or None)
