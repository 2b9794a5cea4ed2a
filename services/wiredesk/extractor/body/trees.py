"""Boosted oblivious trees, evaluated with numpy: the form in which a trained model ships.

All nodes of one level of an oblivious tree ask the same question. So a tree of depth `d` is `d` questions, and their
answers are the bits of a leaf's index. Trees share many of their questions, so each question is answered once, for all
texts of a page, and the trees pick their answers. That takes a few array operations for each level; an inference
library would be a hundred times the size of the model. The trees come from CatBoost
(Prokhorenkova et al. 2018, "CatBoost: unbiased boosting with categorical features"), converted by
`training.extraction.boosting`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import FeatureMatrix, rows_of

MAX_EXPONENT = 700
"""Log-odds beyond which `exp` overflows."""

BLOCK = 256
"""Texts that are evaluated at a time, so that what is between the steps stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The different questions that trees ask.

    Attributes:
        features: for each question, the index of the feature that is compared.
        borders: for each question, the value above which the answer is yes; one column.
        asked: for each level, the index of the question that each tree asks.
    """

    features: NDArray[np.intp]
    borders: NDArray[np.float32]
    asked: tuple[NDArray[np.intp], ...]

    @classmethod
    def of_trees(cls, features: NDArray[np.intp], borders: NDArray[np.float32]) -> "Questions":
        """Return the different ones among the questions of T trees; both arguments are T x D."""
        asked = np.zeros(features.size, [("feature", np.intp), ("border", np.float32)])
        asked["feature"], asked["border"] = features.ravel(), borders.ravel()
        different, index = np.unique(asked, return_inverse=True)
        levels = index.reshape(features.shape).T
        return cls(different["feature"], different["border"][:, None], tuple(map(np.ascontiguousarray, levels)))

    def leaves(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the index of the leaf that each tree gives each text; T x texts.

        Args:
            values: of the features; (features, texts).
        """
        answers = (values.take(self.features, axis=0) > self.borders).view(np.uint8)
        leaf = np.zeros((len(self.asked[0]), values.shape[1]), np.uint8)
        for questions in reversed(self.asked):
            leaf += leaf  # numpy adds bytes many times faster than it shifts them
            leaf += answers.take(questions, axis=0)
        return leaf


@dataclass(frozen=True)
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

    @cached_property
    def different(self) -> Questions:
        """The different questions among all."""
        return Questions.of_trees(self.questions, self.borders)

    @cached_property
    def doubles(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """All leaves in double precision, in which they are added, and the index of each tree's first leaf."""
        return self.leaves.astype(np.float64).ravel(), np.arange(0, self.leaves.size, self.leaves.shape[1])[:, None]

    def log_odds(self, features: FeatureMatrix) -> NDArray[np.float64]:
        """Return the log-odds of each text."""
        # A row for each feature: a question then copies one row instead of picking from all of them.
        return self._of_values(rows_of(features, self.names))

    def log_odds_of_one(self, features: Mapping[str, float]) -> float:
        """Return the log-odds of a single text or page."""
        return float(self._of_values(np.array([[features[name]] for name in self.names], np.float32))[0])

    def _of_values(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        added = np.zeros(values.shape[1])
        leaves, first_leaf = self.doubles
        for start in range(0, len(added), BLOCK):
            leaf = self.different.leaves(values[:, start : start + BLOCK])
            added[start : start + BLOCK] = leaves.take(leaf + first_leaf).sum(axis=0)
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
