"""`wiredesk worker`: one worker of a stage."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk import registry
from wiredesk.cli.options import check_stage_settings, with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime.errors import HandlerError
from wiredesk.runtime.settings import KafkaSettings, WorkerSettings

if TYPE_CHECKING:
    from wiredesk.runtime.topology import Stage

StageName = Annotated[
    str,
    typer.Argument(
        metavar="STAGE",
        help=f"The stage to work for: {', '.join(registry.names())}.",
        autocompletion=lambda: list(registry.names()),
    ),
]


@with_settings(kafka=KafkaSettings, settings=WorkerSettings)
def worker(
    stage: StageName,
    *,
    kafka: KafkaSettings,
    settings: WorkerSettings,
) -> None:
    """Run one worker of a stage until SIGTERM; it then finishes the records in flight.

    Workers of a stage share its partitions: start at most one per partition, on any number of machines. Logs are JSON
    on stderr; /metrics, /healthz and /readyz are on --metrics-port. The settings of one stage alone, such as its
    models, are environment variables: 'wiredesk config' lists them.

    Example:
      wiredesk worker extractor --processes 4
    """
    import asyncio

    from wiredesk.runtime import logs

    stage_ = registry.registry().stage(stage)
    check_stage_settings(stage_)
    logs.configure(settings.log_level)
    package = registry.registry().distributions[stage_.name]
    try:
        asyncio.run(_run(stage_, kafka, settings))
    except HandlerError as error:
        if package == registry.OURS:
            raise
        raise HandlerError(f"stage {stage_.name!r} of the package {package!r}: {error}") from error


async def _run(stage: "Stage", kafka: KafkaSettings, settings: WorkerSettings) -> None:
    from wiredesk.runtime.worker import Worker

    with stop_on_signal() as stop:
        await Worker(stage, kafka, settings).run(stop)
