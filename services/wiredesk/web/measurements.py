"""The status of the deployment, measured when somebody asks, and not more often than that."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from wiredesk.operations.reasons_by_hour import Day, ReasonsByHour
from wiredesk.operations.replays.run import load_runs
from wiredesk.operations.replays.status import RunStatus, run_statuses
from wiredesk.operations.status import Status, StatusMonitor
from wiredesk.pipeline import PAGES_SKIPPED
from wiredesk.registry import registry
from wiredesk.runtime.kafka.cluster import Cluster

FRESH_SECONDS = 3.0
"""For this long a measurement is shown to everybody who asks: 200 people cost Kafka no more than one."""

WINDOW = timedelta(hours=1)
"""Age of the skipped pages and dead letters that are counted."""

RUNS = 20
"""Replays that are shown, the newest."""


class Measurements:
    """The newest measurement: everybody who asks at the same time gets the same one."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._measured_at = float("-inf")
        self._status: Status | None = None
        self._runs: list[RunStatus] = []
        self._reasons = ReasonsByHour(registry().stages.values(), PAGES_SKIPPED)
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")
        self._day: Day | None = None

    async def get(self, connect: Callable[[], AbstractAsyncContextManager[Cluster]]) -> tuple[Status, list[RunStatus]]:
        """Return the status, and the newest replays.

        Args:
            connect: connects to Kafka for the duration of a block.

        Raises:
            UnavailableError: Kafka does not answer, or lacks a topic of a stage.
        """
        async with self._lock:
            if self._status is None or time.monotonic() - self._measured_at > FRESH_SECONDS:
                async with connect() as cluster:
                    monitor = StatusMonitor(cluster, registry().stages.values(), PAGES_SKIPPED, WINDOW)
                    self._status = await monitor.measure()
                    saved = sorted((await load_runs(cluster)).values(), key=lambda one: one.run.planned_at)
                    self._runs = await run_statuses(cluster, saved[-RUNS:][::-1])
                self._measured_at = time.monotonic()
            return self._status, self._runs

    async def day(self, connect: Callable[[], AbstractAsyncContextManager[Cluster]]) -> Day:
        """Return why pages were skipped and dead-lettered in the last day.

        Args:
            connect: connects to Kafka for the duration of a block.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        async with self._reading:
            if self._day is None or time.monotonic() - self._read_at > FRESH_SECONDS:
                async with connect() as cluster:
                    self._day = await self._reasons.update(cluster)
                self._read_at = time.monotonic()
            return self._day
