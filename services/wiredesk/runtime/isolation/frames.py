"""Messages between a worker and its processes: a length of 4 bytes, then a pickle.

Bundles of records go to a child, their outcomes come back, both as plain tuples: a dataclass costs several times as
much to pickle, and a worker with a fast handler spends most of its time on this.

Both ends are processes of wiredesk on one machine, connected by a socket pair that no other process can open. So pickle
is safe here, and nowhere else.
"""

import asyncio
import pickle
import socket
import struct
from collections.abc import Sequence
from typing import Any, cast

from wiredesk.runtime.isolation.errors import PeerClosedError
from wiredesk.runtime.records import Failure, Outcome, Output, Record
from wiredesk_schemas.headers import Header

type RecordFields = tuple[str, int, int, int, bytes | None, bytes | None, tuple[Header, ...]]
"""The fields of a `Record` that a handler needs, in their order."""

type OutputFields = tuple[str, bytes | None, bytes | None, tuple[Header, ...]]
"""The fields of an `Output`, in their order."""

type ChangeFields = tuple[bytes, bytes | None]
"""The fields of a `Change`, in their order."""

type StatefulFields = tuple[list[OutputFields], list[ChangeFields]]
"""The outputs of a record, and the changes that it makes."""

type Result = list[OutputFields] | StatefulFields | Failure
"""What a record results in."""

type Answer = tuple[Result, float]
"""The result of a record, and how many seconds it took."""

type Entry = tuple[int, Sequence[ChangeFields]]
"""The changes of one record, and the time that the input had reached then."""

type Batch = tuple[int, bytes]
"""A batch of the changelog, and the offset from which on its records are to be read."""

_LENGTH = struct.Struct("!I")
"""The length of the pickle that follows, in bytes."""

_CHUNK = 1 << 20
"""The most bytes that are received at once."""


def fields_of(record: Record) -> RecordFields:
    """Return a record as it is sent."""
    return (
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )


def fields_of_outputs(outputs: Sequence[Output]) -> list[OutputFields]:
    """Return outputs as they are sent."""
    return [(output.topic, output.key, output.value, output.headers) for output in outputs]


def outcome_of(received: Result) -> Outcome:
    """Return an outcome from what was received of a child without state."""
    return received if isinstance(received, Failure) else tuple(map(Output._make, cast("list[OutputFields]", received)))


def pack(message: object) -> bytes:
    """Return a message as it is sent."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def receive(channel: socket.socket) -> Any:
    """Wait for the next message on a blocking socket.

    Raises:
        PeerClosedError: the other end has closed the socket.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return pickle.loads(_exactly(channel, length))  # noqa: S301 - see the module's docstring


async def read(reader: asyncio.StreamReader) -> Any:
    """Wait for the next message on the event loop.

    Raises:
        PeerClosedError: the other end has closed the socket.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - see the module's docstring
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
