"""The worker's side of the template process, which has the handler loaded, and of the children that it forks."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from wiredesk.runtime.backoff import Backoff
from wiredesk.runtime.errors import HandlerError, UsageError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import ForkError, PeerClosedError, TemplateGoneError
from wiredesk.runtime.isolation.forking import CHILD, KEEPER
from wiredesk.runtime.trouble import Trouble, TroubleKind

log = structlog.get_logger(__name__)

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment of the template: native thread pools in one child would compete with its siblings for the same cores, and
a process that has threads cannot be forked safely."""

BUFFER_BYTES = 1 << 20
"""Buffer size of a child's socket and its stream: a bundle that fits in wakes each end once, not once for each 64
kB."""

STDERR = 2
"""File descriptor that becomes the template's standard output: what a handler prints must not mix with a command's
output."""

END_SECONDS = 5.0
"""Longest time to wait for the exit status of a process that is ending, or for the end of its control socket."""

FORK_SECONDS = 60.0
"""A fork takes milliseconds. A template that has not answered after this time is stopped or blocked; it is replaced."""

UNKNOWN_STATUS = -1
"""The wait status of a child whose template ended first: no process was left that could wait for it."""

GIVE_UP_SECONDS = 60.0
"""How long loading the handler again is retried. A package that is being replaced under a running worker is complete
again within seconds; after a minute a restart elsewhere, or an operator, is needed."""

STEADY_SECONDS = 10.0
"""A template that ran for this long was working: when it ends, this counts as a new failure, not as a repeated one."""

PROBATION_SECONDS = 1.0
"""A restarted template must run for this long before it forks: if it died soon after loading, the failure would be
attributed to the records of its children."""

RELOAD_FACTOR = 5
"""Loading again may take this many times as long as the first time: a machine may be busier now, but a load that hangs
must be noticed soon."""

MIN_RELOAD_SECONDS = 10.0
"""Loading again may take at least this long."""


@dataclass(eq=False)
class Child:
    """A child process and the worker's end of its socket pair.

    Attributes:
        ended: the status of `os.waitpid` when the process has ended, or `UNKNOWN_STATUS`.
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


class Forker:
    """A process that forks others on request, as the worker sees it.

    Attributes:
        gone: future that is done when the process has ended.
    """

    def __init__(self, requests: socket.socket) -> None:
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._children: dict[int, Child] = {}
        self._forked: asyncio.Queue[int | str] = asyncio.Queue()
        self._forking = asyncio.Lock()

    async def _fork(self, kind: bytes, *further: socket.socket) -> Child:
        """Fork a process.

        Args:
            kind: what it is.
            further: sockets that it gets in addition to that of `Child`.

        Raises:
            ForkError: no process can be forked now.
            TemplateGoneError: this one has ended.
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
                    await self._request(kind, theirs, *further)
                pid = await self._forked_pid()
            reader, writer = await asyncio.open_connection(sock=ours, limit=BUFFER_BYTES)
        except BaseException:
            ours.close()  # a child that was forked nevertheless finds its socket closed, and ends
            raise
        child = Child(pid, reader, writer, asyncio.get_running_loop().create_future())
        self._children[pid] = child
        if self.gone.done():
            child.ended.set_result(UNKNOWN_STATUS)
        return child

    async def _request(self, kind: bytes, *sockets: socket.socket) -> None:
        if self.gone.done():
            raise TemplateGoneError("the process that forks has ended")
        try:
            socket.send_fds(self._requests, [kind], [one.fileno() for one in sockets])
        except ConnectionError as error:
            await self._await_end()
            raise TemplateGoneError(str(error)) from error
        except OSError as error:
            raise ForkError(f"no socket can be sent to a child process: {error.strerror or error}") from error

    async def _forked_pid(self) -> int:
        getting = asyncio.ensure_future(self._forked.get())
        either: tuple[asyncio.Future[Any], ...] = (getting, self.gone)
        try:
            await asyncio.wait(either, timeout=FORK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not getting.done():
                getting.cancel()
        if not getting.done() or getting.cancelled():
            await self._await_end()  # a late answer would be taken for the answer to the next request
            raise TemplateGoneError("the process that forks has ended, or does not answer")
        answer = getting.result()
        if isinstance(answer, str):
            raise ForkError(f"no child process can be forked: {answer}")
        return answer

    async def _await_end(self) -> None:
        self._kill()
        await asyncio.wait({self.gone}, timeout=END_SECONDS)
        if not self.gone.done():  # a process that the handler has started keeps the socket open
            self.gone.set_result(None)

    def _kill(self) -> None:
        raise NotImplementedError

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Receive what the process reports, until it ends."""
        try:
            while True:
                self._note(await frames.read(reader))
        except PeerClosedError:
            pass
        finally:
            if not self.gone.done():
                self.gone.set_result(None)
            for child in self._children.values():
                if not child.ended.done():
                    child.ended.set_result(UNKNOWN_STATUS)

    def _note(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("forked", answer):
                self._forked.put_nowait(answer)
            case ("ended", pid, status):
                child = self._children.pop(pid, None)
                if child is not None and not child.ended.done():
                    child.ended.set_result(status)


class Template(Forker):
    """The process that has the handler loaded and forks children.

    Attributes:
        version: of the handler.
    """

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        super().__init__(control)
        self.version = ""
        self._process = process
        self._control = control
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def start(
        cls, handler: str, memory_bytes: int, log_level: str, seconds: float, state_bytes: int = 0
    ) -> "Template":
        """Start the process and wait until it has loaded the handler.

        Args:
            state_bytes: memory that the state of a partition may take; 0: the stage has no store.
            seconds: time limit for loading.

        Raises:
            HandlerError: the handler cannot be loaded; the message says why.
            UsageError: it cannot be loaded with these settings.
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
                    f"{__package__}.template_process",
                    str(theirs.fileno()),
                    handler,
                    str(memory_bytes),
                    str(state_bytes),
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
            kind, text = "failed", f"not done after {seconds:.3g} s (WIREDESK_LOAD_TIMEOUT is the limit)"
        except PeerClosedError:
            kind, text = "failed", f"its process ended {await self.end()}"
        if kind != "ready":
            raise (UsageError if kind == "misused" else HandlerError)(f"{handler} cannot be loaded: {text}")
        self.version = text
        self._task = asyncio.create_task(self._listen(reader))

    async def fork(self) -> Child:
        """Fork a child.

        Raises:
            ForkError: no child can be forked now.
            TemplateGoneError: the template has ended.
        """
        return await self._fork(CHILD)

    async def fork_keeper(self) -> "tuple[Child, socket.socket]":
        """Fork the keeper of a state; return it, and the socket over which it gets those of its children.

        Raises:
            ForkError: none can be forked now.
            TemplateGoneError: the template has ended.
        """
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise ForkError(f"no socket for a keeper: {error.strerror or error}") from error
        try:
            with theirs:
                return await self._fork(KEEPER, theirs), ours
        except BaseException:
            ours.close()
            raise

    async def end(self) -> str:
        """Wait until the process has ended (kill it if it does not), and return a text that says how it ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()  # its sockets close slightly before its exit status is available
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
                # Not asyncio's kill: it polls first, and so takes the exit code from the watcher that waits for it.
                os.kill(self._process.pid, signal.SIGKILL)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        await super()._listen(reader)
        log.warning("template process ended", pid=self._process.pid)


class TemplateSupervisor:
    """Keeps a template process alive, and stops when the handler cannot be loaded any more.

    Args:
        handler: `module:function` that returns the handler.
        memory_bytes: memory that a child may allocate in addition to the loaded handler.
        log_level: log level of the processes.
        load_seconds: time limit for loading.
        state_bytes: memory that the state of a partition may take; 0: the stage has no store.

    Attributes:
        trouble: why there is no template now; None if there is one.
    """

    def __init__(
        self, handler: str, memory_bytes: int, log_level: str, load_seconds: float, state_bytes: int = 0
    ) -> None:
        self.trouble: Trouble | None = None
        self._handler = handler
        self._memory_bytes = memory_bytes
        self._log_level = log_level
        self._load_seconds = load_seconds
        self._state_bytes = state_bytes
        self._version = ""
        self._template: Template | None = None
        self._loaded_at = 0.0
        self._failing_since: float | None = None
        self._failures = 0
        self._backoff = Backoff()
        self._given_up: HandlerError | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> str:
        """Load the handler for the first time, and return its version.

        Raises:
            HandlerError: the handler cannot be loaded.
            UsageError: it cannot be loaded with these settings.
        """
        began = time.monotonic()
        self._template = await self._load()
        self._version = self._template.version
        duration = time.monotonic() - began
        self._load_seconds = min(self._load_seconds, max(MIN_RELOAD_SECONDS, RELOAD_FACTOR * duration))
        return self._version

    async def living(self) -> Template:
        """Return a template that is alive; if there is none, start one, with exponential backoff.

        Raises:
            HandlerError: the handler cannot be loaded again, or has another version now.
        """
        async with self._lock:
            while self._template is None or self._template.gone.done():
                if self._given_up is not None:
                    raise self._given_up
                if self._template is not None:
                    await self._lose(self._template)
                await self._load_again()
            return self._template

    async def close(self) -> None:
        """End the template."""
        if self._template is not None:
            await self._template.close()

    async def _load(self) -> Template:
        template = await Template.start(
            self._handler, self._memory_bytes, self._log_level, self._load_seconds, self._state_bytes
        )
        self._loaded_at = time.monotonic()
        return template

    async def _lose(self, template: Template) -> None:
        self._template = None
        reason = f"the process that has {self._handler} loaded ended {await template.end()}"
        await template.close()
        if time.monotonic() - self._loaded_at >= STEADY_SECONDS:
            self._failing_since, self._failures = None, 0
            self._backoff.reset()
        await self._fail(reason)

    async def _load_again(self) -> None:
        try:
            template = await self._load()
        except (HandlerError, UsageError) as error:
            await self._fail(str(error))
            return
        if template.version != self._version:
            await template.close()
            # Dead letters carry the version with which this worker started: it must not continue with another one.
            self._give_up(
                f"{self._handler} was replaced while this worker ran: it started with version {self._version}, and "
                f"would continue with {template.version}; start it again"
            )
        self._template = template
        await asyncio.wait({template.gone}, timeout=PROBATION_SECONDS)
        if not template.gone.done():
            self.trouble = None
            log.info("handler loaded again", failures=self._failures)

    async def _fail(self, reason: str) -> None:
        """Remember a failure, and wait before the next attempt.

        Raises:
            HandlerError: it has failed for too long.
        """
        self.trouble = Trouble(TroubleKind.NO_HANDLER, reason)
        self._failures += 1
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= GIVE_UP_SECONDS:
            self._give_up(f"{reason}; gave up after {self._failures} attempts in {now - self._failing_since:.0f} s")
        log.warning("handler is not loaded, will retry", error=reason, failures=self._failures)
        if self._failures > 1:  # the first failure may be transient: retry at once
            await self._backoff.wait()

    def _give_up(self, reason: str) -> None:
        self.trouble = Trouble(TroubleKind.NO_HANDLER, reason)
        self._given_up = HandlerError(reason)
        raise self._given_up


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
