"""`wiredesk web`: the wire in a browser."""

from wiredesk.cli.options import with_settings
from wiredesk.cli.signals import stop_on_signal
from wiredesk.runtime.settings import KafkaSettings
from wiredesk.web.settings import WebSettings


@with_settings(kafka=KafkaSettings, settings=WebSettings)
def web(*, kafka: KafkaSettings, settings: WebSettings) -> None:
    """Show the wire in a browser: articles as they come, stories, dead letters, the pipeline; and an API.

    Open the URL that the log names. /api/articles streams articles or lists the newest ones; /api/openapi.json
    describes the interface; /metrics, /health/live and /health/ready are on the same port. Logs are JSON on stderr.

    It listens on loopback. Beyond that people sign in with a token: WIREDESK_WEB_TOKEN (look) and
    WIREDESK_WEB_REDRIVE_TOKEN (also redrive and purge), or --web-token-file and --web-redrive-token-file; or a proxy
    signs them in (--web-proxy).

    Example:
      wiredesk web --web-port 8090

    Exit codes: 0 stopped by a signal, 1 the port is taken, 2 wrong usage.
    """
    import asyncio

    from wiredesk.runtime import logs

    logs.configure(settings.log_level)
    asyncio.run(_run(kafka, settings))


async def _run(kafka: KafkaSettings, settings: WebSettings) -> None:
    import structlog

    from wiredesk.web.server import Web

    log = structlog.get_logger(__name__)
    page = Web(kafka, settings)
    with stop_on_signal() as stop:
        async with page.serving() as url:
            log.info("web page listening", url=url)
            await stop.wait()
    log.info("web page stopped")
