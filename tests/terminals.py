"""Runs commands on pseudo-terminals, in pipes and with a closed output: `python -m tests.terminals`, by `Terminals`.

The commands' modules are imported once, and each command runs in a fork: a new interpreter would take a second each.
"""

import contextlib
import fcntl
import importlib
import io
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support import ROOT
from wiredesk.testing.patience import scaled

SECONDS = 100.0
"""Seconds that a command may take, or a step of it, on a quiet machine."""

PRELOADED = ("aiokafka", "aiohttp", "rich.live", "rich.progress", "rich.table", "typer.rich_utils", "wiredesk.pipeline")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    output: str


class Terminals:
    """A process that runs commands, one after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.terminals"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        arguments: Sequence[str],
        *,
        size: tuple[int, int] | None,
        steps: Sequence[Sequence[Any]] = (),
        output: str = "pipe",
        **environment: str,
    ) -> Ended:
        """Run a command.

        Args:
            size: columns and lines of its terminal; None: its output is a pipe in ASCII.
            steps: ("wait", text), ("resize", columns, lines), ("signal", number), in this order.
            output: without a terminal, where stdout goes: to the same pipe as stderr, to a "full" disk, nowhere as it
                is "closed", or to a pipe that was "abandoned" by its reader.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"arguments": arguments, "size": size, "steps": steps, "output": output, "environment": environment}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def serve() -> None:
    """Answer requests, a line each, until there are no more."""
    for name in PRELOADED:
        importlib.import_module(name)
    from wiredesk.cli import app  # noqa: PLC0415 - measured with the others

    for name in app.COMMANDS:
        importlib.import_module(f"wiredesk.cli.{name}")
    for line in sys.stdin:
        request = json.loads(line)
        code, output = _run(request)
        sys.stdout.write(json.dumps({"code": code, "output": output}) + "\n")
        sys.stdout.flush()


def _run(request: dict[str, Any]) -> tuple[int, str]:
    if request["size"] is None:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(writing, 2)
            _redirect(request["output"], writing)
            _become(request, encoding="ascii")
        os.close(writing)
    else:
        child, reading = pty.fork()
        if child == 0:
            _resize(0, *request["size"])
            _become(request, encoding="utf-8")
    output = b""
    deadline = time.monotonic() + scaled(SECONDS)  # of the whole command: an animation writes for ever
    try:
        for kind, *values in request["steps"]:
            if kind == "wait":
                seen = len(output)
                while values[0].encode() not in output[seen:] and (more := _read(reading, deadline)):
                    output += more
            elif kind == "resize":
                _resize(reading, *values)
            else:
                os.kill(child, values[0])
        while more := _read(reading, deadline):
            output += more
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        output += b"\n(it did not end in time)"
    os.close(reading)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output.decode("utf-8", "backslashreplace")


def _redirect(output: str, pipe: int) -> None:
    if output == "closed":
        os.close(1)
        return
    if output == "full":
        target = os.open("/dev/full", os.O_WRONLY)
    elif output == "abandoned":
        nobody, target = os.pipe()
        os.close(nobody)
    else:
        target = pipe
    os.dup2(target, 1)


def _read(reading: int, deadline: float) -> bytes:
    if not select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
        raise TimeoutError
    with contextlib.suppress(OSError):  # on Linux the end of a terminal's output is an error
        return os.read(reading, 1 << 16)
    return b""


def _resize(terminal: int, columns: int, lines: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _become(request: dict[str, Any], encoding: str) -> None:
    """Become the command; never returns."""
    code = 70
    # Where the tests run in the background of a script, Ctrl-C is ignored, and processes inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        os.environ.update(request["environment"])
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
        with contextlib.suppress(OSError):  # it is closed
            sys.stdout = io.TextIOWrapper(io.FileIO(1, "wb", closefd=False), encoding=encoding)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "wb", closefd=False), encoding=encoding, line_buffering=True)
        sys.argv = ["wiredesk", *request["arguments"]]
        from wiredesk.cli import app, console  # noqa: PLC0415 - see above

        importlib.reload(console)  # its consoles query the terminal when they are created
        app.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - to be seen in the output, as a user would see it
        import traceback  # noqa: PLC0415 - only then

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
