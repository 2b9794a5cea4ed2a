"""A worker of the stateful stage of the tests, as a process.

python -m tests.faults.counting counter
"""

import asyncio

from tests.handlers import COUNTER
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime import limits, logs
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.worker import Worker


def main() -> None:
    limits.die_with_parent()
    settings = WorkerSettings()
    logs.configure(settings.log_level)
    asyncio.run(_run(Worker(COUNTER, KafkaSettings(), settings)))


async def _run(worker: Worker) -> None:
    with stop_on_signal() as stop:
        await worker.run(stop)


if __name__ == "__main__":
    main()
