"""The model of the body: what was learnt of words, trees, and a network, in one file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.columns import Columns
from wiredesk.extractor.body.network import Network
from wiredesk.extractor.body.trees import Trees, probabilities
from wiredesk.extractor.body.wording import Wording

_WORDS = ("class_names", "phrases")
_NETWORK = "network_"


@dataclass(frozen=True, slots=True)
class BodyModel:
    """Tells how likely each text of a page belongs to its story.

    Attributes:
        wording: what words say; columns are made with it.
        trees: judge each text by its columns.
        network: reads them all, and what the trees say.
    """

    wording: Wording
    trees: Trees
    network: Network

    def probabilities(self, columns: Columns) -> NDArray[np.float64]:
        """Return the probability of each text, of columns that were made with the model's wording."""
        return probabilities(self.odds(columns))

    def odds(self, columns: Columns) -> NDArray[np.float64]:
        """Return the log-odds of each text: the mean of both models, which is right more often than either."""
        by_trees = self.trees.odds(columns)
        return (by_trees + self.network.odds(columns, by_trees)) / 2

    def save(self, path: Path) -> None:
        """Write the model to a file, the same bytes for the same model."""
        stored = self.trees.arrays()
        for name in _WORDS:
            odds: Mapping[str, float] = getattr(self.wording, name)
            stored[name] = np.array(list(odds))
            stored[f"{name}_odds"] = np.array(list(odds.values()), np.float16)
        network = {"names": np.array(self.network.names), "mean": self.network.mean, "scale": self.network.scale}
        stored |= {f"{_NETWORK}{name}": array for name, array in (network | dict(self.network.weights)).items()}
        np.savez_compressed(path, **stored)

    @classmethod
    def load(cls, path: Path) -> "BodyModel":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {n.removeprefix(_NETWORK): stored[n] for n in stored.files if n.startswith(_NETWORK)}
            network = Network(tuple(arrays.pop("names").tolist()), arrays.pop("mean"), arrays.pop("scale"), arrays)
            odds = {name: stored[f"{name}_odds"].astype(np.float64).tolist() for name in _WORDS}
            words = {name: dict(zip(stored[name].tolist(), odds[name], strict=True)) for name in _WORDS}
            return cls(Wording(**words), Trees.of_arrays(stored), network)
