"""The job as a stage of our runtime, with its settings' defaults unless the environment has others. Exactly once."""

import asyncio
import contextlib
import signal

from job import GROUP, INPUT, OUTPUT, SERVERS, work

from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage, Topic
from wiredesk.runtime.worker import Worker

JOBS = Topic(INPUT, "Input")
DONE = Topic(OUTPUT, "Output")
STAGE = Stage(GROUP.removeprefix("wiredesk."), "The job", JOBS, (DONE,), "wiredesk_worker:handler", entry=True)


class _Handler:
    version = "1"

    def __call__(self, record: Record) -> tuple[Output, ...]:
        return (Output(OUTPUT, record.key, work(record.value or b""), record.headers),)


def handler() -> _Handler:
    """Load the job."""
    return _Handler()


async def _run() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = WorkerSettings(metrics_port=0, processes=1, session_timeout=10, drain_timeout=5, log_level="warning")
    await Worker(STAGE, KafkaSettings(bootstrap_servers=SERVERS), settings).run(stop)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run())
