"""What runs in the template: it loads a stage's handler once, and forks children and keepers.

    python -m wiredesk.runtime.isolation.template_process FD MODULE:FUNCTION PAGE_BYTES STATE_BYTES LOG_LEVEL

PAGE_BYTES is the memory that a child may allocate, STATE_BYTES that of the state of a partition; 0: the stage has no
store.

Over the control socket FD, the template sends `("ready", version)`, `("failed", message)` or, where a setting is wrong,
`("misused", message)`, once. After that, each byte that it receives is a request with sockets: `CHILD` with that of a
child to be forked, `KEEPER` with the two of a keeper. It reports them as `Forks` says. The worker kills processes by
pid.
"""

import contextlib
import gc
import importlib
import select
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn, cast

from wiredesk.runtime import limits, logs
from wiredesk.runtime.errors import UsageError
from wiredesk.runtime.isolation import child_process, frames
from wiredesk.runtime.isolation.forking import KEEPER, Forks, receive_sockets
from wiredesk.runtime.records import Handler

MAX_LOAD_MESSAGE = 1000
"""Characters that are kept of the message of an error at load."""


class _Options(NamedTuple):
    """Memory of the processes, in bytes."""

    page_bytes: int
    state_bytes: int


def main() -> None:
    """Run the template until the worker closes the control socket."""
    fd, handler_name, page_bytes, state_bytes, log_level = sys.argv[1:]
    options = _Options(int(page_bytes), int(state_bytes))
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
        _check(handler, is_stateful=options.state_bytes > 0)
        version = str(handler.version)
        if options.state_bytes:
            importlib.import_module(f"{__package__}.keeper_process")  # once, for all keepers
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
    _fork_on_request(control, handler, options)


def load(name: str) -> Handler:
    """Load a handler by `module:function`."""
    module, _, function = name.partition(":")
    return cast("Handler", getattr(importlib.import_module(module), function)())


def _check(handler: Handler, *, is_stateful: bool) -> None:
    """Check that a stage has a store if its handler remembers something, and only then.

    Raises:
        UsageError: it is not so.
    """
    if is_stateful and not hasattr(handler, "new_state"):
        raise UsageError("its stage has a store, and it is no StatefulHandler: it has no new_state()")
    if not is_stateful and hasattr(handler, "new_state"):
        raise UsageError("it is a StatefulHandler, and its stage names no store: store=Store(...)")


def _fork_on_request(control: socket.socket, handler: Any, options: _Options) -> None:
    forks = Forks(control)
    while True:
        readable, _, _ = select.select([control, forks.woken], [], [])
        if forks.woken in readable:
            forks.reap()
        if control in readable:
            try:
                kind, sockets = receive_sockets(control)
                if not kind:
                    return
                with contextlib.ExitStack() as closing:
                    for received in sockets:
                        closing.enter_context(received)
                    if forks.fork():
                        _run(kind, sockets, handler, options)
            except ConnectionError:
                return  # the worker has ended
            except OSError as error:  # the living children continue
                forks.refuse(error)


def _run(kind: bytes, sockets: Sequence[socket.socket], handler: Any, options: _Options) -> NoReturn:
    """Run a process that was forked: a keeper, or a child that computes records."""
    if kind == KEEPER:
        from wiredesk.runtime.isolation import keeper_process  # noqa: PLC0415 - stages without a store have no keeper

        channel, children = sockets
        keeper_process.keep(channel, children, handler, state_bytes=options.state_bytes, page_bytes=options.page_bytes)
    child_process.serve(sockets[0], child_process.stateless(handler), options.page_bytes)


def _in_a_line(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an error whose `__str__` fails
        text = ""
    return " ".join(f"{type(error).__name__}: {text}".split())[:MAX_LOAD_MESSAGE]


if __name__ == "__main__":
    main()
