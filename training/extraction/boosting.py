"""CatBoost in, `Trees` out; and sites that are never on both sides of a split."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier
from numpy.typing import NDArray

from services.extractor.body.trees import Trees

FOLDS = 5
VERSION = "1"

type Matrix = NDArray[np.float32]


def fit(
    matrix: Matrix,
    wanted: NDArray[np.bool_],
    weights: NDArray[np.float64],
    names: Sequence[str],
    words: Mapping[str, float],
    **parameters: Any,
) -> Trees:
    """Train a model.

    Args:
        matrix: examples by columns.
        wanted: what it is to tell.
        names: of the columns.
        words: that go with the model.
        parameters: of CatBoost; with the same ones the same data give the same model, on any number of threads.
    """
    model = CatBoostClassifier(random_seed=7, thread_count=2, verbose=False, allow_writing_files=False, **parameters)
    model.fit(matrix, wanted.astype(int), sample_weight=weights)
    return _trees(model, parameters["depth"], names, words)


def fold_of(site: str) -> int:
    """Return the number of the fold in which a site is judged, always the same."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what tells how good it is.

    Attributes:
        model: that has learnt from all examples.
        held_out: one for each fold, that has not seen the fold's sites.
        told: of each example, what the model says that has not seen its site.
    """

    model: Trees
    held_out: tuple[Trees, ...]
    told: list[NDArray[np.float64]]


def trained(
    matrices: Sequence[Matrix], sites: Sequence[str], names: Sequence[str], learn: Callable[[Sequence[int]], Trees]
) -> Trained:
    """Train a model for each fold, and one from all examples.

    Args:
        matrices: of each example, texts by columns.
        learn: a model, from the examples of these indices.
    """
    told: list[NDArray[np.float64]] = [np.zeros(0)] * len(matrices)
    fold = np.array([fold_of(site) for site in sites])
    held_out = []
    for number in range(FOLDS):
        model = learn(np.flatnonzero(fold != number).tolist())
        held_out.append(model)
        for i in np.flatnonzero(fold == number).tolist():
            told[i] = model.probabilities(dict(zip(names, matrices[i].T.astype(np.float64), strict=True)))
    return Trained(learn(range(len(matrices))), tuple(held_out), told)


def _trees(model: CatBoostClassifier, depth: int, names: Sequence[str], words: Mapping[str, float]) -> Trees:
    """Return the trees of a trained model, by way of CatBoost's own JSON."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        model.save_model(file.name, format="json")
        stored = json.loads(Path(file.name).read_text(encoding="utf-8"))
    count = len(stored["oblivious_trees"])
    questions = np.zeros((count, depth), np.intp)
    borders = np.full((count, depth), np.inf, np.float32)  # a question that no value answers with yes
    leaves = np.zeros((count, 1 << depth), np.float32)
    for row, tree in enumerate(stored["oblivious_trees"]):
        for level, split in enumerate(tree["splits"] or ()):
            questions[row, level] = split["float_feature_index"]
            borders[row, level] = split["border"]
        leaves[row, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, bias = stored["scale_and_bias"]
    first = bias[0] if isinstance(bias, list) else bias
    return Trees(VERSION, tuple(names), questions, borders, leaves * np.float32(scale), float(first), words)
