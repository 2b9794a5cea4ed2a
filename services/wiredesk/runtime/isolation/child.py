"""The child: takes bundles of records from its socket and answers with their outcomes."""

import os
import socket
import time
import traceback
from typing import NoReturn

from wiredesk.runtime.errors import RejectedError
from wiredesk.runtime.isolation import frames, limits
from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.isolation.frames import Answer
from wiredesk.runtime.records import Failure, Handler, Record

FLUSH_SECONDS = 0.01
"""Outcomes are kept back for so long, that many of them may go together. A record that takes longer is answered at
once; so what a child has not answered it has been at for no longer than its last record, and this."""

MAX_MESSAGE = 500


def serve(channel: socket.socket, handler: Handler, memory_bytes: int) -> NoReturn:
    """Serve until the worker closes the socket, then end at once, without the clean-up of an interpreter.

    A message is `(answers, last)`; after a last one this process ends: once memory ran out, nothing in it can be
    relied on.
    """
    limits.limit_memory(memory_bytes)
    try:
        while _serve_bundle(channel, handler):
            pass
    except (PeerClosedError, OSError):
        pass  # the worker is gone or has closed this child: nobody waits for an answer
    finally:
        os._exit(0)


def _serve_bundle(channel: socket.socket, handler: Handler) -> bool:
    """Answer one bundle; False after a last answer."""
    answers: list[Answer] = []
    flushed = began = time.monotonic()
    for fields in frames.receive(channel):
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
    except Exception as error:  # noqa: BLE001 - any page can raise anything; that must cost this page alone
        message = "".join(traceback.format_exception_only(error)).strip()
        return Failure("error", message[:MAX_MESSAGE], traceback.format_exc()), False
