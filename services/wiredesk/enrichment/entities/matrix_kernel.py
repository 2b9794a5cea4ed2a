"""The library that multiplies the tagger's matrices: numpy's or spaCy's, whichever is faster on this processor.

spaCy multiplies with blis, which has no kernel of its own for many processors. numpy's OpenBLAS has more of them, and
is up to three times as fast there. The last bits of a product differ, the names that are tagged do not.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from thinc.api import NumpyOps

ROWS, WIDTH = 256, 288
"""Shape of the matrices that are multiplied as a measurement: that of the tagger's layers, for half an article."""

ROUNDS = 7
"""Products by each library. They alternate, and the least time counts: another process may take any of them longer."""

MARGIN = 0.8
"""numpy's library is used unless blis takes less than this share of its time, so that two nearly equal ones do not
alternate from start to start."""


@cache
def fastest_ops() -> NumpyOps:
    """Return thinc's operations with the faster library, measured once per process, in about 20 ms.

    Products are computed in the calling thread: child processes are forked from the process that calls this.
    """
    generator = np.random.default_rng(0)
    left = generator.random((ROWS, WIDTH), dtype=np.float32)
    right = generator.random((WIDTH, WIDTH), dtype=np.float32)
    candidates = {"numpy": NumpyOps(use_blis=False), "blis": NumpyOps(use_blis=True)}
    seconds = measure({name: lambda ops=ops: ops.gemm(left, right) for name, ops in candidates.items()})  # type: ignore[misc]
    return candidates["blis" if is_blis_faster(seconds) else "numpy"]


def measure(products: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the seconds of CPU time that each product took in each round; the first call of each is not counted."""
    for product in products.values():
        product()
    seconds: dict[str, list[float]] = {name: [] for name in products}
    for _ in range(ROUNDS):
        for name, product in products.items():
            began = time.thread_time()
            product()
            seconds[name].append(time.thread_time() - began)
    return seconds


def is_blis_faster(seconds: Mapping[str, Sequence[float]]) -> bool:
    """Whether blis is faster by more than the margin."""
    return min(seconds["blis"]) < MARGIN * min(seconds["numpy"])
