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
    top=(3.118, 1.951, 1.035, -0.742),
    narrow=(-3.364, 0.154, 1.345, 0.632, 0.967, 3.513, 2.084, 0.039),
)
FAST = Scores(
    top=(3.132, 1.264, 0.462, -1.405),
    narrow=(-1.879, 0.272, 1.460, 0.503, 1.505, 0.0, 0.0, -0.015),
)


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability; `coefficients` begin with the intercept."""
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, exponent))))
