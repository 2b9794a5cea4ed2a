"""Messages between a worker and the processes it started: pickles behind their length.

To a child go bundles of records, back come their outcomes. Both are plain tuples on the way: a dataclass costs several
times as much to pickle, and with a stage that does little this is what a worker spends its time on.

Both ends are our own code on one machine, joined by a socket pair that nobody else can open: pickle is safe here, and
nowhere else.
"""

import asyncio
import pickle
import socket
import struct
from typing import Any

from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.records import Failure, Outcome, Output, Record
from wiredesk_schemas.headers import Header

type RecordFields = tuple[str, int, int, int, bytes | None, bytes | None, tuple[Header, ...]]
"""Of a `Record`, in their order."""

type OutputFields = tuple[str, bytes | None, bytes | None, tuple[Header, ...]]
"""Of an `Output`, in their order."""

type Answer = tuple[list[OutputFields] | Failure, float]
"""The outcome of a record, and the seconds that it took."""

_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 20


def fields_of(record: Record) -> RecordFields:
    """Return a record as it goes over the socket."""
    return (
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )


def outcome_of(told: list[OutputFields] | Failure) -> Outcome:
    """Return an outcome that came over the socket."""
    return told if isinstance(told, Failure) else tuple(map(Output._make, told))


def pack(message: object) -> bytes:
    """Return a message as it goes over the socket."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def receive(channel: socket.socket) -> Any:
    """Wait for the next message.

    Raises:
        PeerClosedError: the other end is gone.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return pickle.loads(_exactly(channel, length))  # noqa: S301 - see the module's description


async def read(reader: asyncio.StreamReader) -> Any:
    """The same on an event loop.

    Raises:
        PeerClosedError: the other end is gone.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - see the module's description
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise PeerClosedError(str(error)) from error


def _exactly(channel: socket.socket, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        got = channel.recv_into(view[:_CHUNK])
        if not got:
            raise PeerClosedError("the other end has closed the socket")
        view = view[got:]
    return buffer
