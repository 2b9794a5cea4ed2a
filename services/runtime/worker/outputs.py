"""What a batch becomes: the outputs of its records, dead letters for those that failed, and where they came from."""

import time
from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.runtime import metrics
from services.runtime.dead_letters.writing import dead_letter
from services.runtime.lineage import lineage, origin_seconds
from services.runtime.records import Failure, Output
from services.runtime.worker.context import Context
from services.runtime.worker.flight import Batch

log = structlog.get_logger(__name__)


def outputs_of(context: Context, batch: Batch) -> tuple[list[Output], list[int]]:
    """Return what is to be written for a batch, in order, and for each output the index in the batch of its record."""
    outputs: list[Output] = []
    makers: list[int] = []
    bounded = context.bounded
    for index, (record, outcome) in enumerate(batch):
        if isinstance(outcome, Failure):
            log.warning("dead letter", record=record.coordinates, reason=outcome.reason, message=outcome.message)
            outcome = (dead_letter(context.stage, context.version, record, outcome),)  # noqa: PLW2901 - what it becomes
        origin = lineage(context.stage, record, bounded.run if bounded is not None else None)
        for output in outcome:
            one = replace(output, headers=(*output.headers, *origin))
            outputs.append(one if bounded is None else bounded.redirected(one))
            makers.append(index)
    return outputs, makers


def count(context: Context, batch: Batch, outputs: Sequence[Output], began: float) -> None:
    """Count a batch that has been committed in a transaction that began at a time (seconds since 1970)."""
    now = time.time()
    metrics.COMMIT_SECONDS.observe(now - began)
    metrics.COMMIT_RECORDS.observe(len(batch))
    metrics.LAST_COMMIT.set(now)
    for one in outputs:
        metrics.RECORDS.labels(one.topic).inc()
    for record, outcome in batch:
        if isinstance(outcome, Failure):
            metrics.DEAD_LETTERS.labels(outcome.reason).inc()
        metrics.SINCE_ORIGIN_SECONDS.observe(max(0.0, now - origin_seconds(context.stage, record)))
