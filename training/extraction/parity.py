"""Write what the training libraries compute with the weights that ship, for the parity tests in tests/models/.

    OMP_NUM_THREADS=1 python -m training.extraction.parity

The arithmetic of these models is implemented twice, in a training library and in the extractor with numpy:

- The networks of `html.npz` and `text.npz` are trained by JAX (`network.log_odds`) and run in `body/network.py`.
- The trees of `page.npz`, as those of the others, are trained by CatBoost and run in `body/trees.py`.

Each file holds the inputs, too: the tests compare the arithmetic, not the features.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from catboost import CatBoostClassifier

from tests.models.extraction import network_inputs, page_signals
from tests.models.stored import save
from training.extraction.network import log_odds
from wiredesk.extractor.body.network import Array
from wiredesk.extractor.body.trees import Trees
from wiredesk.extractor.models import BodyModel, shipped_models

ABSENT_BORDER = 3.0e38
"""Used instead of an infinite border, which JSON does not have: no signal is above it."""


def main() -> int:
    """Write the three files."""
    jax.config.update("jax_default_matmul_precision", "highest")
    for form in ("html", "text"):
        save(f"reference/{form}_network", {name: _network(form, *page) for name, page in network_inputs(form).items()})
    trees = _catboost(shipped_models().page.trees)
    names = shipped_models().page.trees.names
    outputs = {}
    for name, signals in page_signals().items():
        row = np.array([[signals[signal] for signal in names]], np.float32)
        outputs[name] = {"signals": signals, "log_odds": float(trees.predict(row, prediction_type="RawFormulaVal")[0])}
    save("reference/page_trees", outputs)
    return 0


def _network(form: str, inputs: Array, trees: Array) -> dict[str, Any]:
    model: BodyModel = getattr(shipped_models(), form)
    weights = {name: jnp.asarray(array) for name, array in model.network.weights.items()}
    # Computed from the stored inputs, which are rounded.
    inputs, trees = inputs.round(6), trees.round(6)
    outputs = log_odds(weights, jnp.asarray(inputs), jnp.asarray(trees), jnp.ones(len(trees)), None)
    return {"inputs": inputs.tolist(), "trees": trees.tolist(), "log_odds": np.asarray(outputs).tolist()}


def _catboost(trees: Trees) -> CatBoostClassifier:
    """Return trees as a model of CatBoost, by way of its own JSON."""
    borders: dict[int, list[float]] = {index: [] for index in range(len(trees.names))}
    for question, border in zip(trees.questions.ravel().tolist(), trees.borders.ravel().tolist(), strict=True):
        borders[question].append(min(border, ABSENT_BORDER))
    unique = {index: sorted(set(values)) for index, values in borders.items()}
    first = np.cumsum([0, *(len(unique[index]) for index in range(len(trees.names)))])
    oblivious = []
    for questions, tree_borders, leaves in zip(trees.questions, trees.borders, trees.leaves, strict=True):
        splits = [
            {
                "border": min(float(border), ABSENT_BORDER),
                "float_feature_index": int(question),
                "split_index": int(first[question]) + unique[int(question)].index(min(float(border), ABSENT_BORDER)),
                "split_type": "FloatFeature",
            }
            for question, border in zip(questions, tree_borders, strict=True)
        ]
        oblivious.append({"leaf_values": leaves.tolist(), "leaf_weights": [1.0] * len(leaves), "splits": splits})
    features = [
        {
            "feature_index": index,
            "flat_feature_index": index,
            "feature_id": name,
            "borders": unique[index],
            "has_nans": False,
            "nan_value_treatment": "AsIs",
        }
        for index, name in enumerate(trees.names)
    ]
    content = {
        "features_info": {"float_features": features},
        "model_info": {},
        "oblivious_trees": oblivious,
        "scale_and_bias": [1.0, [trees.bias]],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        model = CatBoostClassifier()
        model.load_model(str(path), format="json")
    return model


if __name__ == "__main__":
    sys.exit(main())
