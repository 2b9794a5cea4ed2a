"""Every metric of a worker, with its meaning and, if there is one, the remedy. Units are seconds and bytes."""

import contextlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector


class Distribution(Collector):
    """A histogram that takes many values at once: prometheus_client's own costs microseconds for each value.

    Args:
        bounds: upper bounds of the buckets, ascending, without infinity.
    """

    def __init__(
        self, name: str, documentation: str, bounds: Sequence[float], registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._name = name
        self._documentation = documentation
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0
        registry.register(self)

    def observe(self, values: Sequence[float]) -> None:
        """Count values."""
        self._sum += sum(values)
        for value in values:
            self._counts[bisect_left(self._bounds, value)] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metric in the form of prometheus_client."""
        names = (*(str(float(bound)) for bound in self._bounds), "+Inf")
        buckets = list(zip(names, accumulate(self._counts), strict=True))
        yield HistogramMetricFamily(self._name, self._documentation, buckets=buckets, sum_value=self._sum)


class OldestGauge(Gauge):
    """A gauge: the time at which the oldest of several overlapping blocks began; 0 while there is none."""

    def __init__(self, name: str, documentation: str) -> None:
        super().__init__(name, documentation)
        self._began: list[float] = []

    @contextlib.contextmanager
    def track(self, began: float) -> Iterator[None]:
        """Count a block as open for its duration.

        Args:
            began: seconds since 1970.
        """
        self._began.append(began)
        self.set(min(self._began))
        try:
            yield
        finally:
            self._began.remove(began)
            self.set(min(self._began, default=0))


_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Buckets for processing and commits, in seconds."""

_LONG = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)
"""Buckets for the age of pages, in seconds."""

RECORDS = Counter("wiredesk_records", "Records committed, by topic, as named in the topology.", ["topic"])

DEAD_LETTERS = Counter(
    "wiredesk_dead_letters",
    "Records dead-lettered, by reason. A rise after a deployment: roll back, then redrive.",
    ["reason"],
)

SUPPRESSED = Counter(
    "wiredesk_suppressed_outputs",
    "Outputs that were replaced, because their key is in the list of suppressed keys: the page was forgotten.",
)

SUPPRESSED_KEYS = Gauge("wiredesk_suppressed_keys", "Keys of the list of suppressed keys, as this worker has read it.")

IN_FLIGHT = Gauge("wiredesk_in_flight_records", "Records in flight: received, and not committed yet.", ["partition"])

LAG = Gauge(
    "wiredesk_lag_records",
    "Offsets from the committed one to the end of the partition, as in Kafka's own tools. If it grows, add workers.",
    ["partition"],
)

COMMITTED = Gauge(
    "wiredesk_committed_offset",
    "The offset that the group has committed. If it stands while there is lag, the partition is not read: see /readyz.",
    ["partition"],
)

EXPIRED = Counter(
    "wiredesk_expired_records",
    "Offsets that retention deleted before this stage read them. If not 0, add workers or increase the retention.",
)

OFFSETS_MOVED = Counter(
    "wiredesk_offsets_moved",
    "Partitions whose offsets changed: their topic was deleted and created again (recreated), their log was truncated "
    "by an unclean leader election (cut_back), or retention deleted records before they were read (expired).",
    ["kind"],
)

PAGE_SECONDS = Distribution("wiredesk_page_seconds", "Time that one record takes in its child process.", _FAST)

COMMIT_SECONDS = Histogram(
    "wiredesk_commit_seconds",
    "Time from the beginning to the end of a transaction. If it rises, check the brokers.",
    buckets=_FAST,
)

COMMIT_RECORDS = Histogram(
    "wiredesk_commit_records", "Records in one transaction.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
)

SINCE_ORIGIN_SECONDS = Distribution(
    "wiredesk_since_origin_seconds",
    "Age of a page when this stage commits it: the time since its arrival in the first topic.",
    _LONG,
)

LAST_COMMIT = Gauge(
    "wiredesk_last_commit_timestamp_seconds", "When the last transaction was committed, in seconds since 1970."
)

OPEN_TRANSACTION = OldestGauge(
    "wiredesk_open_transaction_timestamp_seconds",
    "When the oldest open transaction began, in seconds since 1970; 0: none. Consumers of the outputs wait for it.",
)

TRANSACTION_FAILURES = Counter(
    "wiredesk_transaction_failures",
    "Transactions that failed and whose records were read again, by type of error (wiredesk/runtime/errors.py).",
    ["error"],
)

BRAKE = Gauge(
    "wiredesk_brake",
    "1 while the worker is paused because most records fail. Check the reasons of the dead letters; roll back.",
)

REBALANCES = Counter("wiredesk_rebalances", "Assignments of partitions by the consumer group.")

LANES = Gauge("wiredesk_lanes", "Partitions of this worker, by state of their lane.", ["state"])

CHILD_ENDS = Counter(
    "wiredesk_child_ends",
    "Child processes that ended and were replaced. If it rises, check the reasons of the dead letters.",
)

STATE_KEYS = Gauge("wiredesk_state_keys", "Keys of the state of a partition, in a stage with a store.", ["partition"])

STATE_BYTES = Gauge(
    "wiredesk_state_bytes",
    "Bytes of the keys and values of the state of a partition. WIREDESK_STATE_MEMORY limits several times that.",
    ["partition"],
)

RESTORE_SECONDS = Gauge(
    "wiredesk_state_restore_seconds",
    "How long the state of a partition took to restore when its lane opened last. If it rises, check the changelog.",
    ["partition"],
)

SPANS = Counter(
    "wiredesk_spans",
    "Spans of traces, by outcome: handed over to the process that exports them, or dropped, because that was full or "
    "had ended. Pages are never held up by it.",
    ["outcome"],
)

STAGE_INFO = Gauge("wiredesk_stage", "1, labelled with the stage and its version.", ["stage", "version"])


class _OfStage(Collector):
    """The metrics of this process, each sample labelled with the stage."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def collect(self) -> Iterator[Metric]:
        for metric in REGISTRY.collect():
            metric.samples = [
                sample._replace(labels={"stage": self._stage, **sample.labels}) for sample in metric.samples
            ]
            yield metric


def exposition(stage: str) -> bytes:
    """Return all metrics in the format of Prometheus, each sample labelled with the stage."""
    labelled = CollectorRegistry(auto_describe=False)
    labelled.register(_OfStage(stage))
    return generate_latest(labelled)


def forget_partition(partition: int) -> None:
    """Remove the gauges of a revoked partition: another worker reports it now."""
    for gauge in (IN_FLIGHT, LAG, COMMITTED, STATE_KEYS, STATE_BYTES, RESTORE_SECONDS):
        with contextlib.suppress(KeyError):
            gauge.remove(partition)
