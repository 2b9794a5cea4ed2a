"""A small network that reads all texts of a page in their order, and corrects the trees' log-odds.

The trees see a text and its nearest neighbours. Which of two stories is the page's own, or where comments begin, can
only be seen on the whole page. Dilated convolutions (van den Oord et al. 2016, "WaveNet") see fifteen texts on either
side, and each layer adds an average over the whole page. The network was trained on the F1 of pages rather than on
single texts, see `training.extraction.network`. Evaluating it takes a dozen products of matrices.

`training.extraction.network` has the same function in JAX. `tests/models` compares both on stored inputs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import FeatureMatrix, rows_of

type Array = NDArray[np.floating[Any]]
"""An array in single precision, for which mypy's numpy has no arithmetic of its own."""

DILATIONS = (1, 2, 4, 8)
"""For each layer, the distance of the texts before and after a text that it sees."""

MAX_DEVIATION = 4.0
"""Standard deviations to which a feature is clipped."""

MAX_TREE_LOG_ODDS = 9.0
"""Log-odds to which the trees' output is clipped."""

TREE_FACTOR = 3.0
"""Factor on the trees' log-odds, which gives each text's weight in the average over the story."""

MIN_STORY_WEIGHT = np.float32(1e-3)
"""Added to the sum of these weights, so that a page without a story does not divide by zero."""


ONE_THREAD_PRODUCTS = 1 << 18
"""Multiplications up to which OpenBLAS, numpy's library of matrices, wakes no other thread (`interface/gemm.c`: 65,536
times 4). For a matrix as small as those of a page, the others' waiting costs a hundred times what they compute."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of H units over C features and two inputs from the trees.

    Attributes:
        names: of its features.
        mean: of each feature, on a logarithmic scale; C.
        scale: standard deviation of each feature, on the same scale; C.
        weights: `enter` (C + 2, H), `enter_bias` (H); for each layer n `near<n>` (3 H, H), `near_bias<n>` (H) and
            `whole<n>` (2 H, H); `leave` (2 H, 1), `leave_bias` (1), and `trees` (1), the factor on the trees' log-odds.
    """

    names: tuple[str, ...]
    mean: Array
    scale: Array
    weights: Mapping[str, Array]

    def log_odds(self, features: FeatureMatrix, trees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of each text.

        Args:
            features: of the page's texts.
            trees: log-odds of each text as the trees give them.
        """
        clipped = clip_tree_log_odds(trees)
        return self.forward(self.inputs(features, clipped), clipped)

    def inputs(self, features: FeatureMatrix, trees: Array) -> Array:
        """Return the inputs of each text: features in standard deviations, and the trees' outputs; (texts, C + 2)."""
        # Stacked as rows and turned at the end: numpy copies rows many times faster than columns.
        rows = np.empty((len(self.names) + 2, len(trees)), np.float32)
        deviations = rows[:-2]
        deviations[:] = signed_logarithm(rows_of(features, self.names))
        deviations -= self.mean[:, None]
        deviations /= self.scale[:, None]
        np.clip(deviations, -MAX_DEVIATION, MAX_DEVIATION, out=deviations)
        rows[-2:] = tree_inputs(trees).T
        return rows.T

    def forward(self, inputs: Array, trees: Array) -> NDArray[np.float64]:
        """Return the log-odds of each text.

        Args:
            inputs: of each text; (texts, C + 2).
            trees: clipped log-odds of each text.
        """
        w = self.weights
        first = hidden = gelu(product(inputs, w["enter"]) + w["enter_bias"])
        in_story = _logistic(TREE_FACTOR * trees)[:, None]
        story_weight = in_story.sum() + MIN_STORY_WEIGHT
        for layer, distance in enumerate(DILATIONS):
            common = np.concatenate([(hidden * in_story).sum(axis=0) / story_weight, hidden.mean(axis=0)])
            near = np.concatenate([_shift_rows(hidden, distance), hidden, _shift_rows(hidden, -distance)], axis=1)
            whole = w[f"near_bias{layer}"] + common @ w[f"whole{layer}"]
            hidden = hidden + gelu(product(near, w[f"near{layer}"]) + whole)
        output = product(np.concatenate([hidden, first], axis=1), w["leave"]) + w["leave_bias"]
        log_odds: NDArray[np.float64] = (output[:, 0] + w["trees"][0] * trees).astype(np.float64)
        return log_odds


def product(rows: Array, weights: Array) -> Array:
    """Return the product of two matrices, computed in the thread that asks for it.

    Args:
        rows: of each text; (texts, C).
        weights: (C, H).
    """
    step = max(1, ONE_THREAD_PRODUCTS // weights.size)
    result: Array = np.empty((len(rows), weights.shape[1]), np.float32)
    for begin in range(0, len(rows), step):
        np.matmul(rows[begin : begin + step], weights, out=result[begin : begin + step])
    return result


def signed_logarithm(values: Array) -> Array:
    """Return the logarithms of 1 + |value|, with the sign of the value: lengths and counts then spread evenly."""
    single = values.astype(np.float32, copy=False)
    logarithms = np.abs(single)
    logarithms += np.float32(1)
    np.log(logarithms, out=logarithms)  # several times faster than `log1p`, whose last digits are of no use here
    signed: Array = np.copysign(logarithms, single, out=logarithms)
    return signed


def clip_tree_log_odds(trees: NDArray[np.float64]) -> Array:
    """Return the trees' log-odds within bounds."""
    return np.clip(trees, -MAX_TREE_LOG_ODDS, MAX_TREE_LOG_ODDS).astype(np.float32)


def tree_inputs(trees: Array) -> Array:
    """Return the trees' log-odds and probability, as two inputs on the scale of the others; (texts, 2)."""
    return np.stack([trees / TREE_FACTOR, 2 * _logistic(trees) - 1], axis=1)


def gelu(values: Array) -> Array:
    """Return the Gaussian error linear unit of values, in its tanh approximation (Hendrycks & Gimpel 2016)."""
    activated: Array = 0.5 * values * (1 + np.tanh(0.7978846 * (values + 0.044715 * values * values * values)))
    return activated


def _shift_rows(hidden: Array, distance: int) -> Array:
    """Return, for each text, the row of the text that is `distance` before it; zeros beyond the page's edges."""
    shifted = np.zeros_like(hidden)
    if abs(distance) < len(hidden):
        if distance > 0:
            shifted[distance:] = hidden[:-distance]
        else:
            shifted[:distance] = hidden[-distance:]
    return shifted


def _logistic(log_odds: Array) -> Array:
    probabilities: Array = 1 / (1 + np.exp(-log_odds))
    return probabilities
