"""Tracing: one trace of a page, over all stages, by the messaging conventions of OpenTelemetry.

context           which trace a record belongs to, and which span its processing is: both follow from the record alone
sampling          which traces are recorded: the samplers of `OTEL_TRACES_SAMPLER`
options           whether tracing is wanted, from the standard variables `OTEL_...`
spans             a span as a worker describes it
tracer            the spans of a stage, and the headers that continue their traces
channel           hands spans to the process that exports them
exporter_process  that process: the only place that imports OpenTelemetry

A worker hands over the spans of its records before it commits them, and never waits. So a page that is committed has
its span with a process that outlives a worker killed with -9; and a page that is processed again has the same span.
"""

import contextlib
import os
from collections.abc import AsyncIterator

from wiredesk.runtime.tracing import options
from wiredesk.runtime.tracing.channel import SpanChannel
from wiredesk.runtime.tracing.sampling import sampler
from wiredesk.runtime.tracing.tracer import RecordTrace, Spent, Tracer, log_facts

__all__ = ["RecordTrace", "Spent", "Tracer", "log_facts", "tracing"]


@contextlib.asynccontextmanager
async def tracing(stage: str, group: str) -> AsyncIterator[Tracer | None]:
    """Yield what describes the spans of a stage, for the duration of a block; None if tracing is off.

    Args:
        group: consumer group on the cluster.

    Raises:
        UsageError: a variable is wrong, or the extra is missing.
    """
    exporter = options.exporter(os.environ)
    if exporter is None:
        yield None
        return
    channel = SpanChannel(stage, exporter)
    tracer = Tracer(stage, group, sampler(os.environ), channel.send)
    async with channel.open():
        yield tracer
