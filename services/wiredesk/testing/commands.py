"""Commands and workers as their users run them, each forked from a process which has loaded libraries.

    python -m wiredesk.testing.commands DESCRIPTOR

Most of what a short command costs is imports, and a test may run a dozen commands. So a server imports libraries and
modules once: those of `wiredesk.cli` not, because some read the environment as they are imported. For each command it
forks a process, which does what `python -m wiredesk.cli` does, with the arguments, environment, folder and standard
streams of its caller. It ends with the server, and so with the caller, however that ends.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from wiredesk.runtime import limits

MODULE = "wiredesk.cli"
"""What a command runs, as `python -m` does."""

LIBRARIES = (
    "aiohttp.web", "aiokafka.admin", "orjson", "prometheus_client", "pydantic", "rich.console", "rich.progress",
    "rich.table", "structlog", "typer",
)  # fmt: skip
"""What nearly every command or every worker imports, and what takes longest."""

OURS = (
    "wiredesk.operations.audit", "wiredesk.operations.replays.processing", "wiredesk.operations.story",
    "wiredesk.pipeline", "wiredesk.registry", "wiredesk.runtime.kafka.cluster", "wiredesk.runtime.logs",
    "wiredesk.runtime.worker",
)  # fmt: skip
"""The modules that import most others of nearly every worker and command. None of them reads the environment as it is
imported."""

READ_AT_START = ("PYTHON", "COVERAGE", "LANG", "LC_")
"""How the names of variables begin that an interpreter reads as it starts: there is a server for each set of values."""

STREAMS = 3
"""Standard input, output and error."""

DESCRIPTORS = STREAMS + 2
"""What a request passes to the server: the streams, a file with the request, and a pipe for the replies."""


def run(
    arguments: Sequence[str], environment: Mapping[str, str], *, stdin: str = "", timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and return its output and exit code.

    Args:
        environment: all of it; nothing of ours is added.
        stdin: what it reads from standard input.
        timeout: seconds after which it is killed.

    Raises:
        subprocess.TimeoutExpired: it was killed.
    """
    with _file(stdin) as given, _file() as out, _file() as err:
        process = _fork(MODULE, arguments, environment, (given, out, err))
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        for written in (out, err):
            written.seek(0)
        return subprocess.CompletedProcess([sys.executable, "-m", MODULE, *arguments], code, out.read(), err.read())


def start(
    arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes], *, module: str = MODULE
) -> "ForkedProcess":
    """Start a command that runs until it is stopped.

    Args:
        environment: all of it; nothing of ours is added.
        output: where its standard output and its standard error go; standard input is empty.
        module: what it runs, as `python -m` does.
    """
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor
        return _fork(module, arguments, environment, (nothing, output, output))


def _fork(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[IO[Any]]
) -> "ForkedProcess":
    read_at_start = {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}
    return _server(**read_at_start).fork(module, arguments, environment, streams)


@contextmanager
def _file(content: str = "") -> Iterator[IO[str]]:
    """A file with a text, to be read from its beginning."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.write(content)
        file.seek(0)
        yield file


@functools.cache
def _server(**read_at_start: str) -> "CommandServer":
    server = CommandServer(read_at_start)
    atexit.register(server.close)
    return server


class CommandServer:
    """The process that forks commands.

    Args:
        read_at_start: the variables of its environment that its interpreter reads, beside those that all share.
    """

    def __init__(self, read_at_start: Mapping[str, str]) -> None:
        shared = {name: value for name, value in os.environ.items() if not name.startswith(READ_AT_START)}
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**shared, **read_at_start},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()

    def fork(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[IO[Any]]
    ) -> "ForkedProcess":
        """Fork a process that runs a module, in the folder of this one."""
        reading, writing = os.pipe()
        replies = open(reading, encoding="ascii")  # noqa: PTH123, SIM115 - a descriptor, which the process closes
        with _file(json.dumps([module, arguments, dict(environment), os.getcwd()])) as request:  # noqa: PTH109
            passed = [*(stream.fileno() for stream in streams), request.fileno(), writing]
            try:
                socket.send_fds(self._socket, [b"c"], passed)
            finally:
                os.close(writing)
            return ForkedProcess(arguments, int(replies.readline()), replies)


class ForkedProcess:
    """A process that a server forked; as far as it goes, it is used like `subprocess.Popen`.

    Attributes:
        pid: its process id.
    """

    def __init__(self, arguments: Sequence[str], pid: int, replies: IO[str]) -> None:
        self.pid = pid
        self._arguments = list(arguments)
        self._replies = replies
        self._code: int | None = None

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None while it runs."""
        return self.poll()

    def fileno(self) -> int:
        """Return a descriptor that becomes readable when it ends, and is closed as soon as that was noticed."""
        return self._replies.fileno()

    def poll(self) -> int | None:
        """Return its exit code if it has ended."""
        if self._code is None and self._is_over(0):
            with self._replies:
                self._code = int(self._replies.readline() or -signal.SIGKILL)  # nothing: it ended with its server
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it did not end within so many seconds.
        """
        if self._code is None and not self._is_over(timeout):
            raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
        code = self.poll()
        assert code is not None  # noqa: S101 - it is over
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self.send_signal(signal.SIGKILL)

    def _is_over(self, timeout: float | None) -> bool:
        """Whether its exit code was reported: a poll, because there may be more descriptors than select takes."""
        waiting = select.poll()
        waiting.register(self._replies, select.POLLIN)
        return bool(waiting.poll(None if timeout is None else timeout * 1000))


def serve(requests: socket.socket) -> str:
    """Fork a process for each command, until the other end is closed.

    Returns in each of those processes, too: the name of the module that it has to run.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, passed, _, _ = socket.recv_fds(requests, 1, DESCRIPTORS)
        if not message:
            return ""
        if os.fork() == 0:
            requests.close()
            return _wait_for_command(passed)
        for descriptor in passed:
            os.close(descriptor)


def _wait_for_command(passed: Sequence[int]) -> str:
    """Fork a command, report its process id and its exit code, and exit. Returns in the command: its module."""
    limits.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *_, replies = passed
    pid = os.fork()
    if pid == 0:
        return _become_command(passed)
    os.write(replies, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(replies, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become_command(passed: Sequence[int]) -> str:
    """Take over everything that a new process is given: streams, arguments, environment and folder.

    Returns:
        The name of the module that it has to run.
    """
    limits.die_with_parent()
    *streams, request, _ = passed
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    with open(request, encoding="utf-8", closefd=False) as file:
        module, arguments, environment, folder = json.load(file)
    for descriptor in passed:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv[1:] = arguments
    return str(module)


def main() -> None:
    """Serve commands; in a process that was forked for one, run it."""
    for name in (*LIBRARIES, *OURS):
        importlib.import_module(name)
    gc.freeze()
    if module := serve(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
