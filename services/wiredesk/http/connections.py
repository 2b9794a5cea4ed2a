"""An HTTP server whose connections are limited in number and in idle time: slow clients must not keep others out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

IDLE_SECONDS = 15.0
"""Longest time without a request: for the headers of one to arrive, or after an answer."""

LINGER_SECONDS = 2.0
"""Time in which a client may send the rest of a body that was refused: it then sees the answer."""

LIMITS: dict[str, Any] = {
    "max_line_size": 16_384,
    "max_field_size": 16_384,
    "max_headers": 128,
    "lingering_time": LINGER_SECONDS,
    "auto_decompress": False,
    "access_log": None,
    "keepalive_timeout": IDLE_SECONDS,
}
"""Options of aiohttp's server. A request line holds a URL, and headers may hold those of a page's response."""

type Refusal = Callable[[int, str], web.StreamResponse]
"""Returns the answer to a request that is not served, from its status and one line."""


class _Connection(web.RequestHandler):
    """A connection. What is not HTTP is refused, without a traceback in the log."""

    def __init__(self, server: "BoundedServer", **options: Any) -> None:
        super().__init__(server, **options)
        self._refuse = server.refuse

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - of the base class
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to a request that cannot be parsed, or that met a defect of the server."""
        response = self._refuse(status, " ".join((message or type(exc).__name__).split())[:200])
        response.force_close()
        return response


class BoundedServer(web.Server):
    """Answers requests on a limited number of connections.

    A connection without a request is closed after a while. If there are too many, the one that has been idle for the
    longest is closed; if all have a request in progress, it is the new one.

    Args:
        answer: answers a request.
        limit: maximum number of open connections.
        refuse: answers what is no request.
        count: called with the number of open connections whenever it changes.
    """

    def __init__(
        self,
        answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        limit: int,
        refuse: Refusal,
        count: Callable[[int], None],
    ) -> None:
        silent = logging.getLogger(f"{__name__}.http")
        silent.setLevel(logging.CRITICAL + 1)
        super().__init__(self._answer, logger=silent, **LIMITS)
        self._silent = silent
        self._call = answer
        self._limit = limit
        self._count = count
        self.refuse = refuse
        self._transports: dict[Any, asyncio.Transport] = {}
        self._idle: dict[Any, asyncio.TimerHandle] = {}

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return _Connection(self, loop=self._loop, logger=self._silent, **LIMITS)

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """Count a new connection, and make room for it."""
        super().connection_made(handler, transport)
        self._transports[handler] = transport
        self._count(len(self._transports))
        self._begin_idle(handler)
        if len(self._transports) > self._limit:
            longest_idle = next(iter(self._idle))  # the new one is the last of these
            self._end_idle(longest_idle)
            self._transports.pop(longest_idle).abort()

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        self._end_idle(handler)
        self._transports.pop(handler, None)
        self._count(len(self._transports))
        super().connection_lost(handler, exc)

    def _begin_idle(self, handler: Any) -> None:
        transport = self._transports.get(handler)
        if transport is not None:
            timer = asyncio.get_running_loop().call_later(IDLE_SECONDS + LINGER_SECONDS, transport.abort)
            self._idle[handler] = timer

    def _end_idle(self, handler: Any) -> None:
        timer = self._idle.pop(handler, None)
        if timer is not None:
            timer.cancel()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        handler = request.protocol
        self._end_idle(handler)
        try:
            return await self._call(request)
        finally:
            self._begin_idle(handler)
