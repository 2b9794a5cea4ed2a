"""Sends what is pending to one receiver, one request at a time, and again with growing pauses until it is taken.

A delivery that fails does not hold up others; only those of the same page wait for it. An answer of 2xx says that it is
taken. No answer may mean both: so it is sent again, under the same id.
"""

import asyncio
import contextlib
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import time

import aiohttp
import structlog

from wiredesk.operations.notifications import metrics
from wiredesk.operations.notifications.ledger import Pending
from wiredesk.operations.notifications.rules import Receiver
from wiredesk.operations.notifications.signing import signed_headers

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 600.0
"""The most seconds between two attempts of a delivery; the first pause is a setting, and doubles each time."""

FAILURES_IN_ROW = 5
"""After so many failures in a row the receiver itself is given a pause: it is down, not one delivery."""

ANSWER_BYTES = 16 * 1024
"""Bytes of an answer that are read: it is not looked at, but a connection is used again only after it."""

TAKEN = range(200, 300)
"""Statuses that say that a delivery is taken. A redirect is not followed, and counts as a failure."""

HOUR_MS = 3_600_000
"""Milliseconds of an hour."""

type Settle = Callable[[Pending], Awaitable[None]]
"""Called when a delivery was taken, or is given up."""


@dataclass(slots=True)
class _Attempts:
    """How many attempts of a delivery failed, and when the next one is due, in seconds of the clock of the loop."""

    failed: int = 0
    due: float = 0.0


class Sender:
    """Sends the deliveries of a receiver.

    Args:
        name: of the receiver.
        receiver: where to send them.
        pending: all deliveries that are pending, also those of other receivers; others change it.
        settle: removes a delivery from it, and writes that down.
    """

    def __init__(self, name: str, receiver: Receiver, pending: Mapping[str, Pending], settle: Settle) -> None:
        self._name = name
        self._receiver = receiver
        self._pending = pending
        self._settle = settle
        self._attempts: dict[str, _Attempts] = {}
        self._in_row = 0
        self._more = asyncio.Event()
        self._stopping = asyncio.Event()
        for counter in (metrics.SENT, metrics.FAILED, metrics.GIVEN_UP):
            counter.labels(name)  # a receiver that takes nothing from the start has a series, too
        metrics.PENDING.labels(name).set_function(lambda: sum(one.receiver == name for one in list(pending.values())))

    def notify(self) -> None:
        """Look for new deliveries."""
        self._more.set()

    def stop(self) -> None:
        """Let `run` return, after the answer to the request that is on its way."""
        self._stopping.set()
        self._more.set()

    async def run(self) -> None:
        """Send what is pending, until it is stopped."""
        timeout = aiohttp.ClientTimeout(total=self._receiver.timeout_seconds)
        address, key = self._receiver.address(), self._receiver.key()
        async with aiohttp.ClientSession(
            timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            while not self._stopping.is_set():
                self._more.clear()
                delivery, due = self._next()
                seconds = due - asyncio.get_running_loop().time()
                if delivery is None or seconds > 0:
                    await _wait(self._more, seconds if delivery is not None else None)
                    continue
                problem = await self._post(session, address, key, delivery)
                await self._after(delivery, problem)

    def _next(self) -> tuple[Pending | None, float]:
        """Return the delivery that is due next, and when; of each page only the oldest one."""
        first: dict[str, Pending] = {}
        for one in self._pending.values():
            if one.receiver == self._name:
                first.setdefault(one.page, one)
        known = {one.id for one in first.values()}
        self._attempts = {id_: tried for id_, tried in self._attempts.items() if id_ in known}
        chosen = min(first.values(), key=lambda one: self._tried(one).due, default=None)
        return chosen, 0.0 if chosen is None else self._tried(chosen).due

    def _tried(self, delivery: Pending) -> _Attempts:
        return self._attempts.get(delivery.id, _Attempts())

    async def _post(self, session: aiohttp.ClientSession, address: str, key: bytes, delivery: Pending) -> str | None:
        """Send a delivery once; return None if it was taken, or else why not, without the address."""
        headers = signed_headers(key, delivery.id, delivery.body, int(time()))
        try:
            async with session.post(address, data=delivery.body, headers=headers, allow_redirects=False) as answer:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    await answer.content.read(ANSWER_BYTES)
                return None if answer.status in TAKEN else f"status {answer.status}"
        except TimeoutError:
            return f"no answer within {self._receiver.timeout_seconds:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return type(error).__name__

    async def _after(self, delivery: Pending, problem: str | None) -> None:
        said = {"receiver": self._name, "delivery": delivery.id, "page": delivery.page}
        if problem is None:
            self._in_row = 0
            self._attempts.pop(delivery.id, None)
            metrics.SENT.labels(self._name).inc()
            metrics.LAST_SENT.labels(self._name).set(time())
            await self._settle(delivery)
            log.info("delivered", **said)
            return
        tried = self._attempts.setdefault(delivery.id, _Attempts())
        tried.failed += 1
        metrics.FAILED.labels(self._name).inc()
        self._in_row += 1
        if time() * 1000 - delivery.at_ms > self._receiver.give_up_hours * HOUR_MS:
            metrics.GIVEN_UP.labels(self._name).inc()
            await self._settle(delivery)
            log.error("given up", why=problem, attempts=tried.failed, **said)
            return
        pause = pause_after(tried.failed, self._receiver.retry_seconds)
        tried.due = asyncio.get_running_loop().time() + pause
        log.warning("not delivered", why=problem, attempts=tried.failed, next_in_seconds=round(pause, 1), **said)
        if self._in_row >= FAILURES_IN_ROW:
            pause = pause_after(self._in_row - FAILURES_IN_ROW + 1, self._receiver.retry_seconds)
            await _wait(self._stopping, min(pause, LONGEST_PAUSE / 10))


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, or for a time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def pause_after(failed: int, first: float) -> float:
    """Return the seconds until the next attempt: random, so that a receiver that returns is not met by all at once."""
    longest = min(LONGEST_PAUSE, first * math.pow(2, min(failed - 1, 20)))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
