"""Scores that mean what they say: of topics with a score of 0.8, 8 in 10 are right.

Logistic functions of a few features, fitted by `training.enrichment.calibration` to articles that were labelled for
this, and that no model has learnt from.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """Coefficients of a profile, each beginning with the intercept.

    Attributes:
        top: log probability, how far the first topic lies ahead, whether it is a further one.
        narrow: the features of `narrow.Candidate`.
    """

    top: tuple[float, ...]
    narrow: tuple[float, ...]


HYBRID = Scores(
    top=(3.444, 1.813, 1.067, -1.278),
    narrow=(-3.280, 0.165, 1.638, 0.736, 1.229, 4.645, 1.649, -0.104),
)
FAST = Scores(
    top=(3.538, 1.745, 0.799, -1.514),
    narrow=(-1.663, 0.326, 1.726, 0.592, 1.647, 0.000, -0.044, -0.134),
)


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability; `coefficients` begin with the intercept."""
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, exponent))))
