"""The hazard itself: a worker freezes between its outputs and their offset, and wakes after it was replaced.

With fencing it can do no harm; without it, its outputs are duplicated, and the audit says so.
"""

import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests import topics
from tests.support import Raw, publish
from wiredesk.operations.audit import reconcile
from wiredesk.pipeline import PAGES_SKIPPED, STAGES, TOPICS
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.testing.patience import setting
from wiredesk.testing.processes import WorkerProcess, wait_until

PAGES = 40
SETTINGS = {
    "WIREDESK_SESSION_TIMEOUT": str(setting(6)),
    "WIREDESK_DRAIN_TIMEOUT": str(setting(3)),
    "WIREDESK_TRANSACTION_TIMEOUT": "900",
    "WIREDESK_TRANSACTION_RECORDS": str(PAGES),
}


@pytest.mark.parametrize("duplicated", [0, PAGES], ids=["fenced", "unfenced"])
async def test_a_frozen_worker_wakes_too_late(kafka: KafkaSettings, tmp_path: Path, duplicated: int) -> None:
    fenced = not duplicated
    await topics.create(kafka, TOPICS, partitions=1)
    await publish(kafka, [Raw(f"light:{n}:ingest:skip:".encode()) for n in range(PAGES)])
    settings = SETTINGS if fenced else {**SETTINGS, "FAULTS_UNFENCED": "1"}
    zombie = LightWorker("ingest", kafka, tmp_path / "zombie", {**settings, "FAULTS_FREEZE": "1"})
    heir = None
    try:
        wait_until(lambda: psutil.Process(zombie.process.pid).status() == psutil.STATUS_STOPPED, "it is frozen")
        heir = LightWorker("ingest", kafka, tmp_path / "heir", settings)
        wait_until(lambda: written(heir) == PAGES, "the other one has done its work")
        zombie.process.send_signal(signal.SIGCONT)
        if fenced:
            wait_until(lambda: "FencedError" in zombie.log.read_text(), "it is fenced")
            assert written(zombie) == 0
            assert zombie.process.poll() is None, "the lane stops, the worker lives"
        else:
            wait_until(lambda: written(zombie) == PAGES, "it commits as if nothing had happened")
    finally:
        for worker in (zombie, heir):
            if worker is not None:
                worker.process.kill()
                worker.process.wait()
    async with Cluster(kafka) as cluster:
        audit = await reconcile(cluster, list(STAGES.values()))
    assert (audit.entered, audit.missing, audit.duplicated) == (PAGES, 0, duplicated)
    assert audit.ended[PAGES_SKIPPED.name] == PAGES
    assert all(len(duplicate.ended_at) == 2 for duplicate in audit.duplicated_records)


def written(worker: WorkerProcess) -> float:
    return worker.metric("wiredesk_records_total")


class LightWorker(WorkerProcess):
    """A worker with light handlers."""

    command = (sys.executable, "-m", "tests.faults.light")
