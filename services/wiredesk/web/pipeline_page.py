"""The page of the pipeline: stages, workers, brokers, replays."""

from aiohttp import web

from wiredesk.web.exchange import Exchange
from wiredesk.web.readiness import worker_troubles
from wiredesk.web.site import Site

REFRESH_SECONDS = 10
"""Seconds after which a browser loads the page again, if its reader wants that."""


async def pipeline(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show the pipeline."""
    status, runs = await site.measurements.get(site.cluster)
    response = site.page(
        exchange,
        "pipeline.html",
        "/pipeline",
        measured=status,
        runs=runs,
        readiness=await worker_troubles(site.settings.web_workers),
        is_live=exchange.value("live") == "1",
        seconds=REFRESH_SECONDS,
    )
    if exchange.value("live") == "1":
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response
