"""Boosted oblivious trees, evaluated: the form in which a trained model ships.

All nodes of a level of an oblivious tree ask the same question, so a tree of depth `d` is `d` questions, whose answers
are the bits of the number of a leaf. Evaluating all trees for all texts of a page is three array operations: an
inference library for that would be a hundred times the size of the model. Training uses CatBoost (Prokhorenkova et al.
2018, "CatBoost: unbiased boosting with categorical features"), whose trees these are; see `training/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.columns import Columns


@dataclass(frozen=True, slots=True)
class Trees:
    """A model.

    Attributes:
        version: of the model.
        names: of its columns.
        questions: trees by depth, the column that is asked.
        borders: of the same shape; the answer is yes above.
        leaves: trees by 2 ** depth; log-odds to be added up.
        bias: log-odds to begin with.
    """

    version: str
    names: tuple[str, ...]
    questions: NDArray[np.intp]
    borders: NDArray[np.float32]
    leaves: NDArray[np.float32]
    bias: float

    def odds(self, columns: Columns) -> NDArray[np.float64]:
        """Return the log-odds of each text."""
        # A row for each column: to ask a tree's question is to copy one, and not to pick from all rows.
        values = np.stack([columns[name] for name in self.names]).astype(np.float32)
        leaf = np.zeros((len(self.leaves), values.shape[1]), np.uint8)
        for level in range(self.questions.shape[1]):
            answers = values[self.questions[:, level]] > self.borders[:, level, None]
            leaf |= answers.astype(np.uint8) << np.uint8(level)
        rows = np.arange(len(self.leaves))[:, None]
        added: NDArray[np.float64] = self.leaves[rows, leaf].sum(axis=0, dtype=np.float64)
        return self.bias + added

    def arrays(self) -> dict[str, Any]:
        """Return what a file holds of the model, by name."""
        return {
            "version": np.array(self.version),
            "names": np.array(self.names),
            "questions": self.questions.astype(np.int16),
            "borders": self.borders,
            "leaves": self.leaves,
            "bias": np.array(self.bias),
        }

    @classmethod
    def of_arrays(cls, stored: Mapping[str, NDArray[Any]]) -> "Trees":
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
        """Write the model to a file, the same bytes for the same model."""
        np.savez_compressed(path, **self.arrays())

    @classmethod
    def load(cls, path: Path) -> "Trees":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            return cls.of_arrays(stored)


def probabilities(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-odds as probabilities."""
    return 1 / (1 + np.exp(-np.clip(odds, -700, 700)))
