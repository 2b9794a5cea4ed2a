"""Health over HTTP: `/healthz` (restart me), `/readyz` (count on me), `/metrics` (look at me)."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.runtime.errors import UnavailableError

Check = Callable[[], str | None]
"""Says in a line what is wrong, or None when nothing is."""


@contextlib.asynccontextmanager
async def serving(host: str, port: int, *, alive: Check, ready: Check) -> AsyncIterator[int]:
    """Serve health and metrics for the length of a block; yields the port.

    Raises:
        UnavailableError: the port is taken or not ours to bind.
    """
    app = web.Application()
    app.add_routes(
        [
            web.get("/healthz", _answering(alive)),
            web.get("/readyz", _answering(ready)),
            web.get("/metrics", _metrics),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise UnavailableError(
                f"metrics cannot be served on {host}:{port}: {error.strerror or error}; "
                "set WIREDESK_METRICS_PORT to a free port, or to 0 for any"
            ) from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _answering(check: Check) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        trouble = check()
        return web.json_response(
            {"status": "ok" if trouble is None else "unavailable", "reason": trouble},
            status=200 if trouble is None else 503,
        )

    return answer


async def _metrics(_: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
