"""The worker's view of its template process and children."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.runtime.errors import HandlerError
from services.runtime.isolation import frames

log = structlog.get_logger(__name__)

# Native thread pools inside a worker process compete with its sibling processes for the same cores, and a fork of a
# process that has threads is not safe.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

BUFFER_BYTES = 1 << 20
"""Of a child's socket and its stream: a bundle that fits wakes either end once, and not for each 64 kB of it."""


@dataclass(eq=False)
class Child:
    """A child process and its socket."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ended: asyncio.Future[int] = field(repr=False)

    def kill(self) -> None:
        """End the child at once, whatever it is doing."""
        self.writer.close()
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class Template:
    """The process that has the handler loaded and forks children.

    Attributes:
        version: the handler's own.
        gone: done when the process has ended.
    """

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self.version = ""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._process = process
        self._control = control
        self._children: dict[int, Child] = {}
        self._forked: asyncio.Queue[int] = asyncio.Queue()
        self._forking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, handler: str, memory_bytes: int, log_level: str) -> "Template":
        """Start the process and wait until it has loaded the handler.

        Raises:
            HandlerError: it could not, with the reason.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                f"{__package__}.template",
                str(theirs.fileno()),
                handler,
                str(memory_bytes),
                log_level,
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
            )
        template = cls(process, ours)
        # The stream gets a duplicate: descriptors are sent over the original, which asyncio's transports cannot do.
        reader, writer = await asyncio.open_connection(sock=ours.dup())
        try:
            kind, text = await frames.read(reader)
        except EOFError:
            kind, text = "failed", "its process ended"
        except asyncio.CancelledError:
            writer.close()
            await template.close()
            raise
        if kind == "failed":
            writer.close()
            await template.close()
            raise HandlerError(f"{handler} cannot be loaded: {text}")
        template.version = text
        template._task = asyncio.create_task(template._listen(reader, writer))
        return template

    async def fork(self) -> Child:
        """Fork a child.

        Raises:
            EOFError: the template is gone.
        """
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        async with self._forking:
            with theirs:
                if self.gone.done():
                    ours.close()
                    raise EOFError("the template process is gone")
                try:
                    socket.send_fds(self._control, [b"F"], [theirs.fileno()])
                except OSError as error:
                    ours.close()
                    raise EOFError(str(error)) from error
            pid = await self._next_pid(ours)
        reader, writer = await asyncio.open_connection(sock=ours, limit=BUFFER_BYTES)
        child = Child(pid, reader, writer, asyncio.get_running_loop().create_future())
        self._children[pid] = child
        return child

    async def close(self) -> None:
        """End the template; children end when their sockets are closed."""
        self._control.close()
        if self._task is not None:
            self._task.cancel()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    async def _next_pid(self, ours: socket.socket) -> int:
        forked = asyncio.ensure_future(self._forked.get())
        either: tuple[asyncio.Future[Any], ...] = (forked, self.gone)
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not forked.done():
            forked.cancel()
            ours.close()
            raise EOFError("the template process is gone")
        return forked.result()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                match await frames.read(reader):
                    case ("forked", pid):
                        self._forked.put_nowait(pid)
                    case ("ended", pid, status):
                        child = self._children.pop(pid, None)
                        if child is not None and not child.ended.done():
                            child.ended.set_result(status)
        except EOFError:
            log.warning("template process ended", pid=self._process.pid)
        finally:
            writer.close()
            if not self.gone.done():
                self.gone.set_result(None)
            for child in self._children.values():
                if not child.ended.done():
                    child.ended.set_result(-1)
