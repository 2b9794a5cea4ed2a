"""A stage for benchmarks of the runtime: each record costs some milliseconds, or does what the record orders.

python bench/burning_stage.py BOOTSTRAP [RUN]

With the id of a replay run it is a worker of that run.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time

from wiredesk.operations.replays.processing import process
from wiredesk.operations.replays.run import load_run
from wiredesk.runtime import logs
from wiredesk.runtime.kafka.cluster import Cluster
from wiredesk.runtime.records import Output, Record
from wiredesk.runtime.replay_scope import accept_all
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage, Topic
from wiredesk.runtime.worker import Worker

SOURCE = Topic("burn.in", "Records that say what to do", partitions=2)
TARGET = Topic("burn.out", "What was done", partitions=2)
STAGE = Stage("burn", "Takes time", SOURCE, (TARGET,), "burning_stage:handler", entry=True)

REASONS = {b"raise": "error", b"hang": "timeout", b"allocate": "memory", b"kill": "crash"}


class Burning:
    """Uses CPU time, then echoes; or raises an exception, hangs, allocates 4 GB, kills its process."""

    version = "1"

    def __init__(self) -> None:
        self._seconds = float(os.environ.get("BURN_MS", "0")) / 1000

    def __call__(self, record: Record) -> tuple[Output, ...]:
        """Use CPU time, then do what the record says."""
        until = time.process_time() + self._seconds
        while time.process_time() < until:
            pass
        match record.value:
            case b"raise":
                raise ValueError("as ordered")
            case b"hang":
                signal.pause()
            case b"allocate":
                return (Output(TARGET.name, record.key, bytes(4 << 30)),)
            case b"kill":
                ctypes.string_at(0)
            case _:
                pass
        return (Output(TARGET.name, record.key, record.value),)


def handler() -> Burning:
    """Load the handler."""
    return Burning()


async def _run(bootstrap: str, run: str | None) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    kafka, settings = KafkaSettings(bootstrap_servers=bootstrap), WorkerSettings()
    if run is None:
        await Worker(STAGE, kafka, settings).run(stop)
        return
    async with Cluster(kafka) as cluster:
        saved = await load_run(cluster, run)
        await process(cluster, settings, STAGE, saved.run, accept_all, rate=None, stop=stop)


if __name__ == "__main__":
    logs.configure("error")
    asyncio.run(_run(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))  # noqa: PLR2004
