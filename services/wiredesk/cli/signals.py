"""Signals that ask a command to stop: Ctrl-C, a service manager, a terminal that is closed."""

import contextlib
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the stop of a service manager, and the end of the terminal."""


@contextlib.contextmanager
def stop_on_signal() -> "Iterator[asyncio.Event]":
    """Yield an event that is set when a signal asks the command to stop, so that everything can shut down in order.

    The usual handlers are back when the block ends.
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
