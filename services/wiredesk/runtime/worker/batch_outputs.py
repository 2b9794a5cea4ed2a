"""What is written for a batch of records: outputs, dead letters, and the changes of the state."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, cast

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.lineage import arrived_seconds, lineage
from wiredesk.runtime.records import ChangelogRecord, Failure, Output, Written
from wiredesk.runtime.tracing import RecordTrace, log_facts
from wiredesk.runtime.worker.in_flight import Batch
from wiredesk.runtime.worker.lane_deps import LaneDeps

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BatchOutputs:
    """What is written for a batch.

    Attributes:
        outputs: in order.
        sources: for each output, the index in the batch of the record from which it was made.
        arrivals: for each record of the batch, when its origin arrived in the first topic, in seconds since 1970.
        traces: of each record; empty: tracing is off.
    """

    outputs: list[Written]
    sources: list[int]
    arrivals: list[float]
    traces: list[RecordTrace]

    @classmethod
    def of(cls, deps: LaneDeps, topic_id: str, batch: Batch) -> Self:
        """Return what is written for a batch: the outputs of its records, and dead letters for failed ones.

        Args:
            deps: of the lane.
            topic_id: id of the input topic.
            batch: the records, with their outcomes.
        """
        written = cls([], [], [], [])
        run, output_topics = (None, {}) if deps.scope is None else (deps.scope.run, deps.scope.output_topics)
        for index, (record, outcome) in enumerate(batch):
            origin = lineage(deps.stage, record, run, topic_id=topic_id)
            trace = None if deps.tracer is None else deps.tracer.trace(record, origin)
            if trace is not None:
                written.traces.append(trace)
            if isinstance(outcome, Failure):
                facts = log_facts(record, trace)
                reason, message = outcome.reason, outcome.message
                log.warning("dead letter", record=record.coordinates, reason=reason, message=message, **facts)
                outcome = (dead_letter(deps.stage, deps.version, record, outcome),)  # noqa: PLW2901 - what it becomes
                trace = None  # a dead letter has the headers that were received
            written.arrivals.append(arrived_seconds(origin) or record.timestamp / 1000)
            outputs, changes = _split(outcome)
            for output in deps.allowed(record, outputs):
                written.sources.append(index)
                topic = output_topics.get(output.topic, output.topic)
                headers = output.headers if trace is None or output.value is None else trace.continued(output.headers)
                written.outputs.append(Output(topic, output.key, output.value, (*headers, *origin)))
            written.outputs.extend(changes)
            written.sources.extend([index] * len(changes))
        return written

    def record_metrics(self, batch: Batch, began: float) -> None:
        """Count a batch that was committed in a transaction that began at `began` (seconds since 1970)."""
        now = time.time()
        metrics.COMMIT_SECONDS.observe(now - began)
        metrics.COMMIT_RECORDS.observe(len(batch))
        metrics.LAST_COMMIT.set(now)
        for topic, count in Counter(output.topic for output in self.outputs).items():
            metrics.RECORDS.labels(topic).inc(count)
        for _, outcome in batch:
            if isinstance(outcome, Failure):
                metrics.DEAD_LETTERS.labels(outcome.reason).inc()
        metrics.SINCE_ORIGIN_SECONDS.observe([max(0.0, now - arrival) for arrival in self.arrivals])


def _split(written: Sequence[Written]) -> tuple[Sequence[Output], Sequence[ChangelogRecord]]:
    """Return the outputs of a record, and the changes of the state that follow them."""
    end = len(written)
    while end and isinstance(written[end - 1], ChangelogRecord):
        end -= 1
    return cast("Sequence[Output]", written[:end]), cast("Sequence[ChangelogRecord]", written[end:])
