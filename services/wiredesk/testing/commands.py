"""Commands as their users run them, each in a process of its own that is forked from one which has loaded libraries.

    python -m wiredesk.testing.commands DESCRIPTOR

Most of what a short command costs is the import of libraries, and a test may run a dozen commands. So a server imports
the libraries once, and none of our own modules but those of events. For each command it forks a process, which does
what `python -m wiredesk.cli` does, with the arguments, environment, folder and standard streams of its caller.
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
from contextlib import contextmanager
from typing import IO

from wiredesk.runtime import limits

MODULE = "wiredesk.cli"
"""What a command runs, as `python -m` does."""

LIBRARIES = (
    "aiokafka.admin", "orjson", "pydantic", "rich.console", "rich.progress", "rich.table", "structlog", "typer",
    "wiredesk_schemas",
)  # fmt: skip
"""What nearly every command imports, and what takes longest."""

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
    read_at_start = {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}
    with _file(stdin) as given, _file() as out, _file() as err:
        code = _server(**read_at_start).command(arguments, environment, (given, out, err), timeout)
        for written in (out, err):
            written.seek(0)
        return subprocess.CompletedProcess([sys.executable, "-m", MODULE, *arguments], code, out.read(), err.read())


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

    def command(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        streams: Sequence[IO[str]],
        timeout: float | None,
    ) -> int:
        """Run a command to its end; return its exit code, or the negative number of the signal that ended it.

        Raises:
            subprocess.TimeoutExpired: it took longer than `timeout` seconds, and was killed.
        """
        reading, writing = os.pipe()
        with open(reading, encoding="ascii") as replies:  # noqa: PTH123 - a descriptor
            with _file(json.dumps([arguments, dict(environment), os.getcwd()])) as request:  # noqa: PTH109
                passed = [*(stream.fileno() for stream in streams), request.fileno(), writing]
                try:
                    socket.send_fds(self._socket, [b"c"], passed)
                finally:
                    os.close(writing)
                pid = int(replies.readline())
            if timeout is not None and not select.select([reading], [], [], timeout)[0]:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), timeout)
            return int(replies.readline())


def serve(requests: socket.socket) -> None:
    """Fork a process for each command, until the other end is closed. Returns in each of those processes, too."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, passed, _, _ = socket.recv_fds(requests, 1, DESCRIPTORS)
        if not message:
            return
        if os.fork() == 0:
            requests.close()
            _wait_for_command(passed)
            return
        for descriptor in passed:
            os.close(descriptor)


def _wait_for_command(passed: Sequence[int]) -> None:
    """Fork a command, report its process id and its exit code, and exit. Returns in the command."""
    limits.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *_, replies = passed
    pid = os.fork()
    if pid == 0:
        _become_command(passed)
        return
    os.write(replies, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(replies, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become_command(passed: Sequence[int]) -> None:
    """Take over everything that a new process is given: streams, arguments, environment and folder."""
    limits.die_with_parent()
    *streams, request, _ = passed
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    with open(request, encoding="utf-8", closefd=False) as file:
        arguments, environment, folder = json.load(file)
    for descriptor in passed:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv[1:] = arguments


def main() -> None:
    """Serve commands; in a process that was forked for one, run it."""
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    served = os.getpid()
    serve(socket.socket(fileno=int(sys.argv[1])))
    if os.getpid() != served:
        runpy.run_module(MODULE, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
