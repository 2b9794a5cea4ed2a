"""The template process: loads a stage's handler once and forks children from itself.

    python -m wiredesk.runtime.isolation.template FD MODULE:FUNCTION MEMORY_BYTES LOG_LEVEL

Over the control socket FD it says `("ready", version)` or `("failed", message)`, once. After that each byte it
receives comes with the socket of a child to be forked; it answers `("forked", pid)`, or `("forked", message)` where
none can be forked at present, and `("ended", pid, status)` when a child has ended, with the status of `os.waitpid`.
Children are killed by pid; as only this process reaps them, and says so, a pid is never used by another process while
the worker still knows it.
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
import warnings
from typing import cast

from wiredesk.runtime import logs
from wiredesk.runtime.isolation import child, frames, limits
from wiredesk.runtime.records import Handler

MAX_MESSAGE = 1000


def main() -> None:
    """Run the template until the worker closes the control socket."""
    fd, handler_name, memory_bytes, log_level = sys.argv[1:]
    control = socket.socket(fileno=int(fd))
    control.set_inheritable(False)
    limits.die_with_parent()
    limits.no_core_dumps()
    # A service manager signals the whole group. The worker alone decides when to end: it drains first, then closes
    # the sockets.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.configure(log_level)
    try:
        handler = load(handler_name)
        version = str(handler.version)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stage raises at load, the worker says in one line
        control.sendall(frames.pack(("failed", _in_a_line(error))))
        return
    # What is loaded by now is never collected: children share these pages until they write to them.
    gc.collect()
    gc.freeze()
    control.sendall(frames.pack(("ready", version)))
    _serve(control, handler, int(memory_bytes))


def load(name: str) -> Handler:
    """Load a handler by `module:function`."""
    module, _, function = name.partition(":")
    return cast("Handler", getattr(importlib.import_module(module), function)())


def _serve(control: socket.socket, handler: Handler, memory_bytes: int) -> None:
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
                        child.serve(channel, handler, memory_bytes)
            except ConnectionError:
                return  # the worker is gone
            except OSError as error:  # processes, memory or descriptors are short: the children that live go on
                control.sendall(frames.pack(("forked", error.strerror or str(error))))
            else:
                control.sendall(frames.pack(("forked", pid)))


def _receive_socket(control: socket.socket) -> socket.socket | None:
    """Receive the socket of a child to be forked; None when the worker has closed its end.

    Raises:
        OSError: it cannot be taken: this process has no descriptor left.
    """
    fds = array.array("i")
    data, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(fds.itemsize))
    if not data:
        return None
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: fds.itemsize])
    if not fds:  # the kernel drops a descriptor that does not fit, and says nothing
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
    except Exception:  # noqa: BLE001 - an error that cannot even be written
        text = ""
    return " ".join(f"{type(error).__name__}: {text}".split())[:MAX_MESSAGE]


if __name__ == "__main__":
    main()
