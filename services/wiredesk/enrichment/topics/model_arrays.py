"""The trained arrays, and the arithmetic that the models share."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHORTEST = 1e-12
"""Length below which a vector has no direction."""

type Floats = NDArray[np.float32]
type Arrays = Mapping[str, NDArray[Any]]


def load_arrays() -> Arrays:
    """Return the arrays that `training.enrichment.topics` wrote.

    Raises:
        OSError: the file is missing.
    """
    with files("wiredesk.enrichment").joinpath("trained", "topics.npz").open("rb") as file, np.load(file) as arrays:
        return {name: arrays[name] for name in arrays.files}


def text_lines(array: NDArray[Any]) -> list[str]:
    """Return the lines of a text that is stored as an array of UTF-8 bytes."""
    text: str = array.tobytes().decode()
    return text.split("\n")


def unit_rows(rows: NDArray[Any]) -> Floats:
    """Return rows of integers as vectors of length 1."""
    vectors: Floats = rows.astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def unit(vector: Floats) -> Floats:
    """Return a vector with length 1 in the same direction; zeros as they are."""
    length = np.linalg.norm(vector)
    result: Floats = (vector / max(float(length), SHORTEST)).astype(np.float32)
    return result


def log_softmax(scores: Floats) -> Floats:
    """Return scores as natural logarithms of probabilities that sum to 1."""
    shifted = scores - scores.max()
    result: Floats = (shifted - np.log(np.exp(shifted).sum())).astype(np.float32)
    return result
