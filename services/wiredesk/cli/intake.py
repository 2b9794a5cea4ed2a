"""`wiredesk intake`: the HTTP intake."""

from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.intake.settings import IntakeSettings
from wiredesk.runtime.settings import KafkaSettings


@with_settings(kafka=KafkaSettings, settings=IntakeSettings)
def intake(*, kafka: KafkaSettings, settings: IntakeSettings) -> None:
    """Take raw pages over HTTP and publish them, until SIGTERM; it then finishes the requests in progress.

    POST /pages takes a raw-page event or an array of them in JSON, JSON Lines, web archives, or a page itself with its
    URL in ?url= or the header ce-subject. The answer is 202 once the brokers have every page; any other answer says
    which pages are missing, and why. GET /openapi.json describes the interface; /metrics, /health/live and
    /health/ready are on the same port. Logs are JSON on stderr.

    It listens on loopback. Beyond that it needs a token: the environment variable WIREDESK_INTAKE_TOKEN, or
    --intake-token-file.

    Example:
      wiredesk intake --intake-port 8080

    Exit codes: 0 stopped by a signal, 1 the port is taken, 2 wrong usage.
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.configure(settings.log_level)
    asyncio.run(_run(kafka, settings))


async def _run(kafka: KafkaSettings, settings: IntakeSettings) -> None:
    import structlog

    from wiredesk.intake.delivery import KafkaPublisher
    from wiredesk.intake.server import Intake
    from wiredesk.pipeline import PAGES_RAW

    log = structlog.get_logger(__name__)
    publisher = KafkaPublisher(kafka, PAGES_RAW.name)
    intake = Intake(settings, publisher)
    with stop_on_signal() as stop:
        async with publisher.running(), intake.serving() as url:
            log.info("intake listening", url=url)
            await stop.wait()
    log.info("intake stopped")
