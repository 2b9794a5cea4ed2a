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
    top=(3.041, 1.953, 1.202, -1.490),
    narrow=(-3.349, 0.183, 1.684, 0.741, 1.203, 5.034, 1.506, -0.134),
)
FAST = Scores(
    top=(3.065, 2.245, 1.260, -0.823),
    narrow=(-1.678, 0.309, 1.633, 0.578, 1.632, 0.000, 0.002, -0.128),
)


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability; `coefficients` begin with the intercept."""
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, exponent))))
