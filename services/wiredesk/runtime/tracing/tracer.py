"""The spans of a stage by the messaging conventions of OpenTelemetry, and the headers that continue traces."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from wiredesk.runtime.records import Failure, Outcome, Record
from wiredesk.runtime.tracing.context import (
    TraceContext,
    derived_span_id,
    derived_trace_id,
    received_context,
)
from wiredesk.runtime.tracing.sampling import Sampler
from wiredesk.runtime.tracing.spans import CLIENT, CONSUMER, MAX_LINKS, Span, Value
from wiredesk_schemas.headers import TRACEPARENT, Header, decode_text

MAX_KEY = 200
"""Characters of a record's key that a span has."""

SECOND_NS = 1_000_000_000
"""Nanoseconds of a second."""


class Spent(NamedTuple):
    """When a record was computed: until `ended`, in seconds since 1970, for `seconds`. 0: it is not known."""

    ended: float
    seconds: float


class RecordTrace(NamedTuple):
    """The trace of a record.

    Attributes:
        context: the span of its processing.
        parent: the span that wrote it; None: the trace begins here.
    """

    context: TraceContext
    parent: TraceContext | None

    def continued(self, headers: Sequence[Header]) -> tuple[Header, ...]:
        """Return the headers of an output, with the trace of its record in place of what the record came with."""
        return ((TRACEPARENT, self.context.traceparent()), *(one for one in headers if one[0] != TRACEPARENT))


def log_facts(record: Record, trace: RecordTrace | None = None) -> dict[str, str]:
    """Return the fields by which a log line about a record is looked up: its key, and its trace.

    Args:
        trace: of the record; None: the one that it came with.
    """
    facts = {} if record.key is None else {"key": decode_text(record.key[: 4 * MAX_KEY])[:MAX_KEY]}
    context = received_context(record.headers) if trace is None else trace.context
    return facts if context is None else {**facts, "trace_id": f"{context.trace_id:032x}"}


class Tracer:
    """Describes the spans of a stage.

    Args:
        group: consumer group on the cluster; it is part of the ids of spans.
        send: takes spans, at once and without an error.
    """

    def __init__(self, stage: str, group: str, sampler: Sampler, send: Callable[[Sequence[Span]], None]) -> None:
        self._group = group
        self._group_id = group.encode()
        self._is_sampled = sampler
        self._send = send
        self._common: dict[str, Value] = {
            "messaging.system": "kafka",
            "messaging.consumer.group.name": group,
            "wiredesk.stage": stage,
        }

    def trace(self, record: Record, origin: Sequence[Header]) -> RecordTrace:
        """Return the trace of a record.

        Args:
            origin: its lineage, as `lineage.lineage` returns it.
        """
        parent = received_context(record.headers)
        trace_id = derived_trace_id(origin[0][1], origin[1][1]) if parent is None else parent.trace_id
        span_id = derived_span_id(trace_id, self._group_id, record.coordinates.encode())
        return RecordTrace(TraceContext(trace_id, span_id, self._is_sampled(parent, trace_id)), parent)

    def processed(
        self, batch: Sequence[tuple[Record, Outcome]], traces: Sequence[RecordTrace], spent: Sequence[Spent]
    ) -> None:
        """Hand over the spans of records, before they are committed: the worker may be killed right after that."""
        spans = [
            self._process(record, outcome, trace, when)
            for (record, outcome), trace, when in zip(batch, traces, spent, strict=True)
            if trace.context.sampled
        ]
        if spans:
            self._send(spans)

    def committed(self, batch: Sequence[tuple[Record, Outcome]], traces: Sequence[RecordTrace], began: float) -> None:
        """Hand over the span of a transaction that began at `began` (seconds since 1970), linked to its records."""
        links = tuple(trace.context for trace in traces if trace.context.sampled)
        if not links:
            return
        first = batch[0][0]
        span_id = derived_span_id(links[0].trace_id, b"commit", self._group_id, first.coordinates.encode())
        trace_id = derived_trace_id(b"commit", links[0].traceparent())
        attributes: dict[str, Value] = {
            **self._common,
            "messaging.operation.name": "commit",
            "messaging.operation.type": "settle",
            "messaging.destination.name": first.topic,
            "messaging.destination.partition.id": str(first.partition),
            "messaging.kafka.offset": batch[-1][0].offset,
            "messaging.batch.message_count": len(batch),
        }
        context = TraceContext(trace_id, span_id, sampled=True)
        name = f"commit {first.topic}"
        times = round(began * SECOND_NS), time.time_ns()
        self._send([Span(name, CLIENT, context, None, *times, attributes, links[:MAX_LINKS])])

    def _process(self, record: Record, outcome: Outcome, trace: RecordTrace, spent: Spent) -> Span:
        ended = round(spent.ended * SECOND_NS) or time.time_ns()
        began = ended - round(spent.seconds * SECOND_NS)
        attributes: dict[str, Value] = {
            **self._common,
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": record.topic,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
            "messaging.message.body.size": len(record.value or b""),
            # How long the record waited: in its topic, and in the worker.
            "wiredesk.waited_ms": max(0, began // 1_000_000 - record.timestamp),
        }
        if record.key is not None:
            attributes["messaging.kafka.message.key"] = decode_text(record.key[: 4 * MAX_KEY])[:MAX_KEY]
        if record.value is None:
            attributes["messaging.kafka.message.tombstone"] = True
        error = None
        if isinstance(outcome, Failure):
            attributes["error.type"], error = outcome.reason, outcome.message
        return Span(
            f"process {record.topic}", CONSUMER, trace.context, trace.parent, began, ended, attributes, (), error
        )
