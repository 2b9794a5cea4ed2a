"""The model of page types: what a page's terms say, and trees over all of its signals."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wiredesk.extractor.body.trees import Trees, probabilities


@dataclass(frozen=True, slots=True)
class PageModel:
    """Tells how likely a page is an article.

    Attributes:
        terms: log-odds of an article, by term.
        trees: over signals, those of the terms among them.
    """

    terms: Mapping[str, float]
    trees: Trees

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return the probability that a page with these signals is an article."""
        columns = {name: np.array([value], np.float64) for name, value in signals.items()}
        return float(probabilities(self.trees.odds(columns))[0])

    def save(self, path: Path) -> None:
        """Write the model to a file, the same bytes for the same model."""
        odds = np.array(list(self.terms.values()), np.float16)
        np.savez_compressed(path, terms=np.array(list(self.terms)), terms_odds=odds, **self.trees.arrays())

    @classmethod
    def load(cls, path: Path) -> "PageModel":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            odds = stored["terms_odds"].astype(np.float64).tolist()
            return cls(dict(zip(stored["terms"].tolist(), odds, strict=True)), Trees.of_arrays(stored))
