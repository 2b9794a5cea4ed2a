"""A broker that dies and comes back: workers report it, wait, and continue by themselves."""

import collections
import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests import topics
from tests.support import ROOT, SAMPLES, Raw, ends_of, publish
from wiredesk.local.ports import free_port
from wiredesk.pipeline import TOPICS
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.processes import wait_until, workers

PAGES = 100


@pytest.mark.timeout(180)
async def test_a_killed_broker_costs_no_page_and_no_restart(tmp_path: Path) -> None:
    port = free_port()
    broker = started(port, tmp_path)
    page = (SAMPLES / "pages" / "index.html").read_text(encoding="utf-8")
    raw = [
        Raw(json.dumps({"url": f"https://b.example/{n}", "body": page, "content_type": "text/html"}).encode())
        for n in range(PAGES)
    ]
    kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{port}")
    try:
        await topics.create(kafka, TOPICS, partitions=2)
        with workers(kafka, ["ingest", "extractor"], tmp_path / "log") as crew:
            origins = await publish(kafka, raw[: PAGES // 2])
            wait_until(lambda: crew[1].metric("wiredesk_records_total") > 0, "they are at work")
            for process in psutil.Process(broker.pid).children(recursive=True):
                process.send_signal(signal.SIGKILL)
            broker.wait()
            wait_until(lambda: not any(worker.is_ready() for worker in crew), "they say that they cannot work")
            broker = started(port, tmp_path)
            origins += await publish(kafka, raw[PAGES // 2 :])
            records_by_origin = await ends_of(kafka, origins)
            wait_until(lambda: all(worker.is_ready() for worker in crew), "they are ready again")
        assert collections.Counter(map(len, records_by_origin.values())) == {1: PAGES}
        assert {records[0].topic for records in records_by_origin.values()} == {"pages.skipped"}
    finally:
        broker.send_signal(signal.SIGTERM)
        broker.wait()


def started(port: int, folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "wiredesk.cli", "broker", "--data", str(folder), "--port", str(port)]
    broker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert broker.stdout is not None
    with broker.stdout:
        assert broker.stdout.readline().startswith("ready ")
    return broker
