"""The trained graphs, as onnxruntime runs them."""

from importlib.resources import files

import onnxruntime


def open_graph(name: str) -> onnxruntime.InferenceSession:
    """Return a graph, ready to run.

    Args:
        name: of its file among those that ship.

    Raises:
        OSError: the file is missing.
    """
    options = onnxruntime.SessionOptions()
    # One thread, the caller's own: child processes are forked from the process that loads this.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # At a higher level the runtime fuses operators into one that is slower.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    # With an arena, a child process would keep the most memory that any window ever took.
    options.enable_cpu_mem_arena = False
    graph = files("wiredesk.enrichment").joinpath("trained", name).read_bytes()
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
