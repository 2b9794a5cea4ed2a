"""`wiredesk worker`: one worker of a stage."""

import asyncio
from typing import Annotated

import typer

from wiredesk.cli.options import load, with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.enrichment.settings import EnrichmentSettings
from wiredesk.ingest.settings import IngestSettings
from wiredesk.pipeline import STAGES
from wiredesk.runtime import logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings
from wiredesk.runtime.topology import Stage

Name = Annotated[str, typer.Argument(metavar="ingest|extractor|enrichment", help="The stage to work for.")]


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def worker(
    stage: Name,
    *,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Run one worker of a stage until SIGTERM, which finishes what is in flight.

    Workers of a stage share its partitions: start as many as there are, on as many machines as you like. Logs are JSON
    on stderr; /metrics, /healthz and /readyz are on --metrics-port.
    """
    if stage not in STAGES:
        raise UsageError(f"there is no stage {stage!r}: choose one of {', '.join(STAGES)}")
    # The stage's own settings are read again in its processes; what is wrong in them is told here, at once.
    load(IngestSettings)
    load(EnrichmentSettings)
    logs.configure(settings.log_level)
    asyncio.run(_run(STAGES[stage], kafka, settings))


async def _run(stage: Stage, kafka: KafkaSettings, settings: WorkerSettings) -> None:
    from wiredesk.runtime.worker import Worker  # noqa: PLC0415 - not to be waited for by --help

    with stop_on_signal() as stop:
        await Worker(stage, kafka, settings).run(stop)
