"""Forking child processes on request: what the template and the keepers of states have in common."""

import array
import errno
import os
import signal
import socket
import warnings
from collections.abc import Sequence

from wiredesk.runtime import limits
from wiredesk.runtime.isolation import frames

CHILD, KEEPER = b"F", b"K"
"""What is to be forked."""

MAX_SOCKETS = 2
"""The most sockets that come with one request."""


class Forks:
    """Forks processes and reaps them.

    Only this process reaps them, and it reports each one: so the kernel cannot reuse a pid while the worker still
    uses it.

    Args:
        reports: where `("forked", pid)`, or `("forked", message)` where none can be forked at present, and
            `("ended", pid, status)` are sent, with the status of `os.waitpid`.

    Attributes:
        woken: readable when a process may have ended.
    """

    def __init__(self, reports: socket.socket) -> None:
        self.woken, self._wake = socket.socketpair()
        self._reports = reports
        self._wake.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        # onnxruntime starts a thread when it is imported, which waits and does nothing as long as nothing is computed.
        warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork", category=DeprecationWarning)

    def fork(self) -> bool:
        """Fork a process, and report it; return whether this is the new process.

        Raises:
            OSError: none can be forked, or the worker has ended.
        """
        pid = os.fork()
        if pid == 0:
            limits.die_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for inherited in (self._reports, self.woken, self._wake):
                inherited.close()
            return True
        self._reports.sendall(frames.pack(("forked", pid)))
        return False

    def refuse(self, error: OSError) -> None:
        """Report that no process can be forked: processes, memory or descriptors are short."""
        self._reports.sendall(frames.pack(("forked", error.strerror or str(error))))

    def reap(self) -> None:
        """Report the processes that have ended; to be called when `woken` is readable."""
        self.woken.recv(4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._reports.sendall(frames.pack(("ended", pid, status)))


def receive_sockets(control: socket.socket) -> tuple[bytes, Sequence[socket.socket]]:
    """Receive a request of one byte and its sockets; no byte when the worker has closed its end.

    Raises:
        OSError: this process has no descriptor left for them.
    """
    fds = array.array("i")
    data, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(MAX_SOCKETS * fds.itemsize))
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    if data and not fds:  # the kernel silently drops a descriptor for which there is no room
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    return data, [socket.socket(fileno=fd) for fd in fds]
