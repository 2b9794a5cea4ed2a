"""Messages between a worker and the processes it started: pickles behind their length.

Both ends are our own code on one machine, joined by a socket pair that nobody else can open: pickle is safe here, and
nowhere else.
"""

import asyncio
import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 20


def pack(message: object) -> bytes:
    """Return a message as it goes over the socket."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def receive(channel: socket.socket) -> Any:
    """Wait for the next message. Raises `EOFError` when the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return pickle.loads(_exactly(channel, length))  # noqa: S301 - see the module's description


async def read(reader: asyncio.StreamReader) -> Any:
    """The same on an event loop.

    Raises:
        EOFError: the other end is gone.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - see the module's description
    except ConnectionError as error:
        raise EOFError(str(error)) from error


def _exactly(channel: socket.socket, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        got = channel.recv_into(view[:_CHUNK])
        if not got:
            raise EOFError("the other end is gone")
        view = view[got:]
    return buffer
