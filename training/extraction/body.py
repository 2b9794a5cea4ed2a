"""Train a model of the body, and five that have each not seen a fifth of the sites.

Each step learns from what the step before says of sites that it has not seen: trees from columns that were made with
the wording of other sites, the network from what the trees say of other sites than theirs. A model that learnt from
what is said of known sites would trust it more than it may on a new page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.extractor.body.columns import Columns
from services.extractor.body.model import BodyModel
from services.extractor.body.network import Network
from services.extractor.body.trees import Trees
from services.extractor.body.wording import Wording
from training.extraction import boosting, examples, network, wording
from training.extraction.examples import HtmlPage, TextPage
from training.extraction.folds import splits
from training.extraction.network import Reading

GROUPS = 20
"""Groups of sites, each described with the wording of all others: nearly what a model that knows all sites says of a
new one."""

PARAMETERS = {
    "html": {"iterations": 700, "learning_rate": 0.06},
    "text": {"iterations": 500, "learning_rate": 0.08},
}
_ALWAYS = {"depth": 6, "l2_leaf_reg": 6, "rsm": 0.3, "border_count": 64}

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


def train(found: Examples, form: str) -> Trained:
    """Train models of one form of pages, `html` or `text`."""
    sites = [example.page.site for example in found]
    learner = _Learner(found, form, _described(found))
    print(f"{len(found)} pages, {sum(len(e.texts) for e in found)} texts, {len(learner.names)} columns", flush=True)
    folds = list(splits(sites))
    partial = [(_wording([found[i] for i in seen]), learner.trees(seen)) for _, seen, _ in folds]
    by_trees, new = [np.zeros(0)] * len(found), [np.zeros(0)] * len(found)
    columns: dict[int, Columns] = {}
    for (wording_of_fold, trees), (_, _, judged) in zip(partial, folds, strict=True):
        for i in judged:
            by_trees[i] = trees.odds(learner.described[i])
            columns[i] = found[i].described(wording_of_fold)
            new[i] = trees.odds(columns[i])
    held_out, told = [], [np.zeros(0)] * len(found)
    for (wording_of_fold, trees), (_, seen, judged) in zip(partial, folds, strict=True):
        held_out.append(BodyModel(wording_of_fold, trees, learner.network(seen, by_trees)))
        for i in judged:
            told[i] = held_out[-1].odds(columns[i])
    everything = range(len(found))
    model = BodyModel(_wording(found), learner.trees(everything), learner.network(everything, by_trees))
    return Trained(model, tuple(held_out), new, told)


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


def _described(found: Examples) -> list[Columns]:
    described: list[Columns] = [{}] * len(found)
    for _, seen, judged in splits([example.page.site for example in found], GROUPS):
        learnt = _wording([found[i] for i in seen])
        for i in judged:
            described[i] = found[i].described(learnt)
    return described


def _wording(found: Examples) -> Wording:
    weights = [examples.weights(example) for example in found]
    html_pages = [example for example in found if isinstance(example, HtmlPage)]
    return Wording(wording.class_names(html_pages), wording.phrase_weights(found, weights))
