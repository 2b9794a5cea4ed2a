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

from wiredesk.runtime.errors import HandlerError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import ForkError, PeerClosedError, TemplateGoneError

log = structlog.get_logger(__name__)

# Native thread pools inside a worker process compete with its sibling processes for the same cores, and a fork of a
# process that has threads is not safe.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

BUFFER_BYTES = 1 << 20
"""Of a child's socket and its stream: a bundle that fits wakes either end once, and not for each 64 kB of it."""


STDERR = 2
"""What a handler prints must not mix with what a command prints."""

END_SECONDS = 5.0
"""Between the end of a process and the news of it."""

FORK_SECONDS = 60.0
"""A fork takes milliseconds. A template that has not answered by then is stopped or blocked, and is replaced."""

UNKNOWN_STATUS = -1
"""The wait status of a child whose template ended first: nobody was left to ask for it."""


@dataclass(eq=False)
class Child:
    """A child process and its socket.

    Attributes:
        ended: the status of `os.waitpid` when it has ended, or `UNKNOWN_STATUS`.
    """

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
        self._forked: asyncio.Queue[int | str] = asyncio.Queue()
        self._forking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def start(cls, handler: str, memory_bytes: int, log_level: str, seconds: float) -> "Template":
        """Start the process and wait until it has loaded the handler.

        Args:
            seconds: that loading may take.

        Raises:
            HandlerError: it could not, with the reason.
        """
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise HandlerError(f"{handler} cannot be loaded: {error.strerror or error}") from error
        try:
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
                    stdout=STDERR,
                    env={**os.environ, **ONE_THREAD},
                )
        except BaseException as error:
            ours.close()
            if isinstance(error, OSError):
                raise HandlerError(f"{handler} cannot be loaded: no process can be started: {error}") from error
            raise
        template = cls(process, ours)
        try:
            await template._load(handler, seconds)
        except BaseException:
            await template.close()
            raise
        return template

    async def _load(self, handler: str, seconds: float) -> None:
        # The stream gets a duplicate: descriptors are sent over the original, which asyncio's transports cannot do.
        reader, self._writer = await asyncio.open_connection(sock=self._control.dup())
        try:
            async with asyncio.timeout(seconds):
                kind, text = await frames.read(reader)
        except TimeoutError:
            kind, text = "failed", f"not done after {seconds:.3g} s (WIREDESK_LOAD_TIMEOUT bounds it)"
        except PeerClosedError:
            kind, text = "failed", f"its process ended {await self.end()}"
        if kind == "failed":
            raise HandlerError(f"{handler} cannot be loaded: {text}")
        self.version = text
        self._task = asyncio.create_task(self._listen(reader))

    async def fork(self) -> Child:
        """Fork a child.

        Raises:
            ForkError: not at present.
            TemplateGoneError: the template is gone.
        """
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise ForkError(f"no socket for a child process: {error.strerror or error}") from error
        try:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            async with self._forking:
                with theirs:
                    await self._request_fork(theirs)
                pid = await self._forked_pid()
            reader, writer = await asyncio.open_connection(sock=ours, limit=BUFFER_BYTES)
        except BaseException:
            ours.close()  # a child that was forked all the same finds its socket closed, and ends
            raise
        child = Child(pid, reader, writer, asyncio.get_running_loop().create_future())
        self._children[pid] = child
        if self.gone.done():
            child.ended.set_result(UNKNOWN_STATUS)
        return child

    async def end(self) -> str:
        """Wait until the process has ended, ending it where it has not; return how it ended, in words."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()  # its sockets close a moment before it can be waited for
        self._kill()
        return describe_exit(await self._process.wait())

    async def close(self) -> None:
        """End the template; children end when their sockets are closed."""
        self._control.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._kill()
        await self._process.wait()
        if self._writer is not None:  # a task that is cancelled before its first step has cleaned up nothing
            self._writer.close()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                # Not by asyncio's kill: it polls first, and takes the exit code from the watcher that waits for it.
                os.kill(self._process.pid, signal.SIGKILL)

    async def _request_fork(self, theirs: socket.socket) -> None:
        if self.gone.done():
            raise TemplateGoneError("the template process is gone")
        try:
            socket.send_fds(self._control, [b"F"], [theirs.fileno()])
        except ConnectionError as error:
            await self._await_end()
            raise TemplateGoneError(str(error)) from error
        except OSError as error:
            raise ForkError(f"no socket can be handed to a child process: {error.strerror or error}") from error

    async def _forked_pid(self) -> int:
        getting = asyncio.ensure_future(self._forked.get())
        either: tuple[asyncio.Future[Any], ...] = (getting, self.gone)
        try:
            await asyncio.wait(either, timeout=FORK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getting.done():
                getting.cancel()
        if not getting.done() or getting.cancelled():
            await self._await_end()  # its answer, should there be one, would be taken for that to the next request
            raise TemplateGoneError("the template process is gone, or does not answer")
        answer = getting.result()
        if isinstance(answer, str):
            raise ForkError(f"no child process can be forked: {answer}")
        return answer

    async def _await_end(self) -> None:
        self._kill()
        await asyncio.wait({self.gone}, timeout=END_SECONDS)
        if not self.gone.done():  # a process that the handler has started holds the socket open
            self.gone.set_result(None)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                match await frames.read(reader):
                    case ("forked", answer):
                        self._forked.put_nowait(answer)
                    case ("ended", pid, status):
                        child = self._children.pop(pid, None)
                        if child is not None and not child.ended.done():
                            child.ended.set_result(status)
        except PeerClosedError:
            log.warning("template process ended", pid=self._process.pid)
        finally:
            if not self.gone.done():
                self.gone.set_result(None)
            for child in self._children.values():
                if not child.ended.done():
                    child.ended.set_result(UNKNOWN_STATUS)


def describe_status(status: int) -> str:
    """Return in words how a child ended, by its wait status."""
    return "of an unknown cause" if status == UNKNOWN_STATUS else describe_exit(os.waitstatus_to_exitcode(status))


def describe_exit(code: int) -> str:
    """Return in words how a process ended, by its exit code; a negative one is a signal."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:  # a real-time signal
        return f"by signal {-code}"
