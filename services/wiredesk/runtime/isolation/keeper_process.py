"""What runs in a keeper: the process that holds the state of one partition.

The template forks it. It applies the changes that the worker sends, which are those that the changelog has, and forks
the children that compute records: they share its memory. It never runs the handler on a record, so no record can harm
it.

Over its channel it receives `("restore", batches)` of the changelog, as brokers send them; `("apply", entries)`;
`("fork", entries)`, with the child's socket over the other channel: the child has these entries, too; and
`("measure",)`. It answers `("measured", applied, keys, bytes)` and `("failed", message)`, after which it ends, and what
`Forks` reports.
"""

import contextlib
import gc
import os
import select
import socket
import traceback
from typing import Any, NoReturn

from wiredesk.runtime import limits
from wiredesk.runtime.errors import StateError
from wiredesk.runtime.isolation import child_process, frames
from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.isolation.forking import Forks, receive_sockets
from wiredesk.runtime.isolation.frames import Entry
from wiredesk.runtime.kafka.batches import Batch
from wiredesk.runtime.state import Change, State, StatefulHandler, StatefulRun

MAX_MESSAGE = 500
"""Characters that are kept of the message of an error."""


def keep(
    channel: socket.socket, sockets: socket.socket, handler: StatefulHandler[Any], *, state_bytes: int, page_bytes: int
) -> NoReturn:
    """Run a keeper until the worker closes the channel; then end at once, without the interpreter's clean-up.

    Args:
        sockets: where the sockets of children come.
        state_bytes: memory that the state may take.
        page_bytes: memory that a child may allocate in addition.
    """
    limits.limit_memory(state_bytes, for_good=False)
    gc.disable()  # until the first fork: a state that is being restored has no garbage, and may have many objects
    try:
        _Keeper(channel, sockets, handler, page_bytes).run()
    except (PeerClosedError, ConnectionError):
        pass  # the worker has ended or has closed this keeper
    except StateError as error:
        _fail(channel, str(error))
    except MemoryError:
        _fail(channel, "the state needs more memory than WIREDESK_STATE_MEMORY allows")
    except Exception as error:  # noqa: BLE001 - whatever a state raises, the worker says in one line
        _fail(channel, "".join(traceback.format_exception_only(error)).strip()[:MAX_MESSAGE])
    finally:
        os._exit(0)


def _fail(channel: socket.socket, message: str) -> None:
    with contextlib.suppress(OSError):
        channel.sendall(frames.pack(("failed", message)))


class _Keeper:
    def __init__(
        self, channel: socket.socket, sockets: socket.socket, handler: StatefulHandler[Any], page_bytes: int
    ) -> None:
        self._channel = channel
        self._sockets = sockets
        self._page_bytes = page_bytes
        self._forks = Forks(channel)
        self._run: StatefulRun[State] = StatefulRun(handler, handler.new_state())
        self._applied = 0

    def run(self) -> None:
        while True:
            readable, _, _ = select.select([self._channel, self._forks.woken], [], [])
            if self._forks.woken in readable:
                self._forks.reap()
            if self._channel in readable:
                match frames.receive(self._channel):
                    case ("restore", batches):
                        self._restore(batches)
                    case ("apply", entries):
                        self._apply(entries)
                        self._applied += 1
                    case ("fork", entries):
                        self._fork(entries)
                    case ("measure",):
                        self._measure()

    def _apply(self, entries: list[Entry]) -> None:
        for time_ms, changes in entries:
            self._run.reach(time_ms)
            self._run.apply([Change._make(change) for change in changes])

    def _restore(self, batches: list[frames.Batch]) -> None:
        """Apply the records of batches.

        Raises:
            StateError: one of them cannot be read.
        """
        for start, data in batches:
            for record in Batch(memoryview(data)).records("", 0, start):
                if record.defect is not None or record.key is None:
                    why = "it has no key" if record.defect is None else record.defect.message
                    raise StateError(f"the record at offset {record.offset} of the changelog cannot be read: {why}")
                self._run.reach(record.timestamp)
                self._run.apply((Change(record.key, record.value),))
        self._applied += 1

    def _fork(self, entries: list[Entry]) -> None:
        """Fork a child, which also has the changes of records that are computed and not committed yet."""
        try:
            _, (channel,) = receive_sockets(self._sockets)
            gc.freeze()  # as in the template: what the state has by now is shared, and never collected
            gc.enable()
            with channel:
                if self._forks.fork():
                    self._sockets.close()
                    self._apply(entries)
                    child_process.serve(channel, child_process.Stateful(self._run), self._page_bytes)
        except (ConnectionError, ValueError):
            raise PeerClosedError("the worker has closed this keeper") from None
        except OSError as error:
            self._forks.refuse(error)

    def _measure(self) -> None:
        state: Any = self._run.state
        keys = len(state) if hasattr(state, "__len__") else 0
        size = int(getattr(state, "size", 0))
        self._channel.sendall(frames.pack(("measured", self._applied, keys, size)))
