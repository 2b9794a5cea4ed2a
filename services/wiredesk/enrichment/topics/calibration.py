"""Scores as probabilities: of the topics with a score of 0.8, 8 in 10 are right.

The scores are logistic functions of a few features. `training.enrichment.calibration` fits and prints the coefficients,
from articles that were labelled for this purpose and that no model has learnt from.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MAX_EXPONENT = 30.0
"""Bound of the exponent. A score beyond it would be 0 or 1 in every digit."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Coefficients of a profile, the intercept first.

    Attributes:
        top: of the features that `classifier.top_features` returns.
        narrower: of the features that `narrower_topics.Candidate.features` returns.
    """

    top: tuple[float, ...]
    narrower: tuple[float, ...]


HYBRID = Coefficients(
    top=(3.041, 1.953, 1.202, -1.490),
    narrower=(-3.349, 0.183, 1.684, 0.741, 1.203, 5.034, 1.506, -0.134),
)
"""For words and sentence vectors."""

FAST = Coefficients(
    top=(3.065, 2.245, 1.260, -0.823),
    narrower=(-1.678, 0.309, 1.633, 0.578, 1.632, 0.000, 0.002, -0.128),
)
"""For words alone."""


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability.

    Args:
        coefficients: the intercept, then one for each feature.
    """
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-MAX_EXPONENT, min(MAX_EXPONENT, exponent))))
