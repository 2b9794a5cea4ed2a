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

from services.extractor.body.model import BodyModel
from services.extractor.body.network import Network
from services.extractor.body.trees import Trees
from services.extractor.body.wording import Wording
from training.extraction import boosting, examples, network, wording
from training.extraction.boosting import Matrix
from training.extraction.examples import HtmlPage, TextPage
from training.extraction.folds import splits
from training.extraction.network import Reading

PARAMETERS = {
    "html": {"iterations": 700, "learning_rate": 0.06},
    "text": {"iterations": 500, "learning_rate": 0.08},
}
_ALWAYS = {"depth": 6, "l2_leaf_reg": 6, "rsm": 0.3, "border_count": 64}

_OF_NEIGHBOUR = re.compile(r"[+-]\d$")
"""Columns of neighbours, which the network has no need of: it reads the neighbours themselves."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what tells how good it is.

    Attributes:
        model: that has learnt from all examples.
        held_out: one for each fold, that has not seen the fold's sites.
        by_trees, told: of each example, the log-odds of its texts as trees and as the whole model tell them that have
            not seen its site.
    """

    model: BodyModel
    held_out: tuple[BodyModel, ...]
    by_trees: list[NDArray[np.float64]]
    told: list[NDArray[np.float64]]


def train(found: Sequence[HtmlPage | TextPage], form: str) -> Trained:
    """Train models of one form of pages, `html` or `text`."""
    folds = list(splits([example.page.site for example in found]))
    wordings = [_wording([found[i] for i in seen]) for _, seen, _ in folds]
    matrices: list[Matrix] = [np.zeros((0, 0), np.float32)] * len(found)
    names: list[str] = []
    for number, _, judged in folds:
        for i in judged:
            described = found[i].described(wordings[number])
            names = names or sorted(described)
            matrices[i] = examples.matrix(described, names)
    print(f"{len(found)} pages, {sum(map(len, matrices))} texts, {len(names)} columns", flush=True)

    def trees(places: Sequence[int]) -> Trees:
        return boosting.fit(
            np.concatenate([matrices[i] for i in places]),
            np.concatenate([found[i].story for i in places]),
            np.concatenate([examples.weights(found[i]) for i in places]),
            names,
            **{**_ALWAYS, **PARAMETERS[form]},
        )

    by_trees = [np.zeros(0)] * len(found)
    held_out_trees = []
    for _, seen, judged in folds:
        held_out_trees.append(trees(seen))
        for i in judged:
            by_trees[i] = held_out_trees[-1].odds(_columns(names, matrices[i]))

    own = [place for place, name in enumerate(names) if not _OF_NEIGHBOUR.search(name)]
    readings = [
        Reading(matrices[i][:, own], by_trees[i], e.story, examples.words(e), examples.weights(e))
        for i, e in enumerate(found)
    ]

    def net(places: Sequence[int]) -> Network:
        return network.fit([readings[i] for i in places], [names[place] for place in own])

    told = [np.zeros(0)] * len(found)
    held_out = []
    for number, seen, judged in folds:
        held_out.append(BodyModel(wordings[number], held_out_trees[number], net(seen)))
        for i in judged:
            told[i] = held_out[-1].network.odds(_columns(names, matrices[i]), by_trees[i])
    everything = range(len(found))
    model = BodyModel(_wording(found), trees(everything), net(everything))
    return Trained(model, tuple(held_out), by_trees, told)


def _wording(found: Sequence[HtmlPage | TextPage]) -> Wording:
    weights = [examples.weights(example) for example in found]
    html_pages = [example for example in found if isinstance(example, HtmlPage)]
    return Wording(wording.class_names(html_pages), wording.phrase_weights(found, weights))


def _columns(names: Sequence[str], matrix: Matrix) -> dict[str, NDArray[np.float64]]:
    return dict(zip(names, matrix.T.astype(np.float64), strict=True))
