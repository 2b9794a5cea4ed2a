"""`wiredesk canary`: how old a page is when readers have it."""

from typing import TYPE_CHECKING, Annotated

import typer

from wiredesk.cli import console
from wiredesk.cli.options import with_settings
from wiredesk.operations.canary.settings import CanarySettings
from wiredesk.runtime.settings import KafkaSettings

if TYPE_CHECKING:
    from wiredesk.operations.canary.canary import Pace
    from wiredesk.operations.canary.round_trips import RoundTrip

MISSING = 1
"""Exit code of `--once` if a probe was not acknowledged, or has not arrived."""


@with_settings(kafka=KafkaSettings, settings=CanarySettings)
def canary(
    *,
    interval: Annotated[float, typer.Option(metavar="SECONDS", min=1, max=3600, help="From round to round.")] = 60,
    deadline: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=3600, help="A probe is missing after this time.")
    ] = 600,
    once: Annotated[bool, typer.Option("--once", help="Send one round, wait for it, and print each probe.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --once: one JSON object.")] = False,
    kafka: KafkaSettings,
    settings: CanarySettings,
) -> None:
    """Send a synthetic page through every partition each minute, and measure when readers have its article.

    The pages are of the host canary.invalid. Every event that is made from them has the header ce_wiredesksynthetic:
    true, and readers leave it out. What is measured is on /metrics: how old a page is when its enriched article
    arrives, which pages are missing, and how many articles readers get, by language and for the hosts of
    --canary-sources. Logs are JSON on stderr. Run one canary for a pipeline.

    Examples:
      wiredesk canary --canary-sources news.example,wire.example
      wiredesk canary --once

    Exit codes: 0 stopped by a signal, or all probes of --once arrived; 1 a probe of --once is missing, or no broker
    answers; 2 wrong usage.
    """
    import asyncio

    from wiredesk.operations.canary.canary import Pace
    from wiredesk.runtime import logs
    from wiredesk.runtime.errors import UsageError

    if as_json and not once:
        raise UsageError("--json needs --once: without it, what is measured is on /metrics")
    pace = Pace(interval, deadline)
    if not once:
        logs.configure(settings.canary_log_level)
        asyncio.run(_run(kafka, settings, pace))
        return
    logs.quiet()
    with console.progress("waiting for probes"):
        sent, trips = asyncio.run(_once(kafka, pace))
    if as_json:
        console.json(as_object(sent, trips))
    else:
        _show(trips)
    if not trips or any(trip.age is None for trip in trips):
        raise typer.Exit(MISSING)


async def _run(kafka: KafkaSettings, settings: CanarySettings, pace: "Pace") -> None:
    import structlog

    from wiredesk.cli.signals import stop_on_signal
    from wiredesk.operations.canary.canary import Canary
    from wiredesk.operations.canary.readership import Readership
    from wiredesk.runtime.worker import health

    log = structlog.get_logger(__name__)
    canary = Canary(kafka, pace, Readership(settings.sources))
    is_port_set = "canary_port" in settings.model_fields_set
    with stop_on_signal() as stop:
        async with health.serving(
            "canary",
            settings.canary_host,
            settings.canary_port,
            variables="WIREDESK_CANARY",
            ready=lambda: canary.trouble,
            or_any_port=not is_port_set,
        ) as port:
            log.info("canary starting", metrics_port=port, interval=pace.interval)
            await canary.run(stop)
    log.info("canary stopped")


async def _once(kafka: KafkaSettings, pace: "Pace") -> "tuple[int, list[RoundTrip]]":
    from wiredesk.operations.canary.canary import Canary

    trips: list[RoundTrip] = []
    sent = await Canary(kafka, pace, on_end=trips.append).once()
    return sent, sorted(trips, key=lambda trip: trip.partition)


def as_object(sent: int, trips: "list[RoundTrip]") -> dict[str, object]:
    """Return a round of probes as a JSON object."""
    return {
        "sent": sent,
        "arrived": sum(trip.age is not None for trip in trips),
        "missing": sum(trip.age is None for trip in trips),
        "probes": [{"partition": trip.partition, "seconds": trip.age} for trip in trips],
    }


def _show(trips: "list[RoundTrip]") -> None:
    rows = [(trip.partition, "missing" if trip.age is None else f"{trip.age:.1f}") for trip in trips]
    console.table(f"{len(trips)} probes", ("partition", "seconds until a reader has it"), rows)
