"""Boosted oblivious trees, evaluated with numpy: the form in which a trained model ships.

All nodes of one level of an oblivious tree ask the same question. So a tree of depth `d` is `d` questions, and their
answers are the bits of a leaf's index. Evaluating all trees for all texts of a page takes three array operations;
an inference library for that would be a hundred times the size of the model. The trees come from CatBoost
(Prokhorenkova et al. 2018, "CatBoost: unbiased boosting with categorical features"), converted by
`training.extraction.boosting`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import FeatureMatrix

MAX_EXPONENT = 700
"""Log-odds beyond which `exp` overflows."""


@dataclass(frozen=True, slots=True)
class Trees:
    """A trained model of T trees of depth D.

    Attributes:
        version: of the model.
        names: of the features that it reads.
        questions: for each tree and level, the index in `names` of the feature that is compared; T x D.
        borders: for each tree and level, the value above which the answer is yes; T x D.
        leaves: for each tree, the log-odds that each leaf adds; T x 2 ** D.
        bias: log-odds to which they are added.
    """

    version: str
    names: tuple[str, ...]
    questions: NDArray[np.intp]
    borders: NDArray[np.float32]
    leaves: NDArray[np.float32]
    bias: float

    def log_odds(self, features: FeatureMatrix) -> NDArray[np.float64]:
        """Return the log-odds of each text."""
        # A row for each feature: a question then copies one row instead of picking from all of them.
        values = np.stack([features[name] for name in self.names]).astype(np.float32)
        leaf = np.zeros((len(self.leaves), values.shape[1]), np.uint8)
        for level in range(self.questions.shape[1]):
            answers = values[self.questions[:, level]] > self.borders[:, level, None]
            leaf |= answers.astype(np.uint8) << np.uint8(level)
        rows = np.arange(len(self.leaves))[:, None]
        added: NDArray[np.float64] = self.leaves[rows, leaf].sum(axis=0, dtype=np.float64)
        return self.bias + added

    def arrays(self) -> dict[str, Any]:
        """Return the arrays that a file holds of the model, by name."""
        return {
            "version": np.array(self.version),
            "names": np.array(self.names),
            "questions": self.questions.astype(np.int16),
            "borders": self.borders,
            "leaves": self.leaves,
            "bias": np.array(self.bias),
        }

    @classmethod
    def from_arrays(cls, stored: Mapping[str, NDArray[Any]]) -> "Trees":
        """Return the model that a file holds."""
        return cls(
            version=str(stored["version"]),
            names=tuple(stored["names"].tolist()),
            questions=stored["questions"].astype(np.intp),
            borders=stored["borders"],
            leaves=stored["leaves"],
            bias=float(stored["bias"]),
        )

    def save(self, path: Path) -> None:
        """Write the model to a file. The same model gives the same bytes."""
        np.savez_compressed(path, **self.arrays())

    @classmethod
    def load(cls, path: Path) -> "Trees":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            return cls.from_arrays(stored)


def probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds as probabilities."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -MAX_EXPONENT, MAX_EXPONENT)))
