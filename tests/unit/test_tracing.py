"""Traces: what follows from a record, what is sampled, when tracing is on, and the spans that a collector gets."""

import asyncio
import os
import signal
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.collector import collecting
from tests.handlers import STAGE
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.lineage import lineage
from wiredesk.runtime.records import Failure, Outcome, Record
from wiredesk.runtime.tracing import options
from wiredesk.runtime.tracing.channel import SpanChannel
from wiredesk.runtime.tracing.context import MAX_TRACEPARENT, TraceContext, parse_traceparent
from wiredesk.runtime.tracing.exporter_process import Exporter
from wiredesk.runtime.tracing.sampling import sampler
from wiredesk.runtime.tracing.spans import CONSUMER, Span
from wiredesk.runtime.tracing.tracer import Spent, Tracer
from wiredesk.testing.patience import scaled
from wiredesk_schemas.headers import Header

TRACE, PARENT = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331
VALID = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def record(*headers: Header, offset: int = 7, time_ms: int = 1_700_000_000_000) -> Record:
    return Record("d1.in", 3, offset, time_ms, b"key", b"value", headers)


class Sent:
    """A tracer of the stage, and what it sends."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self.spans: list[Span] = []
        self.tracer = Tracer("echo", "d1.wiredesk.echo", sampler(environment or {}), self._take)

    def _take(self, spans: Sequence[Span]) -> None:
        self.spans += spans


def test_a_trace_goes_on_from_its_publisher_or_begins_with_the_raw_page() -> None:
    tracer = Sent().tracer
    given_record, bare = record(("traceparent", VALID)), record()
    continued = tracer.trace(given_record, lineage(STAGE, given_record))
    assert (continued.context.trace_id, continued.parent) == (TRACE, TraceContext(TRACE, PARENT, sampled=True))
    begun = tracer.trace(bare, lineage(STAGE, bare))
    assert begun.parent is None
    assert begun == tracer.trace(bare, lineage(STAGE, bare)), "it follows from the record alone"
    others = [record(offset=8), record(time_ms=1_700_000_000_001)]
    assert len({tracer.trace(one, lineage(STAGE, one)).context for one in (bare, *others)}) == 3
    later = Sent()
    follower = record(*begun.continued([("traceparent", b"old"), ("tracestate", b"a=1"), ("ce_id", b"1")]), offset=99)
    following = later.tracer.trace(follower, lineage(STAGE, follower))
    assert following.parent == begun.context
    assert [name for name, _ in follower.headers] == ["traceparent", "tracestate", "ce_id"]


@pytest.mark.parametrize(
    "value",
    [
        b"", b"00-1", VALID.upper(), VALID + b"-x", b"ff" + VALID[2:], VALID[:-3], VALID.replace(b"-01", b"-0g"),
        b"00-" + b"0" * 32 + VALID[35:], VALID[:36] + b"0" * 16 + b"-01", b"01" + VALID[2:] + b"-" + b"x" * MAX_TRACEPARENT,
    ],
)  # fmt: skip
def test_what_is_no_traceparent_begins_a_trace(value: bytes) -> None:
    assert parse_traceparent(value) is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert parse_traceparent(b"01" + VALID[2:] + b"-more") == parse_traceparent(VALID)


@given(
    st.one_of(
        st.none(),
        st.binary(max_size=600),
        st.from_regex(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True),
    )
)
def test_whatever_a_publisher_writes_the_context_is_valid_and_stays(value: bytes | None) -> None:
    one = record(("traceparent", value))
    context = Sent().tracer.trace(one, lineage(STAGE, one)).context
    assert parse_traceparent(context.traceparent()) == context


@pytest.mark.parametrize(
    ("name", "argument", "with_parent", "without"),
    [
        ("", "", False, True), ("always_on", "", True, True), ("always_off", "", False, False),
        ("parentbased_always_off", "", False, False), ("traceidratio", "0", False, False),
        ("parentbased_traceidratio", "1", False, True), ("traceidratio", "1", True, True),
    ],
)  # fmt: skip
def test_the_standard_samplers(name: str, argument: str, with_parent: bool, without: bool) -> None:  # noqa: FBT001
    decide = sampler({"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": argument})
    assert decide(TraceContext(1, 1, sampled=False), TRACE) is with_parent
    assert decide(None, TRACE) is without


def test_a_ratio_is_that_share_of_the_traces_and_the_same_in_every_stage() -> None:
    decide = sampler({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"})
    step = (1 << 64) // 1000
    assert sum(decide(None, number * step) for number in range(1000)) == pytest.approx(250, abs=1)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"OTEL_TRACES_SAMPLER": "sometimes"}, "OTEL_TRACES_SAMPLER=sometimes"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}, "from 0 to 1"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "nan"}, "from 0 to 1"),
    ],
)
def test_a_wrong_sampler_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sampler(environment)


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, None),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, None),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
    ],
)
def test_tracing_is_on_when_the_standard_variables_say_so(environment: dict[str, str], exporter: str | None) -> None:
    assert options.exporter(environment) == exporter


@pytest.mark.parametrize(
    "environment",
    [{"OTEL_TRACES_EXPORTER": "zipkin"}, {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}],
)
def test_what_cannot_be_exported_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(reversed(environment.values()))):
        options.exporter(environment)


def test_spans_follow_the_messaging_conventions() -> None:
    sent = Sent()
    first, failed = record(), record(offset=8)
    traces = [sent.tracer.trace(one, lineage(STAGE, one)) for one in (first, failed)]
    outcomes: list[tuple[Record, Outcome]] = [(first, ()), (failed, Failure("timeout", "too slow"))]
    sent.tracer.processed(outcomes, traces, [Spent(1_700_000_002.0, 0.5), Spent(0, 0)])
    sent.tracer.committed(outcomes, traces, 1_700_000_003.0)
    exporter = InMemorySpanExporter()
    exporting = Exporter("echo", exporter)
    exporting.export(sent.spans)
    exporting.close()
    process, failure, commit = exporter.get_finished_spans()
    assert process.name == "process d1.in"
    assert process.context.trace_id == traces[0].context.trace_id
    assert process.context.span_id == traces[0].context.span_id
    assert (process.end_time or 0) - (process.start_time or 0) == 500_000_000
    assert dict(process.attributes or {}) == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "d1.in",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 7,
        "messaging.kafka.message.key": "key",
        "messaging.message.body.size": 5,
        "messaging.consumer.group.name": "d1.wiredesk.echo",
        "wiredesk.stage": "echo",
        "wiredesk.waited_ms": 1500,
    }
    assert process.resource.attributes["service.name"] == "wiredesk-echo"
    assert (failure.attributes or {})["error.type"] == "timeout"
    assert failure.status.description == "too slow"
    assert (commit.name, commit.parent) == ("commit d1.in", None)
    assert [link.context.span_id for link in commit.links] == [trace.context.span_id for trace in traces]


def test_what_is_not_sampled_has_no_span_and_says_so_to_the_next_stage() -> None:
    sent = Sent({"OTEL_TRACES_SAMPLER": "always_off"})
    one = record()
    trace = sent.tracer.trace(one, lineage(STAGE, one))
    sent.tracer.processed([(one, ())], [trace], [Spent(0, 0)])
    sent.tracer.committed([(one, ())], [trace], 0)
    assert sent.spans == []
    assert trace.context.traceparent().endswith(b"-00")


def span(number: int) -> Span:
    context = TraceContext(number + 1, number + 1, sampled=True)
    return Span(f"process {number}", CONSUMER, context, None, 1, 2, {"messaging.kafka.offset": number})


async def test_spans_reach_a_collector_also_after_their_exporter_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        channel = SpanChannel("echo", options.OTLP)
        async with asyncio.timeout(scaled(60)), channel.open():
            while not collector.spans:
                channel.send([span(0)])
                await asyncio.sleep(0.05)
            assert channel._process is not None
            os.kill(channel._process.pid, signal.SIGKILL)
            while not any(one.name == "process 1" for one in collector.spans):
                channel.send([span(1)])
                await asyncio.sleep(0.05)
            channel.send([span(number) for number in range(2, 300)])
        assert len({one.name for one in collector.spans}) == 300, "what was handed over is exported at the end"


async def test_a_channel_that_is_full_drops_and_never_waits() -> None:
    channel = SpanChannel("echo", options.CONSOLE)
    async with channel.open():
        assert channel._process is not None
        os.kill(channel._process.pid, signal.SIGSTOP)
        channel.send([span(number) for number in range(50_000)])
        os.kill(channel._process.pid, signal.SIGKILL)
        channel.send([span(0)])


def test_a_line_that_a_handler_logs_names_its_record() -> None:
    logs.at_work.record = record(("traceparent", VALID))
    try:
        line = logs._with_record(None, "info", {"event": "odd page", "record": "its own"})
    finally:
        logs.at_work.record = None
    assert line == {"event": "odd page", "record": "its own", "key": "key", "trace_id": f"{TRACE:032x}"}
    assert logs._with_record(None, "info", {"event": "x"}) == {"event": "x"}
