"""What runs in a child process: it computes one record after another.

A child receives bundles of records over its own socket and answers `(answers, last)`. After a last answer the child
ends: after it ran out of memory, it cannot be trusted any more.
"""

import gc
import os
import socket
import time
import traceback
from collections.abc import Callable
from typing import NoReturn, Protocol

from wiredesk.runtime import limits, logs
from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.isolation.frames import Answer, Result
from wiredesk.runtime.records import Failure, Handler, Record
from wiredesk.runtime.state import State, StatefulRun

FLUSH_SECONDS = 0.01
"""Outcomes are held back for this long, so that one message carries many of them. The outcome of a record that takes
longer is sent at once. So the time since a child's last answer is at most this time plus that of its current record."""

MAX_MESSAGE = 500
"""Characters that are kept of the message of a handler's error."""

GROWN_BYTES = 16 << 20
"""A child whose own changes have this many bytes is replaced by another, forked from the keeper: the changes are memory
of the child, and would leave too little for a record."""

GARBAGE_THRESHOLDS = (10_000, 2, 5)
"""After how many new objects garbage is collected, and how many such collections precede those of older objects.

A record's objects are nearly all freed without it, and the default of 700 looks for garbage several times in one page.
The oldest objects are looked at as often as by default, after 100,000 new ones, so that what refers to itself stays as
short a time: the memory of a child is limited.
"""


class Compute(Protocol):
    """Computes a record."""

    def __call__(self, record: Record) -> tuple[Result, bool]:
        """Return the result of a record, and whether it is the last one of this child."""


def stateless(handler: Handler) -> Compute:
    """Return what computes the records of a handler."""

    def compute(record: Record) -> tuple[Result, bool]:
        return _guarded(lambda: frames.fields_of_outputs(handler(record)))

    return compute


class Stateful[S: State]:
    """Computes the records of a partition in their order, with its state."""

    def __init__(self, run: StatefulRun[S]) -> None:
        self._run = run
        self._grown = 0

    def __call__(self, record: Record) -> tuple[Result, bool]:
        """Return the result of a record, and whether it is the last one of this child.

        The state has the record's changes before they are reported: so a change that cannot be applied costs its
        record, and never reaches the changelog.
        """
        is_computed = False

        def compute() -> frames.StatefulFields:
            nonlocal is_computed
            outputs, changes = self._run.compute(record)
            is_computed = True
            self._run.apply(changes)
            self._grown += sum(len(key) + len(value or b"") for key, value in changes)
            return frames.fields_of_outputs(outputs), [(key, value) for key, value in changes]

        result, last = _guarded(compute)
        is_half_changed = is_computed and isinstance(result, Failure)
        return result, last or is_half_changed or self._grown >= GROWN_BYTES


def serve(channel: socket.socket, compute: Compute, memory_bytes: int) -> NoReturn:
    """Run a child until the worker closes the socket; then end at once, without the interpreter's clean-up."""
    limits.limit_memory(memory_bytes)
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        while _serve_bundle(channel, compute):
            pass
    except (PeerClosedError, OSError):
        pass  # the worker has ended or has closed this child: nobody waits for an answer
    finally:
        os._exit(0)


def _serve_bundle(channel: socket.socket, compute: Compute) -> bool:
    """Answer one bundle; return False after a last answer."""
    answers: list[Answer] = []
    bundle = frames.receive(channel)
    flushed = began = time.monotonic()  # not before: the time until a bundle comes is no work
    for fields in bundle:
        logs.at_work.record = record = Record(*fields)
        result, last = compute(record)
        now = time.monotonic()
        answers.append((result, now - began))
        if last or now - flushed >= FLUSH_SECONDS:
            channel.sendall(frames.pack((answers, last)))
            answers, flushed = [], now
        if last:
            return False
        began = now
    if answers:
        channel.sendall(frames.pack((answers, False)))
    return True


def _guarded(compute: Callable[[], Result]) -> tuple[Result, bool]:
    """Return what a computation returns or why it fails, and whether the child must end."""
    try:
        return compute(), False
    except RejectedError as error:
        return Failure(error.reason, error.message), False
    except MemoryError:
        return Failure("memory", "the page needs more memory than WIREDESK_PAGE_MEMORY_BYTES allows"), True
    except Exception as error:  # noqa: BLE001 - a page can make the handler raise anything; only that page fails
        message = "".join(traceback.format_exception_only(error)).strip()
        return Failure("error", message[:MAX_MESSAGE], traceback.format_exc()), False
