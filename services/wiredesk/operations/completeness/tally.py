"""The counts of rounds on their way to the counters: each series is at 0 for a while before it rises.

Prometheus sees a rise only between two samples of a series. The first round of a process, which may be the one after a
stop of hours, would otherwise be in no rate and no objective.
"""

import time
from collections import Counter
from collections.abc import Callable

from prometheus_client import Counter as Metric

from wiredesk.operations.completeness import metrics
from wiredesk.operations.completeness.continuous import Round

AT_ZERO_SECONDS = 60.0
"""How long a new series is at 0: the longest scrape interval that is common, and Prometheus' default."""


class Tally:
    """Counts by partition, held until the series of the partition has been at 0 for long enough.

    Args:
        clock: seconds of a clock that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: dict[int, float] = {}
        self._held: dict[Metric, Counter[int]] = {}

    def add(self, done: Round) -> None:
        """Add what a round has counted; begin the series of partitions that are new."""
        counted = {
            metrics.DUE: done.due,
            metrics.ACCOUNTED: done.accounted,
            metrics.MISSING: done.missing,
            metrics.DUPLICATED: done.duplicated,
            metrics.UNSETTLED: done.unsettled,
        }
        partitions = set[int]().union(*counted.values())
        for partition in partitions:
            self._begun.setdefault(partition, self._clock())
        for metric, counts in counted.items():
            for partition in partitions:
                metric.labels(partition)
            self._held.setdefault(metric, Counter()).update(counts)
        self.publish()

    def publish(self) -> None:
        """Move what was held for long enough to the counters."""
        seen = {partition for partition, begun in self._begun.items() if self._clock() - begun >= AT_ZERO_SECONDS}
        for metric, held in self._held.items():
            for partition in seen & held.keys():
                metric.labels(partition).inc(held.pop(partition))
