"""Signals that stop a command: from Ctrl-C, a service manager, a terminal that is closed."""

import contextlib
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals of Ctrl-C, of a service manager, and of a terminal that is closed."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a read that blocks: asyncio's own handler only cancels a task, unnoticed until the read returns.

    Raises:
        KeyboardInterrupt: the person pressed Ctrl-C.
    """
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


@contextlib.contextmanager
def stop_on_signal() -> "Iterator[asyncio.Event]":
    """Yield an event that is set when a signal stops the command, so that everything can shut down cleanly.

    The previous handlers are restored at the end of the block.
    """
    import asyncio

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
