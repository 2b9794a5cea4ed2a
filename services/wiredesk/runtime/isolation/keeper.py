"""The worker's side of a keeper: the process that holds the state of one partition and forks the children."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wiredesk.runtime.errors import StateError
from wiredesk.runtime.isolation import frames
from wiredesk.runtime.isolation.forking import CHILD
from wiredesk.runtime.isolation.frames import Batch, Entry
from wiredesk.runtime.isolation.template import Child, Forker


class StateSize(NamedTuple):
    """How large a state is, as far as it says so.

    Attributes:
        keys: number of its keys.
        size: bytes of its keys and values.
    """

    keys: int
    size: int


class Keeper(Forker):
    """A keeper.

    Its state is what the changelog says, up to a position: the worker sends it the changes of committed records only.
    So it outlives a transaction that fails, and the children that records kill.

    Args:
        process: the keeper.
        sockets: where it gets the sockets of its children.

    Attributes:
        failure: why it has ended, as it said; None while it lives, or if it was killed.
        size: of its state when it was measured last.
    """

    def __init__(self, process: Child, sockets: socket.socket) -> None:
        super().__init__(sockets)
        self.failure: str | None = None
        self.size = StateSize(0, 0)
        self._process = process
        self._sent = 0
        self._measured = -1
        self._applied: asyncio.Queue[int] = asyncio.Queue()
        self._pending: Callable[[], Sequence[Entry]] = tuple
        self._task = asyncio.create_task(self._listen(process.reader))

    async def restore(self, batches: Sequence[Batch]) -> None:
        """Send batches of the changelog, and wait until there is room for more.

        Raises:
            StateError: the keeper has ended.
        """
        self._sent += 1
        self._send(("restore", batches))
        try:
            await self._process.writer.drain()
        except ConnectionError:
            raise await self._ended() from None

    def apply(self, entries: Sequence[Entry]) -> None:
        """Send changes without waiting: no more than a transaction has."""
        self._sent += 1
        self._send(("apply", entries))

    def measure(self) -> None:
        """Ask for the size of the state, unless it is known."""
        if self._measured != self._sent:
            self._measured = self._sent
            self._send(("measure",))

    async def settle(self) -> StateSize:
        """Wait until all changes are applied; return the size of the state then.

        Raises:
            StateError: the keeper has ended.
        """
        self._send(("measure",))
        while True:
            getting = asyncio.ensure_future(self._applied.get())
            either: tuple[asyncio.Future[Any], ...] = (getting, self.gone)
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    raise await self._ended()
                if getting.result() >= self._sent:
                    return self.size
            finally:
                getting.cancel()

    async def fork(self, pending: Callable[[], Sequence[Entry]]) -> Child:
        """Fork a child that has the state, and the changes of records that are computed and not committed.

        Args:
            pending: returns these changes when the request is sent.

        Raises:
            ForkError: no child can be forked now.
            TemplateGoneError: the keeper has ended.
        """
        self._pending = pending
        return await self._fork(CHILD)

    async def close(self) -> None:
        """End the keeper at once; its children end with it."""
        self._requests.close()
        self._kill()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _request(self, kind: bytes, *sockets: socket.socket) -> None:
        await super()._request(kind, *sockets)
        # In one step with what is sent before and after: a change reaches the child either with the state or with this.
        self._send(("fork", self._pending()))

    def _send(self, message: tuple[Any, ...]) -> None:
        with contextlib.suppress(ConnectionError):  # the listener notices that the keeper has ended
            self._process.writer.write(frames.pack(message))

    async def _ended(self) -> StateError:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await asyncio.shield(self.gone)
        return StateError(self.failure or "the process that kept the state has ended")

    def _note(self, message: tuple[Any, ...]) -> None:
        match message:
            case ("measured", applied, keys, size):
                self.size = StateSize(keys, size)
                self._applied.put_nowait(applied)
            case ("failed", text):
                self.failure = text
            case _:
                super()._note(message)

    def _kill(self) -> None:
        self._process.kill()
