"""The bytes of a request's body: decoded as they arrive, within bounds of size and time."""

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from aiohttp import ClientPayloadError, web

from wiredesk.intake.decoding import BodyDecoder
from wiredesk.intake.problems import ProblemError, ProblemKind

MIN_RATE = 1024
"""Minimum number of bytes per second, on average, that a client sends: a slower one holds a connection for nothing."""

GRACE_SECONDS = 10.0
"""Time that is not counted in this average: connections are slow at first."""


class DisconnectedError(Exception):
    """The client has closed the connection within its request."""


class Source(Protocol):
    """Where the bytes of a body come from."""

    async def readany(self) -> bytes:
        """Return the next bytes; none at the end."""


class Body:
    """The body of a request.

    Args:
        content: the bytes as they arrive.
        encoding: the value of `Content-Encoding`.
        limit: maximum number of bytes, encoded as well as decoded.
        read_timeout: seconds to wait for the next bytes.

    Attributes:
        received: bytes received so far.
    """

    def __init__(self, content: Source, encoding: str, *, limit: int, read_timeout: float) -> None:
        self._content = content
        self._decoder = BodyDecoder(encoding)
        self._limit = limit
        self._read_timeout = read_timeout
        self._waited = 0.0
        self._decoded = 0
        self.received = 0

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the decoded body in pieces.

        Raises:
            ProblemError: it is too large, too slow, or damaged.
            DisconnectedError: it ends too early.
        """
        while piece := await self._receive():
            for decoded in self._decoder.feed(piece):
                self._decoded += len(decoded)
                if self._decoded > self._limit:
                    raise self._too_large()
                yield decoded
        self._decoder.finish()

    async def _receive(self) -> bytes:
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._read_timeout):
                piece = await self._content.readany()
        except TimeoutError:
            raise ProblemError(
                ProblemKind.SLOW, f"no byte of the body for {self._read_timeout:g} s, after {self.received} bytes"
            ) from None
        except (ConnectionError, ClientPayloadError, web.RequestPayloadError) as error:
            raise DisconnectedError(f"{type(error).__name__} after {self.received} bytes") from error
        self._waited += time.monotonic() - began
        self.received += len(piece)
        if self.received > self._limit:
            raise self._too_large()
        if self._waited > GRACE_SECONDS and self.received < (self._waited - GRACE_SECONDS) * MIN_RATE:
            raise ProblemError(
                ProblemKind.SLOW, f"{self.received} bytes in {self._waited:.0f} s are fewer than {MIN_RATE} a second"
            )
        return piece

    def _too_large(self) -> ProblemError:
        return ProblemError(ProblemKind.TOO_LARGE, f"the body has more than {self._limit} bytes")


class BodyFile(io.RawIOBase):
    """A body as a binary stream that blocks, for readers that run in a thread.

    Args:
        pieces: of the body.
        loop: the event loop that they arrive in.
    """

    def __init__(self, pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._pieces = pieces
        self._loop = loop
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # a buffer that can be written
        """Read bytes into a buffer; return their number, 0 at the end."""
        while not self._rest:
            piece = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    async def _next(self) -> bytes | None:
        return await anext(self._pieces, None)
