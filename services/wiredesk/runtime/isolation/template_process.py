"""What runs in the other processes: the template, which loads a stage's handler once, and the children that it forks.

    python -m wiredesk.runtime.isolation.template_process FD MODULE:FUNCTION MEMORY_BYTES LOG_LEVEL

Over the control socket FD, the template sends `("ready", version)`, `("failed", message)` or, where a setting is wrong,
`("misused", message)`, once. After that, each byte
that it receives comes with the socket of a child to be forked; it answers `("forked", pid)`, or `("forked", message)`
where none can be forked at present, and sends `("ended", pid, status)` when a child has ended, with the status of
`os.waitpid`. The worker kills children by pid. Only the template reaps them, and it reports each one: so the kernel
cannot reuse a pid while the worker still uses it.

A child receives bundles of records over its own socket and answers `(answers, last)`. After a last answer the child
ends: after it ran out of memory, its state cannot be trusted.
"""

import array
import errno
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
import traceback
import warnings
from typing import NoReturn, cast

from wiredesk.runtime import logs
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk.runtime.isolation import frames, limits
from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.isolation.frames import Answer
from wiredesk.runtime.records import Failure, Handler, Record

FLUSH_SECONDS = 0.01
"""Outcomes are held back for this long, so that one message carries many of them. The outcome of a record that takes
longer is sent at once. So the time since a child's last answer is at most this time plus that of its current record."""

MAX_LOAD_MESSAGE = 1000
"""Characters that are kept of the message of an error at load."""

MAX_MESSAGE = 500
"""Characters that are kept of the message of a handler's error."""


def main() -> None:
    """Run the template until the worker closes the control socket."""
    fd, handler_name, memory_bytes, log_level = sys.argv[1:]
    control = socket.socket(fileno=int(fd))
    control.set_inheritable(False)
    limits.die_with_parent()
    limits.no_core_dumps()
    # A service manager signals the whole process group. Only the worker decides when to end: it drains first, then
    # closes the sockets.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.configure(log_level)
    try:
        handler = load(handler_name)
        version = str(handler.version)
    except UsageError as error:
        control.sendall(frames.pack(("misused", str(error))))
        return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stage raises at load, the worker says in one line
        control.sendall(frames.pack(("failed", _in_a_line(error))))
        return
    # What is loaded by now is never collected: children share these memory pages until they write to them.
    gc.collect()
    gc.freeze()
    control.sendall(frames.pack(("ready", version)))
    _fork_on_request(control, handler, int(memory_bytes))


def load(name: str) -> Handler:
    """Load a handler by `module:function`."""
    module, _, function = name.partition(":")
    return cast("Handler", getattr(importlib.import_module(module), function)())


def _fork_on_request(control: socket.socket, handler: Handler, memory_bytes: int) -> None:
    woken, wake = socket.socketpair()
    wake.settimeout(0)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    # onnxruntime starts a thread when it is imported, which waits and does nothing as long as nothing is computed here.
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)
    while True:
        readable, _, _ = select.select([control, woken], [], [])
        if woken in readable:
            woken.recv(4096)
            _report_ended(control)
        if control in readable:
            try:
                channel = _receive_socket(control)
                if channel is None:
                    return
                with channel:
                    pid = os.fork()
                    if pid == 0:
                        limits.die_with_parent()
                        signal.set_wakeup_fd(-1)
                        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                        for inherited in (control, woken, wake):
                            inherited.close()
                        serve(channel, handler, memory_bytes)
            except ConnectionError:
                return  # the worker has ended
            except OSError as error:  # processes, memory or descriptors are short: the living children continue
                control.sendall(frames.pack(("forked", error.strerror or str(error))))
            else:
                control.sendall(frames.pack(("forked", pid)))


def _receive_socket(control: socket.socket) -> socket.socket | None:
    """Receive the socket of a child to be forked; None when the worker has closed its end.

    Raises:
        OSError: this process has no descriptor left for it.
    """
    fds = array.array("i")
    data, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(fds.itemsize))
    if not data:
        return None
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: fds.itemsize])
    if not fds:  # the kernel silently drops a descriptor for which there is no room
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    return socket.socket(fileno=fds[0])


def _report_ended(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.sendall(frames.pack(("ended", pid, status)))


def _in_a_line(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an error whose `__str__` fails
        text = ""
    return " ".join(f"{type(error).__name__}: {text}".split())[:MAX_LOAD_MESSAGE]


def serve(channel: socket.socket, handler: Handler, memory_bytes: int) -> NoReturn:
    """Run a child until the worker closes the socket; then end at once, without the interpreter's clean-up."""
    limits.limit_memory(memory_bytes)
    try:
        while _serve_bundle(channel, handler):
            pass
    except (PeerClosedError, OSError):
        pass  # the worker has ended or has closed this child: nobody waits for an answer
    finally:
        os._exit(0)


def _serve_bundle(channel: socket.socket, handler: Handler) -> bool:
    """Answer one bundle; return False after a last answer."""
    answers: list[Answer] = []
    bundle = frames.receive(channel)
    flushed = began = time.monotonic()  # not before: the time until a bundle comes is no work
    for fields in bundle:
        outcome, last = _outcome(handler, Record(*fields))
        now = time.monotonic()
        answers.append((outcome, now - began))
        if last or now - flushed >= FLUSH_SECONDS:
            channel.sendall(frames.pack((answers, last)))
            answers, flushed = [], now
        if last:
            return False
        began = now
    if answers:
        channel.sendall(frames.pack((answers, False)))
    return True


def _outcome(handler: Handler, record: Record) -> tuple[list[frames.OutputFields] | Failure, bool]:
    try:
        return [(o.topic, o.key, o.value, o.headers) for o in handler(record)], False
    except RejectedError as error:
        return Failure(error.reason, error.message), False
    except MemoryError:
        return Failure("memory", "the page needs more memory than WIREDESK_PAGE_MEMORY_BYTES allows"), True
    except Exception as error:  # noqa: BLE001 - a page can make the handler raise anything; only that page fails
        message = "".join(traceback.format_exception_only(error)).strip()
        return Failure("error", message[:MAX_MESSAGE], traceback.format_exc()), False


if __name__ == "__main__":
    main()
