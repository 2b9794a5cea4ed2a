"""A TCP proxy in front of a broker, which cuts, delays or silences connections."""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

CHUNK = 1 << 16


class Proxy:
    """Forwards connections, as an async context manager.

    Args:
        target: returns the port to forward to; called at each connection.

    Attributes:
        port: the port where it listens.
        delay: seconds by which each chunk is delayed, in both directions.
    """

    def __init__(self, target: Callable[[], int]) -> None:
        self.port = 0
        self.delay = 0.0
        self._target = target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.heal()

    def cut(self) -> None:
        """Reset all connections."""
        for writer in list(self._writers):
            writer.transport.abort()

    def half_open(self) -> None:
        """Keep all connections, accept new ones, and let nothing through: as when a host disappears."""
        self._flowing.clear()

    def heal(self) -> None:
        """Let everything through again; connections that had gone silent are dead."""
        self.delay = 0.0
        if not self._flowing.is_set():
            self._flowing.set()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", self._target())
        except OSError:  # the broker is down: so is its client
            writer.transport.abort()
            return
        writers = {writer, behind_writer}
        self._writers |= writers
        try:
            await asyncio.gather(self._pump(reader, behind_writer), self._pump(behind_reader, writer))
        except asyncio.CancelledError:
            self.cut()  # the loop stops; asyncio's server complains of handlers that are cancelled
        finally:
            self._writers -= writers

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flowing.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        writer.close()
