"""Health over HTTP: `/healthz` (liveness), `/readyz` (readiness), `/metrics` (Prometheus).

Anyone who can reach the port can open connections to it, so connections are limited in number, in time, and in what
they may send. Each carries one request.
"""

import asyncio
import contextlib
import errno
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from wiredesk.runtime import metrics
from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.trouble import Trouble

log = structlog.get_logger(__name__)

Check = Callable[[], Trouble | None]
"""Returns what is wrong, or None."""

MAX_CONNECTIONS = 32
"""Maximum number of open connections. A monitoring system, a supervisor and a person need three."""

DESCRIPTORS = 2 * MAX_CONNECTIONS
"""Maximum number of file descriptors of all connections: those that are open, and as many that are being accepted."""

CONNECTION_SECONDS = 10.0
"""Longest life of a connection: an answer takes milliseconds."""

LIMITS: dict[str, Any] = {
    "max_line_size": 2048,
    "max_field_size": 4096,
    "max_headers": 64,
    "lingering_time": 0.0,  # a body is never read
    "auto_decompress": False,
    "access_log": None,
}
"""Options of aiohttp's server: requests are small, and have no body."""

SHUTDOWN_SECONDS = 1.0
"""Time for requests that are being answered when the worker stops."""


@contextlib.asynccontextmanager
async def serving(
    stage: str,
    host: str,
    port: int,
    *,
    variables: str,
    alive: Check = lambda: None,
    ready: Check = lambda: None,
    or_any_port: bool = False,
) -> AsyncIterator[int]:
    """Serve health and metrics for the duration of a block; yield the port.

    Args:
        stage: a label of every metric.
        variables: how the environment variables of host and port begin; an error names them.
        alive: returns why the process must be restarted, or None, which is the default.
        ready: returns why it is not ready, or None, which is the default.
        or_any_port: if the port is taken, use any free one, and log it.

    Raises:
        UnavailableError: the port is taken, or may not be bound.
    """
    server = _BoundedServer(
        {"/healthz": _health(alive), "/readyz": _health(ready), "/metrics": lambda: _metrics(stage)}
    )
    runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        try:
            await _listen(runner, host, port)
        except OSError as error:
            if not (or_any_port and error.errno == errno.EADDRINUSE):
                remedy = (
                    f"{variables}_PORT to a free port, or to 0 for any"
                    if error.errno == errno.EADDRINUSE
                    else f"{variables}_HOST to an address of this machine, {variables}_PORT to an allowed port"
                )
                raise UnavailableError(
                    f"metrics cannot be served on {host}:{port}: {error.strerror or error}; set {remedy}"
                ) from error
            await _listen(runner, host, 0)
            log.warning("metrics port is taken, serving on another", taken=port, metrics_port=_bound(runner))
        yield _bound(runner)
    finally:
        await runner.cleanup()


async def _listen(runner: web.ServerRunner, host: str, port: int) -> None:
    # The backlog also limits how many connections are accepted at once, before any of them is counted.
    await web.TCPSite(runner, host, port, backlog=MAX_CONNECTIONS).start()


def _bound(runner: web.ServerRunner) -> int:
    return int(runner.addresses[0][1])


class _BoundedServer(web.Server):
    """Answers one request for each connection, with limits on time and number.

    aiohttp limits the time for an incomplete request, but neither the time for an answer that the client does not read
    nor the number of connections. If there are too many, the oldest one is closed: a client that opens connections
    and leaves them idle cannot keep others out.
    """

    def __init__(self, routes: dict[str, Callable[[], web.Response]]) -> None:
        # aiohttp logs a traceback for a request that is not HTTP: a port scanner would fill the log.
        silent = logging.getLogger(f"{__name__}.http")
        silent.setLevel(logging.CRITICAL + 1)
        super().__init__(self._answer, logger=silent, keepalive_timeout=CONNECTION_SECONDS, **LIMITS)
        self._routes = routes
        self._open: dict[web.RequestHandler, tuple[asyncio.Transport, asyncio.TimerHandle]] = {}

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """Count a new connection; close the oldest if there are too many."""
        super().connection_made(handler, transport)
        while len(self._open) >= MAX_CONNECTIONS:
            oldest, _ = self._forget(next(iter(self._open)))
            oldest.abort()
        timer = asyncio.get_running_loop().call_later(CONNECTION_SECONDS, transport.abort)
        self._open[handler] = (transport, timer)

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        if handler in self._open:
            self._forget(handler)
        super().connection_lost(handler, exc)

    def _forget(self, handler: Any) -> tuple[asyncio.Transport, asyncio.TimerHandle]:
        transport, timer = self._open.pop(handler)
        timer.cancel()
        return transport, timer

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        route = self._routes.get(request.path)
        if route is None:
            response = web.Response(status=404)
        elif request.method not in {"GET", "HEAD"}:
            response = web.Response(status=405, headers={"Allow": "GET, HEAD"})
        else:
            response = self._guarded(route)
        response.force_close()
        return response

    def _guarded(self, route: Callable[[], web.Response]) -> web.Response:
        try:
            return route()
        except Exception:
            log.exception("health check failed")
            return web.Response(status=500)


def health_response(trouble: Trouble | None) -> web.Response:
    """Return the answer to a health check: 200, or 503 with the reason."""
    return web.Response(
        body=orjson.dumps(
            {
                "status": "ok" if trouble is None else "unavailable",
                "reason": None if trouble is None else trouble.message,
            }
        ),
        content_type="application/json",
        status=200 if trouble is None else 503,
    )


def _health(check: Check) -> Callable[[], web.Response]:
    return lambda: health_response(check())


def _metrics(stage: str) -> web.Response:
    return web.Response(body=metrics.exposition(stage), headers={"Content-Type": CONTENT_TYPE_LATEST})
