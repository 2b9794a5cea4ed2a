"""Back-pressure: how many bytes are in flight, and how much each client may publish."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from wiredesk.intake.problems import ProblemError, ProblemKind

FULL_RETRY_SECONDS = 1.0
"""When a client may try again that met full buffers: the brokers acknowledge within milliseconds."""

WAIT_SECONDS = 10.0
"""Longest wait of a request in progress for room for its next page, before the rest of it is refused."""

MAX_CLIENTS = 10_000
"""Maximum number of clients whose rates are remembered; those that were not seen for the longest are forgotten."""

BURST_SECONDS = 1.0
"""The most that a client may publish at a time, in seconds of its rate; a larger request is paid for afterwards."""


class InFlight:
    """The bytes in flight: received, and not acknowledged by the brokers.

    Args:
        limit: maximum number of bytes.
        on_change: called with the number of bytes after each change.
    """

    def __init__(self, limit: int, on_change: Callable[[float], None] = lambda _: None) -> None:
        self._limit = limit
        self._bytes = 0
        self._on_change = on_change
        self._freed = asyncio.Condition()
        self._waiting = 0
        self._notifying: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        """The number of bytes that may still be taken."""
        return self._limit - self._bytes

    def take_now(self, size: int) -> None:
        """Take room for bytes.

        Raises:
            ProblemError: there is too little, or others wait for it.
        """
        if size > self.free or self._waiting:
            raise ProblemError(ProblemKind.BUSY, self._full(), retry_after=FULL_RETRY_SECONDS)
        self._change(size)

    async def take(self, size: int) -> None:
        """Take room for bytes; wait for it if there is too little.

        Raises:
            ProblemError: there is too little for too long, or for ever.
        """
        if size > self._limit:
            raise ProblemError(ProblemKind.TOO_LARGE, f"{size} bytes are more than the {self._limit} of all requests")
        if size <= self.free and not self._waiting:
            self._change(size)
            return
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._freed:
                await self._freed.wait_for(lambda: size <= self.free)
                self._change(size)
        except TimeoutError:
            raise ProblemError(ProblemKind.BUSY, self._full(), retry_after=FULL_RETRY_SECONDS) from None
        finally:
            self._waiting -= 1

    def give_back(self, size: int) -> None:
        """Give back room that was taken."""
        self._change(-size)
        if self._waiting:
            task = asyncio.ensure_future(self._notify())
            self._notifying.add(task)
            task.add_done_callback(self._notifying.discard)

    async def _notify(self) -> None:
        async with self._freed:
            self._freed.notify_all()

    def _change(self, size: int) -> None:
        self._bytes += size
        self._on_change(self._bytes)

    def _full(self) -> str:
        return f"{self._bytes} of {self._limit} bytes are in flight: wait until the brokers have acknowledged some"


class Share:
    """What one request holds of the bytes in flight, beside its pages: a body, or a part of one, that is being read."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._held = 0

    def hold_now(self, size: int) -> None:
        """Hold a number of bytes, in place of those that are held.

        Raises:
            ProblemError: there is too little room.
        """
        if size > self._held:
            self._in_flight.take_now(size - self._held)
        elif size < self._held:
            self._in_flight.give_back(self._held - size)
        self._held = size

    async def hold(self, size: int) -> None:
        """Hold a number of bytes, in place of those that are held; wait for room.

        Raises:
            ProblemError: there is too little room for too long.
        """
        if size > self._held:
            await self._in_flight.take(size - self._held)
            self._held = size
        else:
            self.hold_now(size)


@dataclass(slots=True)
class _Balance:
    pages: float
    bytes: float
    at: float


class Rates:
    """How much each client may publish, on average.

    What it has published is charged to its balance, which may become negative; it may publish again when the balance is
    positive.

    Args:
        pages: per second; 0: any number.
        size: bytes per second; 0: any number.
    """

    def __init__(self, pages: float, size: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._pages = pages
        self._bytes = size
        self._clock = clock
        self._balances: OrderedDict[str, _Balance] = OrderedDict()

    def check(self, client: str) -> None:
        """Check that a client may publish now.

        Raises:
            ProblemError: it has published too much; the error says when it may publish again.
        """
        balance = self._balance(client)
        for what, left, rate in (("pages", balance.pages, self._pages), ("bytes", balance.bytes, self._bytes)):
            if rate and left <= 0:
                raise ProblemError(
                    ProblemKind.BUSY, f"{client} publishes more than {rate:g} {what} a second", retry_after=-left / rate
                )

    def charge(self, client: str, pages: int, size: int) -> None:
        """Charge to a client what it has published."""
        balance = self._balance(client)
        balance.pages -= pages
        balance.bytes -= size

    def _balance(self, client: str) -> _Balance:
        now = self._clock()
        most_pages, most_bytes = max(1.0, self._pages * BURST_SECONDS), max(1.0, self._bytes * BURST_SECONDS)
        balance = self._balances.get(client)
        if balance is None:
            balance = self._balances[client] = _Balance(most_pages, most_bytes, now)
            if len(self._balances) > MAX_CLIENTS:
                self._balances.popitem(last=False)
        self._balances.move_to_end(client)
        passed = now - balance.at
        balance.pages = min(most_pages, balance.pages + passed * self._pages)
        balance.bytes = min(most_bytes, balance.bytes + passed * self._bytes)
        balance.at = now
        return balance
