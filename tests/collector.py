"""A collector of traces in the test's process: what OTLP over HTTP sends it, as plain values."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Received:
    """A span as a collector receives it; ids in hexadecimal, the parent's empty at the first span of a trace."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    attributes: dict[str, str]
    links: tuple[str, ...]
    error: str


@dataclass
class Collector:
    """What was received so far, and where."""

    url: str = ""
    spans: list[Received] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                attributes = {one.key: str(one.value.string_value or one.value.int_value) for one in span.attributes}
                self.spans.append(
                    Received(
                        named["service.name"],
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        attributes,
                        tuple(link.span_id.hex() for link in span.links),
                        span.status.message,
                    )
                )

    def processed(self, trace: str) -> dict[str, Received]:
        """Return the spans of a trace that are about records, by their id: a repetition is the same span."""
        return {one.span: one for one in [*self.spans] if one.trace == trace and one.name.startswith("process ")}


@contextlib.contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector for the duration of a block."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()
