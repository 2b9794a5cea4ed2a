"""Salience: what the story is about, against what it mentions in passing."""

import math
from collections.abc import Sequence

from wiredesk.enrichment.entities.named import Named
from wiredesk_schemas import EntityType

ASIDE = {EntityType.NATIONALITY: 0.5, EntityType.DATE: 0.25, EntityType.AMOUNT: 0.25}
"""A story is seldom about a day or a sum."""


def saliences(clusters: Sequence[Sequence[Named]]) -> list[float]:
    """Return the salience of each entity, from 0 to 1; the most salient of an article has 1.

    An entity gains by mentions, each further one less than the one before, in the headline more than in the body and
    there more than in a caption; and by being named early.
    """
    weights = [_weight(cluster) for cluster in clusters]
    most = max(weights, default=1.0)
    return [round(weight / most, 3) for weight in weights]


def _weight(cluster: Sequence[Named]) -> float:
    spoken = math.log1p(sum(named.text.weight for named in cluster))
    first = min(named.text.position for named in cluster)
    return spoken * (1 + 1 / (1 + first)) * ASIDE.get(cluster[0].type, 1.0)
