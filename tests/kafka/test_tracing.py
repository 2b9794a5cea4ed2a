"""One connected trace of each page over all stages, also where a worker is killed with -9 on the way."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import echo, topics
from tests.collector import Collector, Received, collecting
from tests.support import Raw, publish
from wiredesk.operations.canary.probe import Probe
from wiredesk.pipeline import STAGES, TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import WorkerProcess, wait_until, workers
from wiredesk_schemas.headers import TRACEPARENT

NOW = datetime(2026, 3, 14, 8, tzinfo=UTC)
PAGES = 12
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def page(number: int) -> Raw:
    value, headers = Probe(0, f"https://canary.invalid/{number}").record(1, NOW)
    trace = [(TRACEPARENT, PARENT.encode())] if number == 0 else []
    return Raw(value, headers=(*headers, *trace))


def whole_traces(collector: Collector) -> dict[str, dict[str, Received]]:
    """Return the traces that have a span of every stage."""
    begun = {one.trace for one in [*collector.spans] if one.attributes["wiredesk.stage"] == "ingest"}
    traces = {trace: collector.processed(trace) for trace in begun}
    return {
        trace: spans
        for trace, spans in traces.items()
        if {one.attributes["wiredesk.stage"] for one in spans.values()} == set(STAGES)
    }


@pytest.mark.timeout(400)
async def test_a_page_has_one_connected_trace_over_all_stages_and_a_kill(kafka: KafkaSettings, tmp_path: Path) -> None:
    await topics.create(kafka, TOPICS, partitions=1)
    log = tmp_path / "workers.log"
    with collecting() as collector:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "WIREDESK_TOPIC_MODEL": "fast",
            "WIREDESK_SESSION_TIMEOUT": str(setting(10)),
            "WIREDESK_DRAIN_TIMEOUT": str(setting(5)),
            "WIREDESK_LOAD_TIMEOUT": str(setting(120)),
            "WIREDESK_TRANSACTION_RECORDS": "2",
        }
        with workers(kafka, [*STAGES], log, settings) as running:
            await publish(kafka, [page(number) for number in range(PAGES)])
            extractor = next(worker for worker in running if worker.stage == "extractor")

            def extracts() -> bool:
                return any(one.service == "wiredesk-extractor" for one in [*collector.spans])

            await asyncio.to_thread(wait_until, extracts, "the extractor works")
            extractor.process.kill()
            again = WorkerProcess("extractor", kafka, log, settings)
            running.append(again)
            await asyncio.to_thread(wait_until, lambda: len(whole_traces(collector)) == PAGES, "all traces are there")
    for trace, spans in whole_traces(collector).items():
        assert len(spans) == len(STAGES), "a record that is processed again has the same span"
        began = {PARENT[36:52]} if trace == PARENT[3:35] else {""}
        assert {one.parent for one in spans.values()} - set(spans) == began, "each span hangs on one of the trace"
    assert PARENT[3:35] in whole_traces(collector)
    commits = [one for one in collector.spans if one.name.startswith("commit ")]
    linked = {link for one in commits for link in one.links}
    assert {span for spans in whole_traces(collector).values() for span in spans} >= linked != set()


async def test_a_collector_that_is_down_and_an_exporter_that_dies_hold_up_nothing(
    kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    await topics.create(kafka, echo.TOPICS)
    await echo.send(kafka, [b"a", b"raise", b"b"])
    async with echo.worker(kafka):
        records = await echo.outcomes(kafka, 3)
    traced = [record for record in records if TRACEPARENT in dict(record.headers)]
    assert sorted(record.value or b"" for record in traced) == [b"a", b"b"], "a dead letter is as it was received"
    assert len({dict(record.headers)[TRACEPARENT] for record in traced}) == 2
