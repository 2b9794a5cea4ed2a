"""What a batch becomes: the outputs of its records, dead letters for those that failed, and where they came from."""

import time
from collections import Counter
from dataclasses import dataclass

import structlog

from wiredesk.runtime import metrics
from wiredesk.runtime.dead_letters import dead_letter
from wiredesk.runtime.lineage import arrived_seconds, lineage
from wiredesk.runtime.records import Failure, Output
from wiredesk.runtime.worker.context import Context
from wiredesk.runtime.worker.in_flight import Batch

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What a batch has become.

    Attributes:
        outputs: to be written, in order.
        makers: for each output, the index in the batch of the record that it was made from.
        arrived: for each record of the batch, when its origin arrived in the first topic, in seconds since 1970.
    """

    outputs: list[Output]
    makers: list[int]
    arrived: list[float]


def outputs_of(context: Context, batch: Batch, topic_id: str) -> Made:
    """Return what is to be written for a batch, of records of the topic of an id."""
    made = Made([], [], [])
    bounded = context.bounded
    run, into = (None, {}) if bounded is None else (bounded.run, bounded.output_topics)
    for index, (record, outcome) in enumerate(batch):
        if isinstance(outcome, Failure):
            log.warning("dead letter", record=record.coordinates, reason=outcome.reason, message=outcome.message)
            outcome = (dead_letter(context.stage, context.version, record, outcome),)  # noqa: PLW2901 - what it becomes
        origin = lineage(context.stage, record, run, topic_id=topic_id)
        made.arrived.append(arrived_seconds(origin) or record.timestamp / 1000)
        for one in outcome:
            topic = into.get(one.topic, one.topic)
            made.outputs.append(Output(topic, one.key, one.value, (*one.headers, *origin)))
            made.makers.append(index)
    return made


def count(batch: Batch, made: Made, began: float) -> None:
    """Count a batch that has been committed in a transaction that began at a time (seconds since 1970)."""
    now = time.time()
    metrics.COMMIT_SECONDS.observe(now - began)
    metrics.COMMIT_RECORDS.observe(len(batch))
    metrics.LAST_COMMIT.set(now)
    for topic, number in Counter(one.topic for one in made.outputs).items():
        metrics.RECORDS.labels(topic).inc(number)
    for _, outcome in batch:
        if isinstance(outcome, Failure):
            metrics.DEAD_LETTERS.labels(outcome.reason).inc()
    metrics.SINCE_ORIGIN_SECONDS.observe([max(0.0, now - arrived) for arrived in made.arrived])
