"""A worker of the stateful stage of the tests, as a process.

    python -m tests.faults.counting counter

With FAULTS_AT=<point> it strikes itself there, at the worst time: with SIGKILL, or with FAULTS_SIGNAL=SIGSTOP it stands
still until somebody lets it go on.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from tests.handlers import COUNTER
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime import limits, logs
from wiredesk.runtime.isolation.keeper import Keeper
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.worker import Worker
from wiredesk.runtime.worker.lane_store import LaneStore

POINTS: dict[str, tuple[type, str, bool]] = {
    "restoring": (Keeper, "restore", True),
    "restored": (LaneStore, "running", False),
    "computed": (AIOKafkaProducer, "begin_transaction", False),
    "written": (AIOKafkaProducer, "send_offsets_to_transaction", False),
    "offsets": (AIOKafkaProducer, "send_offsets_to_transaction", True),
    "committed": (AIOKafkaProducer, "commit_transaction", True),
}
"""Where a worker may strike itself: before a method, or after it has returned."""

TRANSACTIONS = 3
"""Calls of the producer after which it strikes: there are a state and offsets by then."""


def strike_at(point: str, number: int) -> None:
    """Send this process a signal once, at a point of its work."""
    owner, name, is_after = POINTS[point]
    method: Callable[..., Any] = getattr(owner, name)
    left = TRANSACTIONS if owner is AIOKafkaProducer else 1

    def is_due() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    def at_once(*arguments: Any) -> Any:
        if is_due():
            os.kill(os.getpid(), number)
        return method(*arguments)

    async def around(self: Any, *arguments: Any) -> Any:
        if not is_due():
            return await method(self, *arguments)
        if isinstance(self, AIOKafkaProducer):
            await self.flush()  # what was sent so far is on the brokers
        result = await method(self, *arguments) if is_after else None
        os.kill(os.getpid(), number)
        return result if is_after else await method(self, *arguments)

    setattr(owner, name, around if asyncio.iscoroutinefunction(method) else at_once)


def main() -> None:
    limits.die_with_parent()
    settings = WorkerSettings()
    logs.configure(settings.log_level)
    if point := os.environ.get("FAULTS_AT"):
        strike_at(point, signal.Signals[os.environ.get("FAULTS_SIGNAL", "SIGKILL")])
    asyncio.run(_run(Worker(COUNTER, KafkaSettings(), settings)))


async def _run(worker: Worker) -> None:
    with stop_on_signal() as stop:
        await worker.run(stop)


if __name__ == "__main__":
    main()
