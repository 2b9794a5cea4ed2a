"""A topic below the top level that an article may have, and what its score is computed from."""

import math
from dataclasses import dataclass

MIN_LOG_PROBABILITY = -8.0
"""Minimum of the topic above: lower ones count as this one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that the article may have.

    Attributes:
        code: of the topic.
        times_named: how many times its name is in the body.
        in_title: whether it is in the headline.
        single: whether the name is one word. Such a name is used in passing more often.
        similarity: cosine between the text and the definition; 0 where the text has no vector.
        rank: of the definition among the nearest ones, from 0; the number of these for all others.
        depth: levels below the top level, from 1.
    """

    code: str
    times_named: int
    in_title: bool
    single: bool
    similarity: float
    rank: int
    depth: int

    def features(self, top: float) -> tuple[float, ...]:
        """Return the features of its score.

        Args:
            top: natural logarithm of the probability of the top-level topic above it.
        """
        named = math.log1p(self.times_named)
        return (
            max(top, MIN_LOG_PROBABILITY),
            0.0 if self.single else named,
            named if self.single else 0.0,
            float(self.in_title),
            self.similarity,
            1 / (1 + self.rank),
            float(self.depth > 1),
        )
