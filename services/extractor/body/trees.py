"""Boosted oblivious trees, evaluated: the form in which a trained model ships.

All nodes of a level of an oblivious tree ask the same question, so a tree of depth `d` is `d` questions, whose answers
are the bits of the number of a leaf. Evaluating all trees for all texts of a page is three array operations: an
inference library for that would be a hundred times the size of the model. Training uses CatBoost (Prokhorenkova et al.
2018, "CatBoost: unbiased boosting with categorical features"), whose trees these are; see `training/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.extractor.body.columns import Columns


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
        words: log-odds that go with the model: of class names, where it reads mark-up.
    """

    version: str
    names: tuple[str, ...]
    questions: NDArray[np.intp]
    borders: NDArray[np.float32]
    leaves: NDArray[np.float32]
    bias: float
    words: Mapping[str, float]

    def probabilities(self, columns: Columns) -> NDArray[np.float64]:
        """Return the probability of each text."""
        values = np.stack([columns[name] for name in self.names], axis=1).astype(np.float32)
        answers = values[:, self.questions] > self.borders
        leaf = answers @ (1 << np.arange(self.questions.shape[1]))
        odds = self.bias + self.leaves[np.arange(len(self.leaves)), leaf].sum(axis=1, dtype=np.float64)
        return 1 / (1 + np.exp(-odds))

    def save(self, path: Path) -> None:
        """Write the model to a file, the same bytes for the same model."""
        np.savez_compressed(
            path,
            version=np.array(self.version),
            names=np.array(self.names),
            questions=self.questions.astype(np.int16),
            borders=self.borders,
            leaves=self.leaves,
            bias=np.array(self.bias),
            words=np.array(list(self.words)),
            odds=np.array(list(self.words.values()), np.float32),
        )

    @classmethod
    def load(cls, path: Path) -> "Trees":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            words = dict(zip(stored["words"].tolist(), stored["odds"].tolist(), strict=True))
            return cls(
                version=str(stored["version"]),
                names=tuple(stored["names"].tolist()),
                questions=stored["questions"].astype(np.intp),
                borders=stored["borders"],
                leaves=stored["leaves"],
                bias=float(stored["bias"]),
                words=words,
            )
