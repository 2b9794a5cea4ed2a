"""The outputs of the extractor's models are those that were stored (`tests/models/__init__.py`)."""

import numpy as np
import pytest

from tests.models import extraction
from tests.models.stored import differences, load
from wiredesk.extractor.models import shipped_models

LOG_ODDS = 0.001
"""Tolerance of golden log-odds: another processor sums in another order."""

PROBABILITY = 0.0005
"""Tolerance of golden probabilities of the model of page types."""

JAX_LOG_ODDS = 1e-4
"""Tolerance of log-odds up to 30: both sides compute in single precision. On the machine that stored them they differ by
2e-6."""

CATBOOST_LOG_ODDS = 1e-5
"""Both sides add the same numbers."""


def test_log_odds_of_segments_are_as_stored() -> None:
    assert not differences(extraction.html_model(), load("golden/html_model"), LOG_ODDS)


def test_log_odds_of_lines_are_as_stored() -> None:
    assert not differences(extraction.text_model(), load("golden/text_model"), LOG_ODDS)


def test_page_types_are_as_stored() -> None:
    assert not differences(extraction.page_model(), load("golden/page_model"), PROBABILITY)


@pytest.mark.parametrize("form", ["html", "text"])
def test_numpy_computes_the_network_as_jax_does(form: str) -> None:
    network = getattr(shipped_models(), form).network
    for name, page in load(f"reference/{form}_network").items():
        computed = network.forward(np.array(page["inputs"], np.float32), np.array(page["trees"], np.float32))
        assert computed == pytest.approx(page["log_odds"], abs=JAX_LOG_ODDS), name


def test_numpy_computes_the_trees_of_page_types_as_catboost_does() -> None:
    trees = shipped_models().page.trees
    for name, page in load("reference/page_trees").items():
        features = {signal: np.array([value]) for signal, value in page["signals"].items()}
        assert trees.log_odds(features)[0] == pytest.approx(page["log_odds"], abs=CATBOOST_LOG_ODDS), name
