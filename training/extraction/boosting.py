"""Training with CatBoost, converted to `Trees`."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from catboost import CatBoostClassifier
from numpy.typing import NDArray

from wiredesk.extractor.body.trees import Trees

VERSION = "4"
"""Version of the models: it changes when the features or the method do."""

type Matrix = NDArray[np.float32]
"""Features of examples; (examples, features)."""


def fit(
    matrix: Matrix,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    names: Sequence[str],
    seed: int = 7,
    **parameters: Any,
) -> Trees:
    """Train a model.

    Args:
        matrix: (examples, features).
        labels: the answer for each example.
        weights: of each example.
        names: of the features.
        seed: of the random numbers.
        parameters: of CatBoost. The same parameters and data give the same model, on any number of threads.
    """
    model = CatBoostClassifier(random_seed=seed, thread_count=2, verbose=False, allow_writing_files=False, **parameters)
    model.fit(matrix, labels.astype(int), sample_weight=weights)
    return _trees(model, parameters["depth"], names)


def mean(models: Sequence[Trees]) -> Trees:
    """Return the model whose log-odds are the mean of those of several models over the same features."""
    share = np.float32(1 / len(models))
    return Trees(
        VERSION,
        models[0].names,
        np.concatenate([model.questions for model in models]),
        np.concatenate([model.borders for model in models]),
        np.concatenate([model.leaves * share for model in models]),
        float(np.mean([model.bias for model in models])),
    )


def _trees(model: CatBoostClassifier, depth: int, names: Sequence[str]) -> Trees:
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
    return Trees(VERSION, tuple(names), questions, borders, leaves * np.float32(scale), float(first))
