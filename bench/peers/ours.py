"""The job as a stage of our runtime: exactly once."""

import asyncio
import contextlib
import signal
import sys

from services.runtime.records import Output, Record
from services.runtime.settings import KafkaSettings, WorkerSettings
from services.runtime.topology import Stage, Topic
from services.runtime.worker import Worker

JOBS = Topic("jobs", "Pages")
DONE = Topic("done", "Their text")
STAGE = Stage("peer", "Reads text", JOBS, (DONE,), "ours:handler", entry=True)


class _Handler:
    version = "1"

    def __init__(self) -> None:
        from job import work  # noqa: PLC0415 - in the processes that do the work

        self._work = work

    def __call__(self, record: Record) -> tuple[Output, ...]:
        return (Output(DONE.name, record.key, self._work(record.value or b"")),)


def handler() -> _Handler:
    """Load the job."""
    return _Handler()


async def _run() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = WorkerSettings(metrics_port=0, processes=1, session_timeout=10, drain_timeout=5, log_level="error")
    await Worker(STAGE, KafkaSettings(bootstrap_servers=sys.argv[1]), settings).run(stop)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())
