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
    top=(3.155, 2.429, 1.417, -0.372),
    narrow=(-3.293, 0.183, 1.697, 0.751, 1.216, 4.635, 1.654, -0.105),
)
FAST = Scores(
    top=(3.685, 1.948, 0.973, -1.506),
    narrow=(-1.658, 0.330, 1.721, 0.589, 1.660, 0.000, 0.000, -0.140),
)


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability; `coefficients` begin with the intercept."""
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, exponent))))
