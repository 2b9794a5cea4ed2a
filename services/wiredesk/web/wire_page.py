"""The page of the wire, and the stream and list of its articles."""

from aiohttp import web

from wiredesk.web import metrics
from wiredesk.web.exchange import Exchange
from wiredesk.web.refusals import Refusal, RefusedError
from wiredesk.web.security_headers import SECURITY_HEADERS
from wiredesk.web.site import Site
from wiredesk.web.wire.filters import NAMES, Filters
from wiredesk.web.wire.position import Position
from wiredesk.web.wire.stream import ArticleStream, brief_frame, event_frame

SHOWN = 100
"""Articles on the page of the wire."""

CHOICES = ("language", "source", "type")
"""Filters whose values are offered: there are few of them."""


async def wire(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Show the newest articles that match."""
    filters = Filters.of_query(exchange.query)
    items = site.ring.newest(filters, SHOWN)
    return site.page(
        exchange,
        "wire.html",
        "/",
        filters=filters,
        items=[item.brief for item in items],
        names=NAMES,
        choices=site.ring.values(CHOICES),
        position=str(site.ring.position),
        trouble=site.feed.trouble.message if site.feed.trouble is not None else "",
        most=SHOWN,
    )


async def stream(site: Site, exchange: Exchange) -> web.StreamResponse:
    """Send articles as they come, until the reader leaves."""
    filters = Filters.of_query(exchange.query)
    position = _position(exchange)
    if site.feed.trouble is not None and not site.ring.topic:
        raise RefusedError(Refusal.UNAVAILABLE, site.feed.trouble.message, headers={"Retry-After": "5"})
    if site.streams >= site.settings.web_streams:
        raise RefusedError(Refusal.BUSY, f"{site.settings.web_streams} streams are open", headers={"Retry-After": "10"})
    response = web.StreamResponse(headers={**SECURITY_HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    if exchange.request.method == "HEAD":
        return response
    frame = brief_frame if exchange.value("view") == "brief" else event_frame
    site.streams += 1
    metrics.STREAMS.set(site.streams)
    try:
        await response.prepare(exchange.request)
        articles = ArticleStream(site.ring, site.catch_up, filters, frame, site.settings.web_stall_timeout)
        await articles.run(response, position)
    finally:
        site.streams -= 1
        metrics.STREAMS.set(site.streams)
    response.force_close()
    if exchange.request.transport is not None:
        exchange.request.transport.abort()  # what a slow reader has not taken would keep the connection open
    return response


def _position(exchange: Exchange) -> Position | None:
    """Return the position of a reader: of the last event that it has, or that the page was made with.

    Raises:
        RefusedError: it is no position.
    """
    given = exchange.request.headers.get("Last-Event-ID") or exchange.value("after")
    if not given:
        return None
    position = Position.parse(given)
    if position is None:
        raise RefusedError(Refusal.INVALID, "Last-Event-ID is not the id of an event of this stream")
    return position
