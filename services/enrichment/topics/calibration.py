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
    top=(3.476, 1.934, 1.188, -1.293),
    narrow=(-3.241, 0.166, 1.594, 0.713, 1.214, 4.942, 1.443, -0.136),
)
FAST = Scores(
    top=(3.605, 1.851, 0.898, -1.534),
    narrow=(-1.664, 0.326, 1.713, 0.590, 1.635, 0.000, 0.000, -0.128),
)


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability; `coefficients` begin with the intercept."""
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, exponent))))
