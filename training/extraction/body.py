"""Train a model of the body, and five more of which each has not seen a fifth of the sites.

Each step learns from the outputs of the previous step for sites that that step has not seen: the trees from features
that were computed with the lexicon of other sites, the network from the log-odds of trees of other sites. A model that
learned from outputs for known sites would trust them more than is justified on a new page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.extraction import boosting, examples, network
from training.extraction.examples import HtmlPage, TextPage
from training.extraction.folds import splits
from training.extraction.lexicon import Corpus
from training.extraction.network import TrainingPage
from wiredesk.extractor.body.features import FeatureMatrix
from wiredesk.extractor.body.lexicon_odds import LexiconOdds
from wiredesk.extractor.body.network import Network
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.models import BodyModel

GROUPS = 20
"""Groups of sites. The features of each are made with the lexicon of all others: nearly what a model that knows all
sites computes for a new one."""

PARAMETERS = {
    "html": {"iterations": 700, "learning_rate": 0.06},
    "text": {"iterations": 500, "learning_rate": 0.08},
}
"""Parameters of CatBoost by the form of pages."""

_ALWAYS: dict[str, Any] = {"depth": 6, "l2_leaf_reg": 6, "rsm": 0.3, "border_count": 64}
"""Parameters of CatBoost for all forms."""

_OF_NEIGHBOUR = re.compile(r"[+-]\d$")
"""Names of features of neighbours. The network does not need them: it reads the neighbours themselves."""

type Examples = Sequence[HtmlPage | TextPage]
"""Pages of one form."""

type LogOdds = list[NDArray[np.float64]]
"""For each example, the log-odds of its texts."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and its outputs for unseen sites, which show how good it is.

    Attributes:
        model: learned from all examples.
        held_out: one model for each fold, which has not seen the fold's sites.
        by_trees: for each example, log-odds by the trees that have not seen its site.
        by_model: for each example, log-odds by the whole model that has not seen its site.
    """

    model: BodyModel
    held_out: tuple[BodyModel, ...]
    by_trees: LogOdds
    by_model: LogOdds


@dataclass(frozen=True, slots=True)
class _Fold:
    """A split of the examples, by their positions, and what was learned from the first part.

    Attributes:
        train: examples that were learned from.
        held_out: examples of other sites.
        lexicon: learned.
        trees: learned.
    """

    train: Sequence[int]
    held_out: Sequence[int]
    lexicon: LexiconOdds
    trees: Trees


def train(pages: Examples, form: str) -> Trained:
    """Train models of one form of pages, `html` or `text`.

    Args:
        pages: to learn from. Those that were made of others come last, because they say nothing new about words.
        form: of the pages.
    """
    of_words = [example for example in pages if example.page.set not in examples.MADE]
    corpus = Corpus(of_words, [examples.weights(example) for example in of_words])
    learner = _Learner(pages, form, _features(pages, corpus))
    print(f"{len(pages)} pages, {sum(len(e.texts) for e in pages)} texts, {len(learner.names)} features", flush=True)
    folds = [
        _Fold(train_part, held_out_part, corpus.lexicon(train_part), learner.trees(train_part))
        for _, train_part, held_out_part in splits([example.page.site for example in pages])
    ]
    of_unseen: LogOdds = [np.zeros(0)] * len(pages)
    for fold in folds:
        for i in fold.held_out:
            of_unseen[i] = fold.trees.log_odds(learner.features[i])
    print(f"{form}: trees of the folds are trained", flush=True)
    held_out = tuple(BodyModel(f.lexicon, f.trees, learner.network(f.train, of_unseen)) for f in folds)
    print(f"{form}: networks of the folds are trained", flush=True)
    by_trees: LogOdds = [np.zeros(0)] * len(pages)
    by_model: LogOdds = [np.zeros(0)] * len(pages)
    for fold, model in zip(folds, held_out, strict=True):
        for i in fold.held_out:
            features = pages[i].features(model.lexicon)
            by_trees[i], by_model[i] = model.trees.log_odds(features), model.log_odds(features)
    everything = range(len(pages))
    whole = BodyModel(corpus.lexicon(everything), learner.trees(everything), learner.network(everything, of_unseen))
    return Trained(whole, held_out, by_trees, by_model)


@dataclass(frozen=True, slots=True)
class _Learner:
    """Examples with their features, which were made with the lexicon of other sites."""

    pages: Examples
    form: str
    features: Sequence[FeatureMatrix]

    @property
    def names(self) -> list[str]:
        return sorted(self.features[0])

    def trees(self, places: Sequence[int]) -> Trees:
        """Train trees on the examples at these positions."""
        names = self.names
        return boosting.fit(
            np.concatenate([examples.matrix(self.features[i], names) for i in places]),
            np.concatenate([self.pages[i].story for i in places]),
            np.concatenate([examples.weights(self.pages[i]) for i in places]),
            names,
            **{**_ALWAYS, **PARAMETERS[self.form]},
        )

    def network(self, places: Sequence[int], by_trees: LogOdds) -> Network:
        """Train a network on the examples at these positions, and on what trees say about all examples."""
        names = [name for name in self.names if not _OF_NEIGHBOUR.search(name)]
        return network.fit(
            [
                TrainingPage(
                    matrix=examples.matrix(self.features[i], names),
                    trees=by_trees[i],
                    story=self.pages[i].story,
                    words=examples.words(self.pages[i]),
                    weights=examples.weights(self.pages[i]),
                )
                for i in places
            ],
            names,
        )


def _features(pages: Examples, corpus: Corpus) -> list[FeatureMatrix]:
    features: list[FeatureMatrix] = [{}] * len(pages)
    for _, train_part, held_out_part in splits([example.page.site for example in pages], GROUPS):
        lexicon = corpus.lexicon(train_part)
        for i in held_out_part:
            features[i] = pages[i].features(lexicon)
    return features
