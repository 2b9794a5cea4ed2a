"""The process that exports the spans of a worker, by OpenTelemetry's own exporters.

    python -m wiredesk.runtime.tracing.exporter_process FD STAGE EXPORTER

It reads packets of spans from the socket FD until the worker closes it, also by being killed; then it exports what it
has, and ends. Its queue is bounded (`OTEL_BSP_MAX_QUEUE_SIZE`): if no collector answers, spans are dropped.
"""

import logging
import os
import pickle
import signal
import socket
import sys
import threading
from collections.abc import Sequence

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from wiredesk.runtime import logs
from wiredesk.runtime.tracing.context import TraceContext
from wiredesk.runtime.tracing.options import CONSOLE
from wiredesk.runtime.tracing.spans import Span

PACKET_BYTES = 1 << 20
"""The largest packet that is received: one has about 40 kB."""

LAST_SECONDS = 15.0
"""How long the process lives after its worker: the time of an export, and of a retry."""

SCOPE = "wiredesk"
"""The name of what makes the spans."""


class GivenIds(IdGenerator):
    """Gives the next span the ids that it was given by the worker."""

    def __init__(self) -> None:
        self.next = TraceContext(1, 1, sampled=True)

    def generate_trace_id(self) -> int:
        """Return the id of the next trace."""
        return self.next.trace_id

    def generate_span_id(self) -> int:
        """Return the id of the next span."""
        return self.next.span_id


class Exporter:
    """Makes the spans that workers describe, and exports them."""

    def __init__(self, stage: str, exporter: SpanExporter) -> None:
        self._ids = GivenIds()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,  # the worker has decided
            resource=_resource(stage),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SCOPE)

    def export(self, spans: Sequence[Span]) -> None:
        """Queue spans."""
        for span in spans:
            self._ids.next = span.context
            parent = None if span.parent is None else set_span_in_context(NonRecordingSpan(_context(span.parent)))
            made = self._tracer.start_span(
                span.name,
                context=parent,
                kind=SpanKind[span.kind],
                attributes=span.attributes,
                links=[Link(_context(one)) for one in span.links],
                start_time=span.began_ns,
                record_exception=False,
            )
            if span.error is not None:
                made.set_status(Status(StatusCode.ERROR, span.error))
            made.end(span.ended_ns)

    def close(self) -> None:
        """Export what is queued."""
        self._provider.shutdown()


def main() -> None:
    """Export spans until the worker has closed the socket."""
    fd, stage, exporter = sys.argv[1:]
    # A service manager signals the whole process group: what the worker still commits while it drains is exported, too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.configure("warning")
    logging.getLogger("opentelemetry").addFilter(logs.Repeated())
    exporting = Exporter(stage, make_exporter(exporter))
    with socket.socket(fileno=int(fd)) as channel:
        while packet := channel.recv(PACKET_BYTES):
            exporting.export(unpacked(packet))
    ending = threading.Timer(LAST_SECONDS, os._exit, (1,))
    ending.daemon = True
    ending.start()
    exporting.close()
    os._exit(0)


def make_exporter(name: str) -> SpanExporter:
    """Return an exporter, configured by the standard variables."""
    if name == CONSOLE:
        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - not of the console

    return OTLPSpanExporter()


def unpacked(packet: bytes) -> list[Span]:
    """Return the spans of a packet, which comes over a socket pair that no other process can open."""
    return [Span._make(fields) for fields in pickle.loads(packet)]  # noqa: S301 - see above


def _resource(stage: str) -> Resource:
    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create({} if named else {"service.name": f"wiredesk-{stage}"})


def _context(context: TraceContext) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if context.sampled else TraceFlags.DEFAULT)
    return SpanContext(context.trace_id, context.span_id, is_remote=True, trace_flags=flags)


if __name__ == "__main__":
    main()
