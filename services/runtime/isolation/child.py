"""The child: takes one record after another from its socket and answers each with its outcome."""

import os
import socket
import traceback
from typing import NoReturn

from services.runtime.errors import RejectedError
from services.runtime.isolation import frames, limits
from services.runtime.records import Failure, Handler, Outcome, Record

MAX_MESSAGE = 500


def serve(channel: socket.socket, handler: Handler, memory_bytes: int) -> NoReturn:
    """Serve until the worker closes the socket, then end at once, without the clean-up of an interpreter.

    An answer is `(outcome, last)`; after a last one this process ends: once memory ran out, nothing in it can be
    relied on.
    """
    limits.limit_memory(memory_bytes)
    try:
        while True:
            outcome, last = _outcome(handler, frames.receive(channel))
            channel.sendall(frames.pack((outcome, last)))
            if last:
                break
    except (EOFError, OSError):
        pass  # the worker is gone or has closed this child: nobody waits for an answer
    finally:
        os._exit(0)


def _outcome(handler: Handler, record: Record) -> tuple[Outcome, bool]:
    try:
        return tuple(handler(record)), False
    except RejectedError as error:
        return Failure(error.reason, error.message), False
    except MemoryError:
        return Failure("memory", "the page needs more memory than WIREDESK_PAGE_MEMORY_BYTES allows"), True
    except Exception as error:  # noqa: BLE001 - any page can raise anything; that must cost this page alone
        message = "".join(traceback.format_exception_only(error)).strip()
        return Failure("error", message[:MAX_MESSAGE], traceback.format_exc()), False
