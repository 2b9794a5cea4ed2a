"""Workers for fault tests: the pipeline's own topics and runtime, with light stage functions.

python -m tests.faults.light ingest|extractor|revisions|enrichment|latest|signatures|syndication
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaProducer

from wiredesk import pipeline
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime import limits, logs
from wiredesk.runtime.kafka.transactions import TransactionalProducer
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.worker import Worker


def freeze_before_offsets() -> None:
    """Stop this process once, when its first transaction has its outputs but not its offsets yet: the worst time."""
    send_offsets = AIOKafkaProducer.send_offsets_to_transaction

    async def frozen(self: AIOKafkaProducer, offsets: Any, group: str) -> None:
        AIOKafkaProducer.send_offsets_to_transaction = send_offsets  # type: ignore[method-assign]
        await self.flush()
        os.kill(os.getpid(), signal.SIGSTOP)
        await send_offsets(self, offsets, group)  # type: ignore[no-untyped-call]

    AIOKafkaProducer.send_offsets_to_transaction = frozen  # type: ignore[method-assign]


def do_not_fence() -> None:
    """Give every producer its own transactional id, so that none fences another."""
    init = TransactionalProducer.__init__

    def unfenced(self: TransactionalProducer, settings: KafkaSettings, transactional_id: str, timeout: float) -> None:
        init(self, settings, f"{transactional_id}.{os.getpid()}", timeout)

    TransactionalProducer.__init__ = unfenced  # type: ignore[method-assign] # that is the point


def main() -> None:
    limits.die_with_parent()
    (name,) = sys.argv[1:]
    settings = WorkerSettings()
    logs.configure(settings.log_level)
    if os.environ.get("FAULTS_FREEZE") == "1":
        freeze_before_offsets()
    if os.environ.get("FAULTS_UNFENCED") == "1":
        do_not_fence()
    stage = replace(pipeline.STAGES[name], handler=f"tests.faults.light_stages:{name}")
    asyncio.run(_run(Worker(stage, KafkaSettings(), settings)))


async def _run(worker: Worker) -> None:
    with stop_on_signal() as stop:
        await worker.run(stop)


if __name__ == "__main__":
    main()
