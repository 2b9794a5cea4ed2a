"""A small network that reads all texts of a page in their order, and corrects what the trees say of each alone.

Trees judge a text by itself and its nearest neighbours. Which of two stories is the page's own, or where comments
begin, shows only over the whole page: convolutions with growing gaps (van den Oord et al. 2016, "WaveNet") see fifteen
texts on either side, and what the whole page has in common is added in each layer. It was trained for the F1 of pages
rather than for single texts, see `training.extraction.network`; evaluating it is a dozen products of matrices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.columns import Columns

type Array = NDArray[np.floating[Any]]
"""Single precision, for which mypy's numpy has no arithmetic of its own."""

GAPS = (1, 2, 4, 8)
"""Of each layer: how many texts before and behind a text it looks."""

MOST = 4.0
"""Standard deviations beyond which a column says no more."""

MOST_SURE = 9.0
"""Log-odds beyond which the trees say no more."""

SURE = 3.0
"""Factor on the trees' log-odds for a text's share in what the story has in common."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of H units.

    Attributes:
        names: of its C columns; two more hold what the trees say.
        mean, scale: of each column, after its logarithm was taken: C.
        weights: `enter` (C + 2, H), `enter_bias` (H); for each layer n `near<n>` (3 H, H), `near_bias<n>` (H) and
            `whole<n>` (2 H, H); `leave` (2 H, 1), `leave_bias` (1), and `trees` (1), the weight of the trees' log-odds.
    """

    names: tuple[str, ...]
    mean: Array
    scale: Array
    weights: Mapping[str, Array]

    def odds(self, columns: Columns, trees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of each text.

        Args:
            trees: the log-odds that the trees tell.
        """
        w = self.weights
        told = clipped(trees)
        entering = self.seen(columns, told) @ w["enter"] + w["enter_bias"]
        first = hidden = _activated(entering)
        of_story = _logistic(SURE * told)[:, None]
        share = of_story.sum() + np.float32(1e-3)
        for number, gap in enumerate(GAPS):
            common = np.concatenate([(hidden * of_story).sum(axis=0) / share, hidden.mean(axis=0)])
            near = np.concatenate([_shifted(hidden, gap), hidden, _shifted(hidden, -gap)], axis=1)
            hidden = hidden + _activated(
                near @ w[f"near{number}"] + w[f"near_bias{number}"] + common @ w[f"whole{number}"]
            )
        leaving = np.concatenate([hidden, first], axis=1) @ w["leave"] + w["leave_bias"]
        odds: NDArray[np.float64] = (leaving[:, 0] + w["trees"][0] * told).astype(np.float64)
        return odds

    def seen(self, columns: Columns, trees: Array) -> Array:
        """Return what the network sees of each text: its columns as deviations, and what the trees say."""
        values = logarithms(np.stack([columns[name] for name in self.names], axis=1))
        deviations = np.clip((values - self.mean) / self.scale, -MOST, MOST)
        return np.concatenate([deviations, trees_seen(trees)], axis=1)


def logarithms(values: NDArray[np.float64]) -> Array:
    """Return values on a scale on which lengths and counts spread evenly; of negative ones, those of their sizes."""
    found: Array = (np.sign(values) * np.log1p(np.abs(values))).astype(np.float32)
    return found


def clipped(trees: NDArray[np.float64]) -> Array:
    """Return the trees' log-odds within bounds."""
    return np.clip(trees, -MOST_SURE, MOST_SURE).astype(np.float32)


def trees_seen(odds: Array) -> Array:
    """Return the trees' log-odds, and their probability, as two columns of about the others' size."""
    return np.stack([odds / SURE, 2 * _logistic(odds) - 1], axis=1)


def _shifted(hidden: Array, gap: int) -> Array:
    """Return, for each text, the row of the one that stands `gap` before it; zeros beyond the page's ends."""
    found = np.zeros_like(hidden)
    if abs(gap) < len(hidden):
        if gap > 0:
            found[gap:] = hidden[:-gap]
        else:
            found[:gap] = hidden[-gap:]
    return found


def _logistic(odds: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-odds))
    return found


def _activated(values: Array) -> Array:
    """Return the Gaussian error linear unit of values, in its approximation (Hendrycks & Gimpel 2016)."""
    found: Array = 0.5 * values * (1 + np.tanh(0.7978846 * (values + 0.044715 * values * values * values)))
    return found
