"""Train a model of the body, and five that have each not seen a fifth of the sites.

Each step learns from what the step before says of sites that it has not seen: trees from columns that were made with
the wording of other sites, the network from what the trees say of other sites than theirs. A model that learnt from
what is said of known sites would trust it more than it may on a new page.
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
from training.extraction.network import Reading
from training.extraction.wording import Corpus
from wiredesk.extractor.body.columns import Columns
from wiredesk.extractor.body.model import BodyModel
from wiredesk.extractor.body.network import Network
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.body.wording import Wording

GROUPS = 20
"""Groups of sites, each described with the wording of all others: nearly what a model that knows all sites says of a
new one."""

PARAMETERS = {
    "html": {"iterations": 700, "learning_rate": 0.06},
    "text": {"iterations": 500, "learning_rate": 0.08},
}
_ALWAYS: dict[str, Any] = {"depth": 6, "l2_leaf_reg": 6, "rsm": 0.3, "border_count": 64}

_OF_NEIGHBOUR = re.compile(r"[+-]\d$")
"""Columns of neighbours, which the network has no need of: it reads the neighbours themselves."""

type Examples = Sequence[HtmlPage | TextPage]
type Odds = list[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what tells how good it is.

    Attributes:
        model: that has learnt from all examples.
        held_out: one for each fold, that has not seen the fold's sites.
        by_trees, told: of each example, the log-odds of its texts as the trees and as the whole model tell them that
            have not seen its site.
    """

    model: BodyModel
    held_out: tuple[BodyModel, ...]
    by_trees: Odds
    told: Odds


@dataclass(frozen=True, slots=True)
class _Fold:
    """Sites that are judged by what was learnt from the others; by the places of their examples."""

    seen: Sequence[int]
    judged: Sequence[int]
    wording: Wording
    trees: Trees


def train(found: Examples, form: str) -> Trained:
    """Train models of one form of pages, `html` or `text`."""
    corpus = Corpus(found, [examples.weights(example) for example in found])
    learner = _Learner(found, form, _described(found, corpus))
    print(f"{len(found)} pages, {sum(len(e.texts) for e in found)} texts, {len(learner.names)} columns", flush=True)
    folds = [
        _Fold(seen, judged, corpus.wording(seen), learner.trees(seen))
        for _, seen, judged in splits([example.page.site for example in found])
    ]
    of_others: Odds = [np.zeros(0)] * len(found)
    for fold in folds:
        for i in fold.judged:
            of_others[i] = fold.trees.odds(learner.described[i])
    held_out = tuple(BodyModel(f.wording, f.trees, learner.network(f.seen, of_others)) for f in folds)
    by_trees: Odds = [np.zeros(0)] * len(found)
    told: Odds = [np.zeros(0)] * len(found)
    for fold, model in zip(folds, held_out, strict=True):
        for i in fold.judged:
            columns = found[i].described(model.wording)
            by_trees[i], told[i] = model.trees.odds(columns), model.odds(columns)
    everything = range(len(found))
    whole = BodyModel(corpus.wording(everything), learner.trees(everything), learner.network(everything, of_others))
    return Trained(whole, held_out, by_trees, told)


@dataclass(frozen=True, slots=True)
class _Learner:
    """Examples with their columns, made with the wording of other sites."""

    found: Examples
    form: str
    described: Sequence[Columns]

    @property
    def names(self) -> list[str]:
        return sorted(self.described[0])

    def trees(self, places: Sequence[int]) -> Trees:
        names = self.names
        return boosting.fit(
            np.concatenate([examples.matrix(self.described[i], names) for i in places]),
            np.concatenate([self.found[i].story for i in places]),
            np.concatenate([examples.weights(self.found[i]) for i in places]),
            names,
            **{**_ALWAYS, **PARAMETERS[self.form]},
        )

    def network(self, places: Sequence[int], by_trees: Odds) -> Network:
        names = [name for name in self.names if not _OF_NEIGHBOUR.search(name)]
        return network.fit(
            [
                Reading(
                    matrix=examples.matrix(self.described[i], names),
                    trees=by_trees[i],
                    story=self.found[i].story,
                    words=examples.words(self.found[i]),
                    weights=examples.weights(self.found[i]),
                )
                for i in places
            ],
            names,
        )


def _described(found: Examples, corpus: Corpus) -> list[Columns]:
    described: list[Columns] = [{}] * len(found)
    for _, seen, judged in splits([example.page.site for example in found], GROUPS):
        learnt = corpus.wording(seen)
        for i in judged:
            described[i] = found[i].described(learnt)
    return described
