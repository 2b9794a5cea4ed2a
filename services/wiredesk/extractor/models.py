"""The models that ship with the extractor: two of the body and one of page types, and their files."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wiredesk.extractor.body.features import FeatureMatrix
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.network import Network
from wiredesk.extractor.body.trees import Trees, probabilities
from wiredesk.languages.detector import LanguageDetector, shared_detector

SHIPPED = Path(__file__).parent / "trained"
"""Folder of the models that ship, written by `training.extraction.train`."""

_LEXICON_FIELDS = ("class_names", "phrases")
"""Fields of `LexiconOdds`, which are names of arrays in a file."""

_NETWORK_PREFIX = "network_"
"""Beginning of the names of the network's arrays in a file."""

_WITHOUT_WORDS = "without_words_"
"""Beginning of the names of the arrays of the trees that read no words, in a file."""

IS_ENGLISH = "is_english"
"""Name of the signal by which a page is read as an English one."""


@dataclass(frozen=True, slots=True)
class BodyModel:
    """Estimates how likely each text of a page belongs to its story.

    Attributes:
        lexicon: log-odds of words, from which some features are made.
        trees: classify each text by its features.
        network: reads the features of all texts and the trees' log-odds.
    """

    lexicon: LexiconOdds
    trees: Trees
    network: Network

    def probabilities(self, features: FeatureMatrix) -> NDArray[np.float64]:
        """Return the probability of each text; an empty array if the page has no texts.

        Args:
            features: made with this model's lexicon.
        """
        return probabilities(self.log_odds(features)) if features else np.zeros(0)

    def log_odds(self, features: FeatureMatrix) -> NDArray[np.float64]:
        """Return the log-odds of each text: the mean of trees and network, which is better than either."""
        by_trees = self.trees.log_odds(features)
        return (by_trees + self.network.log_odds(features, by_trees)) / 2

    def save(self, path: Path) -> None:
        """Write the model to a file. The same model gives the same bytes."""
        stored = self.trees.arrays()
        for name in _LEXICON_FIELDS:
            log_odds: Mapping[str, float] = getattr(self.lexicon, name)
            stored[name] = np.array(list(log_odds))
            stored[f"{name}_odds"] = np.array(list(log_odds.values()), np.float16)
        network = {"names": np.array(self.network.names), "mean": self.network.mean, "scale": self.network.scale}
        stored |= {f"{_NETWORK_PREFIX}{name}": array for name, array in (network | dict(self.network.weights)).items()}
        np.savez_compressed(path, **stored)

    @classmethod
    def load(cls, path: Path) -> "BodyModel":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {
                name.removeprefix(_NETWORK_PREFIX): stored[name]
                for name in stored.files
                if name.startswith(_NETWORK_PREFIX)
            }
            network = Network(tuple(arrays.pop("names").tolist()), arrays.pop("mean"), arrays.pop("scale"), arrays)
            log_odds = {name: stored[f"{name}_odds"].astype(np.float64).tolist() for name in _LEXICON_FIELDS}
            words = {name: dict(zip(stored[name].tolist(), log_odds[name], strict=True)) for name in _LEXICON_FIELDS}
            return cls(LexiconOdds(**words), Trees.from_arrays(stored), network)


@dataclass(frozen=True, slots=True)
class PageModel:
    """Estimates how likely a page is an article.

    Attributes:
        terms: log-odds of an article, by term.
        trees: read the signals of an English page, among them those of its terms.
        trees_without_words: read the signals of a page in another language: those that do not come from its words.
    """

    terms: Mapping[str, float]
    trees: Trees
    trees_without_words: Trees

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return the probability that a page with these signals is an article."""
        trees = self.trees if signals.get(IS_ENGLISH) else self.trees_without_words
        return float(probabilities(np.array(trees.log_odds_of_one(signals))))

    def save(self, path: Path) -> None:
        """Write the model to a file. The same model gives the same bytes."""
        stored = self.trees.arrays()
        stored |= {f"{_WITHOUT_WORDS}{name}": array for name, array in self.trees_without_words.arrays().items()}
        stored |= {"terms": np.array(list(self.terms)), "terms_odds": np.array(list(self.terms.values()), np.float16)}
        np.savez_compressed(path, **stored)

    @classmethod
    def load(cls, path: Path) -> "PageModel":
        """Read a model from a file."""
        with np.load(path, allow_pickle=False) as stored:
            log_odds = stored["terms_odds"].astype(np.float64).tolist()
            without_words = {
                name.removeprefix(_WITHOUT_WORDS): stored[name]
                for name in stored.files
                if name.startswith(_WITHOUT_WORDS)
            }
            terms = dict(zip(stored["terms"].tolist(), log_odds, strict=True))
            return cls(terms, Trees.from_arrays(stored), Trees.from_arrays(without_words))


@dataclass(frozen=True, slots=True)
class Models:
    """All models of the extractor: those that `training.extraction` trained, and the detector of languages.

    Attributes:
        html: whether a segment of an HTML page belongs to the story.
        text: whether a line of text belongs to the story.
        page: whether an HTML page is an article.
        languages: which language a text is in.
    """

    html: BodyModel
    text: BodyModel
    page: PageModel
    languages: LanguageDetector = field(default_factory=shared_detector)

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> "Models":
        """Read the models from a folder."""
        return cls(
            html=BodyModel.load(folder / "html.npz"),
            text=BodyModel.load(folder / "text.npz"),
            page=PageModel.load(folder / "page.npz"),
        )


@functools.cache
def shipped_models() -> Models:
    """Return the models that ship. Each process loads them once."""
    return Models.load()
