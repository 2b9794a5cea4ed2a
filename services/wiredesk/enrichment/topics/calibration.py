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
        narrower: of the features that `candidate.Candidate.features` returns.
        least: minimum score of the first top-level topic. Below it the text is too short, or not about any of the
            seventeen topics. With it, nine first topics in ten should be right.
    """

    top: tuple[float, ...]
    narrower: tuple[float, ...]
    least: float


_NARROWER = (-2.099, 0.135, 1.197, 0.275, 1.277, 3.834, 1.384, -0.164)
"""Fitted to English articles: narrower topics were labelled in these only."""

ENGLISH_NEWS = Coefficients(top=(3.041, 2.252, 1.531, -1.327), narrower=_NARROWER, least=0.5)
"""For English, by words and sentence vectors."""

OTHER_LANGUAGES = Coefficients(top=(2.474, 1.954, 0.987, -0.384), narrower=_NARROWER, least=0.6)
"""For all other languages, by sentence vectors."""

FAST_ENGLISH = Coefficients(
    top=(3.065, 2.245, 1.260, -0.823),
    narrower=(-1.762, 0.282, 1.733, 0.608, 1.692, 0.000, 0.002, -0.185),
    least=0.5,
)
"""For English in the fast profile, by words alone."""


def logistic(coefficients: Sequence[float], features: Sequence[float]) -> float:
    """Return the probability.

    Args:
        coefficients: the intercept, then one for each feature.
    """
    intercept, *weights = coefficients
    exponent = intercept + sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + math.exp(-max(-MAX_EXPONENT, min(MAX_EXPONENT, exponent))))
