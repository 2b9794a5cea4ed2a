"""When a worker is healthy, and when it is ready."""

import time

import aiohttp
import pytest

from tests.handlers import STAGE
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.trouble import Trouble, TroubleKind
from wiredesk.runtime.worker import Worker, health

SETTINGS = WorkerSettings(session_timeout=45, page_deadline=30, transaction_timeout=60)


async def answers(worker: Worker, path: str) -> tuple[int, str | None]:
    """Serve a worker's health, and return status and reason."""
    async with (
        health.serving(
            "sleeper", "127.0.0.1", 0, variables="WIREDESK_METRICS", alive=worker.stuck, ready=worker.trouble
        ) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        body = await answer.json()
        assert body["status"] == ("ok" if answer.status == 200 else "unavailable")
        return answer.status, body["reason"]


class Lanes:
    """The part of an assignment that health uses."""

    def __init__(self, stalled: float = 0.0, trouble: Trouble | None = None) -> None:
        self.stalled_seconds = stalled
        self._trouble = trouble

    def trouble(self) -> Trouble | None:
        return self._trouble


@pytest.fixture
async def worker() -> Worker:
    return Worker(STAGE, KafkaSettings(), SETTINGS)


async def test_a_worker_that_starts_lives_and_is_not_ready(worker: Worker) -> None:
    assert await answers(worker, "/healthz") == (200, None)
    status, reason = await answers(worker, "/readyz")
    assert status == 503
    assert "starting" in (reason or "")


async def test_a_worker_at_work_lives_and_is_ready(worker: Worker) -> None:
    worker._assignment = Lanes()  # type: ignore[assignment] # as much of one as is needed
    assert await answers(worker, "/healthz") == (200, None)
    assert await answers(worker, "/readyz") == (200, None)


async def test_a_worker_that_does_not_poll_any_more_is_to_be_restarted(worker: Worker) -> None:
    worker._assignment = Lanes()  # type: ignore[assignment] # the same
    worker._polled_at = time.monotonic() - 100
    assert await answers(worker, "/healthz") == (200, None), "a rebalance takes as long as a session"
    worker._polled_at = time.monotonic() - 3600
    for path in ("/healthz", "/readyz"):
        assert await answers(worker, path) == (503, "no poll for 3600 s")


async def test_a_lane_that_stands_still_with_work_before_it_is_to_be_restarted(worker: Worker) -> None:
    worker._assignment = Lanes(stalled=100)  # type: ignore[assignment] # the same
    assert await answers(worker, "/healthz") == (200, None), "a page and its transaction may take their time"
    worker._assignment = Lanes(stalled=3600)  # type: ignore[assignment] # the same
    status, reason = await answers(worker, "/healthz")
    assert status == 503
    assert "none was committed for 3600 s" in (reason or "")


async def test_a_trouble_that_a_restart_would_not_mend_is_no_reason_for_one(worker: Worker) -> None:
    braked = Trouble(TroubleKind.BRAKED, "partition 3 is braked: most records fail")
    worker._assignment = Lanes(trouble=braked)  # type: ignore[assignment] # the same
    assert await answers(worker, "/healthz") == (200, None)
    assert await answers(worker, "/readyz") == (503, "partition 3 is braked: most records fail")
